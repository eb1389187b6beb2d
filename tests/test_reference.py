"""The reference pages are the program's: every key has a description, and the tables are written from them."""

import re
import runpy
from pathlib import Path

import pytest
import yaml

from harness.sweep.loading import load_sweep
from tests.support.sweep_files import MINIMAL

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


PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md"]
OF_OTHERS = {
    *("drop_path_rate", "img_size", "in_chans", "hidden_dropout_prob"),  # arguments of models
    *("token", "sig"),  # in addresses
    "checkpoint_every",  # of the trainer
    "text.parse_math",  # of matplotlib
    "teacher_seeds",  # rejected: docs/design/0012
}
"""What pages give a value to beside the keys of a sweep file and of a cluster profile."""


def every_key() -> set[tuple[str, ...]]:
    """The keys of sweep files and cluster profiles, each with those above it; N and NAME stand for any."""
    found = set()
    for kind in ("sweep", "local", "slurm"):
        schema = reference["DESCRIBED"][kind].model_json_schema()
        for name, places in reference["_places"](schema).items():
            node = schema["$defs"][name] if name else schema
            found |= {(*filter(None, place.split(".")), key) for place in places or [""] for key in node["properties"]}
    return found


@pytest.fixture(scope="module")
def ends() -> set[tuple[str, ...]]:
    """What may be written of a key path: its end."""
    return {path[start:] for path in every_key() for start in range(len(path))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_gives_a_value_to_is_a_key(page: Path, ends: set[tuple[str, ...]]) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    named = set(re.findall(r"`([a-z_]\w*(?:\.\w+)*)(?:: |=(?!=))[^`\n]*`", text)) - OF_OTHERS
    paths = {name: tuple("N" if part.isdigit() else part for part in name.split(".")) for name in named}
    searched = {name: path[: path.index("space") + 1] if "space" in path else path for name, path in paths.items()}
    assert sorted(name for name, path in searched.items() if path not in ends) == []


def merged(one: dict[str, object], other: dict[str, object]) -> dict[str, object]:
    """A mapping with the keys of another over it, level by level."""
    both = dict(one)
    for key, value in other.items():
        mine = both.get(key)
        both[key] = merged(mine, value) if isinstance(mine, dict) and isinstance(value, dict) else value
    return both


@pytest.mark.parametrize("page", [page for page in PAGES if "```yaml\n" in page.read_text(encoding="utf-8")], ids=str)
def test_the_examples_of_a_page_are_sweeps(page: Path, tmp_path: Path) -> None:
    """Whole files as they stand; parts in the smallest sweep, in place of what it says."""
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.S)):
        shown = yaml.safe_load(block)
        if "jobs" in shown or "optimizer" in shown:  # a workflow; a part of a student, see above
            continue
        rest = {
            key: value
            for key, value in yaml.safe_load(MINIMAL.replace("epochs: 3", "epochs: 30")).items()
            if f"{key}s" not in shown
        }
        whole = shown if "name" in shown else merged(rest, shown)
        teacher = whole["teacher"]
        if isinstance(teacher, dict) and teacher.get("checkpoint") == "prod.pth":  # the reader's own
            teacher |= {"checkpoint": None}
        path = tmp_path / f"{number}.yaml"
        path.write_text(yaml.safe_dump(whole), encoding="utf-8")
        load_sweep(path)
