"""What a sweep's folder holds, as values: every run that the plan asks for, and what is missing or unreadable."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.results.label_evidence import NO_EVIDENCE, LabelEvidence
from harness.report.results.message import Message
from harness.state.attempts.facts import device_name
from harness.state.attempts.machine_time import MachineTime, machine_time
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Provenance, SeedLook, SweepRecord, TrialRecord, Trials
from harness.state.stages.graph import Step, last_steps, steps_before_test
from harness.state.standing.counts import Standing, find_standing
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.search.params import Params
from harness.sweep.sections.methods import Method
from harness.sweep.sections.metric import Metric, class_sizes, metric_of
from harness.sweep.sections.students import search_name
from kd.config import DistillConfig, ExtraTestConfig, TestConfig, TrainConfig
from kd.data.corruptions import Corruption
from kd.exports import Export
from kd.records import Attempt, AttemptEnd, Failure, History, Metrics, ModelCard, Scores, Speed, ValMetric
from kd.scores import balanced_accuracy


@dataclass(frozen=True)
class RunResult:
    """One run: where it stands and what it left.

    ``step_losses``: the training loss of each step. ``taken_from``: the sweep that carried it out, where that was
    another.
    """

    run: Run
    state: RunState
    metrics: Metrics | None = None
    history: History | None = None
    failure: Failure | None = None
    attempts: tuple[Attempt, ...] = ()
    step_losses: NDArray[np.float32] | None = None
    taken_from: str | None = None

    @property
    def id(self) -> str:
        """The run's name."""
        return self.run.id

    @property
    def training(self) -> TrainConfig | None:
        """What was asked of a training; None of the teachers' pass and of the test run."""
        return self.run.config if isinstance(self.run.config, TrainConfig) else None

    @property
    def num_epochs(self) -> int | None:
        """Epochs done; None before the first."""
        if self.metrics and self.metrics.epochs is not None:
            return self.metrics.epochs
        return len(self.history.epochs) if self.history else None

    @property
    def num_preemptions(self) -> int:
        """Attempts that were preempted or stopped."""
        return sum(attempt.end == AttemptEnd.PREEMPTED for attempt in self.attempts)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The machines it ran on, each once."""
        return tuple(dict.fromkeys(attempt.host for attempt in self.attempts))

    @property
    def devices(self) -> tuple[str, ...]:
        """What it ran on there, each once."""
        return tuple(dict.fromkeys(device_name(attempt) for attempt in self.attempts))

    @property
    def val_accuracy(self) -> float | None:
        """After its end; of one that goes on, after its newest epoch."""
        if self.metrics and self.metrics.val:
            return self.metrics.val.accuracy
        return self.history.epochs[-1].val_accuracy if self.history and self.history.epochs else None

    def last_value(self, metric: ValMetric) -> float | None:
        """What a search goes by, after the newest epoch; None before the first."""
        if metric == "val_balanced_accuracy" and self.metrics and self.metrics.val:
            return balanced_accuracy(self.metrics.val.confusion)
        return self.history.epochs[-1].value(metric) if self.history and self.history.epochs else None

    @property
    def training_seconds(self) -> float | None:
        """What its epochs took; None before it has a history."""
        return sum(epoch.seconds for epoch in self.history.epochs) if self.history else None


@dataclass(frozen=True)
class Arm:
    """Runs that differ in their seed alone: the teacher, the baseline, the distilled student, a setting, a variant.

    Of several methods "distilled" is the one whose search found the best on val, and each other one is an arm
    "method1", "method2" … by its place in the list.

    Of several teachers, "teacher" is the ensemble that taught the students, and each alone is an arm too. The
    ensemble's one run is the logits run: under its id stand what the mean of the teachers' logits comes to.
    """

    key: str
    distill: DistillConfig | None
    runs: tuple[RunResult, ...]
    method: str = ""  # its name, where several stand side by side
    params: Params = field(default_factory=dict)  # that its search chose
    variant: str = ""  # what is changed about the distilled student
    names_kd: bool = False  # beside another loss plain KD has to be named too

    @property
    def is_shown_first(self) -> bool:
        """Whether the front page's figures show it: no variant, and of several methods the best one on val alone."""
        return self.kind not in ("method", "variant")

    @property
    def kind(self) -> str:
        """``key`` without its number: teacher, baseline, distilled, method, compare or variant."""
        return self.key.rstrip("0123456789")

    @property
    def number(self) -> int:
        """Its place, from 1, among several of its kind; 0 where it is the only one."""
        return int(self.key.removeprefix(self.kind) or 0)


class MethodResult(NamedTuple):
    """A method, or the student alone where that is searched too, and what its search has found so far.

    ``trials``: each where its run stands. ``params``: what it is trained with in the end, None while not decided.
    ``distill``: the same as a loss; None of the student alone. ``arm``: the key of its final runs' arm.
    """

    method: Method
    trials: Trials
    params: Params | None
    distill: DistillConfig | None
    arm: str

    @property
    def best(self) -> TrialRecord | None:
        """The chosen trial."""
        return None if self.trials.best is None else self.trials.trials[self.trials.best]


