"""The tables of classes and of confusions."""

from harness.report.study import Study
from harness.report.tables.students import _num_images
from harness.report.tables.table import UNKNOWN, Column, Form, Table
from harness.report.text.language import Language
from harness.report.text.numbers import p_value, percent, signed_points

MAX_PAIRS = 40  # of confused classes, those that changed most


def _classes(study: Study, say: Language) -> Table:
    rows = study.errors.classes if study.errors else ()
    arms, num_teachers = ("teacher", "baseline", "distilled"), study.answer.num_teachers
    records = [
        {
            "index": row.index,
            "class": row.name,
            "num_images": row.num_images,
            **{f"{key}_error": row.errors.get(key, UNKNOWN) for key in arms},
            "gain": row.gain or UNKNOWN,
            "gain_p": row.gain.p if row.gain else None,
            "gain_p_holm": row.adjusted_p if row.gain else None,
            "verdict": row.verdict if row.gain else None,
        }
        for row in rows
    ]
    columns = (
        Column("class", say("classes-class"), is_text=True),
        Column("num_images", say("file-images"), "{:,}".format),
        *(Column(f"{key}_error", say("file-error", arm=key, num_teachers=num_teachers), percent) for key in arms),
        Column("gain", say("head-gain-points"), signed_points, percent),
        Column("gain_p_holm", say("file-p-holm"), p_value),
    )
    return Table("classes", say("file-classes-caption", number=len(records)), columns, tuple(records))


def _confusions(study: Study, say: Language) -> Table:
    errors = study.errors
    pairs = errors.changed_pairs(MAX_PAIRS) if errors else []
    names = errors.class_names if errors else ()
    records = [
        {
            "true_class": names[pair.truth],
            "said_class": names[pair.predicted],
            "baseline_images": pair.baseline,
            "distilled_images": pair.distilled,
            "change": pair.change,
        }
        for pair in pairs
    ]
    one: Form = "{:.1f}".format
    columns = (
        Column("true_class", say("file-true-class"), is_text=True),
        Column("said_class", say("file-said-class"), is_text=True),
        Column("baseline_images", say("confusions-baseline"), one),
        Column("distilled_images", say("confusions-distilled"), one),
        Column("change", say("confusions-change"), _signed),
    )
    caption = say("file-confusions-caption", images=_num_images(study), number=len(records))
    return Table("confusions", caption, columns, tuple(records))


def _signed(value: float, digits: int = 1) -> str:
    return f"{value:+.{digits}f}".replace("-", "−")
