"""The executor of a profile, or one line where it cannot be used here."""

from pathlib import Path

import pytest

from harness.cluster.executor import make_executor
from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile, SlurmProfile
from kd.errors import InputError


def test_a_local_profile_gets_its_slots_on_this_machine(tmp_path: Path) -> None:
    executor = make_executor(LocalProfile(slots=3, runs_per_job=5), tmp_path / "mini", tmp_path / ".data")
    assert isinstance(executor, LocalExecutor)
    assert (executor.num_slots, executor.runs_per_job) == (3, 5)


def test_without_slurm_a_slurm_profile_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        make_executor(SlurmProfile(kind="slurm"), tmp_path / "mini", tmp_path / ".data")
    assert "\n" not in str(caught.value)
    assert "sbatch" in str(caught.value)
