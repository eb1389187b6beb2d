"""What the controller makes of jobs that ended badly."""

import errno
import os
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.controller.harvest import MAX_FALSE_STARTS, PAUSES_S, SIGNS_INTERVAL_S, Harvest
from harness.controller.loop import Controller
from harness.state.attempts.deaths import deaths_in_a_row
from harness.state.attempts.facts import changed_code
from harness.state.attempts.files import attempt_path, last_attempt, read_attempts
from harness.state.attempts.run_state import read_failure
from harness.state.clock import now
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord
from kd.errors import InputError
from kd.files import write_record
from kd.records import Attempt, AttemptEnd, Code, EpochRecord, History

CODE = Code(commit="f" * 40)
MOMENT = "2026-01-01T00:00:00Z"


class DoomedExecutor:
    """Every job is over at once: it has begun its runs where ``begins``, and done so many epochs of each."""

    num_slots = 1
    runs_per_job = 1
    pack_size = 1
    hang_min = 60.0

    def __init__(self, folder: SweepFolder, ending: str | None = None, begins: bool = True, node: str | None = None):
        self.submitted: list[str] = []
        self.avoided: set[str] = set()
        self.cancelled: list[str] = []
        self.stopped: set[str] = set()
        self.epochs: Counter[str] = Counter()
        self.is_progressing = False
        self._folder = folder
        self._ending = ending
        self._begins = begins
        self._node = node

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        return gpus

    def submit(
        self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1, slots: int = 1
    ) -> list[JobRecord]:
        return [self._bury(run_ids) for run_ids in batches]

    def _bury(self, run_ids: tuple[str, ...]) -> JobRecord:
        job_id = str(len(self.submitted) + 1)
        self.submitted += run_ids
        for run_id in run_ids if self._begins else ():
            die(self._folder.run(run_id), job_id, self.epochs[run_id])
            self.epochs[run_id] += self.is_progressing
            write_record(self._folder.run(run_id) / "history.json", history(self.epochs[run_id]))
        return JobRecord(job_id=job_id, run_ids=run_ids, submitted_at=now())

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        return set()

    def suspended(self, jobs: Iterable[JobRecord]) -> set[str]:
        return self.stopped

    def ending(self, job: JobRecord) -> str | None:
        return self._ending

    def node(self, job: JobRecord) -> str | None:
        return self._node

    def avoid(self, nodes: Iterable[str]) -> None:
        self.avoided |= set(nodes)

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        self.cancelled += [job.job_id for job in jobs]

    def notes(self, jobs: Iterable[JobRecord]) -> list[str]:
        return []


def die(folder: Path, job_id: str, start_epoch: int = 0, **changes: Any) -> None:
    """Leave the attempt of a process that is dead."""
    (folder / "attempts").mkdir(parents=True, exist_ok=True)
    number = len(read_attempts(folder)) + 1
    told = {"host": socket.gethostname(), "pid": 1, "process_created": 0.0, "started_at": MOMENT}
    told |= {"start_epoch": start_epoch, "start_step": 10 * start_epoch, "job_id": job_id}
    write_record(attempt_path(folder, number), Attempt.model_validate(told | {"number": number} | changes))


def history(num_epochs: int) -> History:
    numbers = dict.fromkeys(EpochRecord.model_fields, 1.0)
    epochs = [EpochRecord.model_validate(numbers | {"epoch": each + 1}) for each in range(num_epochs)]
    return History(num_epochs=1000, epochs=tuple(epochs))


def only_the_teacher(lab: Any, executor: Any, clock: Any = lambda: 0.0) -> Controller:
    """A controller whose first submission is the teacher, one slot wide; it looks at what the last one left."""
    plan, folder = lab.open()
    return Controller(plan, folder, executor, lambda controller: None, lambda seconds: None, clock)


