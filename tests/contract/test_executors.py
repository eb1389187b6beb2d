"""What an executor promises, on this machine, on a fake SLURM and on real ones."""

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from submitit.core.utils import JobPaths

from harness.cluster.executor import Executor
from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.controller import describe_controller, find_controller, submit_controller
from harness.cluster.slurm.script import job_name, sbatch_text
from harness.cluster.slurm.site import misfits, read_partition, refusal_at_present
from harness.commands.place import check_site, drop_outdated, take_over_waiting_controller
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord
from kd.errors import InputError
from kd.files import write_record
from tests.contract.conftest import Site, SlurmSite
from tests.support.sweep_lab import Lab
from tests.support.waiting import wait_until

with_accounting = pytest.mark.also_with("accounting")
with_user_signal = pytest.mark.also_with("preempt_send_user_signal")
no_meaning_locally = pytest.mark.no_meaning_locally
no_queue = no_meaning_locally("no queue: the controller holds the slots")
no_second_start = no_meaning_locally("no requeue: a process that ends is over, and the controller submits another")
no_scheduler = no_meaning_locally("no scheduler beside this machine that could be asked, or lost")


@with_accounting
@with_user_signal
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


@no_scheduler
def test_who_looks_once_is_told_of_jobs_that_were_cancelled_past_the_program(site: SlurmSite) -> None:
    executor = site.executor(cpus_per_task=8)  # a whole node each, of two
    jobs = site.submit(executor, "a", "b", "c")
    site.wait_for_start("a", "b")
    assert executor.over(jobs) == set()
    everything = {job.job_id for job in jobs}
    site.lab.run("scancel", *everything)
    wait_until(lambda: site.executor().over(jobs) == everything, "the end of all")
    site.lab.stop_controller()
    assert site.executor().over(jobs) == set()


@no_queue
def test_many_jobs_are_one_array_in_order(site: SlurmSite) -> None:
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
    executor = site.executor()
    batch = ("a", "b", "c")
    jobs = site.submit_batches(executor, batch)
    assert jobs[0].job_id.isdigit()
    site.finish(executor, jobs)
    assert {site.attempts(run_id)[0].job_id for run_id in batch} == {jobs[0].job_id}


@no_meaning_locally("a job has the environment of its controller")
def test_lines_of_setup_come_before_a_job(site: SlurmSite) -> None:
    executor = site.executor(setup=["export LAB_SETUP=done"])
    jobs = site.submit(executor, "a")
    site.finish(executor, jobs)
    assert site.seen("a")["LAB_SETUP"] == "done"


def test_each_job_sees_one_gpu_of_its_own(site: Site) -> None:
    executor = site.executor_with_gpus()
    jobs = site.submit(executor, "a", "b", "c", "d")
    site.wait_for_start("a", "b", "c", "d")
    seen = {(site.seen(run_id)["SLURMD_NODENAME"], site.seen(run_id)["CUDA_VISIBLE_DEVICES"]) for run_id in "abcd"}
    assert seen == site.gpus
    site.finish(executor, jobs)


def test_a_job_of_two_tasks_sees_two_gpus(site: Site) -> None:
    executor = site.executor_with_gpus()
    jobs = site.submit_batches(executor, ("a",), gpus=2)
    marks = [site.run("a") / f"task-{rank}" for rank in range(2)]
    wait_until(lambda: all(mark.exists() for mark in marks), "two tasks")
    site.wait_for_start("a")
    assert site.seen("a")["CUDA_VISIBLE_DEVICES"] == "0,1"
    site.finish(executor, jobs)
    assert len(site.attempts("a")) == 1


def test_a_run_at_work_is_not_begun_again(site: Site) -> None:
    first, second = site.executor(), site.executor()
    jobs = site.submit(first, "a")
    site.wait_for_start("a")
    again = site.submit(second, "a")
    site.wait_for_end(second, again)
    assert first.alive(jobs) == {jobs[0].job_id}
    site.finish(first, jobs)
    assert [attempt.job_id for attempt in site.attempts("a")] == [jobs[0].job_id]


