"""The pages of methods: all side by side, and a page each, which is a piece of the front page with other students."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.methods import MethodRow
from harness.report.figures import methods as method_figures
from harness.report.figures.drawing.line_charts import Chart
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.training_curves import arm_charts
from harness.report.pages.frame import parts
from harness.report.pages.frame.figure_files import FigureFile
from harness.report.pages.frame.parts import Figure, PageTable, figure, html_table, page_table
from harness.report.pages.sections.search_section import SearchSection, search_section
from harness.report.results.sweep_results import Arm
from harness.report.study import Study
from harness.report.tables.arms.methods import method_table, page_of
from harness.report.tables.arms.seeds import seed_table
from harness.report.tables.arms.students import agreement_table
from harness.report.tables.errors import class_table
from harness.report.tables.form.table import Table
from harness.report.text.findings.headline import lead_sentence
from harness.report.text.findings.methods import (
    baseline_search_text,
    chosen_text,
    fair_text,
    headline_text,
    hole_message,
    methods_sentence,
    yardstick_text,
)
from harness.report.text.language import Language

PAGE = "methods.html"


@dataclass(frozen=True)
class MethodsPage:
    """All methods. ``pages``: the file of each, by name; ``last_epoch``: of the curves."""

    sentence: str
    fair: str
    headline: str
    table: PageTable
    leads: Figure | None
    gains: Figure | None
    num_leads: int
    charts: tuple[Chart, ...]
    file: FigureFile | None
    failed: tuple[Markup, ...]
    last_epoch: int
    pages: tuple[tuple[str, str], ...]
    of_baseline: str


@dataclass(frozen=True)
class MethodPage:
    """One method, where "distilled" means its students. ``others``: the pages of all, the own one too, by name.

    ``lead``: its gain over the baseline in words; ``hole``: why there is none.
    """

    row: MethodRow
    number: int
    answer: Answer
    lead: str | None
    setting: str
    hole: str | None
    seeds: Markup | None
    search: SearchSection
    classes: Markup | None
    agreement: Markup | None
    others: tuple[tuple[str, str], ...]


def methods_page(study: Study, files: Mapping[str, str], say: Language) -> MethodsPage:
    """What the page of all methods shows; there must be several."""
    methods = study.methods
    assert methods is not None
    with drawing_style():
        table = page_table("methods", lambda: method_table(study, say), files, say, "LaTeX", "CSV", "Markdown")
        assert table is not None, "there are methods"
        drawn = parts.charts("methods", lambda: arm_charts(_students(study), say), say)
        return MethodsPage(
            sentence=methods_sentence(methods, say),
            fair=fair_text(methods, say),
            headline=headline_text(study.results, say),
            table=table,
            leads=_leads(study, say),
            gains=figure("method_gains", partial(method_figures.gains, methods), say("methods-gains-figure"), say),
            num_leads=_num_leads(study),
            charts=drawn.charts,
            file=drawn.file,
            failed=drawn.failed,
            last_epoch=max((round(curve.x[-1]) for chart in drawn.charts for curve in chart.curves), default=0),
            pages=_links(study),
            of_baseline=baseline_search_text(study.results, say),
        )


def method_page(study: Study, row: MethodRow, files: Mapping[str, str], say: Language) -> MethodPage:
    """What the page of one method shows.

    Args:
        study: With this method's students as the distilled ones (``study_of_method``).
        row: The method's in the comparison.
        files: The texts of all tables by path.
        say: The language.
    """
    found, errors = study.results.headline, study.errors
    with drawing_style():
        return MethodPage(
            row=row,
            number=1 + [name for name, _ in _links(study)].index(row.name),
            answer=study.answer,
            lead=lead_sentence(study.answer, say),
            setting=chosen_text(study.results, say),
            hole=None if row.hole is None else say("methods-no-students", name=row.name, why=hole_message(row)),
            seeds=html_table("seeds", lambda: seed_table(study, say), say),
            search=search_section(study, found, study.findings.search, study.findings.advice, files, say),
            classes=html_table("classes", lambda: _without_links(class_table(study, say)), say) if errors else None,
            agreement=html_table("agreement", lambda: agreement_table(study, say), say),
            others=_links(study),
        )


def _links(study: Study) -> tuple[tuple[str, str], ...]:
    """Every method's page, by name."""
    rows = study.methods.rows if study.methods else ()
    return tuple((row.name, page_of(row.found.method.key)) for row in rows)


def _without_links(table: Table) -> Table:
    """The pages of classes show the images of the sweep's distilled students."""
    return replace(table, columns=tuple(column._replace(link=None) for column in table.columns))


def _students(study: Study) -> list[Arm]:
    return [arm for arm in study.results.arms if arm.kind in ("baseline", "distilled", "method")]


def _leads(study: Study, say: Language) -> Figure | None:
    methods = study.methods
    if methods is None:
        return None
    caption = say("methods-leads-figure", yardstick=yardstick_text(methods, say))
    return figure("method_leads", partial(method_figures.leads, methods), caption, say)


def _num_leads(study: Study) -> int:
    return sum(row.lead is not None for row in study.methods.rows) if study.methods else 0
