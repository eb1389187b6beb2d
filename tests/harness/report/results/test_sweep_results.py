"""Arms by their keys, and all runs once, in the order of the stages."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Arm
from harness.state.files.folder import SweepFolder
from harness.state.files.records import read_sweep_record
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.plan import Plan


@pytest.mark.parametrize(
    ("key", "kind", "number"), [("teacher", "teacher", 0), ("compare1", "compare", 1), ("teacher12", "teacher", 12)]
)
def test_a_key_is_a_kind_and_a_number(key: str, kind: str, number: int) -> None:
    arm = Arm(key, None, ())
    assert (arm.kind, arm.number) == (kind, number)


def test_every_run_comes_once_and_each_stage_after_those_it_needs(finished: Path) -> None:
    results = read_results(finished)
    ids = [run.id for run in results.all_runs()]
    assert len(set(ids)) == len(ids) == len(list((finished / "runs").iterdir()))
    stages = list(dict.fromkeys(run.partition("-")[0] for run in ids))
    assert stages == ["teacher", "logits", "baseline", "search", "final", "compare", "test"]
    assert results.arm("distilled") in results.arms
    assert results.arm("compare9") is None


def test_classes_are_called_as_the_sweep_says_and_else_as_the_teacher_s_card_does(finished: Path) -> None:
    results = read_results(finished)
    assert results.card is not None and results.class_names == tuple(results.card.class_names) != ()
    results.plan.data = results.plan.data.model_copy(update={"class_names": ("ant", "bee")})
    assert results.class_names == ("ant", "bee")
    results.plan.data = results.plan.data.model_copy(update={"class_names": None})
    assert replace(results, card=None).class_names == ()


def test_it_stands_where_status_says(sweep_dir: Path) -> None:
    found = read_results(sweep_dir).standing
    assert (found.done, found.total, found.state) == (19, 1 + 1 + 3 + 7 + 3 + 3 + 1, "complete")
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    found = read_results(sweep_dir).standing
    assert (found.done, found.total, found.state) == (18, 19, "stopped")
    folder, record = SweepFolder(sweep_dir.parent, sweep_dir.name), read_sweep_record(sweep_dir)
    assert found == read_snapshot(folder, Plan(record.sweep, record.digest)).standing(is_controlled=False)
