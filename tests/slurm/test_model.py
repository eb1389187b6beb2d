"""The fake's scheduler under virtual time; what it shares with a real one, tests/contract holds against both."""

import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from harness.cluster.slurm.command import Answer
from tests.slurm.cluster import LabOptions
from tests.slurm.commands import Commands
from tests.slurm.model import Execution, Slurmctld, Timing

TIMING = Timing(kill_wait=30, requeue_wait=120, node_fail=2, node_timeout=300, min_job_age=10_000)


class Rig:
    """A model whose jobs do nothing but note their signals, and end when they are killed or told to."""

    def __init__(self, options: LabOptions | None = None) -> None:
        self.now_s = 0.0
        self.signals: list[tuple[str, int]] = []
        self.running: dict[str, Execution] = {}
        self.model = Slurmctld(options or LabOptions(grace_s=5), self, lambda: self.now_s, TIMING)
        self._commands = Commands(self.model)

    def start(self, execution: Execution) -> None:
        self.running[execution.job.name] = execution

    def signal(self, execution: Execution, numbers: Iterable[int], batch: bool) -> None:
        self.signals += [(execution.job.name, number) for number in numbers]

    def kill(self, execution: Execution) -> None:
        if self.running.pop(execution.job.name, None) is not None:
            self.model.ended(execution, 137)

    def end(self, name: str, code: int = 0) -> None:
        self.model.ended(self.running.pop(name), code)
        self.model.advance()

    def answer(self, *words: str) -> Answer:
        return self._commands.answer(words, {}, Path())

    def say(self, *words: str) -> str:
        answer = self.answer(*words)
        assert answer.code == 0, answer.error
        return answer.output.strip()

    def batch(self, *options: str) -> str:
        return self.say("sbatch", "--parsable", *options, "--wrap", "true")

    def states(self) -> dict[str, str]:
        lines = self.say("squeue", "-h", "--array", "--states=all", "-o", "%i %T").splitlines()
        return dict(line.split() for line in lines)

    def after(self, seconds: float) -> dict[str, str]:
        end_s = self.now_s + seconds
        while (due_s := self.model.next_s()) is not None and due_s <= end_s:
            self.now_s = due_s
            self.model.advance()
        self.now_s = end_s
        return self.states()


def test_an_array_keeps_its_limit_and_its_last_job_to_start_has_its_number() -> None:
    rig = Rig()
    array = rig.batch("--array=0-2%2")
    first, second, third = (f"{array}_{number}" for number in range(3))
    assert rig.states() == {first: "RUNNING", second: "RUNNING", third: "PENDING"}
    rig.end(second, code=1)
    assert rig.states() == {first: "RUNNING", second: "FAILED", third: "RUNNING"}
    numbers = [job.number for job in rig.model.find(array)]
    assert numbers[2] == int(array)
    assert len(set(numbers)) == 3


def test_a_preempted_job_is_asked_made_to_go_and_started_again_under_its_id() -> None:
    rig = Rig()
    job = rig.batch("--partition=low", "--nodelist=n1")
    preemptor = rig.batch("--partition=high", "--nodelist=n1", "--exclusive")
    assert rig.signals == [(job, signal.SIGCONT), (job, signal.SIGTERM)]
    assert rig.after(4) == {job: "RUNNING", preemptor: "PENDING"}
    assert rig.after(1) == {job: "COMPLETING", preemptor: "PENDING"}
    assert rig.after(30) == {job: "PENDING", preemptor: "RUNNING"}
    rig.end(preemptor)
    assert rig.after(119)[job] == "PENDING"
    assert rig.after(1)[job] == "RUNNING"
    assert "Restarts=1 " in rig.say("scontrol", "--oneliner", "show", "job", job)


def test_preempt_send_user_signal_sends_the_jobs_own_signal_in_place_of_the_first_term() -> None:
    rig = Rig(LabOptions(user_signal=True))
    job = rig.batch("--partition=low", "--nodelist=n1", "--signal=USR2@60")
    rig.batch("--partition=main", "--nodelist=n1", "--exclusive")
    assert rig.signals == [(job, signal.SIGUSR2)]


def test_what_a_higher_partition_waits_for_a_lower_one_leaves_free() -> None:
    rig = Rig(LabOptions(num_nodes=1))
    first = rig.batch("--partition=low")
    high = rig.batch("--partition=high", "--exclusive")
    second = rig.batch("--partition=low")
    assert rig.states() == {first: "RUNNING", high: "PENDING", second: "PENDING"}
    rig.end(first)
    assert rig.states() == {first: "COMPLETED", high: "RUNNING", second: "PENDING"}


