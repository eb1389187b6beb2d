"""The view of SLURM's queue, fed with answers."""

from collections.abc import Sequence

import pytest

from harness.cluster.slurm.command import Answer
from harness.cluster.slurm.queue import LONGEST_BACK_OFF_S, MISSES, SETTLE_S, Queue

BUSY = Answer(1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)")


class Scheduler:
    """Answers with ``rows``, and has a clock."""

    def __init__(self) -> None:
        self.rows: str | Answer = ""
        self.seconds = 0.0
        self.num_calls = 0
        self.queue = Queue("kd-mini", 10.0, self.run, lambda: self.seconds)

    def run(self, words: Sequence[str]) -> Answer:
        assert words[0] == "squeue"
        self.num_calls += 1
        return self.rows if isinstance(self.rows, Answer) else Answer(0, self.rows)

    def after(self, seconds: float) -> dict[str, str] | None:
        self.seconds += seconds
        return self.queue.phases()


def test_one_call_serves_until_it_is_old() -> None:
    slurm = Scheduler()
    slurm.rows = "7_0|RUNNING|None\n7_1|PENDING|Resources\n"
    assert slurm.after(0) == slurm.after(9) == {"7_0": "running", "7_1": "waiting"}
    assert slurm.num_calls == 1
    slurm.after(1)
    assert slurm.num_calls == 2


def test_who_cannot_wait_asks_at_once_and_the_others_then_wait_anew() -> None:
    slurm = Scheduler()
    slurm.rows = "7|RUNNING|None\n"
    slurm.after(0)
    slurm.rows = "7|COMPLETED|None\n"
    assert slurm.after(9) == {"7": "running"}
    assert slurm.queue.look_now() == {"7": "over"}
    slurm.after(9)
    assert slurm.num_calls == 2
    slurm.rows = BUSY
    assert slurm.queue.look_now() is None


def test_a_busy_scheduler_is_left_in_peace_and_nothing_is_known() -> None:
    slurm = Scheduler()
    slurm.rows = BUSY
    calls = []
    for _ in range(600):
        assert slurm.after(1) is None
        calls.append(slurm.num_calls)
    assert calls[-1] <= 600 / LONGEST_BACK_OFF_S + 3
    slurm.rows = "7|COMPLETED|None\n"
    assert slurm.after(LONGEST_BACK_OFF_S) == {"7": "over"}
    assert slurm.after(10) == {"7": "over"}


@pytest.mark.parametrize("state", ["NODE_FAIL", "PREEMPTED", "BOOT_FAIL"])
def test_what_slurm_may_requeue_is_not_over_at_once(state: str) -> None:
    slurm = Scheduler()
    slurm.rows = f"7|{state}|None\n"
    assert slurm.after(0) == slurm.after(SETTLE_S - 1) == {"7": "unsettled"}
    slurm.rows = "7|PENDING|BeginTime\n"
    assert slurm.after(10) == {"7": "waiting"}
    slurm.rows = f"7|{state}|None\n"
    assert slurm.after(10) == {"7": "unsettled"}  # counted anew
    assert slurm.after(SETTLE_S) == {"7": "over"}


def test_states_without_a_known_meaning_stay_unknown() -> None:
    slurm = Scheduler()
    slurm.rows = "7|DANCING|None\n8|PENDING|launch failed requeued held\nnoise\n"
    assert slurm.after(0) == {"7": "unknown", "8": "stuck"}


def test_a_job_that_could_not_start_and_was_ended_is_over() -> None:
    slurm = Scheduler()
    slurm.rows = "7|PENDING|launch failed requeued held\n8|CANCELLED|launch failed requeued held\n"
    assert slurm.after(0) == {"7": "stuck", "8": "over"}


def test_a_new_job_is_alive_before_the_first_look_that_can_show_it() -> None:
    slurm = Scheduler()
    slurm.after(0)
    slurm.queue.expect(["9"])
    assert slurm.queue.submitted() == {"9"}
    slurm.after(10)
    assert slurm.queue.submitted() == set()


def test_how_a_job_ended_is_kept_in_slurms_words() -> None:
    slurm = Scheduler()
    slurm.rows = "7_0|OUT_OF_MEMORY|OutOfMemory\n7_1|RUNNING|None\n7_2|NODE_FAIL|None\n"
    slurm.after(0)
    assert [slurm.queue.ending(job_id) for job_id in ("7_0", "7_1", "7_2", "8")] == ["OUT_OF_MEMORY", None, None, None]


class Forgetful(Scheduler):
    """Answers ``scontrol show job`` too: ``known`` by id, or as one that is busy."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Answer] = {}

    def run(self, words: Sequence[str]) -> Answer:
        if words[0] == "scontrol":
            return self.known.get(words[-1], Answer(1, "", "slurm_load_jobs error: Invalid job id specified"))
        return super().run(words)

    def gone(self) -> set[str]:
        self.after(10)
        return self.queue.gone(["7"])


def test_one_answer_without_a_job_is_no_evidence() -> None:
    slurm = Forgetful()
    slurm.rows = "7|RUNNING|None\n"
    assert slurm.gone() == set()
    slurm.rows = ""
    assert [slurm.gone() for _ in range(MISSES - 1)] == [set()] * (MISSES - 1)
    slurm.rows = "7|RUNNING|None\n"
    assert slurm.gone() == set()
    slurm.rows = ""
    assert [slurm.gone() for _ in range(MISSES)] == [set()] * (MISSES - 1) + [{"7"}]  # counted anew


def test_a_job_is_missed_once_a_look_however_often_it_is_asked_for() -> None:
    slurm = Forgetful()
    slurm.after(0)
    assert [slurm.queue.gone(["7"]) for _ in range(3 * MISSES)] == [set()] * 3 * MISSES
    assert [slurm.gone() for _ in range(MISSES - 1)] == [set()] * (MISSES - 2) + [{"7"}]


def test_a_job_that_squeue_hides_but_slurmctld_knows_is_alive() -> None:
    slurm = Forgetful()
    slurm.known["7"] = Answer(0, "JobId=7 JobName=kd-mini JobState=RUNNING Reason=None NodeList=n1\n")
    assert [slurm.gone() for _ in range(3 * MISSES)] == [set()] * 3 * MISSES
    slurm.known["7"] = Answer(0, "JobId=7 JobName=kd-mini JobState=FAILED Reason=NonZeroExitCode NodeList=n1\n")
    assert slurm.gone() == {"7"}
    assert slurm.queue.ending("7") == "FAILED"
    assert slurm.queue.find("7").node == "n1"


def test_silence_is_no_absence() -> None:
    slurm = Forgetful()
    slurm.known["7"] = BUSY
    assert [slurm.gone() for _ in range(2 * MISSES)] == [set()] * 2 * MISSES
    slurm.rows = BUSY
    assert slurm.gone() == set()


def test_a_job_that_was_just_submitted_is_not_missed() -> None:
    slurm = Forgetful()
    slurm.after(0)
    slurm.queue.expect(["7"])
    assert slurm.queue.gone(["7"]) == set()


def test_where_a_job_ran_is_kept() -> None:
    slurm = Scheduler()
    slurm.rows = "7|RUNNING|None|n3\n8|PENDING|Priority|\n"
    slurm.after(0)
    slurm.rows = ""
    slurm.after(10)
    assert (slurm.queue.find("7").node, slurm.queue.find("8").node, slurm.queue.find("9")) == ("n3", "", None)
