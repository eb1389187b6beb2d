"""A teacher that comes trained is said to, and so is one that may have seen the test images."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.state.files.records import read_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.preparation.pretrained_teachers import may_have_seen_test, pretrained_lines
from kd.data.division.splits import Division
from kd.files import write_record
from kd.records import RunRecord

CARVED = Division(np.arange(8), np.arange(1), np.arange(2), "train")
OWN_TEST = CARVED._replace(test_split="test")


def plan_with(sweep_dir: Path, **changes: object) -> Plan:
    record = read_sweep_record(sweep_dir)
    assert record.sweep.teacher is not None
    teacher = record.sweep.teacher.model_copy(update=changes)
    return Plan(record.sweep.model_copy(update={"teacher": teacher}), record.digest)


def test_one_that_is_trained_here_is_not_worth_a_word(finished: Path) -> None:
    assert list(pretrained_lines(plan_with(finished), CARVED, None)) == []


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"checkpoint": "/nowhere/prod.pth", "epochs": 0}, "/nowhere/prod.pth"),
        ({"model": "hf:some/name", "epochs": 0}, "hf:some/name"),
        ({"model": "acme.nets:make", "epochs": 0}, "what its factory acme.nets:make loads"),
    ],
)
def test_one_that_comes_trained(finished: Path, changes: dict[str, object], source: str) -> None:
    plan = plan_with(finished, **changes)
    assert len(list(pretrained_lines(plan, OWN_TEST, None))) == 1
    taken, seen = pretrained_lines(plan, CARVED, "make split DATA=folder:pets")
    assert taken.endswith(f" as it is, with the weights of {source}.")
    assert seen.startswith(
        "Test: it is set apart here from the images of embedded:mnist5k, and teacher comes trained: "
    )
    assert seen.endswith(", or train it by the division that this writes: make split DATA=folder:pets")


def test_one_that_is_trained_further_may_have_seen_test_too(finished: Path) -> None:
    (seen,) = pretrained_lines(plan_with(finished, checkpoint="/nowhere/prod.pth"), CARVED, None)
    assert seen.endswith("Give data with a test split of their own")


def test_a_run_over_the_same_division_has_not_seen_it(finished: Path, tmp_path: Path) -> None:
    run = finished / "runs" / plan_with(finished).teachers[0].id
    assert may_have_seen_test(plan_with(finished, checkpoint=str(run / "model"), epochs=0), CARVED) == ()
    shutil.copytree(run, tmp_path / "run")
    moved = str(tmp_path / "run" / "model")
    assert may_have_seen_test(plan_with(finished, checkpoint=moved, epochs=0), CARVED) == ()
    plan = plan_with(finished, checkpoint=moved, epochs=0)
    plan.data = plan.data.model_copy(update={"split_seed": 7})
    assert may_have_seen_test(plan, CARVED) == ("teacher",)
    (tmp_path / "run" / "config.json").write_text("{")
    assert may_have_seen_test(plan_with(finished, checkpoint=moved, epochs=0), CARVED) == ("teacher",)


def test_a_run_that_took_its_weights_from_elsewhere_is_no_witness(finished: Path, tmp_path: Path) -> None:
    run = finished / "runs" / plan_with(finished).teachers[0].id
    for name, checkpoint in [("taken", run / "model"), ("given", Path("/nowhere/prod.pth"))]:
        config = plan_with(finished, checkpoint=str(checkpoint), epochs=0).teachers[0].config
        (tmp_path / name).mkdir()
        write_record(tmp_path / name / "config.json", RunRecord(run_id=name, config=config))
    taken, given = (
        may_have_seen_test(plan_with(finished, checkpoint=str(tmp_path / name / "model"), epochs=0), CARVED)
        for name in ("taken", "given")
    )
    assert (taken, given) == ((), ("teacher",))
