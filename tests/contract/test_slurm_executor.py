"""What an executor promises, held against a real SLURM."""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.records import JobRecord
from harness.slurm import SlurmExecutor, job_name
from kd.errors import InputError
from tests.contract.conftest import LABS, Site
from tests.slurm.lab import wait_until

pytestmark = [pytest.mark.slurm, pytest.mark.slow]
everywhere = pytest.mark.parametrize("site", list(LABS), indirect=True)
with_and_without_accounting = pytest.mark.parametrize("site", ["slurm", "slurm with accounting"], indirect=True)


@everywhere
def test_jobs_are_submitted_and_end(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a", "b")
    assert executor.alive(jobs) == {job.job_id for job in jobs}
    site.wait_for_start("a", "b")
    site.finish(executor, jobs[:1])
    assert executor.alive(jobs) == {jobs[1].job_id}
    site.finish(executor, jobs)
    assert [attempt.end for attempt in site.attempts("a")] == ["complete"]
    assert site.attempts("a")[0].job_id == jobs[0].job_id


def test_many_jobs_are_one_array_in_order(site: Site) -> None:
    executor = site.executor(cpus_per_task=8)  # a whole node each, of two
    run_ids = [f"r{number}" for number in range(6)]
    jobs = site.submit(executor, *run_ids)
    array = jobs[0].job_id.partition("_")[0]
    assert [job.job_id for job in jobs] == [f"{array}_{number}" for number in range(6)]
    site.finish(executor, jobs)
    starts = [site.seen(run_id)["started"] for run_id in run_ids]
    assert all(later > min(starts[:2]) for later in starts[2:])
    assert max(starts[:2]) < max(starts[2:4]) < max(starts[4:])


def test_one_job_carries_several_runs(site: Site) -> None:
    executor = site.executor(setup=["export LAB_SETUP=done"])
    batch = ("a", "b", "c")
    site.prepare([batch])
    jobs = executor.submit([batch], [])
    assert jobs[0].job_id.isdigit()
    site.finish(executor, jobs)
    assert {site.attempts(run_id)[0].job_id for run_id in batch} == {jobs[0].job_id}
    assert site.seen("b")["LAB_SETUP"] == "done"


def test_each_job_sees_one_gpu_of_its_own(site: Site) -> None:
    executor = site.executor(gpus_per_run=1)
    jobs = site.submit(executor, "a", "b", "c", "d")
    site.wait_for_start("a", "b", "c", "d")
    seen = {(site.seen(run_id)["SLURMD_NODENAME"], site.seen(run_id)["CUDA_VISIBLE_DEVICES"]) for run_id in "abcd"}
    assert seen == {(node, gpu) for node in ("n1", "n2") for gpu in ("0", "1")}
    site.finish(executor, jobs)


def test_cancelled_jobs_stop_and_other_sweeps_go_on(make_site: Callable[..., Site]) -> None:
    ours, other = make_site("slurm"), make_site("slurm", "other")
    executor, neighbour = ours.executor(), other.executor()
    jobs, theirs = ours.submit(executor, "a", "b"), other.submit(neighbour, "a")
    ours.wait_for_start("a", "b")
    other.wait_for_start("a")
    executor.cancel(jobs)
    ours.wait_for_end(executor, jobs)
    assert [(attempt.end, attempt.reason) for attempt in ours.attempts("a")] == [("preempted", "SIGTERM")]
    assert ours.lab.job(jobs[0].job_id)["JobState"] == "CANCELLED"
    assert neighbour.alive(theirs) == {theirs[0].job_id}
    other.finish(neighbour, theirs)


@with_and_without_accounting
def test_a_job_that_its_user_cancels_stays_cancelled(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a", "b")
    site.wait_for_start("a", "b")
    site.lab.run("scancel", jobs[0].job_id)
    site.wait_for_end(executor, jobs[:1])
    assert site.lab.job(jobs[0].job_id)["Restarts"] == "0"
    assert executor.alive(jobs) == {jobs[1].job_id}
    site.finish(executor, jobs[1:])


def test_a_job_that_dies_is_over(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.tell("die", "a")
    site.wait_for_end(executor, jobs)
    assert [attempt.end for attempt in site.attempts("a")] == [None]


def test_a_time_limit_ends_an_attempt_and_the_job_starts_again(site: Site) -> None:
    executor = site.executor(time_min=1, signal_delay_s=55)
    jobs = site.submit(executor, "a")
    site.wait_for_start("a", number=2)
    check_resumed(site, jobs[0].job_id, "a", "SIGUSR2", end="timeout")
    site.finish(executor, jobs)


def test_a_signal_restarts_one_job_of_an_array_alone(site: Site) -> None:
    """The last job of an array has the array's own number as its raw id."""
    executor = site.executor()
    jobs = site.submit(executor, "a", "b", "c")
    site.wait_for_start("a", "b", "c")
    raw = {job.job_id: site.lab.job(job.job_id)["JobId"] for job in jobs}
    array = jobs[0].job_id.partition("_")[0]
    target = next(job for job in jobs if raw[job.job_id] == array)
    site.lab.run("scancel", "--signal=USR2", target.job_id)
    site.wait_for_start(*target.run_ids, number=2)
    check_resumed(site, target.job_id, target.run_ids[0], "SIGUSR2")
    assert [len(site.attempts(run_id)) for job in jobs if job != target for run_id in job.run_ids] == [1, 1]
    site.finish(executor, jobs)


@with_and_without_accounting
def test_scontrol_requeue(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.run("scontrol", "requeue", jobs[0].job_id)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", "SIGTERM")
    site.finish(executor, jobs)


@pytest.mark.parametrize(
    ("site", "signal"),
    [
        ("slurm", "SIGTERM"),
        ("slurm with accounting", "SIGTERM"),
        ("slurm with preempt_send_user_signal", "SIGUSR2"),
    ],
    indirect=["site"],
)
def test_preemption_ends_an_attempt_in_its_grace_time(site: Site, signal: str) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    preemptor = site.lab.preempt(jobs[0].job_id)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", signal)
    assert site.lab.job(preemptor)["JobState"] == "RUNNING"
    assert site.seen("a", 1)["SLURMD_NODENAME"] != site.seen("a", 2)["SLURMD_NODENAME"]
    site.finish(executor, jobs)


def test_a_job_that_outlasts_its_grace_time_is_killed_and_starts_again(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.tell("stubborn", "a")
    site.lab.preempt(jobs[0].job_id)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", None)
    site.finish(executor, jobs)


def test_without_requeue_an_interrupted_job_is_over(site: Site) -> None:
    executor = site.executor(requeue=False)
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.preempt(jobs[0].job_id)
    site.wait_for_end(executor, jobs)
    assert [(attempt.end, attempt.reason) for attempt in site.attempts("a")] == [("preempted", "SIGTERM")]


@with_and_without_accounting
def test_a_node_set_down(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.set_down(site.seen("a")["SLURMD_NODENAME"])
    wait_until_resumed(site, executor, jobs)
    assert [attempt.job_id for attempt in site.attempts("a")] == [jobs[0].job_id] * 2
    site.finish(executor, jobs)


def test_a_node_that_loses_power(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.kill_node(site.seen("a")["SLURMD_NODENAME"])
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", None)
    site.finish(executor, jobs)


@with_and_without_accounting
def test_while_slurmctld_is_away_jobs_are_believed_alive(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a", "b")
    site.wait_for_start("a", "b")
    site.lab.stop_controller()
    if not site.lab.options.accounting:  # SLURM itself needs a minute for a job that ends meanwhile: once is enough
        site.tell("finish", "a")
        wait_until((site.run("a") / "metrics.json").exists, "end of run a")
    assert executor.alive(jobs) == {job.job_id for job in jobs}
    assert site.submit(executor, "c") == []
    site.lab.start_controller()
    site.finish(executor, jobs[:1])
    assert executor.alive(jobs) == {jobs[1].job_id}
    wait_until(lambda: jobs.extend(site.submit(executor, "c")) or len(jobs) == 3, "submission of c")
    site.finish(executor, jobs)
    assert [len(site.attempts(run_id)) for run_id in "abc"] == [1, 1, 1]


def test_jobs_that_were_not_written_down_are_found(site: Site) -> None:
    first = site.executor()
    jobs = [*site.submit(first, "a", "b"), *site.submit(first, "c")]
    site.wait_for_start("a", "b", "c")
    second = site.executor()
    found = second.unrecorded(jobs[:1])
    assert {(job.job_id, job.run_ids) for job in found} == {(job.job_id, job.run_ids) for job in jobs[1:]}
    assert second.unrecorded(jobs) == []
    site.finish(second, jobs)


def test_a_job_that_never_got_its_task_is_cancelled(site: Site) -> None:
    executor = site.executor()
    stranger = site.lab.batch(f"--job-name={job_name(site.sweep)}")
    wait_until(lambda: site.lab.job(stranger)["JobState"] == "RUNNING", "start")
    assert executor.unrecorded([]) == []
    wait_until(lambda: site.lab.job(stranger)["JobState"] == "CANCELLED", "cancellation")


def test_a_submission_that_failed_late_is_not_made_twice(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sbatch`` can time out on a submission that slurmctld then carries out."""
    real, broken = shutil.which("sbatch"), tmp_path / "bin" / "sbatch"
    broken.parent.mkdir()
    broken.write_text(
        f'#!/bin/sh\n{real} "$@"\necho "sbatch: error: Socket timed out on send/recv operation" >&2\nexit 1\n'
    )
    broken.chmod(0o755)
    executor = site.executor()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(broken.parent), prepend=":")
        assert site.submit(executor, "a", "b") == []
    jobs = site.submit(executor, "a", "b")
    site.finish(executor, jobs)
    assert [len(site.attempts(run_id)) for run_id in "ab"] == [1, 1]
    names = site.lab.run("squeue", "-h", "--array", "--states=all", f"--name={job_name(site.sweep)}", "-o", "%T")
    states = Counter(names.split())  # an array that was cancelled while it waited is one line
    assert set(states) == {"CANCELLED", "COMPLETED"}
    assert states["COMPLETED"] == 2


def test_a_profile_that_the_site_refuses_is_one_line(site: Site) -> None:
    with pytest.raises(InputError, match=r"^CLUSTER: .*invalid partition.*$"):
        site.submit(site.executor(partition="nowhere"), "a")


def wait_until_resumed(site: Site, executor: SlurmExecutor, jobs: Sequence[JobRecord]) -> None:
    """Wait for the second attempt of run a; until then the executor must not think that the job is over."""

    def resumed() -> bool:
        assert executor.alive(jobs) == {job.job_id for job in jobs}
        return (site.run("a") / "seen-2.json").exists()

    wait_until(resumed, "second attempt", timeout_s=45)


def check_resumed(site: Site, job_id: str, run_id: str, signal: str | None, end: str = "preempted") -> None:
    """The same job made two attempts; the first noted the signal, or died without a word."""
    first, second = site.attempts(run_id)
    assert (first.job_id, second.job_id) == (job_id, job_id)
    assert (first.end, first.reason) == ((end, signal) if signal else (None, None))
    assert second.end is None