def test_only_the_youngest_jobs_are_preempted_and_only_as_many_as_are_in_the_way() -> None:
    rig = Rig(LabOptions(num_nodes=1, gpus_per_node=2))
    old = rig.batch("--partition=low", "--gres=gpu:1")
    rig.after(10)
    young = rig.batch("--partition=low", "--gres=gpu:1")
    rig.batch("--gres=gpu:1")
    assert {name for name, _ in rig.signals} == {young}
    assert rig.states()[old] == "RUNNING"


def test_a_job_is_warned_before_its_limit_and_over_after_it() -> None:
    rig = Rig()
    job = rig.batch("--time=1", "--signal=USR2@20")
    rig.after(39)
    assert rig.signals == []
    rig.after(1)
    assert rig.signals == [(job, signal.SIGUSR2)]
    assert rig.after(20)[job] == "COMPLETING"
    assert rig.after(30)[job] == "TIMEOUT"


def test_requeue_incomplete_leaves_alone_what_is_cancelled_or_over() -> None:
    rig = Rig()
    job, other = rig.batch(), rig.batch()
    rig.say("scancel", job)
    rig.say("scontrol", "requeue", "incomplete", job)
    rig.end(job)
    rig.end(other)
    rig.say("scontrol", "requeue", "incomplete", other)
    assert rig.after(1000) == {job: "CANCELLED", other: "COMPLETED"}


def test_a_cancelled_job_is_over_although_it_was_being_requeued() -> None:
    rig = Rig()
    job = rig.batch()
    rig.say("scontrol", "requeue", job)
    rig.say("scancel", job)
    rig.end(job)
    assert rig.after(1000) == {job: "CANCELLED"}


def test_a_node_that_goes_down_fails_its_jobs_for_a_moment_and_they_start_elsewhere() -> None:
    rig = Rig()
    job = rig.batch("--exclude=n2")
    rig.say("scontrol", "update", "nodename=n1", "state=down", "reason=test")
    assert rig.states() == {job: "NODE_FAIL"}
    assert rig.after(2) == {job: "PENDING"}
    assert rig.after(500) == {job: "PENDING"}
    rig.say("scontrol", "update", "nodename=n1", "state=resume")
    assert rig.states() == {job: "RUNNING"}


def test_without_requeue_a_failed_node_is_the_end() -> None:
    rig = Rig()
    job = rig.batch("--no-requeue")
    rig.model.set_down(rig.model.nodes["n1"])
    assert rig.after(1000) == {job: "NODE_FAIL"}


def test_a_power_cut_is_noticed_late_and_nothing_is_heard_of_the_jobs() -> None:
    rig = Rig()
    job = rig.batch("--nodelist=n1")
    rig.model.cut_power(rig.model.nodes["n1"])
    assert rig.running == {}
    assert rig.after(299) == {job: "RUNNING"}
    assert rig.after(1) == {job: "NODE_FAIL"}


def test_a_node_that_comes_back_has_lost_its_jobs() -> None:
    rig = Rig()
    job = rig.batch("--nodelist=n1")
    rig.model.cut_power(rig.model.nodes["n1"])
    rig.model.restart(rig.model.nodes["n1"])
    assert rig.after(1) == {job: "NODE_FAIL"}
    assert rig.after(121) == {job: "RUNNING"}


def test_a_controller_that_is_away_answers_nothing_and_hears_of_ends_later() -> None:
    rig = Rig()
    job = rig.batch()
    rig.model.leave()
    rig.end(job)
    for words in (("squeue", "-h"), ("sbatch", "--wrap", "true"), ("scancel", job), ("scontrol", "requeue", job)):
        assert rig.answer(*words).code == 1
    rig.model.come_back()
    assert rig.states() == {job: "COMPLETED"}


def test_an_ended_job_is_forgotten_in_time() -> None:
    rig = Rig()
    array = rig.batch("--array=0-1%1")
    rig.end(f"{array}_0")
    rig.after(60)
    rig.end(f"{array}_1")
    assert rig.after(TIMING.min_job_age - 60) == {f"{array}_1": "COMPLETED"}
    assert rig.after(60) == {}


@pytest.mark.parametrize(
    ("words", "unknown"),
    [
        (("sbatch", "--dependency=afterok:1", "--wrap", "x"), "--dependency=afterok:1"),
        (("sbatch", "--nodes=2", "--wrap", "x"), "2"),
        (("squeue", "-h", "--array", "--format=%Q"), "%Q"),
        (("squeue", "-h", "--jobs=1"), "--jobs=1"),
        (("scancel", "--nodelist=n1"), "--nodelist=n1"),
        (("scontrol", "hold", "1"), "hold"),
        (("scontrol", "update", "nodename=n1", "state=drain"), "drain"),
        (("srun", "hostname"), "srun"),
        (("sinfo", "-R"), "-R"),
        (("sacct", "-j", "1"), "sacct"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(words: tuple[str, ...], unknown: str) -> None:
    answer = Rig().answer(*words)
    assert answer.code == 1
    assert "not understood" in answer.error
    assert unknown in answer.error
