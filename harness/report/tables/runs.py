"""The tables of runs, trials and training."""

from functools import partial

from harness.report.analysis.convergence import find_measures
from harness.report.study import Study
from harness.report.tables.errors import _signed
from harness.report.tables.table import UNKNOWN, Column, Form, Table
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent, significant
from harness.report.text.run_lines import describe_runs, run_records


def _training(study: Study, say: Language) -> Table:
    records = [
        {
            "key": measure.key,
            "measure": say("measure", key=measure.key),
            "unit": say("measure-unit", key=measure.key),
            "baseline": measure.means.get("baseline"),
            "distilled": measure.means.get("distilled"),
            "difference": measure.difference or UNKNOWN,
            "verdict": measure.verdict if measure.difference else None,
            "explanation": say(measure.explanation),
        }
        for measure in find_measures(study.results)
    ]
    two: Form = "{:.2f}".format
    columns = (
        Column("measure", say("file-measure"), is_text=True),
        Column("unit", say("file-unit"), is_text=True),
        Column("baseline", say("arm", kind="baseline"), two),
        Column("distilled", say("arm", kind="distilled"), two),
        Column("difference", say("file-difference"), partial(_signed, digits=2), two),
    )
    return Table("training", say("file-training-caption"), columns, tuple(records))


def _trials(study: Study, say: Language) -> Table:
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
        }
        for trial in results.trials
    ]
    four: Form = "{:.4f}".format
    columns = (
        Column("trial", say("search-trial")),
        Column("alpha", "α", "{:.3f}".format),
        Column("temperature", "T", "{:.3g}".format),
        Column("val_accuracy", say("head-val-accuracy"), percent)
        if is_accuracy
        else Column("val_loss", say("head-val-loss"), four),
        Column("num_epochs", say("head-epochs")),
        Column("state", say("head-state"), partial(state_text, say=say), is_text=True),
    )
    return Table("trials", say("file-trials-caption", number=len(records)), columns, tuple(records))


def _runs(study: Study, say: Language) -> Table:
    records = run_records(describe_runs(study.results, say))
    columns = (
        Column("id", say("runs-run"), is_text=True),
        Column("role", say("runs-role"), lambda role: say("role", role=role), is_text=True),
        Column("seed", say("head-seed")),
        Column("setting", say("head-setting"), is_text=True),
        Column("status", say("head-state"), partial(state_text, say=say), is_text=True),
        Column("num_epochs", say("head-epochs")),
        Column("val_accuracy", say("head-val-accuracy"), percent),
        Column("num_attempts", say("runs-attempts")),
        Column("num_preemptions", say("runs-preempted")),
        Column("seconds", say("file-seconds"), significant),
    )
    return Table("runs", say("file-runs-caption", number=len(records)), columns, tuple(records))


def _num_epochs(study: Study, run_id: str) -> int | None:
    run = study.results.trial_runs.get(run_id)
    return len(run.history.epochs) if run and run.history else None