def test_a_run_that_keeps_dying_is_given_up_with_its_cause(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1], "OUT_OF_MEMORY")
    controller = only_the_teacher(lab, executor)
    assert not controller.run()
    teacher = controller.plan.teachers[0].id
    assert Counter(executor.submitted)[teacher] == 3
    failure = read_failure(controller.folder.run(teacher))
    assert failure.kind == "no progress"
    assert failure.reason == "the job died 3 times in a row in epoch 1 (OUT_OF_MEMORY); give the jobs more mem_gb"


def test_deaths_are_counted_over_controllers_that_start_anew(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1])
    teacher = only_the_teacher(lab, executor).plan.teachers[0].id
    for _ in range(5):
        controller = only_the_teacher(lab, executor)
        controller.turn()  # submits, or takes in what the controller before has submitted
        if (controller.folder.run(teacher) / "failure.json").exists():
            break
    assert Counter(executor.submitted)[teacher] == 3
    assert "died 3 times in a row" in read_failure(controller.folder.run(teacher)).reason


def test_a_run_given_up_is_tried_afresh_when_asked(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1])
    only_the_teacher(lab, executor).run()
    lab.open()[1].forget_failures()
    controller = only_the_teacher(lab, executor)
    controller.run()
    assert Counter(executor.submitted)[controller.plan.teachers[0].id] == 6


def test_a_run_that_comes_further_each_time_is_never_given_up(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1])
    executor.is_progressing = True
    controller = only_the_teacher(lab, executor)
    for _ in range(20):
        controller.turn()
    assert read_failure(controller.folder.run(controller.plan.teachers[0].id)) is None


@pytest.mark.parametrize("word", ["CANCELLED", "NODE_FAIL", "PREEMPTED"])
def test_what_is_not_the_runs_fault_does_not_count(lab: Any, word: str) -> None:
    executor = DoomedExecutor(lab.open()[1], word)
    controller = only_the_teacher(lab, executor)
    for _ in range(8):
        controller.turn()
    folder = controller.folder.run(controller.plan.teachers[0].id)
    assert read_failure(folder) is None
    assert {(attempt.end, attempt.reason) for attempt in read_attempts(folder)[:-1]} == {("died", word)}


def test_jobs_that_never_begin_are_no_deaths_and_pauses_between_them_grow(lab: Any) -> None:
    seconds = 0.0
    executor = DoomedExecutor(lab.open()[1], "FAILED", begins=False)
    controller = only_the_teacher(lab, executor, lambda: seconds)
    log = controller.folder.path / "logs" / "1_0_log.out"
    log.write_text("module: command not found\n\n")
    waited = [0.0]
    with pytest.raises(InputError) as stopped:
        for _ in range(10_000):
            before = len(executor.submitted)
            controller.turn()
            seconds += 1.0
            waited.append(0.0 if len(executor.submitted) > before else waited.pop() + 1.0)
    said = f"CLUSTER: {MAX_FALSE_STARTS} times in a row, jobs ended before they began a run; the last, job 5: FAILED; "
    assert str(stopped.value).startswith(said)
    assert str(stopped.value).endswith("; mend what that says, and start the sweep again")
    assert [pause for pause in waited if pause > 1.0] == sorted(pause for pause in waited if pause > 1.0)
    assert sum(waited) >= sum(PAUSES_S)
    starts = controller.folder.read_false_starts()
    assert len(starts) == MAX_FALSE_STARTS == len(executor.submitted)
    assert starts[0].text == f"job 1: FAILED; its log ends: module: command not found ({log})"
    assert not list(controller.folder.path.glob("runs/*/failure.json"))


STARTED = "submitit INFO (2026-01-01 00:00:00,000) - Starting with JobEnvironment(job_id=1)\n"


def start(controller: Controller, number: int) -> None:
    """Let submitit have begun in the logs of so many jobs."""
    for job in range(1, number + 1):
        (controller.folder.path / "logs" / f"{job}_0_log.out").write_text(STARTED)


