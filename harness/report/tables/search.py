"""The tables of the search: its trials, and what alpha and temperature explain."""

from collections.abc import Mapping, Sequence
from functools import partial

from harness.report.study import Study
from harness.report.tables.table import Column, Look, Table
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent
from harness.state.records import TrialRecord
from kd.config import setting_number


def trial_table(study: Study, say: Language, trials: Sequence[TrialRecord] | None = None) -> Table:
    """Trials with their value on val: all of them in the order of the search, or those given."""
    results = study.results
    search = results.plan.sweep.search
    is_accuracy = search is not None and search.metric == "val_accuracy"
    records = [
        {
            "trial": trial.number,
            "run": trial.run_id,
            "alpha": trial.alpha,
            "temperature": trial.temperature,
            search.metric if search else "value": trial.value,
            "num_epochs": _num_epochs(study, trial.run_id),
            "state": trial.state,
            "is_chosen": _is_chosen(study, trial),
        }
        for trial in (results.trials if trials is None else trials)
    ]
    columns = (
        Column("trial", say("search-trial")),
        Column("alpha", "α", setting_number),
        Column("temperature", "T", setting_number),
        Column("val_accuracy", say("head-val-accuracy"), percent)
        if is_accuracy
        else Column("val_loss", say("head-val-loss"), "{:.4f}".format),
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
    """Each parameter's share of what the settings explain."""
    records = tuple({"parameter": name, "share": share} for name, share in importances.items())

    def parameter(name: str) -> str:
        return say("trials-parameter-name", name=name)

    columns = (
        Column("parameter", say("trials-parameter"), parameter, is_text=True),
        Column("share", say("trials-importance"), lambda share: say("percentage", value=percent(share, 0))),
    )
    return Table("importances", "", columns, records, look=Look("tight"))


def _is_chosen(study: Study, trial: TrialRecord) -> bool:
    chosen = study.results.chosen
    if chosen is None or trial.state != "complete":
        return False
    return (trial.alpha, trial.temperature) == (chosen.alpha, chosen.temperature)


def _num_epochs(study: Study, run_id: str) -> int | None:
    run = study.results.trial_runs.get(run_id)
    return len(run.history.epochs) if run and run.history else None
