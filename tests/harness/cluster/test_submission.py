"""What submitit's executors start: our entry, not its own."""

import shlex
import sys
from pathlib import Path

import pytest

from harness.cluster.submission import ENTRY, FORK_CLIENT, LocalSubmitter, SlurmSubmitter, entry_command


def test_the_command_survives_any_name_of_a_folder() -> None:
    folder = Path("/a folder's/logs")
    assert shlex.split(entry_command(folder)) == [sys.executable, "-u", "-m", ENTRY, str(folder)]


def test_a_job_that_is_a_fork_is_asked_for_at_an_address() -> None:
    words = shlex.split(entry_command(Path("/a folder's/logs"), Path("/a place's/fork")))
    assert words[-3:] == ["/a place's/fork", ENTRY, "/a folder's/logs"]
    assert FORK_CLIENT.exists() and str(FORK_CLIENT) in words


def test_a_job_of_this_machine_begins_in_our_entry(tmp_path: Path) -> None:
    job = LocalSubmitter(folder=tmp_path / "logs").submit(print, "done")
    job.wait()
    assert "done" in (job.stdout() or "").splitlines()
    assert job._process is not None
    assert ENTRY in LocalSubmitter(folder=tmp_path / "logs")._submitit_command_str


@pytest.mark.parametrize("num_jobs", [1, 2])
def test_so_does_a_job_of_slurm_or_of_its_arrays(
    num_jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sbatch", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\necho Submitted batch job 7\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    jobs = SlurmSubmitter(folder=tmp_path / "logs").submit_array([print] * num_jobs)
    assert entry_command(tmp_path / "logs") in jobs[0].paths.submission_file.read_text()