def test_a_job_that_is_killed_while_its_program_starts_is_a_death_of_its_run(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1], "OUT_OF_MEMORY", begins=False, node="n2")
    controller = only_the_teacher(lab, executor)
    start(controller, 99)
    assert not controller.run()
    teacher = controller.folder.run(controller.plan.teachers[0].id)
    assert read_failure(teacher).reason == (
        "the job died 3 times in a row in epoch 1 (OUT_OF_MEMORY); give the jobs more mem_gb"
    )
    told = {(each.number, each.job_id, each.host, each.end) for each in read_attempts(teacher)[:2]}
    assert {(number, host, end) for number, _, host, end in told} == {(1, "n2", "died"), (2, "n2", "died")}
    assert read_attempts(teacher)[0].reason == "OUT_OF_MEMORY, while it started"
    assert not changed_code([*read_attempts(teacher), read_attempts(teacher)[0].model_copy(update={"code": CODE})])
    assert controller.folder.read_false_starts() == []


def test_what_ended_a_controller_and_its_starting_jobs_is_no_death_of_a_run(lab: Any) -> None:
    """Whoever kills everything three times in the first seconds has not shown that the run dies."""
    plan, folder = lab.open()
    run_id = plan.teachers[0].id
    folder.create()
    folder.add(plan.teachers[0])
    harvest = Harvest(folder, DoomedExecutor(folder, "OUT_OF_MEMORY", begins=False))
    for number in range(5):
        job = JobRecord(job_id=str(number), run_ids=(run_id,), submitted_at=MOMENT)
        (folder.path / "logs" / f"{number}_0_log.out").write_text(STARTED)
        harvest.take_in(job)
    assert read_attempts(folder.run(run_id)) == [] and read_failure(folder.run(run_id)) is None


@pytest.mark.parametrize("begins_to_start", [True, False])
@pytest.mark.parametrize("word", ["PREEMPTED", "NODE_FAIL"])
def test_a_job_that_is_stopped_from_outside_before_it_begins_is_submitted_again_and_again(
    lab: Any, word: str, begins_to_start: bool
) -> None:
    executor = DoomedExecutor(lab.open()[1], word, begins=False)
    controller = only_the_teacher(lab, executor)
    start(controller, 99 if begins_to_start else 0)
    for _ in range(30):
        controller.turn()
    assert len(executor.submitted) > 2 * MAX_FALSE_STARTS
    assert not list(controller.folder.path.glob("runs/*/failure.json"))


def test_a_program_that_cannot_start_says_so_and_is_no_death(lab: Any) -> None:
    executor = DoomedExecutor(lab.open()[1], "FAILED", begins=False)
    controller = only_the_teacher(lab, executor)
    start(controller, 9)
    for job in range(1, 9):
        (controller.folder.path / "logs" / f"{job}_0_result.pkl").touch()  # submitit caught an exception
    controller.turn()
    controller.turn()
    assert len(controller.folder.read_false_starts()) == 1
    assert not list(controller.folder.path.glob("runs/*/attempts"))


def test_a_node_on_which_jobs_die_at_once_is_avoided_also_by_the_next_controller(lab: Any) -> None:
    folder = lab.open()[1]
    executor = DoomedExecutor(folder, "FAILED", begins=False, node="n2")
    harvest = Harvest(folder, executor, lambda: 0.0)
    folder.run("teacher-1").mkdir()
    harvest.take_in(JobRecord(job_id="1", run_ids=("teacher-1",), submitted_at=MOMENT))
    assert executor.avoided == set()
    harvest.take_in(JobRecord(job_id="2", run_ids=("teacher-1",), submitted_at=MOMENT))
    assert executor.avoided == {"n2"}
    assert "jobs die at once on n2" in harvest.notes()[-1]
    another = DoomedExecutor(folder)
    Harvest(folder, another, lambda: 0.0)
    assert another.avoided == {"n2"}
    folder.forget_failures()
    third = DoomedExecutor(folder)
    Harvest(folder, third, lambda: 0.0)
    assert third.avoided == set()


