"""What the controller writes is read back, and what cannot be read is named."""

from pathlib import Path

import pytest

from harness.state.records import SweepRecord, read_sweep_record, write_sweep_record
from harness.sweep.loading import load_sweep
from kd.errors import UnreadableFileError
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


def test_a_sweep_that_was_never_started_has_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sweep_record(tmp_path)
