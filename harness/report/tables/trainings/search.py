"""The tables of searches: their trials, and what their dimensions explain."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from harness.report.analysis.search.reading import num_seeds, over_seeds
from harness.report.results.sweep_results import MethodResult
from harness.report.study import Study
from harness.report.tables.form.table import Column, Look, Table
from harness.report.text.labels import dimension_text, state_text, value_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent
from harness.state.files.records import TrialRecord

Listed = Sequence[tuple[MethodResult, Sequence[TrialRecord]]]
"""Searches, each with those of its trials that are shown, as ``SearchReading`` has them."""


def trial_table(study: Study, say: Language, listed: Listed | None = None) -> Table:
    """Trials with their value on val: all of every search in its order, or those given; a column a dimension."""
    results = study.results
    search = results.plan.sweep.search
    metric = search.metric if search else "val_loss"
    every = [(one, tuple(map(over_seeds, one.trials.trials))) for one in results.searched]
    searches = every if listed is None else listed
    records = tuple(_record(study, one, trial) for one, trials in searches for trial in trials)
    has_methods = len({record["method"] for record in records}) > 1
    names = dict.fromkeys(name for one, _ in searches for name in one.method.space)
    columns = (
        *([Column("method", say("methods-method"), is_text=True)] if has_methods else []),
        Column("trial", say("search-trial"), link=lambda record: f"runs/{record['run']}.html"),
        *(Column(name, dimension_text(name, say), value_text) for name in names),
        Column(metric, say(f"head-{metric.replace('_', '-')}"), "{:.4f}".format if metric == "val_loss" else percent),
        *([Column("num_seeds", say("table-seeds"))] if any(record["num_seeds"] > 1 for record in records) else []),
        Column("num_epochs", say("head-epochs")),
        Column(
            "state",
            say("head-state"),
            partial(state_text, say=say),
            is_text=True,
            below=lambda record: [say("best")] * record["is_chosen"],
        ),
    )
    caption = say("file-trials-caption", number=len(records))
    look = Look("sortable tight", "tall", row=lambda record: {"class": "chosen" * record["is_chosen"]})
    return Table("trials", caption, columns, tuple(records), look=look)


def importance_table(importances: Mapping[str, float], say: Language) -> Table:
    """Each dimension's share of what tells the best trials from the others."""
    records = tuple({"parameter": name, "share": share} for name, share in importances.items())
    columns = (
        Column("parameter", say("trials-parameter"), partial(dimension_text, say=say), is_text=True),
        Column("share", say("trials-importance"), lambda share: say("percentage", value=percent(share, 0))),
    )
    return Table("importances", "", columns, records, look=Look("tight"))


def _record(study: Study, found: MethodResult, trial: TrialRecord) -> dict[str, Any]:
    search = study.results.plan.sweep.search
    setting = {"alpha": trial.alpha, "temperature": trial.temperature}
    names = dict.fromkeys(name for one in study.results.searched for name in one.method.space)
    return {
        "method": found.method.name,
        "trial": trial.number,
        "run": trial.run_id,
        **setting,
        **{name: trial.params.get(name, setting.get(name)) for name in names},
        search.metric if search else "value": trial.value,
        "num_seeds": num_seeds(trial),
        "num_epochs": _num_epochs(study, trial.run_id),
        "state": trial.state,
        "is_chosen": found.best is not None and trial.number == found.best.number,
    }


def _num_epochs(study: Study, run_id: str) -> int | None:
    run = study.results.trial_runs.get(run_id)
    return len(run.history.epochs) if run and run.history else None
