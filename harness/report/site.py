"""The pages: what each shows, and the templates that say it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment

from harness.report.answer import Row, basis_text, verdict_text
from harness.report.convergence import find_measures
from harness.report.costs import hardware_text
from harness.report.frame import environment, frame
from harness.report.language import LANGUAGES, language
from harness.report.mistakes import ARMS, Mistakes
from harness.report.pictures import Pictures
from harness.report.results import setting_text
from harness.report.rundown import describe_attempts, describe_runs, find_holes, find_progress
from harness.report.statistics import Estimate
from harness.report.study import Study, seed_pairs

NUM_SAMPLES = 10
NUM_CHANGED = 12  # pictures shown of each kind: fixed, broken
NUM_PAIRS = 10
MAX_PICTURES = 160  # on one class page


class Cell(NamedTuple):
    """The images of a class that were mostly read as one other class."""

    said: int
    name: str
    counts: dict[str, int]
    images: list[int]
    num_hidden: int
    elsewhere: list[tuple[int, int]]


def pages(study: Study, files: Mapping[str, str]) -> dict[str, str]:
    """The HTML pages by file name."""
    templates = _environment()
    common = _common(study)
    featured = _featured(study.mistakes)
    html = {"index.html": templates.get_template("index.html").render(common | _front(study, files, featured))}
    if study.mistakes is not None:
        template = templates.get_template("class.html")
        for row in study.mistakes.classes:
            html[f"class-{row.index}.html"] = template.render(common | _class_page(study.mistakes, row.index, featured))
    return html


@cache
def _environment() -> Environment:
    shared = environment()
    shared.globals |= {
        "setting_text": setting_text,
        "basis_text": basis_text,
        "hardware_text": hardware_text,
        "verdict_text": verdict_text,
    }
    return shared


def _common(study: Study) -> dict[str, Any]:
    return {
        **frame(language(next(iter(LANGUAGES)))),
        "sweep": study.results.plan.sweep,
        "num_teachers": study.answer.num_teachers,
        "teacher": "teacher" if study.answer.num_teachers == 1 else "ensemble",
        "mistakes": study.mistakes,
        "picture_of": _picture_cache(study.pictures),
        "picture_problem": study.picture_problem,
        "arm_keys": [key for key in ARMS if study.mistakes and key in study.mistakes.opinions],
        "seed_of": {run.id: run.run.config.seed for run in study.results.all_runs() if run.run.config.kind == "train"},
    }


def _picture_cache(pictures: Pictures | None) -> Any:
    if pictures is None:
        return lambda image: None
    return cache(pictures.of)


def _front(study: Study, files: Mapping[str, str], featured: frozenset[int]) -> dict[str, Any]:
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
        "lines": answer.lines(),
        "seed_pairs": seed_pairs(results),
        "measures": find_measures(results),
        "pairs": study.mistakes.changed_pairs(NUM_PAIRS) if study.mistakes else [],
        "samples": study.mistakes.samples(NUM_SAMPLES) if study.mistakes else (),
        "num_changed": NUM_CHANGED,
        "runs": describe_runs(results),
        "holes": find_holes(results),
        "attempts": describe_attempts(results),
        "progress": find_progress(results),
        "resolved": resolved,
        "files": files,
        "published": results.plan.sweep.reference,
        "skipped": study.pictures.store.skipped if study.pictures else [],
        **_drawings(study),
    }


def _drawings(study: Study) -> dict[str, Any]:
    # Matplotlib costs half a second and seaborn more; whoever only wants the answer does not pay.
    from harness.report import figures, heatmaps, svg

    results, mistakes = study.results, study.mistakes
    with svg.drawing_style():
        return {
            "bars": figures.accuracy_bars(study.rows, results.plan.sweep.reference),
            "gain_figure": figures.gain_intervals(_gain_lines(study.rows)),
            "val_figure": figures.val_curves(results.arms),
            "loss_figure": figures.loss_curves(results.arms),
            "search_figure": figures.search_map(results),
            "class_figure": figures.class_errors(mistakes.classes) if mistakes else None,
            "max_classes_shown": figures.MAX_CLASSES_SHOWN,
            "confusion_figures": heatmaps.confusion_maps(mistakes) if mistakes else [],
        }


def _gain_lines(rows: tuple[Row, ...]) -> list[tuple[str, str, Estimate]]:
    return [(row.arm.label, row.arm.kind, row.gain.both) for row in rows if row.gain is not None]


def _featured(mistakes: Mistakes | None) -> frozenset[int]:
    """Images that the front page links to: their class pages must show them whatever the limit."""
    if mistakes is None:
        return frozenset()
    return frozenset((*mistakes.samples(NUM_SAMPLES), *mistakes.fixed[:NUM_CHANGED], *mistakes.broken[:NUM_CHANGED]))


def _class_page(mistakes: Mistakes, index: int, featured: frozenset[int]) -> dict[str, Any]:
    misread = [int(image) for image in mistakes.misread(index)]
    first = [image for image in misread if image in featured]
    shown = set((first + [image for image in misread if image not in featured])[: max(MAX_PICTURES, len(first))])
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
        "cells": cells,
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
