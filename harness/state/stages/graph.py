"""The stage graph: teacher → logits → (tuning →) baseline ∥ search ∥ compare → final → variant → test."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from harness.state.attempts.run_state import IDLE, OVER, RunState
from harness.state.files.records import Trials
from harness.sweep.plan import Plan
from harness.sweep.runs import Run, Teaching, Variant
from harness.sweep.search.params import Params
from harness.sweep.sections.methods import ALONE, Method
from harness.sweep.sections.students import search_name
from harness.sweep.totals import stage_totals
from kd.config import TestConfig

TRAINED = ("teacher", "logits", "baseline", "compare", "final", "variant")
"""Stages that must be over before test is read."""

AFTER_SEARCH = ("compare", "final", "variant")
"""Stages whose runs may be left to train when a search has chosen."""

StateOf = Callable[[str], RunState]
Searches = Mapping[str, Trials]
"""What each search has found so far, by its method's key; one that has not begun may be missing."""


class Step(NamedTuple):
    """A run, the stage it belongs to, and all runs that must be complete before it.

    ``num_abreast``: of how many runs, itself counted, the whole sweep waits where it is one of these: the critical
    path. None of others, which fill the slots. The plan alone decides it, so that a run has the same threads, and so
    the same bits, whatever happens.
    """

    stage: str
    run: Run
    needs: tuple[str, ...] = ()
    num_abreast: int | None = None

    @property
    def place(self) -> tuple[int, int | None]:
        """What decides how much of a machine it gets: its GPUs, and ``num_abreast``."""
        return self.run.gpus, self.num_abreast

    def is_ready(self, state_of: StateOf) -> bool:
        """Whether it may start now."""
        return state_of(self.run.id) in IDLE and all(state_of(needed) == RunState.COMPLETE for needed in self.needs)

    def blocked_by(self, state_of: StateOf) -> list[str]:
        """The runs that failed for good, without which it can never start."""
        return [needed for needed in self.needs if state_of(needed) == RunState.FAILED]


def known_steps(plan: Plan, searches: Searches, state_of: StateOf) -> list[Step]:
    """Every run that the sweep is known to need by now, most urgent first."""
    steps = steps_before_test(plan, searches)
    return [*steps, *last_steps(plan, searches, steps, state_of)]


def last_steps(plan: Plan, searches: Searches, steps: Iterable[Step], state_of: StateOf) -> list[Step]:
    """The test run, and with it the readings of other test sets by the same models; none before."""
    test = last_step(plan, searches, steps, state_of)
    if test is None:
        return []
    assert isinstance(test.run.config, TestConfig)
    runs = [test.run, *plan.extra_tests(list(test.run.config.models)).values()]
    return [Step("test", run, num_abreast=len(runs)) for run in runs]


def steps_before_test(plan: Plan, searches: Searches) -> list[Step]:
    """The trainings and the teachers' pass, most urgent first.

    Several students come one after another, so that a sweep that is stopped early has whole answers of the first of
    them; what they share stands once.
    """
    steps: dict[str, Step] = {}
    for member in plan.members:
        # The first student's teaching is what all slots wait for; a pass for another one runs beside its search.
        for step in _steps_of_student(member, searches_of(member, searches), is_first=member is plan.members[0]):
            steps.setdefault(step.run.id, step)
    return list(steps.values())


def searches_of(plan: Plan, searches: Searches) -> Searches:
    """A student's own, by the keys of its methods; of a sweep with one student, all."""
    if not plan.student_key:
        return searches
    names = {method.key: search_name(method.key, plan.student_key) for method in plan.searches}
    return {key: searches[name] for key, name in names.items() if name in searches}


def _steps_of_student(plan: Plan, searches: Searches, is_first: bool) -> list[Step]:
    steps = list(_teaching_steps(plan.teaching, is_first))
    taught_by = tuple(run.id for run in plan.taught_by)
    finals = [run for method in plan.methods for run in final_runs(plan, method, searches)]
    steps += [Step("final", run, taught_by, 1 if is_final_lone(plan) else None) for run in finals]
    # With one baseline the teacher can be judged, before a search is paid for.
    baselines = [Step("baseline", run) for run in baseline_runs(plan, searches)]
    steps += baselines[:1]
    for method in plan.searches:
        stage, needs = ("tuning", ()) if method.key == ALONE else ("search", taught_by)
        steps += [Step(stage, run, needs) for run in trial_runs_of(plan, method, searches)]
    steps += baselines[1:]
    steps += [Step("compare", run, taught_by) for runs in plan.compares for run in runs]
    # What the answer does not wait for comes last; the other teachers already where slots are free.
    steps += [step for teaching in plan.other_teachings for step in _teaching_steps(teaching)]
    for passes in plan.unlabeled_passes.values():
        beside = Teaching(plan.teaching.teachers, passes)
        steps += [step for step in _teaching_steps(beside) if step.stage == "logits"]
    for variant in variants(plan, searches):
        steps += [Step("variant", run, tuple(needed.id for needed in variant.teaching.runs)) for run in variant.runs]
    return steps


def is_final_lone(plan: Plan) -> bool:
    """Whether a search is followed by one training, the only one that is left."""
    totals = stage_totals(plan)
    return "search" in totals and sum(totals.get(stage, 0) for stage in AFTER_SEARCH) == 1 and not plan.student_key


def _teaching_steps(teaching: Teaching, is_critical: bool = False) -> Iterator[Step]:
    """The teachers, and then their pass; its last run seals what the others wrote."""
    teachers, parts = (tuple(run.id for run in runs) for runs in (teaching.teachers, teaching.passes[:-1]))

    def abreast(number: int) -> int | None:
        return number if is_critical else None

    yield from (Step("teacher", run, (), abreast(len(teachers))) for run in teaching.teachers)
    yield from (Step("logits", run, teachers, abreast(len(parts))) for run in teaching.passes[:-1])
    yield from (Step("logits", run, teachers + parts, abreast(1)) for run in teaching.passes[-1:])


