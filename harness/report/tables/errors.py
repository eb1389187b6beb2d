"""The tables of the error analysis: classes, confusions, wrong answers, calibration."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from harness.report.analysis.errors.calibration import NUM_BINS, Calibration, Reliability
from harness.report.analysis.errors.confusions import ConfusedPair
from harness.report.analysis.errors.errors import ARMS, ClassRow, ErrorAnalysis
from harness.report.study import Study
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Form, Look, Record, Table
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import p_value, percent, signed, signed_points

MAX_PAIRS = 40  # of confused classes, those that changed most clearly
NUM_PAIRS_SHOWN = 10  # of them on the page
TALL = 12  # rows, from which on the table of classes scrolls


def class_table(study: Study, say: Language, is_on_page: bool = False) -> Table:
    """Every class: error rates, F1, and the gain with its p-value adjusted for looking at all classes.

    A page has no room for columns of F1: there it stands below the error rates.
    """
    classes = study.errors.classes if study.errors else ()
    num_teachers = study.answer.num_teachers
    records = [
        {
            "index": row.index,
            "class": row.name,
            "num_images": row.num_images,
            **{f"{key}_error": row.errors.get(key, UNKNOWN) for key in ARMS},
            **{f"{key}_f1": row.f1.get(key) for key in ARMS},
            "gain": row.gain or UNKNOWN,
            "gain_p": row.gain.p if row.gain else None,
            "gain_p_holm": row.adjusted_p if row.gain else None,
            "verdict": row.verdict if row.gain else None,
        }
        for row in classes
    ]

    def verdict(record: Record) -> Iterator[str]:
        yield coloured(record["verdict"], say("verdict-short", verdict=verdict_key(record["verdict"])))

    def f1(record: Record, key: str) -> Iterator[str]:
        value = record[f"{key}_f1"]
        if value is not None:
            yield say("classes-f1", value=percent(value))

    in_files = [key for key in ARMS if key != "teacher" and not is_on_page]  # CSV and JSON hold the teacher's too
    columns = (
        Column("class", say("classes-class"), is_text=True, link=lambda record: f"class-{record['index']}.html"),
        Column("num_images", say("file-images"), "{:,}".format),
        *(
            Column(
                f"{key}_error",
                say("file-error", arm=key, num_teachers=num_teachers),
                percent,
                has_interval=False,
                below=partial(f1, key=key) if is_on_page else None,
                of_arm=key,
            )
            for key in ARMS
        ),
        *(Column(f"{key}_f1", say("file-f1", arm=key), percent) for key in in_files),
        Column("gain", say("head-gain-points"), signed_points, percent),
        Column("gain_p_holm", say("file-p-holm"), p_value, below=verdict),
    )
    box = "tall" if len(classes) > TALL else ""
    look = Look("sortable pinned tight", box, caption=_units(classes, say) if classes else "")
    caption = say("file-classes-caption", number=len(records))
    return Table("classes", caption, columns, tuple(records), look=look)


def _units(classes: Sequence[ClassRow], say: Language) -> str:
    """What the page says above the table: in which units, and how many images a class has."""
    sizes = [row.num_images for row in classes]
    low, high = min(sizes), max(sizes)
    return say("classes-caption", low=low, high=high, same="yes" if low == high else "no")


def confusion_table(study: Study, say: Language) -> Table:
    """The confusions whose change by distillation stands out most against chance."""
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
            "true_index": pair.truth,
            "said_index": pair.predicted,
        }
        for pair in pairs
    ]
    one: Form = "{:.1f}".format

    def images(record: Record) -> str:
        return f"class-{record['true_index']}.html#as-{record['said_index']}"

    columns = (
        Column("true_class", say("file-true-class"), is_text=True, link=images),
        Column("said_class", say("file-said-class"), is_text=True),
        Column("baseline_images", say("confusions-baseline"), one, of_arm="baseline"),
        Column("distilled_images", say("confusions-distilled"), one, of_arm="distilled"),
        Column("change", say("confusions-change"), signed, mark=lambda record: _better_or_worse(record["change"])),
    )
    caption = say("file-confusions-caption", images=study.num_test_images, number=len(records))
    look = Look("sortable", num_shown=NUM_PAIRS_SHOWN)
    return Table("confusions", caption, columns, tuple(records), look=look)


def pair_table(pairs: Sequence[ConfusedPair], errors: ErrorAnalysis, say: Language) -> Table:
    """The pairs of classes that are confused most, either way, in images per seed."""
    keys = [key for key in ARMS if key in errors.predictions]
    names = errors.class_names
    records = [
        {
            "pair": f"{names[pair.one]} ↔ {names[pair.other]}",
            "ends": [(link, names[end]) for link, end in zip(pair.links, (pair.one, pair.other), strict=True)],
            **pair.by_arm,
            "change": pair.by_arm["distilled"] - pair.by_arm["baseline"] if _has_change(pair.by_arm) else None,
        }
        for pair in pairs
    ]
    columns = [
        Column("pair", say("confusion-pair"), is_text=True, html=_two_links),
        *(Column(key, say("arm", kind=key), "{:.1f}".format, of_arm=key) for key in keys),
    ]
    if _has_change(keys):
        change = say("confusion-pair-change")
        columns.append(Column("change", change, signed, mark=lambda record: _better_or_worse(record["change"])))
    return Table("pairs", "", tuple(columns), tuple(records), look=Look("sortable tight"))


def _has_change(keys: Any) -> bool:
    return {"baseline", "distilled"} <= set(keys)


def _two_links(record: Record) -> Markup:
    links = (Markup('<a href="{}">{}</a>').format(*end) for end in record["ends"])
    return Markup(" ↔ ").join(links)


def _better_or_worse(change: float) -> str:
    """The colour of a change in confusions, as rounded in its cell: fewer is better."""
    rounded = round(change, 1)
    return "gain" if rounded < 0 else "loss" if rounded > 0 else ""


def calibration_table(calibration: Calibration, say: Language) -> Table:
    """Each arm's calibration error, and how much surer it is than right."""
    records = [
        {"arm": one.key, "model": say("arm", kind=one.key), "ece": one.ece, "surplus": one.surplus,
         "num_seeds": one.num_seeds}
        for one in calibration.arms
    ]  # fmt: skip
    columns = (
        Column("model", say("head-model"), is_text=True, html=lambda record: with_dot(record["arm"], record["model"])),
        Column("ece", say("calibration-ece"), percent),
        Column("surplus", say("calibration-surplus"), signed_points, percent),
        Column("num_seeds", say("table-seeds")),
    )
    look = Look(row=lambda record: {"class": "chosen" if record["arm"] == "distilled" else ""})
    return Table("calibration", "", columns, tuple(records), look=look)


def bin_table(calibration: Calibration, say: Language) -> Table:
    """Accuracy by bin of confidence, with the bin's mean confidence and its images below."""

    def record(number: int) -> dict[str, Any]:
        ends = (percent(end / NUM_BINS, 0) for end in (number, number + 1))
        accuracies = {
            one.key: float(one.accuracy_B[number]) if one.count_B[number] else None for one in calibration.arms
        }
        return {"number": number, "bin": say("interval", **dict(zip(("low", "high"), ends, strict=True))), **accuracies}

    def below(record: Record, arm: Reliability) -> Iterator[str]:
        count = arm.count_B[record["number"]]
        images = f"{count:.0f}" if count >= 10 else f"{count:.1f}"
        yield f"{percent(float(arm.confidence_B[record['number']]), 1)} · {images}"

    columns = (
        Column("bin", say("calibration-confidence"), is_text=True),
        *(
            Column(
                arm.key,
                say("calibration-bin-head", arm=say("arm", kind=arm.key)),
                partial(percent, digits=1),
                below=partial(below, arm=arm),
                of_arm=arm.key,
            )
            for arm in calibration.arms
        ),
    )
    return Table("bins", "", columns, tuple(record(number) for number in range(NUM_BINS)), look=Look("tight"))
