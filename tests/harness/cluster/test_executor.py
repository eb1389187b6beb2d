"""The executor of a profile, or one line where it cannot be used here."""

from pathlib import Path

import pytest

from harness.cluster.executor import fork_server, make_executor
from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.state.standing.progress import JOB_S
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


def test_jobs_of_this_machine_are_forks_but_not_where_nobody_has_tried_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    server = fork_server(LocalProfile(), tmp_path / "mini")
    executors = [make_executor(LocalProfile(), tmp_path / "mini", tmp_path / ".data", each) for each in (server, None)]
    assert executors[0].job_s < executors[1].job_s == JOB_S  # a start that costs little is soon worth it
    assert fork_server(SlurmProfile(kind="slurm"), tmp_path / "mini") is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert fork_server(LocalProfile(), tmp_path / "mini") is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("sys.platform", "darwin")
    assert fork_server(LocalProfile(), tmp_path / "mini") is None