def chosen_params(method: Method, searches: Searches) -> Params | None:
    """What a method is trained with in the end: empty where nothing is searched, None while that is not decided."""
    if not method.space:
        return {}
    trials = searches.get(method.key, Trials())
    return None if trials.best is None else trials.trials[trials.best].params


def final_runs(plan: Plan, method: Method, searches: Searches) -> list[Run]:
    """A method's final runs; none before its search has chosen."""
    params = chosen_params(method, searches)
    return [] if params is None else plan.finals(params, method)


def baseline_runs(plan: Plan, searches: Searches) -> list[Run]:
    """The student alone, once a seed; none before its own search, where it has one, has chosen."""
    alone = plan.alone
    params = chosen_params(alone, searches) if alone else {}
    return [] if params is None else plan.baselines(params)


def all_baselines(plan: Plan, searches: Searches) -> list[Run]:
    """The same of every student."""
    return [run for member in plan.members for run in baseline_runs(member, searches_of(member, searches))]


def headline_method(plan: Plan, searches: Searches) -> Method:
    """The method whose search found the best on val; the first of equals, and where nothing is searched.

    The final runs have no say in it: who chooses among them by their own accuracies takes the luckiest.
    """
    search = plan.sweep.search
    if search is None:
        return plan.methods[0]
    sign = 1 if search.maximize else -1

    def merit(method: Method) -> float:
        trials = searches.get(method.key, Trials())
        value = None if trials.best is None else trials.trials[trials.best].mean
        return -math.inf if value is None else sign * value

    return max(plan.methods, key=merit)


def variants(plan: Plan, searches: Searches) -> list[Variant]:
    """What is changed about the distilled student; nothing before every search has chosen, and so said which it is."""
    method = headline_method(plan, searches)
    params = chosen_params(method, searches)
    if params is None or any(_may_still_choose(plan, one, searches) for one in plan.methods):
        return []
    return plan.variants(params, method)


def _may_still_choose(plan: Plan, method: Method, searches: Searches) -> bool:
    """Whether a method's search could yet make it the headline: not one that was told of its last trial in vain."""
    if chosen_params(method, searches) is not None:
        return False
    trials = searches.get(method.key, Trials()).trials
    is_told = len(trials) >= plan.sweep.num_trials(method) and all(trial.state in OVER for trial in trials)
    return not is_told or any(trial.state == RunState.COMPLETE for trial in trials)


def trial_runs_of(plan: Plan, method: Method, searches: Searches) -> list[Run]:
    """The runs of a search, each once, the repeats of its best first."""
    trials = searches.get(method.key, Trials()).trials
    repeats = [plan.trial(trial.params, method, n) for trial in trials for n in range(1, len(trial.repeats) + 1)]
    asked = {trial.run_id: trial for trial in trials}  # two trials of one setting, as older searches have, share theirs
    return [*repeats, *(plan.trial(trial.params, method) for trial in asked.values())]


def is_search_over(plan: Plan, method: Method, searches: Searches, state_of: StateOf) -> bool:
    """Whether a search will ask for nothing more, and has chosen or never will.

    With a complete trial it will choose one, and so more runs become known; without one it never will.
    """
    trials = searches.get(method.key, Trials())
    may_choose = any(state_of(trial.run_id) == RunState.COMPLETE for trial in trials.trials)
    is_all_asked = len(trials.trials) >= plan.sweep.num_trials(method)
    return is_all_asked and (trials.best is not None or not may_choose)


def last_step(plan: Plan, searches: Searches, steps: Iterable[Step], state_of: StateOf) -> Step | None:
    """The test run, once nothing is left to train; None while it is not, or without both sides to compare.

    While seeds may be added there is none: how many are enough is decided before test is read.

    Args:
        plan: The runs.
        searches: So far.
        steps: All that come before.
        state_of: The state of a run.
    """
    trained = {step.run.id: step for step in steps if step.stage in TRAINED}
    open_runs = [step for step in trained.values() if not is_over(step, state_of)]
    complete = {name: step.stage for name, step in trained.items() if state_of(name) == RunState.COMPLETE}
    if not plan.seeds.is_decided or open_runs or not is_searched(plan, searches, state_of):
        return None
    students = [_tested_runs(member, searches_of(member, searches)) for member in plan.members]
    # Of one student both sides are needed; where another one failed, the others' answers stand.
    if not any({"baseline", "final"} <= {complete.get(run.id) for run in runs} for runs in students):
        return None
    order = dict.fromkeys(run.id for runs in ([*plan.teachers], *students) for run in runs)
    return Step("test", plan.test([run_id for run_id in order if run_id in complete]))


def _tested_runs(plan: Plan, searches: Searches) -> list[Run]:
    """A student's trainings that test is read with, in that order."""
    runs = [*baseline_runs(plan, searches), *(run for runs in plan.compares for run in runs)]
    runs += [run for method in plan.methods for run in final_runs(plan, method, searches)]
    return [*runs, *(run for variant in variants(plan, searches) for run in variant.runs)]


def is_searched(plan: Plan, searches: Searches, state_of: StateOf) -> bool:
    """Whether every search of every student is over."""
    return all(
        is_search_over(member, method, searches_of(member, searches), state_of)
        for member, method in plan.every_search.values()
    )


def is_over(step: Step, state_of: StateOf) -> bool:
    """Whether nothing more will happen to a step."""
    return state_of(step.run.id) in OVER or bool(step.blocked_by(state_of))
