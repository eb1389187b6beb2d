"""What the readings of other test sets found."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import ExtraReading, RunResult
from harness.state.attempts.run_state import RunState
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.sections.extra_tests import CORRUPTED
from kd.config import ExtraTestConfig
from kd.data.corruptions import ALL
from kd.records import RunRecord

FILE, PLAIN = "answers.npz", "images"


class ExtraTests(NamedTuple):
    """The runs that read the sets, one a set, and what those that are over found."""

    runs: tuple[RunResult, ...]
    readings: tuple[ExtraReading, ...]
    ensemble: str = ""

    def readings_of(self, plan: Plan) -> tuple[ExtraReading, ...]:
        """As one of several students has them: its teachers together stand under the id of its own logits run."""
        if self.ensemble in ("", plan.logits.id):
            return self.readings
        names = {self.ensemble: plan.logits.id}
        return tuple(
            one._replace(said={names.get(run_id, run_id): said_N for run_id, said_N in one.said.items()})
            for one in self.readings
        )


def read_extra_tests(plan: Plan, models: Iterable[RunResult], reader: RecordReader) -> ExtraTests:
    """Of each set the reading by most of the current models; older readings of a set stand in until it is made.

    Args:
        plan: The sweep's.
        models: The trainings that are read, in the sweep's order.
        reader: Of the sweep's folder.
    """
    wanted = list(dict.fromkeys(run.id for run in models if run.state == RunState.COMPLETE))
    asked = plan.extra_tests(wanted) if wanted else {}
    if not asked:
        return ExtraTests((), ())
    found = [reader.read(path, RunRecord) for path in sorted((reader.folder / "runs").glob("extra_test-*/config.json"))]
    made = [Run(one.run_id, one.config) for one in found if one is not None and isinstance(one.config, ExtraTestConfig)]
    runs: list[RunResult] = []
    readings: list[ExtraReading] = []
    for name, exact in asked.items():
        same = [run for run in made if _reads(run.config) == _reads(exact.config)]
        candidates = [reader.run(run) for run in dict.fromkeys([*same, exact])]
        best = max(candidates, key=lambda run: _fitness(run, exact.id, set(wanted)))
        if (reader.folder / "runs" / best.id).is_dir():
            runs.append(best)
        if best.metrics is not None:
            readings += _readings(name, best, reader)
    return ExtraTests(tuple(runs), tuple(readings), plan.logits.id if len(plan.teachers) > 1 else "")


def _reads(config: object) -> tuple[object, ...]:
    assert isinstance(config, ExtraTestConfig)
    return config.data.digest, config.digest, config.corruptions


def _fitness(run: RunResult, exact: str, wanted: set[str]) -> tuple[int, bool]:
    assert isinstance(run.run.config, ExtraTestConfig)
    return (len(set(run.run.config.models) & wanted) if run.metrics else 0), run.id == exact


def _readings(name: str, run: RunResult, reader: RecordReader) -> Iterable[ExtraReading]:
    arrays = reader.arrays(run.id, FILE)
    labels_N = arrays.get("labels")
    if labels_N is None or not len(labels_N):
        return
    in_train_N: NDArray[np.bool_] = arrays.get("in_train", np.zeros(len(labels_N), np.bool_))
    conditions = {one.name: one for one in ALL} if name == CORRUPTED else {PLAIN: None}
    for condition, corruption in conditions.items():
        start = f"{condition}/"
        said = {key.removeprefix(start): answers for key, answers in arrays.items() if key.startswith(start)}
        whole = {run_id: answers for run_id, answers in said.items() if len(answers) == len(labels_N)}
        if whole:
            yield ExtraReading(name, corruption, labels_N, whole, int(in_train_N.sum()))
