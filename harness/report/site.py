"""The pages: what each shows, and the templates that say it, once a language."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import yaml

from harness.report.convergence import find_measures
from harness.report.language import LANGUAGES, Choice, Language, folder_of, language
from harness.report.lead import lead_sentence
from harness.report.mistakes import ARMS, Mistakes
from harness.report.pictures import Sheet
from harness.report.run_pages import RunPages, front_of_runs
from harness.report.rundown import describe_attempts, find_holes, find_progress
from harness.report.sections import front_sections, grouped_confusions
from harness.report.study import Study, seed_pairs
from harness.report.templates import environment, frame

NUM_SAMPLES = 10
NUM_CHANGED = 12  # pictures shown of each kind: fixed, broken
NUM_PAIRS = 10
MAX_PICTURES = 160  # on one class page
MAX_PICTURES_IN_ALL = 800  # on all class pages, so that a site of many classes stays small


class Cell(NamedTuple):
    """The images of a class that were mostly read as one other class."""

    said: int
    name: str
    counts: dict[str, int]
    images: list[int]
    num_hidden: int
    elsewhere: list[tuple[int, int]]


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
    featured = _featured(study.mistakes)
    mistakes, findings = study.mistakes, study.findings
    all_pages = {"index.html": Page("index.html", _front(study, files), partial(_front_words, study))}
    for row in mistakes.classes if mistakes else ():
        assert mistakes is not None
        all_pages[f"class-{row.index}.html"] = Page("class.html", _class_page(mistakes, row.index, featured))
    if findings.matrix is not None and findings.matrix.has_others:
        all_pages["confusions.html"] = Page("confusions.html", {}, partial(grouped_confusions, findings, mistakes))
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
        "mistakes": study.mistakes,
        "galleries": study.findings.galleries,
        "picture_problem": study.picture_problem,
        "arm_keys": [key for key in ARMS if study.mistakes and key in study.mistakes.opinions],
        "seed_of": {run.id: run.run.config.seed for run in study.results.all_runs() if run.run.config.kind == "train"},
    }


def _front(study: Study, files: Mapping[str, str]) -> dict[str, Any]:
    """What the front page shows, in figures."""
    results, answer = study.results, study.answer
    # The resolved sweep as the reader could have written it.
    resolved = yaml.safe_dump(
        results.plan.sweep.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=100
    )
    return {
        "results": results,
        "rows": study.rows,
        "answer": answer,
        "agreements": study.agreements,
        "costs": study.costs,
        "seed_pairs": seed_pairs(results),
        "measures": find_measures(results),
        "pairs": study.mistakes.changed_pairs(NUM_PAIRS) if study.mistakes else [],
        "samples": study.mistakes.samples(NUM_SAMPLES) if study.mistakes else (),
        "num_changed": NUM_CHANGED,
        "attempts": describe_attempts(results),
        "progress": find_progress(results),
        "resolved": resolved,
        "files": files,
        "published": results.plan.sweep.reference,
        "skipped": study.pictures.store.skipped if study.pictures else [],
    }


def _front_words(study: Study, say: Language) -> dict[str, Any]:
    """What the front page shows, in words."""
    # Matplotlib costs half a second; whoever only wants the answer does not pay.
    from harness.report import figures, heatmaps, svg

    results, mistakes = study.results, study.mistakes
    with svg.drawing_style():
        return {
            "lead": lead_sentence(study.answer, study.costs, say),
            **front_of_runs(results, say),
            "holes": find_holes(results, say),
            "bars": figures.accuracy_bars(study.rows, results.plan.sweep.reference, say),
            "gain_figure": figures.gain_intervals(study.rows, say),
            "search_figure": figures.search_map(results, say, study.findings.search),
            "class_figure": figures.class_errors(mistakes.classes, say) if mistakes else None,
            "max_classes_shown": figures.MAX_CLASSES_SHOWN,
            "confusion_figures": heatmaps.confusion_maps(mistakes, say) if mistakes else [],
            **front_sections(study.findings, mistakes, say),
        }


def _featured(mistakes: Mistakes | None) -> frozenset[int]:
    """Images that the front page links to: their class pages must show them whatever the limit."""
    if mistakes is None:
        return frozenset()
    return frozenset((*mistakes.samples(NUM_SAMPLES), *mistakes.fixed[:NUM_CHANGED], *mistakes.broken[:NUM_CHANGED]))


def _class_page(mistakes: Mistakes, index: int, featured: frozenset[int]) -> dict[str, Any]:
    misread = [int(image) for image in mistakes.misread(index)]
    first = [image for image in misread if image in featured]
    limit = max(min(MAX_PICTURES, MAX_PICTURES_IN_ALL // len(mistakes.classes)), len(first))
    shown = set((first + [image for image in misread if image not in featured])[:limit])
    filed = {image: _main_error(mistakes, image, index) for image in misread}
    cells = []
    for said, name in enumerate(mistakes.class_names):
        counts = {key: int(matrix[index, said]) for key, matrix in mistakes.confusions.items()}
        if said == index or not any(counts.values()):
            continue
        here = [image for image in misread if filed[image] == said]
        voted = [i for i in misread if any(o.votes_NC[i, said] for o in mistakes.opinions.values())]
        elsewhere = [(image, filed[image]) for image in voted if filed[image] != said and image in shown]
        images = [image for image in here if image in shown]
        cells.append(Cell(said, name, counts, images, len(here) - len(images), elsewhere))
    cells.sort(key=lambda cell: (-sum(cell.counts.values()), cell.said))
    return {
        "row": mistakes.classes[index],
        "pictured": [cell for cell in cells if cell.images],
        "others": [cell for cell in cells if not cell.images],
        "num_misread": len(misread),
        "num_shown": len(shown),
        "always_right": sorted(i for i in featured if mistakes.labels_N[i] == index and i not in set(misread)),
    }


def _main_error(mistakes: Mistakes, image: int, truth: int) -> int:
    """The wrong class that an image was read as most often, students before the teacher."""
    weights = {"teacher": 0.5}
    votes = sum(
        weights.get(key, 1.0) * opinions.votes_NC[image] / len(opinions.run_ids)
        for key, opinions in mistakes.opinions.items()
    )
    votes[truth] = -1.0
    return int(votes.argmax())