class Unreadable(NamedTuple):
    """A file that cannot be used, by its path in the sweep's folder, and why."""

    path: str
    why: Message


@dataclass(frozen=True)
class TestReading:
    """The test run: logits [N, classes] by run id, true labels [N]; scores alone where the file is missing.

    Under the id of the logits run: the mean of several teachers' logits.
    """

    __test__ = False  # not a pytest class

    run_id: str
    scores: dict[str, Scores]
    labels_N: NDArray[np.int64] | None = None
    logits: dict[str, NDArray[np.floating]] = field(default_factory=dict)


class ExportResult(NamedTuple):
    """A format's record, and which test images [N] each student reads right in it and in float32, by run id."""

    record: Export
    right: dict[str, NDArray[np.bool_]]
    right_fp32: dict[str, NDArray[np.bool_]]


class ExtraReading(NamedTuple):
    """What the models answered to another test set, or to the corrupted test images: classes [N] by run id.

    ``name``: of the set. ``corruption``: of the own images, else None. ``num_in_train``: images that are also in train.
    Under the id of the logits run: several teachers together.
    """

    name: str
    corruption: Corruption | None
    labels_N: NDArray[np.int64]
    said: dict[str, NDArray[np.integer]]
    num_in_train: int

    def right_by_run(self) -> dict[str, NDArray[np.bool_]]:
        """Which images [N] each model reads right."""
        return {run_id: np.equal(said_N, self.labels_N) for run_id, said_N in self.said.items()}


