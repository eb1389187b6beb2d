"""Arrays under a sweep's folder: what cannot be read is noted with its use, and no exception leaves the reader."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.report.results.provenance import find_way_on
from harness.report.results.reading.reader import read_results
from harness.report.results.reading.record_reader import RecordReader
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import RunState, SweepState, run_state
from kd.errors import UnreadableFileError
from tests.support.pages import build, told


@pytest.fixture
def predictions(invented: Path) -> Path:
    test_run = read_results(invented).test_run
    assert test_run is not None
    return invented / "runs" / test_run.id / "predictions.npz"


def test_predictions_are_read_with_their_labels(invented: Path, predictions: Path) -> None:
    reader = RecordReader(invented)
    found = reader.predictions(predictions.parent.name, "test")
    assert found is not None and found["labels"].shape == (60,) and not reader.unreadable


@pytest.mark.parametrize("content", ["without labels", "torn", "empty"])
def test_damaged_predictions_leave_the_scores(invented: Path, predictions: Path, content: str) -> None:
    scores = read_results(invented).test
    if content == "without labels":
        np.savez(predictions, logits=np.zeros((60, 3)))
    else:
        predictions.write_bytes(predictions.read_bytes()[: 100 if content == "torn" else 0])
    results = read_results(invented)
    assert results.test is not None and scores is not None
    assert results.test.scores == scores.scores
    assert results.test.labels_N is None and results.test.logits == {}
    assert [(file.path, file.why.values["use"]) for file in results.unreadable] == [
        (str(predictions.relative_to(invented)), "test")
    ]


def test_what_is_not_there_is_no_damage(invented: Path) -> None:
    reader = RecordReader(invented)
    assert reader.step_losses("baseline-never-s0") is None
    run = reader.run(read_results(invented).plan.logits)
    assert run.history is None and run.attempts == ()
    assert not reader.unreadable
    assert read_results(invented).machine_times[run.id] == MachineTime()


def test_a_history_that_is_gone_is_listed_and_its_epochs_are_known(invented: Path) -> None:
    run = read_results(invented).arms[1].runs[0]
    (invented / "runs" / run.id / "history.json").unlink()
    results = read_results(invented)
    assert results.run_by_id[run.id].num_epochs == run.num_epochs
    assert [(file.path, file.why.name) for file in results.unreadable] == [
        (f"runs/{run.id}/history.json", "missing-because-history-missing")
    ]


@pytest.mark.thorough
def test_unreadable_files_are_listed(sweep_dir: Path) -> None:
    runs = [run.id for run in read_results(sweep_dir).arms[2].runs]
    damage = {"metrics.json": "{", "history.json": '{"schema_version": 99}', "attempts/0001.json": ""}
    for run, (name, content) in zip(runs, damage.items(), strict=True):
        (sweep_dir / "runs" / run / name).write_text(content)
    text = told(build(sweep_dir))
    for run, name in zip(runs, damage, strict=True):
        assert f"runs/{run}/{name}</code></th><td" in text
    assert "schema version 99 is newer than this program reads (1)" in text
    assert "1 of 3 distilled runs missing (unreadable)" in text


def test_what_another_run_measured_is_not_taken_for_this_run_s(sweep_dir: Path) -> None:
    mine, other = (run.id for run in read_results(sweep_dir).arms[2].runs[:2])
    shutil.copy(*(sweep_dir / "runs" / run_id / "metrics.json" for run_id in (other, mine)))
    results = read_results(sweep_dir)
    assert results.run_by_id[mine].state == RunState.UNREADABLE and results.run_by_id[mine].metrics is None
    (file,) = results.unreadable
    assert file.path == f"runs/{mine}/metrics.json" and other in file.why.values["reason"]
    assert results.standing.state == SweepState.UNREADABLE
    assert (find_way_on(results) or "").startswith("make status SWEEP=")
    with pytest.raises(UnreadableFileError, match=f"of another run, {other}"):
        run_state(sweep_dir / "runs" / mine)
