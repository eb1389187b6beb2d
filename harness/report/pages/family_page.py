"""The front page of a sweep of several students: which one to take, and the way to each one's own report."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.report.analysis.family import PRICES, Family, Price
from harness.report.figures import family as family_figures
from harness.report.figures.drawing.style import drawing_style
from harness.report.pages.frame.figure_files import figure_files
from harness.report.pages.frame.head import Head, failures_of, made_text, run_page, way_up
from harness.report.pages.frame.parts import Figure, PageTable, figure, page_table
from harness.report.pages.frame.templates import frame, render
from harness.report.pages.site import place_of
from harness.report.results.family import all_runs_of, standing_of_family
from harness.report.study import Study
from harness.report.tables.family import STUDENTS, family_table, measured_text, student_folder
from harness.report.text.findings.family import family_sentence, student_reasons
from harness.report.text.language import LANGUAGES, Language, folder_of, language
from harness.report.text.standing import standing_text

PAGE = "index.html"


@dataclass(frozen=True)
class FamilyPage:
    """What the page shows. ``students``: the way to each one's report, by its name."""

    name: str
    description: str
    head: Head
    reasons: tuple[str, ...]
    sentence: str
    table: PageTable | None
    figures: tuple[Figure, ...]
    num_students: int
    num_images: int
    num_seeds: int
    measured: str
    students: tuple[tuple[str, str], ...]


def family_pages(family: Family, studies: tuple[Study, ...], files: Mapping[str, str]) -> dict[str, str | bytes]:
    """The page by its path in the site, in every language, and the data of its figures.

    Args:
        family: The students.
        studies: One each.
        files: The tables as files.
    """
    site: dict[str, str | bytes] = {}
    with figure_files(family.teacher.results.record.sweep.name) as data:
        for code in LANGUAGES:
            say = language(code, family.teacher.results.metric)
            context = partial(_context, family, studies, files, say)
            site[folder_of(code) + PAGE] = render(PAGE, "family.html", frame(), place_of(code, PAGE), context, say)
    return site | data


def _context(family: Family, studies: tuple[Study, ...], files: Mapping[str, str], say: Language) -> Mapping[str, Any]:
    return {"page": family_page(family, studies, files, say)}


def family_page(family: Family, studies: tuple[Study, ...], files: Mapping[str, str], say: Language) -> FamilyPage:
    """What the page shows and says."""
    results = family.teacher.results
    sweep, behind = results.record.sweep, [row.behind for row in family.rows if row.behind]
    up = "../" * folder_of(say.code).count("/")
    all_results = [one.results for one in studies]
    failures = failures_of(all_runs_of(all_results))
    standing = standing_text(standing_of_family(all_results), _way_on(studies), say, failures)
    its = next((one.plan.student_key for one in all_results if standing.failed in one.run_by_id), "")
    with drawing_style():
        drawn = [_figure(family, price, say) for price in PRICES]
        return FamilyPage(
            name=sweep.name,
            description=sweep.description,
            head=Head(
                standing=standing,
                interim=None,
                made=made_text(all_results, say),
                failed_page=f"{up}{student_folder(its)}{folder_of(say.code)}{run_page(standing.failed)}",
                topics=(),
                above=way_up(say),
            ),
            reasons=student_reasons(family, say),
            sentence=family_sentence(family, say),
            table=page_table(STUDENTS, lambda: family_table(family, say), files, say, "LaTeX", "CSV", "Markdown"),
            figures=tuple(one for one in drawn if one is not None),
            num_students=len(family.rows),
            num_images=max((gain.num_images for gain in behind), default=0),
            num_seeds=max((gain.num_seeds for gain in behind), default=0),
            measured=measured_text(results, say),
            students=tuple(
                (row.key, f"{up}{student_folder(row.key)}{folder_of(say.code)}index.html") for row in family.rows
            ),
        )


def _figure(family: Family, price: Price, say: Language) -> Figure | None:
    draw = partial(family_figures.scatter, family, price)
    return figure(f"students_{price}", draw, say(f"family-caption-{price}"), say)


def _way_on(studies: tuple[Study, ...]) -> str | None:
    """The one command of the whole sweep, as the first student says it that is not over."""
    found = [study.findings.way_on for study in studies if study.findings.way_on]
    return max(found, key=len, default=None)  # the longer one also tries again what failed
