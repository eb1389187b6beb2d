"""Adds seeds until they are enough: what the files of the finished runs say, and nothing else, decides.

Only val is read. A look waits until the searches and both trainings of every seed so far are over, so that neither the
order in which they end nor a controller that dies between two looks has a say in it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.controller.enough import find_evidence, look
from harness.state.attempts.run_state import OVER, RunState
from harness.state.files.folder import SweepFolder
from harness.state.files.records import SeedLook, SeedLooks
from harness.state.stages.graph import Searches, StateOf, is_search_over
from harness.state.stages.seeds import compared, count_seeds, pairs
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.sections.metric import metric_of
from kd.data.division.splits import open_division
from kd.errors import InputError
from kd.files import write_record


class ValAnswers(NamedTuple):
    """Which val images [N] a run reads right, and their classes."""

    is_right: NDArray[np.bool_]
    labels_N: NDArray[np.integer]


class SeedRule:
    """The looks of a sweep whose results decide how many seeds there are.

    Args:
        folder: The sweep's results.
        test_sizes: Tells how many test images of each class there are; asked at the first look.
    """

    def __init__(self, folder: SweepFolder, test_sizes: Callable[[], Sequence[int]]) -> None:
        self._folder = folder
        self._test_sizes = cache(test_sizes)
        self._looks: SeedLooks | None = None
        self._written: SeedLooks | None = None
        self._answers: dict[str, ValAnswers] = {}

    def next_plan(self, plan: Plan, searches: Searches, state_of: StateOf) -> Plan | None:
        """The plan after one more look; None where none is due.

        Args:
            plan: With the seeds there are by now.
            searches: So far.
            state_of: The state of a run.

        Raises:
            InputError: The predictions of a complete run cannot be read.
        """
        rule = plan.sweep.seed_rule
        if not rule.is_open or not all(is_search_over(plan, one, searches, state_of) for one in plan.searches):
            return None
        of = compared(plan, searches)
        if self._looks is None or self._looks.of != of:  # the first look, or other students to compare
            self._looks = SeedLooks(rule=rule, of=of)
        counted = plan.with_seeds(count_seeds(plan, self._looks))
        if counted is not plan:
            return counted
        if plan.seeds.is_decided or not _are_over(plan, searches, state_of):
            self._write(self._looks)
            return None
        looks = (*self._looks.looks, self._look(plan, searches, state_of))
        self._looks = self._looks.model_copy(update={"looks": looks})
        return plan.with_seeds(count_seeds(plan, self._looks))

    def _write(self, looks: SeedLooks) -> None:
        """Once no more looks are due: a reader meanwhile has those of before, which are the same."""
        if looks.looks and looks != self._written:
            write_record(self._folder.seeds_path, looks)
            self._written = looks

    def _look(self, plan: Plan, searches: Searches, state_of: StateOf) -> SeedLook:
        complete = [
            pair for pair in pairs(plan, searches) if all(state_of(run.id) == RunState.COMPLETE for run in pair)
        ]
        rule, number = plan.sweep.seed_rule, plan.seeds.number
        if len(complete) < 2:
            return look(rule, number, None, 0)
        answers = [(self._read(alone), self._read(student)) for alone, student in complete]
        differences_SN = np.stack([student.is_right.astype(np.float64) - alone.is_right for alone, student in answers])
        sizes = self._test_sizes()
        wanted_C = np.sign(sizes) if metric_of(plan.sweep.metric, sizes) == "balanced_accuracy" else np.array(sizes)
        differences_SN *= weights_for(answers[0][0].labels_N, wanted_C)
        return look(rule, number, find_evidence(differences_SN), sum(sizes))

    def _read(self, run: Run) -> ValAnswers:
        if run.id not in self._answers:
            path = self._folder.run(run.id) / "predictions.npz"
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    labels_N = arrays["labels"]
                    self._answers[run.id] = ValAnswers(arrays["val"].argmax(axis=1) == labels_N, labels_N)
            except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
                raise InputError(
                    f"seeds: {path} cannot be read, and decides whether more seeds are needed; remove the folder of "
                    "this run, and it is made again"
                ) from error
        return self._answers[run.id]


def count_test_images(plan: Plan, folder: SweepFolder) -> list[int]:
    """How many test images of each class there are: by their labels alone."""
    division, store, labels = open_division(plan.data, folder.data)
    counts = np.bincount(labels[division.test_split][division.test], minlength=len(store.class_names))
    return [int(count) for count in counts]


def weights_for(labels_N: NDArray[np.integer], wanted_C: NDArray[np.number]) -> NDArray[np.float64]:
    """What each val image counts for where classes are to count as in the answer on test [N]; of mean 1.

    >>> weights_for(np.array([0, 0, 0, 2]), np.array([1, 0, 1])).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    >>> weights_for(np.array([0, 0, 0, 1]), np.array([30, 10])).tolist()
    [1.0, 1.0, 1.0, 1.0]

    Args:
        labels_N: Of the val images.
        wanted_C: How much each class is to count, on any scale: test's sizes, or 1 where classes count alike. A class
            that val has no image of counts for nothing.
    """
    sizes_C = np.bincount(labels_N, minlength=len(wanted_C))
    shares_C = np.where(sizes_C > 0, wanted_C, 0)
    ratios_C = np.divide(shares_C, sizes_C, out=np.zeros(len(sizes_C)), where=sizes_C > 0)
    return np.asarray(len(labels_N) * ratios_C[labels_N] / shares_C.sum())


def _are_over(plan: Plan, searches: Searches, state_of: StateOf) -> bool:
    """Whether both trainings of every seed so far are over, or wait for a run that failed."""
    is_blocked = any(state_of(run.id) == RunState.FAILED for run in plan.taught_by)

    def is_over(run: Run, may_wait: bool) -> bool:
        return state_of(run.id) in OVER or may_wait

    return all(is_over(alone, False) and is_over(student, is_blocked) for alone, student in pairs(plan, searches))
