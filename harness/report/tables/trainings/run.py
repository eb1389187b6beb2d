"""The tables of one run's page. Of these there are thousands, so they leave out what HTML can do without."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from harness.report.tables.form.table import Column, Look, Record, Table
from harness.report.text.labels import commit_text, state_text
from harness.report.text.language import Language
from harness.report.text.numbers import clock, device_text, percent, significant
from harness.state.attempts.facts import duration
from kd.records import Attempt, EpochRecord, Scores
from kd.scores import balanced_accuracy, is_unequal, macro_f1

VALUES = Look("tight", is_terse=True, hole="")
TEXTS = Look("tight texts", "fit", is_terse=True, hole="")


class Difference(NamedTuple):
    """A key of a run's configuration, with its value there and in the baseline's; null where there is none."""

    key: str
    value: str
    baseline: str

    @property
    def differs(self) -> bool:
        """Whether they are not the same."""
        return self.value != self.baseline


def epoch_table(epochs: Sequence[EpochRecord], say: Language) -> Table:
    """The history, epoch by epoch."""
    learned = {"feature_loss": "curves-feature-loss-short", "unlabeled_loss": "curves-unlabeled-loss-short"}
    present = [key for key in learned if any(getattr(epoch, key) is not None for epoch in epochs)]
    columns = (
        Column("epoch", say("curves-epoch")),
        Column("lr", say("curves-rate"), significant),
        Column("train_loss", say("curves-train-loss-short"), significant),
        Column("soft_loss", say("curves-soft-loss-short"), significant),
        Column("hard_loss", say("curves-hard-loss-short"), significant),
        *(Column(key, say(learned[key]), significant) for key in present),
        Column("train_accuracy", say("curves-train-accuracy"), percent),
        Column("val_loss", say("curves-val-loss"), significant),
        Column("val_accuracy", say("curves-val-accuracy"), percent),
    )
    records = tuple({**dict.fromkeys(learned), **epoch.model_dump()} for epoch in epochs)
    return Table("epochs", "", columns, records, look=VALUES)


def score_table(scores: Sequence[tuple[str, Scores]], say: Language) -> Table:
    """What was measured beyond accuracy, a column a part of the data; a row that no part has is left out."""
    rows = {
        say("run-balanced"): {
            part: percent(balanced_accuracy(one.confusion)) for part, one in scores if is_unequal(one)
        },
        say("table-macro-f1"): {part: percent(macro_f1(one.confusion)) for part, one in scores if is_unequal(one)},
        say("run-top5"): {part: percent(one.top5) for part, one in scores if one.top5 is not None},
        say("run-nll"): {part: f"{one.nll:.4f}" for part, one in scores},
        say("run-ece"): {part: percent(one.ece) for part, one in scores if one.ece is not None},
    }
    parts = [part for part, _ in scores]
    records = tuple({"measure": name, **dict.fromkeys(parts), **values} for name, values in rows.items() if values)
    columns = (Column("measure", say("file-measure")), *(Column(part, say("run-split", split=part)) for part in parts))
    return Table("scores", "", columns, records, look=VALUES._replace(box="fit"))


def attempt_table(attempts: Sequence[Attempt], say: Language) -> Table:
    """Every attempt: where it ran, how long, how it ended, and which program it was."""

    def record(attempt: Attempt) -> dict[str, Any]:
        resumed = say("run-resumed", epoch=str(attempt.start_epoch), step=attempt.start_step)
        return {
            "number": attempt.number,
            "host": attempt.host,
            "device": device_text(attempt),
            "began": attempt.started_at,
            "ended_at": attempt.ended_at,
            "seconds": duration(attempt),
            "end": attempt.end or "open",
            "reason": attempt.reason or "",
            "start": resumed if attempt.start_step else say("run-afresh"),
            "commit": commit_text(attempt, say),
            "is_changed": attempt.code != attempts[0].code,
        }

    columns = (
        Column("number", say("run-attempt")),
        Column("host", say("runs-node")),
        Column("device", say("runs-device")),
        Column("began", say("run-began"), below=_ended),
        Column("seconds", say("run-took"), clock),
        Column("end", say("run-ended"), lambda end: state_text(end, say), below=_reason, css="wide"),
        Column("start", say("run-from")),
        Column("commit", say("run-code"), html=_commit),
    )
    look = TEXTS._replace(box="", hole="–")
    return Table("attempts", "", columns, tuple(record(attempt) for attempt in attempts), look=look)


def difference_table(differences: Sequence[Difference], say: Language) -> Table:
    """Keys of the configuration that are not the baseline's, beside the baseline's."""
    columns = (Column("key", "≠"), Column("value", say("run-here")), Column("baseline", say("run-in-baseline")))
    records = tuple(difference._asdict() for difference in differences)
    return Table("differences", "", columns, records, look=TEXTS._replace(css="tight texts changed"))


def setting_table(differences: Sequence[Difference], say: Language) -> Table:
    """Keys of the configuration and their values."""
    columns = (Column("key", say("compare-key")), Column("value", say("run-here")))
    records = tuple(difference._asdict() for difference in differences)
    return Table("settings", "", columns, records, look=TEXTS)


def _ended(record: Record) -> Iterator[str]:
    if record["ended_at"]:
        yield f"– {record['ended_at']}"


def _reason(record: Record) -> Iterator[str]:
    if record["reason"]:
        yield record["reason"]


def _commit(record: Record) -> str:
    return Markup("{} <b>≠</b>").format(record["commit"]) if record["is_changed"] else record["commit"]
