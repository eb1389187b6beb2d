"""Searches whose trials and students are given, to be read and judged."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.state.attempts.run_state import FINISHED
from harness.state.files.records import SweepRecord, TrialRecord, Trials, write_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.files import write_record
from kd.records import EpochRecord, Failure, History, Metrics, RunRecord, Scores
from tests.support.small_sweep import SMALL

Make = Callable[..., Results]
GOOD = {"baseline": [0.90, 0.91], "distilled": [0.950, 0.951], "compare1": [0.930, 0.932]}


def trial(number: int, alpha: float, temperature: float, value: float | None, state: str = "complete") -> TrialRecord:
    return TrialRecord.model_validate(
        {
            "number": number, "run_id": f"search-{number:08d}-s1000", "alpha": alpha, "temperature": temperature,
            "state": state, "value": value,
        }
    )  # fmt: skip


def trials_of(value: Callable[[float, float], float], number: int = 24, seed: int = 0) -> list[TrialRecord]:
    """Trials all over the map; ``value`` takes alpha and the place of T on its log scale, both 0 to 1."""
    random = np.random.default_rng(seed)
    places = random.random((number, 2))
    return [trial(n, a, 20.0**t, value(a, t)) for n, (a, t) in enumerate(places.tolist())]


def hill(alpha: float, place: float) -> float:
    return 0.95 - 0.2 * (alpha - 0.6) ** 2 - 0.4 * (place - 0.5) ** 2


def best_of(trials: list[TrialRecord]) -> int:
    return max((t for t in trials if t.state == "complete"), key=lambda t: t.value or 0).number


def _leave_run(folder: Path, state: str) -> None:
    """What a trial's run leaves that says where it stands: that, and not the search's record, is what is shown."""
    if state == "not started":
        return
    folder.mkdir(parents=True, exist_ok=True)
    if state == "failed":
        (folder / "failure.json").write_text(Failure(kind="code error", reason="made so").model_dump_json())
    elif state in FINISHED:
        metrics = Metrics.model_validate({"run_id": folder.name, "status": state})
        (folder / "metrics.json").write_text(metrics.model_dump_json())


def make_results(tmp_path: Path) -> Make:
    """Results of a sweep with these trials, its best chosen, and students with these val accuracies by seed."""

    def make(
        trials: Iterable[TrialRecord],
        best: int | None = None,
        students: dict[str, list[float]] | None = None,
        **search: Any,
    ) -> Results:
        seeds = max((len(values) for values in (students or {}).values()), default=2)
        content = SMALL | {"search": {"num_trials": 24} | search, "seeds": seeds}
        sweep = Sweep.model_validate(content)
        folder = tmp_path / "results" / "small"
        folder.mkdir(parents=True)
        write_sweep_record(folder, SweepRecord(sweep=sweep, origin="small.yaml", digest="0123456789abcdef"))
        trials = tuple(trials)
        write_record(folder / "trials.json", Trials(trials=trials, best=best))
        plan = Plan(sweep, "0123456789abcdef")
        chosen = next((t for t in trials if t.number == best), None)
        runs = {"baseline": plan.baselines(), "compare1": plan.compares[0]}
        if chosen is not None:
            runs["distilled"] = plan.finals(chosen.params)
        for each in trials:
            _leave_run(folder / "runs" / plan.trial(each.params).id, each.state)
        for key, values in (students or {}).items():
            for run, value in zip(runs[key], values, strict=True):
                path = folder / "runs" / run.id
                path.mkdir(parents=True)
                write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
                scores = Scores(num_images=100, accuracy=value, nll=1.0, confusion=[[1]])
                write_record(path / "metrics.json", Metrics(run_id=run.id, val=scores))
                epoch = EpochRecord(
                    epoch=1, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1 - value,
                    val_accuracy=value, seconds=1, images_per_s=1,
                )  # fmt: skip
                write_record(path / "history.json", History(num_epochs=1, epochs=(epoch,)))
        return read_results(folder)

    return make
