"""The tables of runs: all of them, summed up by role, the slowest, and what is missing."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from harness.report.study import Study
from harness.report.tables.form.html import code
from harness.report.tables.form.table import Column, Look, Record, Table
from harness.report.text.labels import state_sign, state_text
from harness.report.text.language import Language
from harness.report.text.missing import Missing
from harness.report.text.numbers import clock, hours_text, percent
from harness.report.text.run_lines import RUN_STATES, RoleLine, RunLine, describe_runs, run_records

RUNS = "runs/"
"""Where the pages of runs lie, as seen from the front page and from the table of all runs."""


def run_table(study: Study, say: Language) -> Table:
    """Every run: where it stands, what it is, what it used."""
    return line_table(describe_runs(study.results, say), say)


def line_table(lines: Sequence[RunLine], say: Language) -> Table:
    """The same of runs that have been described.

    Columns in which no run has anything, such as hours on GPUs of a sweep on CPUs, are left out.
    """
    records = run_records(lines)
    hours = partial(hours_text, largest=_most_hours(records))
    columns = (
        Column("id", say("runs-run"), is_text=True, html=_code_of_id, link=_page),
        Column("status", say("head-state"), partial(state_text, say=say), is_text=True, html=partial(_status, say=say)),
        Column("why", say("runs-why"), is_text=True, in_latex=False, mark=_room),
        Column("num_attempts", say("runs-attempts")),
        Column("num_preemptions", say("runs-preempted"), html=_preemptions),
        Column("role", say("runs-role"), lambda role: say("role", role=role), is_text=True),
        Column("setting", say("head-setting"), is_text=True),
        Column("seed", say("head-seed")),
        Column("trial", say("search-trial")),
        Column("num_epochs", say("head-epochs"), html=_epochs),
        Column("val_accuracy", say("head-val-accuracy"), percent),
        Column("seconds", say("runs-time"), clock),
        Column("gpu_hours", say("runs-gpu-hours"), hours, in_latex=False),
        Column("core_hours", say("runs-core-hours"), hours, in_latex=False),
        Column("hosts", say("runs-node"), is_text=True, in_latex=False),
        Column("devices", say("runs-device"), is_text=True, in_latex=False),
    )
    may_be_empty = ("why", "gpu_hours", "core_hours")
    used = tuple(c for c in columns if c.key not in may_be_empty or any(record[c.key] for record in records))
    look = Look("sortable tight", "whole", row=_filtered_by, is_terse=True, hole="", id="all-runs")
    return Table("runs", say("file-runs-caption", number=len(records)), used, tuple(records), look=look)


def role_table(roles: Sequence[RoleLine], say: Language) -> Table:
    """The runs of each role by state, and what they used together."""
    statuses = [status for status in RUN_STATES if any(role.statuses[status] for role in roles)]
    records = [
        {
            **dict.fromkeys(statuses),
            **role.statuses,
            **role._asdict(),
            "gpu_hours": role.machine_time.gpu_hours,
            "core_hours": role.machine_time.core_hours,
        }
        for role in roles
    ]
    hours = partial(hours_text, largest=_most_hours(records))
    columns = (
        Column("role", say("runs-role"), lambda role: say("role", role=role), is_text=True),
        Column("num_runs", say("runs-number")),
        *(Column(status, state_text(status, say)) for status in statuses),
        Column("num_attempts", say("runs-attempts")),
        Column("num_preemptions", say("runs-preempted")),
        Column("seconds", say("runs-time"), clock),
        Column("gpu_hours", say("runs-gpu-hours"), hours),
        Column("core_hours", say("runs-core-hours"), hours),
    )
    used = tuple(c for c in columns if not c.key.endswith("_hours") or any(record[c.key] for record in records))
    return Table("roles", "", used, tuple(records), look=Look("sortable", hole=""))


def slowest_table(lines: Sequence[RunLine], say: Language) -> Table:
    """The runs that trained longest."""
    columns = (
        Column("id", say("runs-run"), is_text=True, html=_code_of_id, link=_page),
        Column("seconds", say("runs-time"), clock),
        Column("num_epochs", say("head-epochs"), html=_epochs),
        Column("num_attempts", say("runs-attempts")),
        Column("hosts", say("runs-node"), is_text=True),
    )
    return Table("slowest", "", columns, tuple(run_records(lines)), look=Look("sortable", row=_of_no_arm))


def missing_table(missing: Sequence[Missing], run_ids: frozenset[str], say: Language) -> Table:
    """What should be there and is not, each with its reason."""
    records = tuple({"what": one.what, "why": one.why} for one in missing)
    columns = (
        Column(
            "what",
            say("missing-results-what"),
            is_text=True,
            html=lambda record: code(record["what"]),
            link=lambda record: f"{RUNS}{record['what']}.html" if record["what"] in run_ids else None,
        ),
        Column("why", say("missing-results-why"), is_text=True, mark=lambda record: "wide"),
    )
    return Table("missing", "", columns, records)


def status_mark(status: str, say: Language) -> Markup:
    """A state with its sign, so that trouble is seen at a glance and not by colour alone."""
    return Markup('<span class="standing {}"><b aria-hidden="true">{}</b> {}</span>').format(
        state_key(status), state_sign(status), state_text(status, say)
    )


def state_key(status: str) -> str:
    """A state in addresses, classes and data attributes."""
    return status.replace(" ", "-")


def _status(record: Record, say: Language) -> str:
    return status_mark(record["status"], say)


def _code_of_id(record: Record) -> str:
    return code(record["id"])


def _page(record: Record) -> str:
    return f"{RUNS}{record['id']}.html"


def _preemptions(record: Record) -> str:
    number = record["num_preemptions"]
    return Markup("<b>↺ {}</b>").format(number) if number else "0"


def _epochs(record: Record) -> str:
    """Of how many: a run that has not begun has none of them."""
    planned = record["planned_epochs"]
    return "" if planned is None else f"{record['num_epochs'] or 0}/{planned}"


def _most_hours(records: Sequence[Record]) -> float:
    return max((max(record["gpu_hours"], record["core_hours"]) for record in records), default=0.0)


def _room(record: Record) -> str:
    return "wide" if record["why"] else ""


def _filtered_by(record: Record) -> dict[str, str]:
    """What the filters above the table look at."""
    return _of_no_arm(record) | {"data-state": state_key(record["status"]), "data-role": record["role"]}


def _of_no_arm(record: Record) -> dict[str, str]:
    """A panel of arms would hide rows of runs, which are chosen by state and role."""
    return {"data-arm": ""}