def test_what_is_said_of_a_pause_stays_the_same_while_it_lasts(lab: Any) -> None:
    """It is written down for others whenever it is another."""
    folder = lab.open()[1]
    clock = [0.0]
    harvest = Harvest(folder, DoomedExecutor(folder, "FAILED", begins=False), lambda: clock[-1])
    folder.run("teacher-1").mkdir()
    for number in range(2):
        harvest.take_in(JobRecord(job_id=str(number), run_ids=("teacher-1",), submitted_at=MOMENT))
    said = harvest.notes()
    assert said[0].endswith("; the next are submitted after a pause of 5 s")
    clock.append(PAUSES_S[1] / 2)
    assert harvest.notes() == said
    clock.append(PAUSES_S[1])
    assert "pause" not in harvest.notes()[0]


def test_a_cancelled_job_says_nothing_of_its_node(lab: Any) -> None:
    folder = lab.open()[1]
    executor = DoomedExecutor(folder, "CANCELLED", begins=False, node="n2")
    harvest = Harvest(folder, executor, lambda: 0.0)
    folder.run("teacher-1").mkdir()
    for number in range(3):
        harvest.take_in(JobRecord(job_id=str(number), run_ids=("teacher-1",), submitted_at=MOMENT))
    assert executor.avoided == set()


