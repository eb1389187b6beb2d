"""The pages: what each shows, and the templates that say it, once a language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from harness.report.analysis.arms.methods import MethodRow
from harness.report.analysis.errors.agreement import Gallery
from harness.report.analysis.errors.errors import ARMS, ErrorAnalysis
from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.training_curves import shown_alone
from harness.report.forks import make_all
from harness.report.pages.class_pages import ClassPage, class_page, others_table
from harness.report.pages.extra_test_pages import extra_test_page, set_names
from harness.report.pages.frame.figure_files import figure_files, with_data
from harness.report.pages.frame.head import head_of
from harness.report.pages.frame.parts import Page, Place
from harness.report.pages.frame.sprite_sheet import Sheet
from harness.report.pages.frame.templates import frame, render
from harness.report.pages.frame.topics import ANSWER, TOPICS, Topic, find_topics
from harness.report.pages.front_page import front_page
from harness.report.pages.label_page import PAGE as LABELS
from harness.report.pages.label_page import has_label_page, label_page, label_pictures
from harness.report.pages.method_pages import PAGE as METHODS
from harness.report.pages.method_pages import method_page, methods_page
from harness.report.pages.run_pages import RunPages
from harness.report.pages.sections.error_sections import featured_images
from harness.report.pages.sections.search_section import search_section
from harness.report.pages.topic_page import topic_page
from harness.report.results.message import Message
from harness.report.results.sweep_results import Arm, MethodResult
from harness.report.study import Study, advice_for, search_of, study_of_method
from harness.report.tables.arms.extra_tests import page_of as set_page
from harness.report.tables.arms.methods import page_of
from harness.report.text.failed_parts import attempt
from harness.report.text.language import LANGUAGES, Choice, Language, folder_of, language
from harness.sweep.schema import Sweep


@dataclass(frozen=True)
class Site:
    """What every page of a sweep may mention.

    ``arm_keys``: the arms whose predictions there are; ``arms``: all that have begun; ``drawn_runs``: the runs whose
    own curves the page of trainings holds. ``student``: the one of several that the site is of.
    """

    sweep: Sweep
    student: str
    num_teachers: int
    errors: ErrorAnalysis | None
    arm_keys: tuple[str, ...]
    arms: tuple[Arm, ...]
    drawn_runs: frozenset[str]
    seed_of: Mapping[str, int]
    galleries: tuple[Gallery, ...]
    picture_problem: Message | None


def pages(study: Study, files: Mapping[str, str], num_processes: int = 1) -> dict[str, str | bytes]:
    """The pages by their path in the site, the first language at its root, others in folders of their code.

    With them, at the root, the sheet of each page's pictures, the data of the figures, the style sheet and the script:
    the front page holds both, so that it can be looked at alone; other pages load them.

    Args:
        study: What they show.
        files: The tables as files.
        num_processes: That make them, each some pages in every language.
    """
    plan, shared = study.results.plan, frame() | {"site": _site(study)}
    says = [language(code, study.results.metric) for code in LANGUAGES]
    around = [(say, shared | {"head": head_of(study, say)}) for say in says]
    site: dict[str, str | bytes] = {"style.css": str(shared["style"]), "report.js": str(shared["script"])}
    with figure_files("-".join(filter(None, (plan.sweep.name, plan.student_key)))):
        makes = [partial(_page_files, page, _sheet(page, study), around) for page in _pages(study, files)]
        for made in make_all([partial(with_data, make) for make in makes], num_processes):
            site |= made
    return site


def _page_files(
    page: Page, sheet: Sheet | None, around: Sequence[tuple[Language, Mapping[str, Any]]]
) -> dict[str, str | bytes]:
    """A page in every language, and the sheet of its pictures."""
    site: dict[str, str | bytes] = {}
    for say, shared in around:
        place = place_of(say.code, page.name, page.topic, sheet)
        context = partial(page.context, say)
        site[folder_of(say.code) + page.name] = render(page.name, page.template, shared, place, context, say)
    name = _sheet_name(page.name)
    drawn = attempt("file", name, sheet.png) if sheet is not None else None
    return site | {name: drawn} if isinstance(drawn, bytes) else site


def _sheet(page: Page, study: Study) -> Sheet | None:
    suspects = label_pictures(study) if page.name == LABELS else None
    pictures = study.pictures if suspects is None else suspects
    return None if pictures is None else Sheet(pictures)


def _pages(study: Study, files: Mapping[str, str]) -> Iterator[Page]:
    """Every page; the many that each take a moment come last."""
    yield Page("index.html", "index.html", lambda say: _front_page(study, files, say), ANSWER)
    for topic in find_topics(study):
        if topic.sections:
            yield _page_of_topic(topic, study, files)
    yield from _pages_of_searches(study, files)
    for name in set_names(study):
        yield _page_of_extra_test(study, name, files)
    if has_label_page(study):
        yield Page(LABELS, LABELS, lambda say: {"page": label_page(study)}, "labels")
    if study.errors is not None:
        yield from _pages_of_images(study, study.errors)
    yield from RunPages(study, files).pages()


def _page_of_topic(topic: Topic, study: Study, files: Mapping[str, str]) -> Page:
    return Page(topic.page, "topic.html", lambda say: {"page": topic_page(topic, study, files, say)}, topic.name)


def _pages_of_images(study: Study, errors: ErrorAnalysis) -> Iterator[Page]:
    featured = featured_images(errors)
    for row in errors.classes:
        yield _page_of_class(class_page(errors, row.index, featured))
    for gallery in study.findings.galleries:
        yield _page_of_gallery(gallery)


def _pages_of_searches(study: Study, files: Mapping[str, str]) -> Iterator[Page]:
    """Of several methods: all side by side, and one each; and the baseline's search, where it has one."""
    if study.methods is not None:
        yield Page(METHODS, METHODS, lambda say: {"page": methods_page(study, files, say)}, "methods")
        for row in study.methods.rows:
            yield _page_of_method(study, row, files)
    if study.results.alone is not None:
        yield _page_of_baseline(study, study.results.alone, files)


