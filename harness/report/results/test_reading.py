"""The test run among those that were made, and what it found."""

from collections.abc import Iterable

import numpy as np

from harness.report.results.record_reader import RecordReader
from harness.report.results.sweep_results import RunResult, TestReading
from harness.state.run_state import RunState
from harness.sweep.plan import Plan, Run
from kd.config import TestConfig
from kd.records import RunRecord


def find_test_run(plan: Plan, models: Iterable[RunResult], reader: RecordReader) -> tuple[RunResult | None, int]:
    """The test run that reads most of the current models, and how many finished test runs there are.

    Args:
        plan: The sweep's.
        models: The trainings that it is to read, in its order.
        reader: Of the sweep's folder.
    """
    wanted = list(dict.fromkeys(run.id for run in models if run.state == RunState.COMPLETE))
    candidates = []
    for path in sorted((reader.folder / "runs").glob("test-*")):
        config = reader.read(path / "config.json", RunRecord)
        if config is not None and isinstance(config.config, TestConfig):
            candidates.append(reader.run(Run(path.name, config.config)))
    num_readings = sum(run.metrics is not None for run in candidates)
    if not wanted:
        return None, num_readings
    exact = plan.test(wanted).id

    def fitness(result: RunResult) -> tuple[int, bool, bool]:
        assert isinstance(result.run.config, TestConfig)
        overlap = len(set(result.run.config.models) & set(wanted))
        return (overlap if result.metrics else 0), result.id == exact, result.metrics is not None

    best = max(candidates, key=fitness, default=None)
    return (best if best is not None and any(fitness(best)) else None), num_readings


def read_test(result: RunResult | None, reader: RecordReader) -> TestReading | None:
    """What the test run found; without logits where its predictions cannot be read."""
    if result is None or result.metrics is None:
        return None
    scores = result.metrics.test
    logits = reader.predictions(result.id, "test")
    if logits is None:
        return TestReading(result.id, scores)
    labels_N = logits["labels"].astype(np.int64)
    return TestReading(result.id, scores, labels_N, {run_id: logits[run_id] for run_id in scores if run_id in logits})