def test_cancelled_jobs_stop_and_other_sweeps_go_on(site: Site) -> None:
    ours, other = site, site.beside("other")
    executor, neighbour = ours.executor(), other.executor()
    jobs, theirs = ours.submit(executor, "a", "b"), other.submit(neighbour, "a")
    ours.wait_for_start("a", "b")
    other.wait_for_start("a")
    executor.cancel(jobs)
    ours.wait_for_end(executor, jobs)
    assert [(attempt.end, attempt.reason) for attempt in ours.attempts("a")] == [("preempted", "SIGTERM")]
    assert neighbour.alive(theirs) == {theirs[0].job_id}
    other.finish(neighbour, theirs)


def test_a_forged_record_ends_no_job_of_another_sweep(site: Site) -> None:
    ours, other = site, site.beside("other")
    executor, neighbour = ours.executor(), other.executor()
    jobs, theirs = ours.submit(executor, "a"), other.submit(neighbour, "a")
    ours.wait_for_start("a")
    other.wait_for_start("a")
    executor.cancel([theirs[0].model_copy(update={"run_ids": ("a",)}), *jobs])
    ours.wait_for_end(executor, jobs)
    assert neighbour.alive(theirs) == {theirs[0].job_id}
    other.finish(neighbour, theirs)
    assert len(other.attempts("a")) == 1


