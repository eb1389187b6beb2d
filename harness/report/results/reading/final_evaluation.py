"""The test run among those that were made, what it found, and what its models say of the other images."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.report.results.label_evidence import Answers, LabelEvidence
from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import RunResult, TestReading
from harness.state.attempts.run_state import RunState
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
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


def read_label_evidence(test: TestReading | None, reader: RecordReader) -> LabelEvidence:
    """What the models that the test run read say of val, and said of train while they learned it."""
    train, val, labels_N = {}, {}, None
    for run_id in test.scores if test else ():
        if (answers := _answers_of(reader.arrays(run_id, "answers.npz"))) is not None:
            train[run_id] = answers
        said = reader.arrays(run_id, "predictions.npz")
        if {"val", "labels"} <= set(said) and len(said["val"]) == len(said["labels"]):
            val[run_id], labels_N = said["val"], said["labels"].astype(np.int64)
    return LabelEvidence(train, val, labels_N)


def _answers_of(arrays: dict[str, NDArray[Any]]) -> Answers | None:
    if not {"label_probability", "num_wrong", "rival", "num_epochs"} <= set(arrays):
        return None
    answers = Answers(
        arrays["label_probability"], arrays["num_wrong"], arrays["rival"], int(arrays["num_epochs"].max(initial=0))
    )
    is_whole = answers.label_probability_N.shape == answers.num_wrong_N.shape == answers.rival_N.shape
    return answers if is_whole and answers.num_epochs else None