def _page_of_method(study: Study, row: MethodRow, files: Mapping[str, str]) -> Page:
    own = cache(lambda: study_of_method(study, row.found.method.key))
    name = page_of(row.found.method.key)
    return Page(name, "method.html", lambda say: {"page": method_page(own(), row, files, say)}, "methods")


def _page_of_extra_test(study: Study, name: str, files: Mapping[str, str]) -> Page:
    page = set_page(name)
    return Page(page, "extra_test.html", lambda say: {"page": extra_test_page(study, name, files, say)}, "other-tests")


def _page_of_baseline(study: Study, alone: MethodResult, files: Mapping[str, str]) -> Page:
    search = cache(lambda: search_of(study, study.results, alone))
    advised = cache(lambda: advice_for(study.results, search()))

    def context(say: Language) -> Mapping[str, Any]:
        with drawing_style():
            return {"section": search_section(study, alone, search(), advised(), files, say)}

    return Page(page_of(alone.method.key), "baseline_search.html", context, "search")


def _front_page(study: Study, files: Mapping[str, str], say: Language) -> Mapping[str, Any]:
    return {"page": front_page(study, files, say)}


def _page_of_class(page: ClassPage) -> Page:
    name = f"class-{page.row.index}.html"
    return Page(name, "class.html", lambda say: {"page": page, "others": others_table(page, say)}, "classes")


def _page_of_gallery(gallery: Gallery) -> Page:
    return Page(gallery.page, "agreement.html", lambda say: {"gallery": gallery}, "agreement")


def _sheet_name(name: str) -> str:
    return name.replace(".html", ".png")


def place_of(code: str, name: str, topic: str = ANSWER, sheet: Sheet | None = None) -> Place:
    """Where a page stands in the site.

    Args:
        code: Its language's.
        name: Its path in the language's folder.
        topic: What it is about.
        sheet: Its pictures.
    """
    up = "../" * name.count("/")
    root = up + "../" * folder_of(code).count("/")
    others = (other for other in LANGUAGES if other != code)
    return Place(
        root=root,
        up=up,
        choices=[Choice(LANGUAGES[one], language(one).locale, root + folder_of(one) + name) for one in others],
        picture_of=partial(sheet.of, href=root + _sheet_name(name)) if sheet else lambda image: None,
        topic=topic,
        is_topic=name in {one.page for one in TOPICS},
    )


def _site(study: Study) -> Site:
    errors, plan = study.errors, study.results.plan
    arms = tuple(arm for arm in study.results.arms if arm.runs)
    named = f"{plan.sweep.name} · {plan.student_key}" if plan.student_key else plan.sweep.name
    return Site(
        sweep=plan.sweep.model_copy(update={"name": named}),
        student=plan.student_key,
        num_teachers=study.answer.num_teachers,
        errors=errors,
        arm_keys=tuple(key for key in ARMS if errors and key in errors.predictions),
        arms=arms,
        drawn_runs=frozenset(run.id for arm in arms if arm.is_shown_first for run in shown_alone(arm)),
        seed_of={run.id: run.run.config.seed for run in study.results.all_runs() if run.run.config.kind == "train"},
        galleries=study.findings.galleries,
        picture_problem=study.picture_problem,
    )
