"""The tables of sweeps: one below another, side by side, and the settings in which they differ."""

from collections.abc import Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from harness.report.analysis.chance.statistics import Estimate
from harness.report.index.comparison import Setting
from harness.report.index.interval_marks import IntervalMark, draw
from harness.report.index.summary import CostSummary, Summary
from harness.report.index.sweeps import Entry
from harness.report.tables.form.html import code, coloured, content_of
from harness.report.tables.form.table import UNKNOWN, Column, Look, Record, Table
from harness.report.text.labels import verdict_label
from harness.report.text.language import Language
from harness.report.text.numbers import duration, percent, points, signed_points, significant
from kd.config import setting_number


class Line(NamedTuple):
    """A sweep among others; ``page`` is the report's address, where there is one."""

    entry: Entry
    page: str | None
    interval_mark: IntervalMark | None


def sweep_table(lines: Sequence[Line], reach: float, say: Language) -> Table:
    """A row a sweep. ``reach``: how far the scale of the drawn intervals goes to both sides of zero."""
    results = {column.key: column for column in _columns(reach, say)}
    names = ("gain", "interval", "state", "alpha", "temperature", "teacher", "baseline", "distilled", "num_planned")
    columns = (
        Column("name", say("sweeps-name"), is_text=True, html=partial(_picked, say=say), below=_description),
        *(results[name] for name in (*names, "newest", "hardware")),
    )
    records = tuple(_record(line, say) for line in lines)
    return Table("sweeps", "", columns, records, look=Look("sortable pinned"))


def comparison_table(lines: Sequence[Line], reach: float, say: Language) -> Table:
    """A column a sweep, and a row of what is known of any."""
    records = [_record(line, say) for line in lines]
    rows = tuple(
        {"what": column.head} | {f"c{place}": content_of(column, record, say) for place, record in enumerate(records)}
        for column in _columns(reach, say)
        if any(column.text(record[column.key]) for record in records)
    )
    columns = (
        Column("what", say("compare-results"), is_text=True),
        *(column._replace(html=itemgetter(column.key)) for column in _sweep_columns(lines, with_links=True)),
    )
    return Table("comparison", "", columns, rows, look=Look("pinned compared"))


def setting_table(lines: Sequence[Line], settings: Sequence[Setting], say: Language) -> Table:
    """A row a key of the sweep files, a column a sweep; cells of one tint hold the same value."""
    records = tuple(
        {"key": setting.key, "differs": setting.differs, "tints": setting.tints}
        | {f"c{place}": value for place, value in enumerate(setting.values)}
        for setting in settings
    )
    columns = (
        Column("key", say("compare-key"), is_text=True, html=_breakable),
        *_sweep_columns(lines, with_links=False),
    )
    look = Look("pinned compared settings", row=lambda record: {"class": "" if record["differs"] else "same"})
    return Table("settings", "", columns, records, look=look)


def _breakable(record: Record) -> Markup:
    """A key, whose lines may begin at a dot, and not within a word."""
    return Markup("<code>{}</code>").format(Markup("<wbr>.").join(record["key"].split(".")))


def linked(page: str | None, name: str) -> Markup:
    """A sweep's name, which leads to its report where there is one."""
    return Markup('<a href="{}">{}</a>').format(page, name) if page else escape(name)


def _sweep_columns(lines: Sequence[Line], with_links: bool) -> Iterator[Column]:
    for place, line in enumerate(lines):
        head, key = escape(line.entry.name), f"c{place}"
        if with_links:
            description = line.entry.sweep["description"]
            head = linked(line.page, line.entry.name) + Markup("<small>{}</small>").format(description)
        yield Column(key, head, mark=partial(_tint, place=place), css=key)


def _tint(record: Record, place: int) -> str:
    """The cell's class; ``absent`` is a key of a branch that the sweep has not, which the script does not compare."""
    tint = record["tints"][place] if "tints" in record else 0
    return "absent" if tint is None else f"tint{tint}" if tint else ""


