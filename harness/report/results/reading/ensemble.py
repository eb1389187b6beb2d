"""Several teachers as one: their ensemble stands in the results under the id of the run that keeps their logits."""

from dataclasses import replace

import numpy as np

from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import RunResult, TestReading
from harness.state.attempts.run_state import RunState
from harness.sweep.plan import Plan
from kd.records import Metrics, ModelSize, Scores
from kd.scores import score


def ensemble_of(
    plan: Plan, teachers: tuple[RunResult, ...], logits_runs: tuple[RunResult, ...], reader: RecordReader
) -> RunResult | None:
    """The logits run, kept or not, with what all teachers together score on val, and cost; None of one teacher."""
    if len(teachers) == 1:
        return None
    online = RunResult(plan.logits, RunState.COMPLETE, Metrics(run_id=plan.logits.id))
    logits_run = logits_runs[-1] if logits_runs else online
    found = [run.metrics for run in teachers if run.metrics is not None]
    sizes = [metrics.size for metrics in found if metrics.size is not None]
    if len(sizes) < len(teachers):
        return replace(logits_run, state=RunState.NOT_STARTED, metrics=None)
    if logits_run.metrics is None:
        return logits_run
    num_bytes = [one.num_bytes for one in sizes if one.num_bytes is not None]
    size = ModelSize(
        num_parameters=sum(one.num_parameters for one in sizes),
        macs=sum(one.macs for one in sizes),
        num_bytes=sum(num_bytes) if len(num_bytes) == len(sizes) else None,
    )
    metrics = logits_run.metrics.model_copy(update={"size": size, "val": _val_scores(teachers, reader)})
    return replace(logits_run, metrics=metrics)


def _val_scores(teachers: tuple[RunResult, ...], reader: RecordReader) -> Scores | None:
    """Of the mean of the teachers' logits; None where those of any teacher cannot be read."""
    read = [reader.predictions(run.id, "ensemble") for run in teachers]
    found = [arrays for arrays in read if arrays is not None]
    if len(found) < len(read):
        return None
    return score(np.mean([arrays["val"] for arrays in found], axis=0), found[0]["labels"])


def with_ensemble(test: TestReading | None, plan: Plan) -> TestReading | None:
    """With the mean of several teachers' logits, as the students saw it on train, under the logits run's id."""
    teachers = [run.id for run in plan.teachers]
    if test is None or test.labels_N is None or len(teachers) == 1 or not set(teachers) <= set(test.logits):
        return test
    mean_NC = np.mean([test.logits[run_id] for run_id in teachers], axis=0)
    return replace(
        test,
        scores=test.scores | {plan.logits.id: score(mean_NC, test.labels_N)},
        logits=test.logits | {plan.logits.id: mean_NC},
    )
