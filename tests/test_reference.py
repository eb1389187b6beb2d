"""The reference pages are the program's: every key has a description, and the tables are written from them."""

import re
import runpy
from pathlib import Path

import pytest
import yaml

from harness.sweep.loading import load_sweep

ROOT = Path(__file__).resolve().parents[1]


reference = runpy.run_path(str(ROOT / "docs" / "reference.py"))


@pytest.mark.parametrize("page", reference["PAGES"])
def test_a_page_is_as_the_program_has_it(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert reference["with_tables"](text) == text, "run: python docs/reference.py --write"
    assert "written by docs/reference.py" in text


@pytest.mark.parametrize("kind", reference["DESCRIBED"].values(), ids=reference["DESCRIBED"])
def test_every_key_says_what_it_means(kind: type) -> None:
    assert reference["undescribed"](kind) == []


def test_every_key_of_a_sweep_is_on_the_page() -> None:
    """Down to the searched range's ends; a mapping that may stand at three places is described once, with the three."""
    text = (ROOT / "docs" / "sweep-file.md").read_text(encoding="utf-8")
    for part in ("`search.space.NAME`", "| `warmup_epochs` |", "| `magnitude` |"):
        assert part in text
    assert "`teacher.optimizer`, `teachers.N.optimizer`, `student.optimizer`" in text


def test_the_recipes_of_the_page_are_sweeps(tmp_path: Path) -> None:
    """The first is a whole file, with shares that are the published milestones; the second is part of a student."""
    page = (ROOT / "docs" / "sweep-file.md").read_text(encoding="utf-8")
    whole, part = re.findall(r"```yaml\n((?:name: cifar100_recipe|optimizer: ).*?)```", page, re.S)
    path = tmp_path / "recipe.yaml"
    path.write_text(whole, encoding="utf-8")
    sweep = load_sweep(path)
    assert sweep.student.schedule.milestones == (150, 180, 210)
    assert sweep.student.optimizer.decay == "all"
    assert load_sweep(path, "student.epochs=60").student.schedule.milestones == (37.5, 45, 52.5)
    content = yaml.safe_load(whole)
    content["student"] = {"model": "cifar_light_cnn", "epochs": 300} | yaml.safe_load(part)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    student = load_sweep(path).student
    assert student.augment is not None
    assert (student.augment.erase, student.schedule.end, student.optimizer.decay) == (0.25, 0.02, "kernels")
