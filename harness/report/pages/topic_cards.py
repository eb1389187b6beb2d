"""The cards of the front page: what each topic comes to, in a line and a small figure or three pictures."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from harness.report.analysis.attempts import summarize_attempts
from harness.report.analysis.convergence import find_measures
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.figures.small import gains as gain_figures
from harness.report.figures.small import images as image_figures
from harness.report.figures.small import work as work_figures
from harness.report.pages.frame.topics import Topic
from harness.report.study import Study
from harness.report.text.cards import gains, images, work
from harness.report.text.failed_parts import FailedPart, attempt
from harness.report.text.language import Language

NUM_PICTURES = 4

Line = Callable[[Study, Language], str]
Figure = Callable[[Study], Markup | None]
Pictures = Callable[[Study], tuple[int, ...]]


class Card(NamedTuple):
    """What a topic comes to. ``pictures``: test images in place of the figure."""

    topic: Topic
    line: str
    figure: Markup | None
    pictures: tuple[int, ...]


class Making(NamedTuple):
    """What makes a topic's card."""

    line: Line
    figure: Figure = lambda study: None
    pictures: Pictures = lambda study: ()


def topic_card(topic: Topic, study: Study, say: Language) -> Card:
    """A topic's card; what fails of it says so in its place."""
    making = CARDS[topic.name]
    line = attempt("section", f"card {topic.name}", lambda: making.line(study, say))
    pictures = attempt("figure", f"card {topic.name}", lambda: making.pictures(study))
    shown = () if isinstance(pictures, FailedPart) else pictures
    figure = None if shown else attempt("figure", f"card {topic.name}", lambda: making.figure(study))
    return Card(
        topic=topic,
        line=line.html(say).striptags() if isinstance(line, FailedPart) else line,
        figure=None if isinstance(figure, FailedPart) else figure,
        pictures=shown,
    )


def _is_final(study: Study) -> bool:
    return study.answer.is_final


def _certainty_figure(study: Study) -> Markup | None:
    return gain_figures.gains_figure([row for row in study.rows if row.arm.is_shown_first])


def _methods_line(study: Study, say: Language) -> str:
    assert study.methods is not None, "a sweep of one method has no such topic"
    return gains.methods_line(study.methods, say)


def _controls_line(study: Study, say: Language) -> str:
    assert study.variants is not None, "a sweep without variants has no such topic"
    return gains.controls_line(study.variants, say)


def _controls_figure(study: Study) -> Markup | None:
    return gain_figures.gains_figure([row for row in study.rows if row.arm.kind in ("distilled", "variant")])


def _other_tests_line(study: Study, say: Language) -> str:
    return gains.other_tests_line(study.findings.extra_tests, _is_final(study), say)


def _classes_line(study: Study, say: Language) -> str:
    if study.errors is None:
        return images.unread_line(_is_final(study), say)
    return images.classes_line(study.errors, _is_final(study), say)


def _errors_line(study: Study, say: Language) -> str:
    if study.errors is None:
        return images.unread_line(_is_final(study), say)
    has_gain = study.answer.gain is not None
    return images.errors_line(study.errors, study.findings.confused_pairs, has_gain, say)


def _misread(study: Study) -> tuple[int, ...]:
    """The clearest of the images that distillation fixed, then of those that it broke."""
    errors = study.errors
    if errors is None or study.pictures is None or study.answer.gain is None:
        return ()
    half = NUM_PICTURES // 2
    num_broken = max(half, NUM_PICTURES - len(errors.fixed))
    broken = errors.broken[:num_broken]
    return (*errors.fixed[: NUM_PICTURES - len(broken)], *broken)


def _doubted(study: Study) -> tuple[int, ...]:
    """The test images whose labels are the least probable."""
    found = next((one for one in study.findings.suspects if one.part == "test"), None)
    if found is None or study.pictures is None or study.errors is None:
        return ()
    return tuple(one.image for one in found.suspects[:NUM_PICTURES])


def _agreement_line(study: Study, say: Language) -> str:
    return images.agreement_line(study.agreements, study.answer.num_teachers, _is_final(study), say)


def _calibration_line(study: Study, say: Language) -> str:
    calibration = study.findings.calibration
    if calibration is None:
        return images.unread_line(_is_final(study), say)
    return images.calibration_line(calibration, say)


def _calibration_figure(study: Study) -> Markup | None:
    calibration = study.findings.calibration
    return image_figures.calibration_figure(calibration) if calibration else None


def _training_line(study: Study, say: Language) -> str:
    return work.training_line(study.answer, find_measures(study.results), study.results.val_metric, say)


def _search_line(study: Study, say: Language) -> str:
    return work.search_line(study.results, study.findings.search, study.findings.advice, say)


def _search_figure(study: Study) -> Markup | None:
    return work_figures.search_figure(study.findings.search) if study.findings.search else None


def _runs_figure(study: Study) -> Markup | None:
    return work_figures.runs_figure([run.state for run in study.results.all_runs()])


def _provenance_line(study: Study, say: Language) -> str:
    return work.provenance_line(summarize_attempts(study.results), study.findings.command, say)


def _of_errors(draw: Callable[[ErrorAnalysis], Markup | None]) -> Figure:
    return lambda study: draw(study.errors) if study.errors else None


CARDS: Mapping[str, Making] = {
    "certainty": Making(lambda study, say: gains.certainty_line(study.answer, say), _certainty_figure),
    "methods": Making(_methods_line, lambda study: gain_figures.leads_figure(study.methods) if study.methods else None),
    "controls": Making(_controls_line, _controls_figure),
    "other-tests": Making(_other_tests_line, lambda study: gain_figures.other_tests_figure(study.findings.extra_tests)),
    "classes": Making(_classes_line, _of_errors(image_figures.classes_figure)),
    "errors": Making(_errors_line, _of_errors(image_figures.confusions_figure), _misread),
    "labels": Making(
        lambda study, say: images.labels_line(study.findings.suspects, say),
        lambda study: image_figures.labels_figure(study.findings.suspects),
        _doubted,
    ),
    "agreement": Making(_agreement_line, lambda study: image_figures.agreement_figure(study.agreements)),
    "size": Making(
        lambda study, say: work.size_line(study.answer, say), lambda study: work_figures.size_figure(study.answer)
    ),
    "calibration": Making(_calibration_line, _calibration_figure),
    "training": Making(_training_line, lambda study: work_figures.training_figure(study.results.arms)),
    "search": Making(_search_line, _search_figure),
    "runs": Making(lambda study, say: work.runs_line(study.results, say), _runs_figure),
    "provenance": Making(_provenance_line),
}
"""Of every topic but the answer."""
