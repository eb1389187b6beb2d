"""The controller: one loop that brings the run folders to what the sweep wants.

It holds no state that the files do not: started again after any death it reads the folders, finds
the jobs that still live, and goes on. ``make sweep`` therefore starts, continues, re-attaches to
and repairs a sweep.
"""

import itertools
import time
from collections.abc import Callable, Iterable

from harness.cluster.executor import Executor
from harness.cluster.profiles import job_size
from harness.controller.artefacts import forget_purged
from harness.controller.harvest import Harvest
from harness.controller.optuna_journal import Journal
from harness.controller.search import Search, TrialResult
from harness.controller.search.results import BLOCKED, open_search, trial_result
from harness.controller.seed_rule import SeedRule, count_test_images
from harness.controller.teacher_gate import TeacherGate, WeakTeacherError
from harness.state.attempts.run_state import OVER, RunState, SweepState, run_state
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord, Trials
from harness.state.provenance import ProgramWatch
from harness.state.stages.graph import Step, is_over, last_steps, steps_before_test
from harness.state.stages.search_space import with_settings
from harness.state.standing.progress import runs_of_a_job
from harness.state.standing.snapshot import Snapshot
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.sections.methods import ALONE
from kd.config import pack_key
from kd.errors import InputError
from kd.files import write_record
from kd.records import Pruning

POLL_FIRST_S = 0.1
POLL_LONGEST_S = 1.0
SEARCH_S = 0.3  # of a turn; to ask TPE for one trial takes 10 ms after a thousand and 130 ms after ten thousand
PROGRAM_INTERVAL_S = 30.0  # between two looks at whether the program is still the same
OUTDATED = "is not what it was when this controller was started, which therefore submits no more jobs"
SUBMIT_SHARE = 50  # runs that a turn submits; each is two files that are flushed to the disk
JOURNAL_SHARE = 20  # trials that a turn adds to the journal
MOVING = (RunState.QUEUED, RunState.RUNNING)  # of themselves; others rest until a job is submitted


