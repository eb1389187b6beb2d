"""The section that takes the gain apart."""

from pathlib import Path

from harness.report.pages.sections.variant_section import variants_section
from harness.report.study import read_study
from harness.report.text.language import language
from tests.support.invented_methods import invent_methods
from tests.support.small_sweep import SMALL

EN = language("en")


def test_it_says_what_each_control_tells(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd"], controls=["shuffled_dark"], strength={"kd": 3.4, "shuffled_dark": 2.4})
    section = variants_section(read_study(folder, tmp_path / ".data"), {}, EN)
    assert section is not None and EN("variants-controls") in section.notes
    assert section.sentences[0].startswith("What the teacher says about the other classes matters")


def test_another_teacher_is_no_control(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd"], teacher=SMALL["teacher"] | {"seeds": 3})
    section = variants_section(read_study(folder, tmp_path / ".data"), {}, EN)
    assert section is not None and EN("variants-controls") not in section.notes and len(section.sentences) == 1


def test_there_is_none_without_variants(tmp_path: Path) -> None:
    assert variants_section(read_study(invent_methods(tmp_path, ["kd"]), tmp_path / ".data"), {}, EN) is None


def test_it_says_what_unlabelled_images_brought_and_how(tmp_path: Path) -> None:
    unlabeled = {"source": "rest", "num_images": 1200, "num_labelled": 90, "ratio": 2.5}
    data = SMALL["data"] | {"max_train": 100}
    strength = {"kd": 2.4, "unlabeled": 3.4}
    folder = invent_methods(tmp_path, ["kd"], unlabeled=unlabeled, data=data, strength=strength)
    study = read_study(folder, tmp_path / ".data")
    section = variants_section(study, {}, EN)
    assert section is not None and EN("variants-controls") not in section.notes
    assert section.sentences[0].startswith(
        "Unlabelled images help: with them beside the labelled ones the student gains"
    )
    assert section.notes[-1].startswith(
        "In every step unlabelled images (1,200 in all) stand beside the labelled ones, 2.5 to each"
    )
    assert "With unlabelled images" in str(section.variants)
    known = {run.id for run in study.results.all_runs()}
    (passes,) = study.results.plan.unlabeled_passes.values()
    assert {run.id for run in passes} <= known and not study.results.other_runs