def _columns(reach: float, say: Language) -> tuple[Column, ...]:
    """What is told of every sweep."""

    def state(word: str) -> str:
        return say("sweeps-state", state=word)

    def marked(record: Record) -> str:
        text = state(record["state"])
        return coloured("loss", text) if record["state"] in ("failed", "unreadable") else text

    def teacher(record: Record, key: str, column: Column) -> Iterator[str]:
        yield say("compare-teacher", value=column.text(record[f"teacher_{key}"]) or "–")

    def beside(key: str, head: str, form: Any = str, **more: Any) -> Column:
        column = Column(key, head, form, **more)
        return column._replace(below=partial(teacher, key=key, column=column))

    return (
        Column("gain", say("head-gain-points"), signed_points, below=partial(_gain, say=say)),
        Column("interval", say("sweeps-interval", reach=points(reach, 1)), signed_points, html=_drawn),
        Column("state", say("head-state"), state, is_text=True, html=marked, below=partial(_progress, say=say)),
        Column("alpha", "α", setting_number),
        Column("temperature", "T", setting_number),
        Column("teacher", say("sweeps-teacher"), percent),
        Column("baseline", say("real-baseline"), percent),
        Column("distilled", say("real-distilled"), percent),
        Column("kept", say("compare-kept"), percent),
        beside("model", say("arm", kind="student"), html=lambda record: code(record["model"]) * bool(record["model"])),
        beside("num_parameters", say("head-parameters"), "{:,}".format),
        beside("macs", say("answer-macs"), "{:,}".format),
        beside("latency_ms", say("cost-single"), significant),
        Column("num_planned", say("runs")),
        Column("seconds", say("compare-seconds"), partial(duration, say=say)),
        Column("newest", say("sweeps-newest"), lambda moment: moment[:10], below=partial(_time, say=say)),
        Column("hardware", say("sweeps-hardware"), is_text=True),
    )  # fmt: skip


def _record(line: Line, say: Language) -> dict[str, Any]:
    entry, found = line.entry, line.entry.summary
    gain = found.gain if found else None
    accuracies = found.accuracies if found else {}
    return {
        "line": line,
        "name": entry.name,
        "gain": Estimate(gain.mean, gain.low, gain.high) if gain else UNKNOWN,
        "interval": gain.mean if gain else None,
        "state": entry.state,
        "alpha": found.alpha if found else None,
        "temperature": found.temperature if found else None,
        **{key: accuracies.get(key) for key in ("teacher", "baseline", "distilled")},
        "kept": _kept(found) if found else None,
        **_cost(found.student if found else None, ""),
        **_cost(found.teacher if found else None, "teacher_"),
        "num_planned": entry.num_planned,
        "seconds": found.training_seconds if found else None,
        "newest": found.newest if found else None,
        "hardware": ", ".join(found.hardware) if found else "",
    }


def _kept(found: Summary) -> float | None:
    """An earlier version wrote shares above 1 too."""
    return found.share_kept if found.share_kept is not None and found.share_kept <= 1 else None


def _cost(cost: CostSummary | None, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}model": cost.name if cost else None,
        f"{prefix}num_parameters": cost.num_parameters if cost else None,
        f"{prefix}macs": cost.macs if cost else None,
        f"{prefix}latency_ms": cost.latency_ms if cost else None,
    }


def _picked(record: Record, say: Language) -> Markup:
    """The name, after a box that the script shows and reads: which sweeps are to be compared."""
    name = record["name"]
    box = Markup(
        '<label class="pick" data-script hidden>'
        '<input type="checkbox" data-pick value="{}" autocomplete="off" aria-label="{}"></label>'
    ).format(name, say("sweeps-pick", name=name))
    return Markup('<span class="named">{}{}</span>').format(box, linked(record["line"].page, name))


def _description(record: Record) -> Iterator[str]:
    yield record["line"].entry.sweep["description"]


def _gain(record: Record, say: Language) -> Iterator[str]:
    found = record["line"].entry.summary
    gain = found.gain
    yield coloured(gain.judged, verdict_label(gain.judged, say))
    if found.metric == "balanced_accuracy":
        yield say("sweeps-balanced")
    if found.chosen_student:
        yield say("sweeps-student", name=found.chosen_student, number=len(found.students))
    if method := found.method:
        yield say("distilled-by", name=method)
    yield say("seeds", number=gain.num_seeds) + say("comma") + say("images", number=gain.num_images)


def _drawn(record: Record) -> str:
    line = record["line"]
    return draw(line.interval_mark, line.entry.summary.gain.judged) if line.interval_mark else ""


def _progress(record: Record, say: Language) -> Iterator[str]:
    """How far, and what is wrong."""
    entry = record["line"].entry
    if entry.state in ("running", "queued", "failed", "stopped"):
        yield say("sweeps-progress", done=entry.num_done, failed=entry.num_failed, planned=entry.num_planned)
    why = Markup('<span class="why">{}</span>').format
    if entry.problem:
        yield why(entry.problem)
    if entry.summary and (cause := entry.summary.first_cause):
        yield why(say("cause-name", kind=cause))
    if not entry.is_current:
        yield why(say("sweeps-outdated"))
    elif entry.state == "complete" and not entry.summary:
        yield why(say("sweeps-unreported"))


def _time(record: Record, say: Language) -> Iterator[str]:
    yield say("sweeps-moment", time=record["newest"][11:16])
