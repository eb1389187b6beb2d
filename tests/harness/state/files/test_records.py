"""What the controller writes is read back, and what cannot be read is named."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from harness.state.files.records import (
    ControllerRecord,
    FalseStart,
    JobRecord,
    SweepRecord,
    TrialRecord,
    read_sweep_record,
    write_sweep_record,
)
from harness.sweep.loading import load_sweep
from kd.errors import UnreadableFileError
from kd.records import Attempt, RunRecord
from tests.support.root import ROOT


@pytest.mark.parametrize("path", sorted((ROOT / "sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_sweep_survives_its_record(tmp_path: Path, path: Path) -> None:
    record = SweepRecord(sweep=load_sweep(path), origin="sweeps/名字.yaml", overrides="seeds=3", digest="0" * 16)
    write_sweep_record(tmp_path, record)
    assert read_sweep_record(tmp_path) == record
    first = (tmp_path / "sweep.yaml").read_bytes()
    write_sweep_record(tmp_path, read_sweep_record(tmp_path))
    assert (tmp_path / "sweep.yaml").read_bytes() == first


@pytest.mark.parametrize("content", [b"{", b"", b"sweep: 3\n", b"\xff\xfe\x00"])
def test_a_damaged_record_is_one_line_with_its_path(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sweep.yaml").write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        read_sweep_record(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'sweep.yaml'}: ")
    assert "\n" not in str(caught.value)


def test_a_trial_of_an_older_file_was_asked_for_alpha_and_temperature() -> None:
    old = TrialRecord.model_validate({"number": 0, "run_id": "a", "alpha": 1, "temperature": 4.0, "state": "complete"})
    assert old.params == {"alpha": 1.0, "temperature": 4.0}
    assert TrialRecord.model_validate_json(old.model_dump_json()) == old
    alone = TrialRecord(number=1, run_id="b", params={"student.optimizer.lr": 0.1})
    assert (alone.alpha, alone.temperature) == (None, None)
    with pytest.raises(ValueError, match="trial 1 is of a student alone"):
        _ = alone.setting


def test_a_sweep_that_was_never_started_has_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sweep_record(tmp_path)


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        (JobRecord, "job_id", ["--user=me", "-9", "../7", "7/8", "", "7 8", "7\n"]),
        (JobRecord, "run_ids", [["../../other/runs/a"], ["/a"], [".."], [""]]),
        (JobRecord, "pid", [0, -1, "init"]),
        (FalseStart, "job_id", ["../7"]),
        (TrialRecord, "run_id", ["../a"]),
        (RunRecord, "run_id", ["../a"]),
        (ControllerRecord, "pid", [0, -1]),
        (Attempt, "pid", [0, -1]),
    ],
)
def test_a_record_names_no_option_no_other_folder_and_no_group_of_processes(
    kind: type[BaseModel], field: str, values: list[Any]
) -> None:
    for value in values:
        with pytest.raises(ValidationError) as caught:
            kind.model_validate({field: value})
        assert field in {error["loc"][0] for error in caught.value.errors()}, value