def test_jobs_that_are_cancelled_together_while_they_wait_count_once(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's ``scancel`` of arrays: their runs are wanted, and submitted again."""
    ended = ["2026-01-01T00:00:59Z"]
    monkeypatch.setattr("harness.controller.harvest.now", lambda: ended[-1])
    folder = lab.open()[1]
    executor = DoomedExecutor(folder, None, begins=False)
    harvest = Harvest(folder, executor, lambda: 0.0)
    folder.run("teacher-1").mkdir()

    def withdraw(minute: int) -> None:
        ended.append(f"2026-01-01T00:{minute:02}:59Z")
        for task in range(2 * MAX_FALSE_STARTS):  # submitted one after the other
            submitted_at = f"2026-01-01T00:{minute:02}:{task:02}Z"
            harvest.take_in(JobRecord(job_id=f"{minute}_{task}", run_ids=("teacher-1",), submitted_at=submitted_at))

    withdraw(0)  # before this controller: cancelled along with the one before it
    assert harvest.notes() == []
    withdraw(2)
    (note,) = harvest.notes()
    assert note.endswith("job 2_9: gone from the queue, and began nothing that is known; it wrote no log")
    for minute in range(3, MAX_FALSE_STARTS + 1):
        withdraw(minute)
    with pytest.raises(InputError, match=r"it wrote no log; start the sweep again$"):
        withdraw(MAX_FALSE_STARTS + 1)


def test_a_full_disk_stops_the_controller_and_no_run(lab: Any) -> None:
    folder = lab.open()[1]
    harvest = Harvest(folder, DoomedExecutor(folder), lambda: 0.0)
    job = JobRecord(job_id="1", run_ids=("teacher-1",), submitted_at=MOMENT)
    write_record(folder.job_path("1"), job)
    reason = "Disk quota exceeded: model.safetensors"
    told = {"end": AttemptEnd.DISK_FULL, "reason": reason}
    die(folder.run("teacher-1"), "1", **told, ended_at=MOMENT)
    harvest.take_in(job)  # who started this controller has made room since
    write_record(folder.job_path("1"), job)
    die(folder.run("teacher-1"), "1", **told, ended_at="2999-01-01T00:00:00Z")
    with pytest.raises(OSError, match="quota exceeded") as full:
        harvest.take_in(job)
    assert full.value.errno == errno.ENOSPC
    assert read_failure(folder.run("teacher-1")) is None
    assert last_attempt(folder.run("teacher-1")).end == "disk full"
    assert folder.read_jobs() == []  # the same command goes on when there is room


def test_a_disk_with_some_room_that_is_too_little_is_said_with_how_much_is_wanted(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lab.open()[1]
    monkeypatch.setattr("harness.controller.harvest.LEAST_FREE_BYTES", 2**80)
    with pytest.raises(OSError, match=f"less than {2**60} MiB are free") as full:
        Harvest(folder, DoomedExecutor(folder), lambda: 0.0).take_in(
            JobRecord(job_id="1", run_ids=("teacher-1",), submitted_at=MOMENT)
        )
    assert full.value.errno == errno.ENOSPC and full.value.filename == str(folder.path)


def test_a_run_that_makes_no_step_is_ended_said_and_counted_as_a_death(lab: Any) -> None:
    folder = lab.open()[1]
    executor = DoomedExecutor(folder, "CANCELLED")
    executor.hang_min = 30.0
    seconds = 0.0
    harvest = Harvest(folder, executor, lambda: seconds)
    jobs = [JobRecord(job_id=each, run_ids=(f"final-{each}",), submitted_at=MOMENT) for each in ("1", "2")]
    for job in jobs:
        die(folder.run(job.run_ids[0]), job.job_id)
    for seconds in (0.0, 20 * 60.0, 31 * 60.0):
        os.utime(attempt_path(folder.run("final-2"), 1), (seconds, seconds))  # this one makes steps
        harvest.end_hung(jobs)
    assert executor.cancelled == ["1"]
    assert harvest.notes() == ["final-1 made no step for 30 min; it was ended"]
    harvest.take_in(jobs[0])
    dead = last_attempt(folder.run("final-1"))
    assert (dead.end, dead.reason) == ("died", "hung: no step for 30 min (hang_min)")
    assert deaths_in_a_row([dead]) == 1  # though the scheduler calls it cancelled


def test_a_job_that_was_suspended_is_not_hung_and_has_its_time_anew(lab: Any) -> None:
    folder = lab.open()[1]
    executor = DoomedExecutor(folder)
    seconds = 0.0
    harvest = Harvest(folder, executor, lambda: seconds)
    job = JobRecord(job_id="1", run_ids=("final-1",), submitted_at=MOMENT)
    die(folder.run("final-1"), "1")
    for seconds, stopped, cancelled in (  # noqa: B007 the clock reads them
        (0.0, False, []),
        (50 * 60.0, True, []),
        (200 * 60.0, True, []),
        (201 * 60.0, False, []),
        (260 * 60.0, False, []),
        (262 * 60.0, False, ["1"]),
    ):
        executor.stopped = {"1"} if stopped else set()
        harvest.end_hung([job])
        assert executor.cancelled == cancelled


def test_signs_are_looked_at_now_and_then(lab: Any) -> None:
    seconds = 0.0
    folder = lab.open()[1]
    executor = DoomedExecutor(folder)
    harvest = Harvest(folder, executor, lambda: seconds)
    job = JobRecord(job_id="1", run_ids=("final-1",), submitted_at=MOMENT)
    die(folder.run("final-1"), "1")
    harvest.end_hung([job])
    executor.hang_min = (SIGNS_INTERVAL_S - 2) / 60
    seconds = SIGNS_INTERVAL_S - 1
    harvest.end_hung([job])
    assert executor.cancelled == []
    seconds = SIGNS_INTERVAL_S
    harvest.end_hung([job])
    assert executor.cancelled == ["1"]


def test_a_machine_that_slept_or_whose_clock_was_set_ends_no_job(lab: Any) -> None:
    seconds = 0.0
    folder = lab.open()[1]
    executor = DoomedExecutor(folder)
    harvest = Harvest(folder, executor, lambda: seconds)
    job = JobRecord(job_id="1", run_ids=("final-1",), submitted_at=MOMENT)
    die(folder.run("final-1"), "1")
    os.utime(attempt_path(folder.run("final-1"), 1), (0, 0))  # by the machine's clock it has been silent for decades
    harvest.end_hung([job])
    seconds = SIGNS_INTERVAL_S
    harvest.end_hung([job])
    assert executor.cancelled == []
