"""The table of methods: each with its tuned setting, its accuracy, its gain, and its lead over tuned distillation."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from harness.report.analysis.arms.methods import MethodComparison, MethodRow
from harness.report.study import Study
from harness.report.tables.form.html import coloured, with_dot
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table
from harness.report.text.findings.methods import hole_message, options_text, yardstick_text
from harness.report.text.labels import verdict_key, verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import hours_text, p_value, percent, signed_points
from kd.config import setting_number

LEFT_TO_COLUMNS = ("alpha", "temperature")


def page_of(key: str) -> str:
    """The file of a method's page."""
    return f"method-{key}.html"


def method_table(study: Study, say: Language) -> Table:
    """A row a method; no rows where there is but one."""
    methods = study.methods
    if methods is None:
        return Table("methods", "", (), ())
    yardstick = yardstick_text(methods, say)
    names = dict.fromkeys(name for row in methods.rows for name in row.found.params or ())
    searched = [name for name in names if name not in LEFT_TO_COLUMNS]
    records = tuple(_record(row, searched, say) for row in methods.rows)
    caption = say("methods-file-caption", number=len(records), images=study.num_test_images, yardstick=yardstick)
    look = Look("sortable pinned", row=lambda record: {"class": "chosen" * (record["arm"] == "distilled")})
    return Table("methods", caption, _columns(methods, records, yardstick, say), records, look=look)


def _record(row: MethodRow, searched: list[str], say: Language) -> dict[str, Any]:
    found, gain = row.found, row.row.gain
    params = found.params or {}
    loss = found.distill or found.method.distill
    assert loss is not None
    return {
        "method": row.name,
        "key": found.method.key,
        "arm": found.arm,
        "loss": loss.loss,
        "alpha": found.distill.alpha if found.distill else None,
        "temperature": found.distill.temperature if found.distill and found.distill.uses_temperature else None,
        "options": options_text({**loss.options, **params}, say),
        **{name: params.get(name) for name in searched},
        "num_seeds": row.row.num_seeds,
        f"test_{say.metric}": row.row.accuracy or UNKNOWN,
        "gain": gain.both if gain else UNKNOWN,
        "gain_p": gain.both.p if gain else None,
        "gain_verdict": gain.verdict if gain else None,
        "lead": row.lead.both if row.lead else UNKNOWN,
        "lead_p": row.lead.both.p if row.lead else None,
        "lead_p_holm": row.adjusted_p,
        "lead_verdict": row.verdict,
        "is_yardstick": row.is_yardstick,
        "num_complete_trials": row.num_complete,
        "num_trials": row.num_trials,
        "gpu_hours": row.machine_time.gpu_hours,
        "core_hours": row.machine_time.core_hours,
        "note": "" if row.hole is None else say(hole_message(row)),
    }


def _columns(
    methods: MethodComparison, records: tuple[Record, ...], yardstick: str, say: Language
) -> tuple[Column, ...]:
    def gain_verdict(record: Record) -> Iterator[str]:
        if record["gain_verdict"] is not None:
            yield coloured(record["gain_verdict"], verdict_label(record["gain_verdict"], say))

    def lead_verdict(record: Record) -> Iterator[str]:
        if record["lead_verdict"] is not None:
            words = say("methods-verdict", verdict=verdict_key(record["lead_verdict"]))
            yield coloured(record["lead_verdict"], words)

    def notes(record: Record) -> Iterator[str]:
        if record["is_yardstick"]:
            yield say("methods-is-yardstick")
        if record["arm"] == "distilled" and methods.is_tuned:
            yield say("methods-is-headline")
        if record["note"]:
            yield record["note"]

    def trials(record: Record) -> str:
        return f"{record['num_complete_trials']}/{record['num_trials']}"

    hours = partial(hours_text, largest=max(max(record["gpu_hours"], record["core_hours"]) for record in records))
    columns = (
        Column("method", say("methods-method"), is_text=True, html=_dotted, link=_page, below=notes),
        Column("alpha", "α", setting_number),
        Column("temperature", "T", setting_number),
        Column("options", say("methods-options"), is_text=True),
        Column(f"test_{say.metric}", say("table-accuracy"), percent),
        Column("gain", say("head-gain-points"), signed_points, percent, below=gain_verdict),
        Column(
            "lead",
            say("methods-lead", yardstick=yardstick),
            signed_points,
            percent,
            below=lead_verdict,
        ),
        Column("lead_p_holm", say("file-p-holm"), p_value),
        Column("num_complete_trials", say("methods-trials"), html=trials),
        Column("gpu_hours", say("runs-gpu-hours"), hours),
        Column("core_hours", say("runs-core-hours"), hours),
    )
    may_be_empty = ("options", "gpu_hours", "core_hours")
    return tuple(c for c in columns if c.key not in may_be_empty or any(record[c.key] for record in records))


def _dotted(record: Record) -> str:
    return with_dot("distilled" if record["arm"] == "distilled" else "method", record["method"])


def _page(record: Record) -> str:
    return page_of(record["key"])
