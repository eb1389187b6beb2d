"""The tables of other test sets: all side by side, and each with every arm."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from harness.report.analysis.arms.extra_tests import ExtraSet
from harness.report.study import Study
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table
from harness.report.text.findings.extra_tests import set_name
from harness.report.text.labels import arm_note, arm_title, verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import percent, signed_points
from kd.config import setting_number

SHOWN = ("teacher", "baseline", "distilled")


def page_of(name: str) -> str:
    """The file of a set's page; a person's name for it is held to letters, digits, - and _."""
    return f"tests-{name}.html"


def extra_test_table(study: Study, say: Language, is_on_page: bool = False) -> Table:
    """A row a set or corruption: the three main arms' accuracies, and the gain; no rows where none was read.

    On a page the mean stands for the corruptions, which have one of their own.
    """
    sets = [one for one in study.findings.extra_tests if one.corruption is None or not is_on_page]
    records = tuple(_side_by_side(one, say) for one in sets)
    columns = (
        Column("label", say("extra-set"), is_text=True, link=lambda record: page_of(record["set"])),
        Column("num_images", say("file-images"), "{:,}".format),
        *(Column(f"{key}_{say.metric}", say("extra-accuracy", arm=_arm(key, study, say)), percent) for key in SHOWN),
        Column("gain", say("head-gain-points"), signed_points, percent, below=partial(_verdict, say=say)),
    )
    return Table("extra_tests", say("extra-file-caption"), columns, records, look=Look("sortable pinned"))


def _arm(key: str, study: Study, say: Language) -> str:
    return say("arm", kind="ensemble" if key == "teacher" and study.answer.num_teachers > 1 else key)


def set_tables(study: Study, say: Language) -> Iterator[Table]:
    """Each set's own table."""
    for name in dict.fromkeys(one.name for one in study.findings.extra_tests):
        yield set_table(study, name, say)


def set_table(study: Study, name: str, say: Language) -> Table:
    """Every arm on a set; of corruptions under each."""
    sets = [one for one in study.findings.extra_tests if one.name == name]
    records = tuple(record for one in sets for record in _arms(one, say))
    condition = [Column("label", say("extra-set"), is_text=True)] if len(sets) > 1 else []
    columns = (
        Column("model", say("head-model"), is_text=True, html=_dotted, below=_note),
        *condition,
        Column("alpha", "α", setting_number),
        Column("temperature", "T", setting_number),
        Column(say.metric, say("extra-head-accuracy"), percent),
        Column("gain", say("head-gain-points"), signed_points, percent, below=partial(_verdict, say=say)),
        Column("num_seeds", say("table-seeds")),
    )
    first = sets[0]
    caption = say("extra-set-caption", name=name, images=first.num_images)
    look = Look("sortable pinned", row=lambda record: {"class": "chosen" * (record["arm"] == "distilled")})
    return Table(f"tests-{name}", caption, columns, records, look=look)


def _common(one: ExtraSet, say: Language) -> dict[str, Any]:
    return {
        "set": one.name,
        "label": set_name(one, say),
        "corruption": one.corruption.kind if one.corruption else None,
        "strength": one.corruption.strength if one.corruption else None,
        "num_images": one.num_images,
        "num_classes": one.num_classes,
        "num_in_train": one.num_in_train,
    }


def _side_by_side(one: ExtraSet, say: Language) -> dict[str, Any]:
    rows = {key: one.row(key) for key in SHOWN}
    accuracies = {f"{key}_{say.metric}": row.accuracy if row else UNKNOWN for key, row in rows.items()}
    return _common(one, say) | accuracies | _gain(one.gain)


def _arms(one: ExtraSet, say: Language) -> Iterator[dict[str, Any]]:
    for row in one.rows:
        distill = row.arm.distill
        yield {
            "arm": row.arm.key,
            "model": arm_title(row.arm, say),
            "note": "" if distill else arm_note(row.arm, say),
            "variant": row.arm.variant or None,
            **_common(one, say),
            "alpha": distill.alpha if distill else None,
            "temperature": distill.temperature if distill else None,
            say.metric: row.accuracy,
            "num_seeds": row.num_seeds,
            **_gain(row.gain),
        }


def _gain(gain: Any) -> dict[str, Any]:
    return {
        "gain": gain.both if gain else UNKNOWN,
        "gain_p": gain.both.p if gain else None,
        "verdict": gain.verdict if gain else None,
    }


def _verdict(record: Record, say: Language) -> Iterator[str]:
    if record["verdict"] is not None:
        yield coloured(record["verdict"], verdict_label(record["verdict"], say))


def _dotted(record: Record) -> str:
    return with_dot(record["arm"].rstrip("0123456789"), record["model"])


def _note(record: Record) -> Sequence[str]:
    return [record["note"]] if record["note"] else []