@dataclass(frozen=True)
class Results:
    """A sweep as its folder tells it.

    Args:
        folder: The sweep's.
        record: ``sweep.yaml``.
        plan: The runs that the sweep asks for.
        teachers: Their trainings.
        logits_runs: The teachers' pass, its parts first; none where they taught online.
        other_teachings: The teacher trained again, and its passes; and the pass over images without labels.
        arms: What is compared: the teacher (of several, the ensemble and then each), the baseline, the distilled
            student, which has no runs before the search has chosen, every other method, named setting and variant.
        methods: Each with its search, in the order of the sweep file; at least one.
        alone: The baseline's own search, where it has one.
        trial_runs: The runs of all searches, by id; equal settings share one.
        test: What the test run found; None before it is complete.
        test_run: The one that reads most of the current models.
        num_test_readings: Complete test runs, of earlier forms of the sweep too.
        speed: How long the models take for a batch, measured in the test run.
        provenance: Which program and machines made the results.
        card: The teacher's, which knows the class names.
        evidence: What the tested models say of train and val.
        extra_runs: That read other test sets, as far as they have been begun.
        extra_tests: What those found, the sets in the order of the sweep file.
        unreadable: Files that cannot be used, in the order in which they were met.
        other_runs: Folders of runs that this form of the sweep does not ask for.
        is_controlled: Whether a controller is at work.
        exports: The students in the formats that they were exported in.
        looks: At whether the seeds are enough, so far; none where their number is given.
    """

    folder: Path
    record: SweepRecord
    plan: Plan
    teachers: tuple[RunResult, ...]
    logits_runs: tuple[RunResult, ...]
    arms: tuple[Arm, ...]
    methods: tuple[MethodResult, ...]
    alone: MethodResult | None
    trial_runs: dict[str, RunResult]
    test: TestReading | None = None
    test_run: RunResult | None = None
    num_test_readings: int = 0
    speed: Speed | None = None
    provenance: Provenance | None = None
    card: ModelCard | None = None
    other_teachings: tuple[RunResult, ...] = ()
    evidence: LabelEvidence = NO_EVIDENCE
    extra_runs: tuple[RunResult, ...] = ()
    extra_tests: tuple[ExtraReading, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    other_runs: tuple[str, ...] = ()
    is_controlled: bool = False
    exports: tuple[ExportResult, ...] = ()
    looks: tuple[SeedLook, ...] = ()

    def arm(self, key: str) -> Arm | None:
        """The arm named ``key``."""
        return next((arm for arm in self.arms if arm.key == key), None)

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the sweep calls them, or else as the teacher's card does; empty where neither says."""
        return self.plan.data.class_names or tuple(self.card.class_names if self.card else ())

    @cached_property
    def metric(self) -> Metric:
        """What the answer is given in; accuracy until the test images are read, unless the sweep file says more."""
        read = next(iter(self.test.scores.values()), None) if self.test else None
        return metric_of(self.plan.sweep.metric, class_sizes(read) if read else ())

    @cached_property
    def val_metric(self) -> Metric:
        """What models are judged by on val, by the sizes of its own classes."""
        read = (run.metrics.val for run in self.all_runs() if run.metrics and run.metrics.val)
        first = next(read, None)
        return metric_of(self.plan.sweep.metric, class_sizes(first) if first else ())

    @property
    def classes_N(self) -> NDArray[np.int64] | None:  # noqa: N802
        """The classes of the test images, where the answer weighs all of them alike; None where it is in accuracy."""
        return self.test.labels_N if self.test and self.metric == "balanced_accuracy" else None

    @cached_property
    def machine_times(self) -> dict[str, MachineTime]:
        """What each run has held of the machines, by id."""
        return machine_time({run.id: run.attempts for run in self.all_runs()})

    @property
    def headline(self) -> MethodResult:
        """The method whose final runs are the distilled student."""
        return next(method for method in self.methods if method.arm == "distilled")

    @property
    def trials(self) -> tuple[TrialRecord, ...]:
        """Of the headline's search."""
        return self.headline.trials.trials

    @property
    def chosen(self) -> DistillConfig | None:
        """The setting of the distilled student; None before the search has chosen."""
        return self.headline.distill

    @property
    def searched(self) -> tuple[MethodResult, ...]:
        """The methods, and the student alone where that is searched too."""
        return (*self.methods, *((self.alone,) if self.alone else ()))

    @property
    def tested_order(self) -> list[RunResult]:
        """The models in the order in which the test run reads them (``harness.state.stages.graph.last_step``)."""
        by_key = {arm.key: arm.runs for arm in self.arms}
        compared, variants = ([arm.key for arm in self.arms if arm.kind == kind] for kind in ("compare", "variant"))
        keys = ["baseline", *compared, *(one.arm for one in self.methods), *variants]
        return [*self.teachers, *(run for key in keys for run in by_key[key])]

    @property
    def searches(self) -> dict[str, Trials]:
        """By their names."""
        return {
            search_name(one.method.key, self.plan.student_key): one.trials for one in self.searched if one.method.space
        }

    def with_headline(self, key: str) -> "Results":
        """The same results with another method's students as the distilled ones: for a page of that method.

        Args:
            key: The method's.
        """
        places = [one.method.key for one in self.methods]
        keys = {name: "distilled" if name == key else f"method{place}" for place, name in enumerate(places, start=1)}
        methods = tuple(one._replace(arm=keys[one.method.key]) for one in self.methods)
        renamed = {old.arm: new.arm for old, new in zip(self.methods, methods, strict=True)}
        arms = [replace(arm, key=renamed.get(arm.key, arm.key)) for arm in self.arms]
        taught = sorted((arm for arm in arms if arm.kind in ("distilled", "method")), key=_place_among_methods)
        is_own = key == self.headline.method.key  # what is changed is the headline's
        others = [arm for arm in arms if arm not in taught and (is_own or arm.kind != "variant")]
        first = next(place for place, arm in enumerate(others) if arm.key == "baseline") + 1
        return replace(self, methods=methods, arms=(*others[:first], *taught, *others[first:]))

    @cached_property
    def standing(self) -> Standing:
        """Where the sweep stands, counted as ``status`` counts it; of one of several students, its own part."""
        states = {run.id: run.state for run in self.all_runs()}

        def state_of(run_id: str) -> RunState:
            return states.get(run_id, RunState.NOT_STARTED)

        steps = steps_before_test(self.plan, self.searches)
        last = last_steps(self.plan, self.searches, steps, state_of)
        if self.plan.student_key and self.test_run is not None:  # which reads the other students' models too
            last = [Step("test", run) for run in (self.test_run.run, *self._extra_tests_of_family())]
        return find_standing(self.plan, [*steps, *last], self.searches, state_of, self.is_controlled)

    @cached_property
    def run_by_id(self) -> dict[str, RunResult]:
        """Every run of the plan so far."""
        return {run.id: run for run in self.all_runs()}

    def _extra_tests_of_family(self) -> list[Run]:
        """Of one of several students: the readings of other test sets by the tested models, also those not begun."""
        assert self.test_run is not None and isinstance(self.test_run.run.config, TestConfig)
        models = self.test_run.run.config.models
        begun = {_place_of_extra(run.run): run.run for run in self.extra_runs}
        asked = Plan(self.record.sweep, self.record.digest).extra_tests(list(models)).values()
        return [begun.get(_place_of_extra(run), run) for run in asked]

    @property
    def trial_scores(self) -> dict[str, Scores]:
        """Of each complete trial, on val."""
        metrics = {run.id: run.metrics for run in self.trial_runs.values()}
        return {run_id: each.val for run_id, each in metrics.items() if each is not None and each.val is not None}

    def all_runs(self) -> Iterator[RunResult]:
        """Every run of the plan so far, in the order of the stages."""
        baseline, *distilled = (arm for arm in self.arms if arm.kind != "teacher")
        yield from self.teachers
        yield from self.logits_runs
        yield from self.other_teachings
        yield from baseline.runs
        yield from self.trial_runs.values()
        yield from (run for arm in distilled for run in arm.runs)
        if self.test_run is not None:
            yield self.test_run
        yield from self.extra_runs


def _place_of_extra(run: Run) -> tuple[str | None, int | None, frozenset[str]]:
    """Which other test set a run reads, and with which models."""
    assert isinstance(run.config, ExtraTestConfig)
    return run.config.digest, run.config.corruptions, frozenset(run.config.models)


def _place_among_methods(arm: Arm) -> tuple[bool, int]:
    """The distilled student first, the others in the order of the list."""
    return arm.key != "distilled", arm.number
