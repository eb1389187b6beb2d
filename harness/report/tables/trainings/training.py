"""The tables of the trainings: what distillation changed in them, and the values of the curves."""

from functools import partial
from typing import Any

from harness.report.analysis.convergence import find_measures
from harness.report.figures.drawing.line_charts import Chart
from harness.report.study import Study
from harness.report.tables.form.html import coloured
from harness.report.tables.form.table import UNKNOWN, Column, Form, Look, Record, Table
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import signed

MAX_VALUES = 20  # rows of a curve's table


def measure_table(study: Study, say: Language) -> Table:
    """Whether the distilled student trains faster, steadier and more evenly."""
    records = [
        {
            "key": measure.key,
            "measure": say("measure", key=measure.key),
            "unit": say("measure-unit", key=measure.key),
            "baseline": measure.means.get("baseline"),
            "distilled": measure.means.get("distilled"),
            "difference": measure.difference or UNKNOWN,
            "verdict": measure.verdict,
            "verdict_text": say("measure-verdict", verdict=verdict_key(measure.verdict or "unknown")),
            "explanation": say(measure.explanation),
        }
        for measure in find_measures(study.results)
    ]
    two: Form = "{:.2f}".format

    def verdict(record: Record) -> str:
        return coloured(record["verdict"], record["verdict_text"])

    columns = (
        Column("measure", say("measures-head"), is_text=True),
        Column("unit", say("file-unit"), is_text=True),
        Column("baseline", say("arm", kind="baseline"), two, of_arm="baseline"),
        Column("distilled", say("arm", kind="distilled"), two, of_arm="distilled"),
        Column("difference", say("measures-difference"), partial(signed, digits=2), two),
        Column("verdict_text", say("head-verdict"), is_text=True, html=verdict),
    )
    return Table("training", say("file-training-caption"), columns, tuple(records), look=Look("pinned"))


def curve_table(chart: Chart, say: Language) -> Table:
    """Some values of a chart's curves, the last ones among them."""
    records: list[dict[str, Any]] = [
        {"epoch": epoch, **{str(place): value for place, value in enumerate(values)}}
        for epoch, values in chart.rows(MAX_VALUES)
    ]
    heads = (Column(str(place), curve.label, of_arm=curve.arm) for place, curve in enumerate(chart.curves))
    columns = (Column("epoch", say("curves-epoch")), *heads)
    return Table("curve", "", columns, tuple(records), look=Look("tight", is_terse=True, hole=""))
