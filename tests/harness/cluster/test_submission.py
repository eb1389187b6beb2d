"""What submitit's executors start: our entry, not its own."""

import shlex
import sys
from pathlib import Path

import pytest
import submitit

from harness.cluster.fork.server import ForkServer
from harness.cluster.submission import ENTRY, FORK_CLIENT, LocalSubmitter, SlurmSubmitter, entry_command


def test_the_command_survives_any_name_of_a_folder() -> None:
    folder = Path("/a folder's/logs")
    assert shlex.split(entry_command(folder)) == [sys.executable, "-u", "-m", ENTRY, str(folder)]


def test_a_job_that_is_a_fork_is_asked_for_at_an_address() -> None:
    words = shlex.split(entry_command(Path("/a folder's/logs"), Path("/a place's/fork")))
    assert words[-4:] == ["/a place's/fork", "/a folder's/logs/%j_%t_log.out", ENTRY, "/a folder's/logs"]
    assert FORK_CLIENT.exists() and str(FORK_CLIENT) in words


@pytest.mark.parametrize("has_server", [True, False], ids=["fork", "instead of a fork"])
def test_a_job_of_one_fork_has_its_number_and_its_log_without_a_watcher(has_server: bool, tmp_path: Path) -> None:
    server = ForkServer(tmp_path / "logs", loads=())
    address = server.address if has_server else tmp_path / "nobody"
    job = LocalSubmitter(tmp_path / "logs", address).submit(_number)
    assert _words_of(job)[-2:] == [ENTRY, str(tmp_path / "logs")]
    assert job.result() == job.job_id
    assert "on stdout" in (job.stdout() or "") and "on stderr" in (job.stdout() or "")


def test_tasks_that_work_together_are_watched_by_submitit(tmp_path: Path) -> None:
    server = ForkServer(tmp_path / "logs", loads=())
    submitter = LocalSubmitter(tmp_path / "logs", server.address)
    submitter.update_parameters(tasks_per_node=2, stderr_to_stdout=True)
    job = submitter.submit(_number)
    assert job.results() == [job.job_id] * 2
    assert "submitit.local._local" in _words_of(job)


def _words_of(job: submitit.Job[str]) -> list[str]:
    """What its process was started with."""
    assert isinstance(job, submitit.LocalJob) and job._process is not None and isinstance(job._process.args, list)
    return list(map(str, job._process.args))


def _number() -> str:
    sys.stdout.write("on stdout\n")
    sys.stderr.write("on stderr\n")
    return submitit.JobEnvironment().job_id


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
