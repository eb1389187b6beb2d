"""Sections about the work: training, what is missing, runs, provenance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import yaml
from markupsafe import Markup

from harness.report.analysis.attempts import AttemptSummary, summarize_attempts
from harness.report.analysis.convergence import Measure, find_measures
from harness.report.figures.drawing.line_charts import Chart
from harness.report.figures.training_curves import MAX_EPOCHS, arm_charts
from harness.report.pages.frame import parts
from harness.report.pages.frame.figure_files import FigureFile
from harness.report.pages.frame.parts import PageTable, html_table, page_table
from harness.report.results.provenance import Command, DataSplit
from harness.report.results.sweep_results import Results
from harness.report.study import Study
from harness.report.tables.trainings.runs import missing_table, role_table, slowest_table
from harness.report.tables.trainings.training import curve_table, measure_table
from harness.report.text.language import Language
from harness.report.text.missing import find_missing
from harness.report.text.run_lines import RunLine, slowest, sum_up
from kd.records import StoreIndex

MAX_MISSING = 50  # rows on the front page


class ShownChart(NamedTuple):
    """Curves, and some of their values as a table; None where there is but one."""

    chart: Chart
    values: Markup | None


@dataclass(frozen=True)
class TrainingSection:
    """Curves of every arm, and what distillation changed in the trainings.

    ``thinned``: one of so many epochs is drawn; None for all.
    """

    charts: tuple[ShownChart, ...]
    file: FigureFile | None
    failed: tuple[Markup, ...]
    last_epoch: int
    thinned: int | None
    measures: tuple[Measure, ...]
    table: PageTable | None


@dataclass(frozen=True)
class MissingSection:
    """What should be there and is not."""

    table: Markup | None
    num_more: int
    num_runs: int


@dataclass(frozen=True)
class RunsSection:
    """The runs summed up."""

    roles: Markup | None
    slowest: Markup | None


@dataclass(frozen=True)
class ProvenanceSection:
    """Where the results come from, what they cost, and how to have them again. ``resolved``: the sweep file."""

    results: Results
    attempts: AttemptSummary
    data_splits: tuple[DataSplit, ...]
    command: Command
    resolved: str
    skipped: tuple[str, ...]
    left_out: Mapping[str, int]


def training_section(study: Study, files: Mapping[str, str], say: Language) -> TrainingSection:
    """Curves, measures, and the values of both."""
    arms = [arm for arm in study.results.arms if arm.is_shown_first]
    charts, failed, file = parts.charts("training", lambda: arm_charts(arms, say), say)
    last_epoch = max((round(curve.x[-1]) for chart in charts for curve in chart.curves), default=0)
    return TrainingSection(
        charts=tuple(_with_values(chart, say) for chart in charts),
        file=file,
        failed=failed,
        last_epoch=last_epoch,
        thinned=math.ceil(last_epoch / MAX_EPOCHS) if last_epoch > MAX_EPOCHS else None,
        measures=tuple(find_measures(study.results)),
        table=page_table("training", lambda: measure_table(study, say), files, say),
    )


def missing_section(study: Study, say: Language) -> MissingSection | None:
    """None where nothing is missing."""
    missing = find_missing(study.results, say)
    run_ids = frozenset(run.id for run in study.results.all_runs())
    if not missing:
        return None
    table = html_table("missing", lambda: missing_table(missing[:MAX_MISSING], run_ids, say), say)
    return MissingSection(table, len(missing) - MAX_MISSING, len(run_ids))


def runs_section(lines: Sequence[RunLine], say: Language) -> RunsSection:
    """By role and state; the slowest."""
    slow = slowest(lines)
    return RunsSection(
        roles=html_table("roles", lambda: role_table(sum_up(lines), say), say),
        slowest=html_table("slowest", lambda: slowest_table(slow, say), say),
    )


def provenance_section(study: Study) -> ProvenanceSection:
    """The same in every language."""
    sweep, found = study.results.plan.sweep, study.findings
    return ProvenanceSection(
        results=study.results,
        attempts=summarize_attempts(study.results),
        data_splits=found.data_splits,
        command=found.command,
        # As the reader could have written it, each text in one line.
        resolved=yaml.safe_dump(sweep.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=10**6),
        skipped=_skipped(study.pictures.store) if study.pictures else (),
        left_out=study.pictures.store.left_out if study.pictures else {},
    )


def _skipped(store: StoreIndex) -> tuple[str, ...]:
    """Images that were left out, with the reason where the store knows it."""
    found = zip_longest(store.skipped, store.why_skipped, fillvalue="")
    return tuple(f"{name} ({why})" if why else name for name, why in found)


def _with_values(chart: Chart, say: Language) -> ShownChart:
    has_several = len(chart.rows(2)) > 1
    return ShownChart(chart, html_table("curves", lambda: curve_table(chart, say), say) if has_several else None)