class Controller:
    """Carries a sweep to its end.

    Args:
        plan: The runs.
        folder: The sweep's results folder.
        executor: Runs the jobs.
        watch: Called after every turn, for the display.
        sleep: Waits between two turns in which nothing moved; by default as the executor does.
        clock: Seconds, growing.
        program: Tells whether the program's files are those that it was started from.
    """

    def __init__(
        self,
        plan: Plan,
        folder: SweepFolder,
        executor: Executor,
        watch: Callable[["Controller"], None],
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        program: ProgramWatch | None = None,
    ) -> None:
        self.plan = plan
        self.folder = folder
        self._executor = executor
        self._watch = watch
        self._clock = clock
        self._program = program or ProgramWatch()
        self._changed: str | None = None
        self._next_look_at_program = -float("inf")
        self._sleep = sleep or (lambda seconds: executor.pause(self.jobs.values(), seconds))
        self._states: dict[str, RunState] = {}
        self._looked_at: set[str] = set()  # in this turn
        self._results: dict[str, TrialResult] = {}
        self._pack_keys: dict[str, str | None] = {}
        self._harvest = Harvest(folder, executor, clock)
        self._gate = TeacherGate(plan, folder)
        self._seed_rule = SeedRule(folder, lambda: count_test_images(plan, folder))
        self._unreadable = folder.unreadable()
        self.jobs = {job.job_id: job for job in folder.read_jobs()}
        folder.remove_other_searches(plan)
        self._searches = {name: open_search(*found) for name, found in plan.every_search.items()}
        self._journals = {name: self._open_journal(name, search) for name, search in self._searches.items()}
        self.searches: dict[str, Trials] = {}
        self.steps: list[Step] = []
        self._before_test = steps_before_test(plan, self.searches)

    def run(self) -> bool:
        """Work until nothing is left to do; False where it left a hole, or a run failed for good.

        Raises:
            WeakTeacherError: The sweep says to stop at such a teacher.
            InputError: The program was changed meanwhile.
        """
        pause = POLL_FIRST_S
        while True:
            changed = self.turn()
            self._watch(self)
            if self._changed is not None and not self.jobs:
                raise InputError(f"{self._changed} {OUTDATED}; start it again and it goes on")
            if self.finished:
                self._mirror_searches(None)
                return self.snapshot().standing(is_controlled=False).state == SweepState.COMPLETE
            if self._gate.weak is not None and not self.jobs:
                raise WeakTeacherError(f"{self._gate.weak.text}; as on_weak_teacher is stop, nothing more is taught")
            pause = POLL_FIRST_S if changed else min(pause * 1.3, POLL_LONGEST_S)
            self._sleep(pause)

    @property
    def finished(self) -> bool:
        """Whether every known step is over and no other can become known."""
        searched = all(search.finished for search in self._searches.values())
        return searched and self.plan.seeds.is_decided and all(is_over(step, self.state_of) for step in self.steps)

    @property
    def lacks_test_alone(self) -> bool:
        """Whether of the known steps only the readings of test may be left."""
        return all(step.stage == "test" or is_over(step, self.state_of) for step in self.steps)

    @property
    def has_idle_slots(self) -> bool:
        """Whether jobs leave slots free: nothing that is ready needs them."""
        return self._num_free_slots > 0

    @property
    def _num_free_slots(self) -> int:
        return self._executor.num_slots - sum(job.num_slots for job in self.jobs.values())

    def state_of(self, run_id: str) -> RunState:
        """A run's state as of this turn."""
        return self._states.get(run_id, RunState.NOT_STARTED)

    def snapshot(self) -> Snapshot:
        """The sweep as of this turn."""
        return Snapshot(self.folder, self.plan, self.searches, self.steps, self.state_of, tuple(self.jobs.values()))

    def notes(self) -> list[str]:
        """What a person should know: why jobs wait, or why none are submitted."""
        return [*self._unreadable, *self._outdated(), *self._harvest.notes(), *self._executor.notes(self.jobs.values())]

    def own_notes(self) -> list[str]:
        """Those of them that nobody else could say: not why jobs wait, which the scheduler knows."""
        return [*self._outdated(), *self._harvest.notes(), *self._executor.notes(())]

    def _outdated(self) -> list[str]:
        return [f"{self._changed} {OUTDATED}; its {len(self.jobs)} job(s) go on"] if self._changed else []

    def turn(self) -> bool:
        """Look, tell the search, submit what is ready; says whether anything moved."""
        before = dict(self._states), dict(self.searches)
        self._looked_at.clear()
        self._harvest_jobs()
        self._harvest.end_hung(self.jobs.values())
        self._find_steps()
        self._advance_searches()
        self._find_steps()
        while self._add_seeds():
            self._find_steps()
        submitted = self._submit()
        self._mirror_searches(JOURNAL_SHARE)
        return submitted or before != (self._states, self.searches)

    def take_in_ended(self) -> None:
        """Forget the jobs that have ended since the last turn: the last ones end after their runs."""
        self._harvest_jobs()

    def _find_steps(self) -> None:
        """What is wanted by now, as the folders have it."""
        self._observe(step.run.id for step in self._before_test)
        last = last_steps(self.plan, self.searches, self._before_test, self.state_of)
        self.steps = [*self._before_test, *last]
        self._observe(step.run.id for step in last)

    def _add_seeds(self) -> bool:
        """Look whether the seeds there are suffice; says whether more are wanted now, or it is decided."""
        plan = self._seed_rule.next_plan(self.plan, self.searches, self.state_of)
        if plan is None:
            return False
        self.plan = plan
        self._before_test = steps_before_test(plan, self.searches)
        return True

    def _observe(self, run_ids: Iterable[str]) -> None:
        """Look at the runs that were never looked at and, once a turn, at those in flight: the others rest."""
        queued = {run_id for job in self.jobs.values() for run_id in job.run_ids}
        for run_id in run_ids:
            if run_id not in self._looked_at and self._states.get(run_id, RunState.QUEUED) in MOVING:
                self._states[run_id] = run_state(self.folder.run(run_id), queued=run_id in queued)
                self._looked_at.add(run_id)

    def _harvest_jobs(self) -> None:
        """Forget the jobs that ended, and write down how those ended that cannot say so."""
        alive = self._executor.alive(self.jobs.values())
        for job_id, job in list(self.jobs.items()):
            if job_id not in alive:
                del self.jobs[job_id]
                self._harvest.take_in(job)

    def _open_journal(self, name: str, search: Search) -> Journal:
        sweep = self.plan.sweep.name
        return Journal(self.folder.journal_path(name), f"{sweep}/{name}" if name else sweep, search.direction)

    def _advance_searches(self) -> None:
        """Tell and ask what can be, within what a turn may cost."""
        moved = [name for name, search in self._searches.items() if self._advance(name, search)]
        for name in moved:
            _, method = self.plan.every_search[name]
            self.searches[name] = with_settings(self._searches[name].record(), method.distill)
            write_record(self.folder.trials_path(name), self.searches[name])
        if moved:
            self._before_test = steps_before_test(self.plan, self.searches)

    def _advance(self, name: str, search: Search) -> bool:
        plan, method = self.plan.every_search[name]
        needs = [] if method.key == ALONE else plan.taught_by

        def result_of(run_id: str) -> TrialResult | None:
            return self._trial_result(run_id, needs)

        return search.advance(result_of, SEARCH_S / len(self._searches))

    def _mirror_searches(self, at_most: int | None) -> None:
        """Bring the journals nearer to the searches, each by so many trials."""
        for key, search in self._searches.items():
            self._journals[key].update(search.told_trials(), at_most)

    def _trial_result(self, run_id: str, needs: Iterable[Run]) -> TrialResult | None:
        if run_id not in self._results:
            self._observe([run_id])
            result = self._read_result(run_id, needs)
            if result is None:
                return None
            self._results[run_id] = result
        return self._results[run_id]

    def _read_result(self, run_id: str, needs: Iterable[Run]) -> TrialResult | None:
        state = self.state_of(run_id)
        if state == RunState.FAILED or any(self.state_of(run.id) == RunState.FAILED for run in needs):
            return BLOCKED
        if state not in OVER:
            return None
        assert self.plan.sweep.search is not None
        metric, thresholds = self.plan.sweep.search.metric, self._thresholds_of(run_id)
        result = trial_result(self.folder.run(run_id), state, metric, thresholds)
        if result is None:
            self._make_again(run_id)
        return result

    def _thresholds_of(self, run_id: str) -> Pruning | None:
        """What a run has to reach by the searches as they are now; None where nothing ends it early."""
        found = (search.pruning.get(run_id) for search in self._searches.values())
        return next(filter(None, found), None)

    def _make_again(self, run_id: str) -> None:
        """Let a run that is over start anew: the search cannot be told of it, or not of that end."""
        (self.folder.run(run_id) / "metrics.json").unlink(missing_ok=True)
        del self._states[run_id]
        self._looked_at.discard(run_id)

    def _submit(self) -> bool:
        """Fill the free slots with what is ready, most urgent first, evenly; says whether any job was taken.

        No more than ``SUBMIT_SHARE`` and a job: the next turn goes on. The runs of a job are of the same number of
        GPUs, and of slots. Where the most urgent ones need more slots than are free, the others wait too: taking every
        slot that falls free, they would starve it.
        """
        ready = self._gate.admit(
            (step for step in self.steps if step.is_ready(self.state_of)), self.searches, self.state_of
        )
        if not ready or self._harvest.is_pausing or self.is_outdated():
            return False
        if purged := forget_purged(self.folder, self.steps, ready):
            for run_id in purged:
                del self._states[run_id]
            return True
        now = self.snapshot()
        free = self._num_free_slots
        # A job with nothing left to do is about to end, and its slot will take its share.
        soon = free + sum(job.num_slots for job in self.jobs.values() if self._is_done(job))
        batches: dict[tuple[int, int], list[list[Step]]] = {}
        most = SUBMIT_SHARE
        needs = {place: (place[0], self._executor.slots_of(*place)) for place in {step.place for step in ready}}
        while ready and most > 0:
            gpus, slots = need = needs[ready[0].place]
            if slots > free:
                break
            alike = [step for step in ready if needs[step.place] == need]
            alike, num_together = self._together_first(alike)
            batch = alike[: job_size(len(alike), soon // slots, self._most_runs(now, len(alike), slots), num_together)]
            batches.setdefault((gpus, slots), []).append(batch)
            taken = {step.run.id for step in batch}
            ready = [step for step in ready if step.run.id not in taken]
            free, soon = free - slots, soon - slots
            most -= len(batch)
        return any([self._submit_jobs(alike, *need) for need, alike in batches.items()])

    def is_outdated(self, at_once: bool = False) -> bool:
        """Whether another program lies where this one was started: its jobs would be of neither.

        Args:
            at_once: Look, however short the last look is ago: a module that is loaded next has to fit the others.
        """
        if self._changed is None and (at_once or self._clock() >= self._next_look_at_program):
            self._next_look_at_program = self._clock() + PROGRAM_INTERVAL_S
            self._changed = self._program.changed()
        return self._changed is not None

    def _is_done(self, job: JobRecord) -> bool:
        return all(self.state_of(run_id) in OVER for run_id in job.run_ids)

    def _most_runs(self, now: Snapshot, num_ready: int, slots: int) -> int:
        if self._executor.runs_per_job is not None:
            return self._executor.runs_per_job
        num_jobs = self._executor.num_slots // slots
        return max(runs_of_a_job(now, num_ready, num_jobs, self._executor.job_s), self._executor.pack_size)

    def _together_first(self, alike: list[Step]) -> tuple[list[Step], int]:
        """The steps, but after the most urgent one those that make a pack with it; and how many it then has."""
        largest = self._executor.pack_size
        key = self._pack_key(alike[0].run) if largest > 1 else None
        if key is None:
            return alike, 1
        together = [step for step in alike if self._pack_key(step.run) == key][:largest]
        taken = {step.run.id for step in together}
        return [*together, *(step for step in alike if step.run.id not in taken)], len(together)

    def _pack_key(self, run: Run) -> str | None:
        if run.id not in self._pack_keys:
            self._pack_keys[run.id] = pack_key(run.config)
        return self._pack_keys[run.id]

    def _submit_jobs(self, batches: list[list[Step]], gpus: int, slots: int) -> bool:
        for step in itertools.chain(*batches):
            pruning = self.folder.add(step.run) / "pruning.json"
            if (thresholds := self._thresholds_of(step.run.id)) is not None:
                self.folder.write_once(pruning, thresholds, may_differ=False)
            else:
                pruning.unlink(missing_ok=True)  # of an earlier form of the search
        run_ids = [tuple(step.run.id for step in batch) for batch in batches]
        jobs = self._executor.submit(run_ids, self.jobs.values(), gpus, slots)
        for job in jobs:
            self.jobs[job.job_id] = job
            write_record(self.folder.job_path(job.job_id), job)
            self._states |= dict.fromkeys(job.run_ids, RunState.QUEUED)
        return bool(jobs)