@no_scheduler
@with_accounting
def test_a_job_that_its_user_cancels_stays_cancelled(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a", "b")
    site.wait_for_start("a", "b")
    site.lab.run("scancel", jobs[0].job_id)
    site.wait_for_end(executor, jobs[:1])
    assert site.lab.job(jobs[0].job_id)["JobState"] == "CANCELLED"
    assert site.lab.job(jobs[0].job_id)["Restarts"] == "0"
    assert executor.alive(jobs) == {jobs[1].job_id}
    site.finish(executor, jobs[1:])


def test_a_job_that_dies_is_over(site: Site) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.tell("die", "a")
    site.wait_for_end(executor, jobs)
    assert [attempt.end for attempt in site.attempts("a")] == [None]


@no_meaning_locally("no time limit")
def test_a_time_limit_ends_an_attempt_and_the_job_starts_again(site: SlurmSite) -> None:
    executor = site.executor(time_min=2, signal_delay_s=31)  # so short that any signal means the limit
    jobs = site.submit(executor, "a")
    site.lab.give_time(jobs[0].job_id, minutes=30)  # a machine that is slow to start it must not end it
    site.wait_for_start("a")
    site.lab.bring_to_limit(jobs[0].job_id, seconds_left=30)
    wait_until(lambda: site.attempts("a")[0].end, "end of the first attempt")
    site.lab.give_time(jobs[0].job_id, minutes=30)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", "SIGUSR2", end="timeout")
    site.finish(executor, jobs)


@no_second_start
def test_a_signal_restarts_one_job_of_an_array_alone(site: SlurmSite) -> None:
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


@no_second_start
@with_accounting
def test_scontrol_requeue(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.run("scontrol", "requeue", jobs[0].job_id)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", "SIGTERM")
    site.finish(executor, jobs)


@no_second_start
@with_accounting
@with_user_signal
def test_preemption_ends_an_attempt_in_its_grace_time(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    preemptor = site.lab.preempt(jobs[0].job_id)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", "SIGUSR2" if site.lab.options.user_signal else "SIGTERM")
    assert site.lab.job(preemptor)["JobState"] == "RUNNING"
    assert site.seen("a", 1)["SLURMD_NODENAME"] != site.seen("a", 2)["SLURMD_NODENAME"]
    site.finish(executor, jobs)


@no_second_start
def test_a_job_that_outlasts_its_grace_time_is_killed_and_starts_again(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.tell("stubborn", "a")
    site.lab.preempt(jobs[0].job_id)
    site.lab.pass_time(site.lab.options.grace_s)
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", None)
    site.finish(executor, jobs)


@no_meaning_locally("nobody preempts; what is cancelled is over")
def test_without_requeue_an_interrupted_job_is_over(site: SlurmSite) -> None:
    executor = site.executor(requeue=False)
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.preempt(jobs[0].job_id)
    site.wait_for_end(executor, jobs)
    assert [(attempt.end, attempt.reason) for attempt in site.attempts("a")] == [("preempted", "SIGTERM")]


@no_meaning_locally("the node is this machine")
@with_accounting
def test_a_node_set_down(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.set_down(site.seen("a")["SLURMD_NODENAME"])
    wait_until_resumed(site, executor, jobs)
    assert [attempt.job_id for attempt in site.attempts("a")] == [jobs[0].job_id] * 2
    site.finish(executor, jobs)


@no_meaning_locally("the node is this machine")
def test_a_node_that_loses_power(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.kill_node(site.seen("a")["SLURMD_NODENAME"])
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", None)
    site.finish(executor, jobs)


@no_scheduler
@with_accounting
def test_while_slurmctld_is_away_jobs_are_believed_alive(site: SlurmSite) -> None:
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


@no_scheduler
def test_a_job_that_has_to_stop_while_slurmctld_is_away_asks_until_it_is_back(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, "a")
    site.wait_for_start("a")
    site.lab.stop_controller()
    os.kill(site.attempts("a")[0].pid, signal.SIGUSR2)
    log = JobPaths(site.sweep / "logs", jobs[0].job_id).stdout
    wait_until(lambda: "requeue: " in log.read_text(), "refusal")
    site.lab.start_controller()
    wait_until_resumed(site, executor, jobs)
    check_resumed(site, jobs[0].job_id, "a", "SIGUSR2")
    site.finish(executor, jobs)


@no_meaning_locally("a process is found by the attempt it makes: see a run at work")
def test_jobs_that_were_not_written_down_are_found(site: SlurmSite) -> None:
    first = site.executor()
    jobs = [*site.submit(first, "a", "b"), *site.submit(first, "c")]
    site.wait_for_start("a", "b", "c")
    second = site.executor()
    found = second.unrecorded(jobs[:1])
    assert {(job.job_id, job.run_ids) for job in found} == {(job.job_id, job.run_ids) for job in jobs[1:]}
    assert second.unrecorded(jobs) == []
    site.finish(second, jobs)


@no_scheduler
def test_a_job_that_did_not_write_itself_down_is_cancelled_and_its_pickle_left_alone(site: SlurmSite) -> None:
    executor = site.executor()
    stranger = site.lab.batch(f"--job-name={job_name(site.sweep)}")
    JobPaths(site.sweep / "logs", stranger).submitted_pickle.write_bytes(b"cos\nabort\n(tR.")  # ends whoever loads it
    wait_until(lambda: site.lab.job(stranger)["JobState"] == "RUNNING", "start")
    assert executor.unrecorded([]) == []
    wait_until(lambda: site.lab.job(stranger)["JobState"] == "CANCELLED", "cancellation")


@no_scheduler
def test_a_submission_that_failed_late_is_not_made_twice(
    site: SlurmSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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


@no_meaning_locally("nobody refuses")
def test_a_profile_that_the_site_refuses_is_one_line(site: SlurmSite) -> None:
    with pytest.raises(InputError, match=r"^CLUSTER: .*invalid partition.*$"):
        site.submit(site.executor(partition="nowhere"), "a")


@no_scheduler
def test_why_a_job_waits_is_said_with_the_key_to_change(site: SlurmSite) -> None:
    site.lab.limit_time("low", 10)
    executor = site.executor(time_min=60)
    jobs = site.submit(executor, "a", "b")
    expected = "2 job(s) wait since time_min 60 is above the 10 of partition low, and will not start without help"
    wait_until(lambda: executor.notes(jobs) == [f"{expected} (PartitionTimeLimit)"], "the reason")
    assert executor.why_waiting(jobs[0]) == f"{expected.partition('wait ')[2]} (PartitionTimeLimit)"
    partition = read_partition("low")
    assert partition is not None
    assert partition.nodes == set(site.lab.nodes)
    profile = SlurmProfile(kind="slurm", partition="low", time_min=60, gpus_per_run=1, gpu_type="h100", mem_gb=1000)
    assert [line.partition(" ")[0] for line in misfits(profile, partition)] == ["time_min", "mem_gb", "gpu_type"]
    executor.cancel(jobs)


@no_scheduler
def test_what_a_site_has_not_is_said_before_anything_is_submitted(site: SlurmSite, digits: Path) -> None:
    (site.sweep.parent / ".data").symlink_to(digits)
    plan, folder = Lab(site.sweep.parent).open()
    asked = SlurmProfile(kind="slurm", partition="low,main", gpus_per_run=0, cpus_per_task=1)
    said: list[str] = []
    check_site(plan, folder, asked, said.append)
    assert refusal_at_present(sbatch_text(asked, site.sweep, 1)) is None
    assert said == []
    asked = asked.model_copy(update={"gpus_per_run": 1, "gpu_type": "h100"})
    check_site(plan, folder, asked, said.append)
    assert said == ["Will not run as it is: gpu_type h100 is not in partition low,main, which has no type by name"]
    refusal = refusal_at_present(sbatch_text(asked, site.sweep, 1))
    assert refusal is not None
    assert refusal.startswith("Requested node configuration is not available; correct whichever of cpus_per_task, ")
    with pytest.raises(InputError, match=r"^CLUSTER: partition: 'nope' is not on .*; there are high, low, main$"):
        check_site(plan, folder, asked.model_copy(update={"partition": "low,nope"}), said.append)
    assert not site.lab.run("squeue", "-h")


@no_scheduler
def test_jobs_that_slurm_has_forgotten_are_no_obstacle_to_who_cancels(site: SlurmSite) -> None:
    executor = site.executor()
    busy = [site.lab.batch("--partition=high", "--exclusive", f"--nodelist={node}") for node in site.lab.nodes]
    wait_until(lambda: all(site.lab.job(each)["JobState"] == "RUNNING" for each in busy), "full nodes")
    jobs = site.submit(executor, "a", "b")
    site.lab.run("scancel", *(job.job_id for job in jobs))
    wait_until(lambda: executor.over(jobs) == {job.job_id for job in jobs}, "their end")
    site.executor().cancel(jobs)


@no_scheduler
def test_jobs_that_wait_under_a_profile_that_was_mended_are_submitted_anew(site: SlurmSite) -> None:
    site.lab.limit_time("low", 10)
    executor = site.executor(time_min=60)
    jobs = site.submit(executor, "a", "b")
    wait_until(lambda: "PartitionTimeLimit" in (executor.why_waiting(jobs[0]) or ""), "the reason")
    assert executor.drop_outdated(jobs) == []
    mended = site.executor(time_min=10, array_parallelism=7)
    assert "since the time that it was submitted with is above a limit" in " ".join(mended.notes(jobs))
    folder = SweepFolder(site.sweep.parent, site.sweep.name)
    (folder.path / "jobs").mkdir()
    for job in jobs:
        write_record(folder.job_path(job.job_id), job)
    said: list[str] = []
    drop_outdated(mended, folder, said.append)
    assert (len(said), folder.read_jobs()) == (1, [])
    again = site.submit(mended, "a", "b")
    site.finish(mended, again)
    assert {site.lab.job(job.job_id).get("JobState", "CANCELLED") for job in jobs} == {"CANCELLED"}


@no_scheduler
def test_the_users_shell_is_no_hidden_input(site: SlurmSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQUEUE_PARTITION alone lets squeue show nothing, with exit code 0."""
    for name in ("SQUEUE_PARTITION", "SCANCEL_PARTITION", "SBATCH_PARTITION", "SALLOC_PARTITION"):
        monkeypatch.setenv(name, "high")
    for name in ("SQUEUE_ACCOUNT", "SQUEUE_QOS", "SCANCEL_ACCOUNT", "SBATCH_ACCOUNT", "SLURM_CLUSTERS"):
        monkeypatch.setenv(name, "elsewhere")
    executor = site.executor()
    jobs = site.submit(executor, "a", "b")
    site.wait_for_start("a", "b")
    assert executor.alive(jobs) == {job.job_id for job in jobs}
    executor.cancel(jobs[1:])
    site.wait_for_end(executor, jobs[1:])
    site.finish(executor, jobs[:1])


@pytest.mark.fake_only("a limit of a QOS needs accounts")
@no_scheduler
def test_a_full_limit_of_jobs_is_waited_for_and_said(site: SlurmSite) -> None:
    ahead = [0.0]
    executor = site.executor(clock=lambda: time.monotonic() + ahead[0])
    site.lab.limit_jobs(3)
    jobs = site.submit(executor, *"abcd")
    assert [job.run_ids for job in jobs] == [("a",), ("b",)]  # half of what was asked for
    ahead[0] += 10.0
    jobs += site.submit(executor, "c")
    ahead[0] += 10.0
    assert site.submit(executor, "d") == []
    assert "takes no more jobs now, and is asked again: sbatch: error: QOSMaxSubmitJobPerUserLimit" in " ".join(
        executor.notes(jobs)
    )
    with pytest.raises(InputError, match=r"start when a job of yours is over, or without DETACH=1$"):
        submit_controller(SlurmProfile(kind="slurm", partition="low", controller_mem_gb=None), site.sweep, os.getpid)
    site.lab.limit_jobs(None)
    assert site.submit(executor, "d") == []  # not before some time has passed
    ahead[0] += 20.0
    jobs += site.submit(executor, "d")
    site.finish(executor, jobs)
    assert executor.notes(jobs) == []


@pytest.mark.fake_only("its limit is a line of its configuration")
@no_scheduler
def test_an_array_that_is_too_large_is_made_smaller(site: SlurmSite) -> None:
    executor = site.executor()
    site.lab.limit_arrays(2)
    jobs = site.submit(executor, *"abcdef")
    assert [job.run_ids for job in jobs] == [("a",)]  # six, three, one
    jobs += site.submit(executor, *"bcdef")
    assert len(jobs) == 2  # it is not tried again with more
    site.finish(executor, jobs)


@no_scheduler
def test_a_job_that_fails_before_it_begins_says_where_and_its_node_can_be_avoided(site: SlurmSite) -> None:
    bad = site.lab.nodes[0]
    executor = site.executor(setup=[f'[ "$SLURMD_NODENAME" != {bad} ] || exit 3'], cpus_per_task=8)
    jobs = site.submit(executor, "a", "b")  # a whole node each
    failed = next(job for job in jobs for _ in [wait_until(lambda: len(executor.alive(jobs)) == 1, "the failure")]
                  if job.job_id not in executor.alive(jobs))  # fmt: skip
    assert (executor.ending(failed), executor.node(failed)) == ("FAILED", bad)
    executor.avoid([bad])
    again = site.submit(executor, *failed.run_ids)
    site.finish(executor, [job for job in jobs if job is not failed] + again)
    assert executor.node(again[0]) == site.lab.nodes[1]
    executor.avoid(site.lab.nodes)  # as long as another one is left
    last = site.submit(executor, "c")
    site.finish(executor, last)


@no_scheduler
def test_a_waiting_controller_is_taken_over_and_its_limit_is_the_partitions(site: SlurmSite) -> None:
    profile = SlurmProfile(
        kind="slurm",
        partition="low",
        gpus_per_run=0,
        requeue=False,
        controller_mem_gb=None,
        additional={"exclusive": True},
    )
    site.lab.limit_time("low", 10)
    busy = [site.lab.batch("--partition=high", "--exclusive", f"--nodelist={node}") for node in site.lab.nodes]
    wait_until(lambda: all(site.lab.job(each)["JobState"] == "RUNNING" for each in busy), "full nodes")
    job_id, word = submit_controller(profile, site.sweep, os.getpid)
    assert word.startswith("controller_time_min 1440 is above the 10 of partition low: the controller has 10 min")
    assert site.lab.job(job_id)["Requeue"] == "1"
    wait_until(lambda: (seen := describe_controller(profile, site.sweep)) and "waits for" in seen.text, "the reason")
    said: list[str] = []
    take_over_waiting_controller(SweepFolder(site.sweep.parent, site.sweep.name), profile, said.append)
    assert said[0].startswith(f"Job {job_id}, a controller of this sweep that was still queued, is cancelled")
    wait_until(lambda: find_controller(site.sweep) is None, "cancellation")


def wait_until_resumed(site: SlurmSite, executor: Executor, jobs: Sequence[JobRecord]) -> None:
    """Wait for the second attempt of run a; until then the executor must not think that the job is over."""

    def resumed() -> bool:
        assert executor.alive(jobs) == {job.job_id for job in jobs}
        return (site.run("a") / "seen-2.json").exists()

    wait_until(resumed, "second attempt")


def check_resumed(site: Site, job_id: str, run_id: str, reason: str | None, end: str = "preempted") -> None:
    """The same job made two attempts; the first noted the signal, or died without a word."""
    first, second = site.attempts(run_id)
    assert (first.job_id, second.job_id) == (job_id, job_id)
    assert (first.end, first.reason) == ((end, reason) if reason else (None, None))
    assert second.end is None
