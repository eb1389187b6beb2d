"""The pages: what each shows, and the templates that say it, once a language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from harness.report.analysis.errors import ARMS
from harness.report.pages.class_pages import class_page, featured_images
from harness.report.pages.front_page import front_facts, front_words, grouped_confusions
from harness.report.pages.run_pages import RunPages
from harness.report.pages.sprite_sheet import Sheet
from harness.report.pages.templates import environment, frame
from harness.report.study import Study
from harness.report.text.language import LANGUAGES, Choice, Language, folder_of, language


class Page(NamedTuple):
    """A page in no language yet: what its template is given, in figures and, once there is a language, in words."""

    template: str
    facts: dict[str, Any]
    words: Callable[[Language], dict[str, Any]] = lambda say: {}


def pages(study: Study, files: Mapping[str, str]) -> dict[str, str | bytes]:
    """The pages by their path in the site, the first language at its root, others in folders of their code.

    With them, at the root, the sheet of each page's pictures, the style sheet and the script: the front page and the
    table of runs hold both, other pages load them.
    """
    featured = featured_images(study.errors)
    errors, findings = study.errors, study.findings
    all_pages = {"index.html": Page("index.html", front_facts(study, files), partial(front_words, study))}
    for row in errors.classes if errors else ():
        assert errors is not None
        all_pages[f"class-{row.index}.html"] = Page("class.html", class_page(errors, row.index, featured))
    if findings.matrix is not None and findings.matrix.has_others:
        all_pages["confusions.html"] = Page("confusions.html", {}, partial(grouped_confusions, findings, errors))
    for gallery in findings.galleries:
        all_pages[gallery.page] = Page("agreement.html", {"gallery": gallery})
    shared = _shared(study)
    sheets = {name: Sheet(study.pictures) for name in all_pages} if study.pictures else {}
    runs = RunPages(study.results)
    site: dict[str, str | bytes] = {"style.css": str(shared["style"]), "report.js": str(shared["script"])}
    for code in LANGUAGES:
        say = language(code)
        for name, page in all_pages.items():
            context = shared | _place(code, name, sheets.get(name)) | page.facts | page.words(say)
            site[folder_of(code) + name] = environment(say).get_template(page.template).render(context)
        for name, text in runs.render(say, shared, partial(_place, code)).items():
            site[folder_of(code) + name] = text
    drawn = {_sheet_name(name): sheet.png() for name, sheet in sheets.items()}
    return site | {name: content for name, content in drawn.items() if content is not None}


def _sheet_name(name: str) -> str:
    return name.replace(".html", ".png")


def _place(code: str, name: str, sheet: Sheet | None = None) -> dict[str, Any]:
    """Where a page stands: its folder, the site's root, its pictures, and the same page in other languages."""
    root = "../" * (folder_of(code) + name).count("/")
    others = (other for other in LANGUAGES if other != code)
    choices = [Choice(LANGUAGES[one], language(one).locale, root + folder_of(one) + name) for one in others]
    picture_of = partial(sheet.of, href=root + _sheet_name(name)) if sheet else lambda image: None
    return {"root": root, "here": folder_of(code), "choices": choices, "picture_of": picture_of}


def _shared(study: Study) -> dict[str, Any]:
    """What every page needs."""
    return frame() | {
        "sweep": study.results.plan.sweep,
        "num_teachers": study.answer.num_teachers,
        "errors": study.errors,
        "galleries": study.findings.galleries,
        "picture_problem": study.picture_problem,
        "arm_keys": [key for key in ARMS if study.errors and key in study.errors.predictions],
        "seed_of": {run.id: run.run.config.seed for run in study.results.all_runs() if run.run.config.kind == "train"},
    }
