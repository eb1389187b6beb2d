"""Sections about the test images: classes, confusions, pictures, calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.analysis.words import Verdict
from harness.report.figures import accuracy
from harness.report.figures.calibration import MIN_IN_BIN, reliability_diagram, true_class_figure
from harness.report.figures.confusions import confusion_data, confusion_maps
from harness.report.pages.frame.parts import Figure, PageTable, figure, html_table, page_table, view
from harness.report.study import Study
from harness.report.tables.errors import bin_table, calibration_table, class_table, confusion_table, pair_table
from harness.report.text.language import Language
from harness.report.text.numbers import percent

NUM_SAMPLES = 10  # pictures of the first test images
NUM_CHANGED = 12  # pictures of each kind: fixed, broken


@dataclass(frozen=True)
class ClassesSection:
    """Error rates by class."""

    figure: Figure | None
    classes: PageTable
    num_classes: int


@dataclass(frozen=True)
class ConfusionsSection:
    """Which class is read as which, and what distillation changed in it.

    ``view``: every model in images per seed, and the change.
    """

    view: Figure | None
    pairs: Markup | None
    changed: PageTable | None


@dataclass(frozen=True)
class Gallery:
    """Test images of one kind: the clearest of ``number``."""

    number: int
    images: tuple[int, ...]


@dataclass(frozen=True)
class PicturesSection:
    """Images that distillation fixed, images that it broke (None before there is a gain), and a sample of all."""

    fixed: Gallery | None
    broken: Gallery | None
    samples: tuple[int, ...]
    is_sorted_by_class: bool


@dataclass(frozen=True)
class CalibrationSection:
    """Whether a model is as often right as it says. ``change``: in calibration error, by distillation."""

    diagram: Figure | None
    true_class: Figure | None
    arms: Markup | None
    bins: Markup | None
    change: Estimate | None
    verdict: Verdict | None


def classes_section(study: Study, files: Mapping[str, str], say: Language) -> ClassesSection | None:
    """None before there are predictions of the test images."""
    errors = study.errors
    if errors is None:
        return None
    classes = page_table("classes", lambda: class_table(study, say, is_on_page=True), files, say)
    assert classes is not None, "there are classes"
    number = len(errors.classes)
    some = number > accuracy.MAX_CLASSES_SHOWN
    words = say("classes-figure-some", number=accuracy.MAX_CLASSES_SHOWN) if some else say("classes-figure")
    dots = say("dots-of-classes")
    drawn = figure("class_errors", partial(accuracy.class_errors, errors.classes), words, say, dots)
    return ClassesSection(drawn, classes, number)


def confusions_section(study: Study, files: Mapping[str, str], say: Language) -> ConfusionsSection | None:
    """None before there are predictions of the test images."""
    errors, matrix = study.errors, study.findings.matrix
    if errors is None or matrix is None:
        return None
    pairs, students = study.findings.confused_pairs, [key for key in errors.predictions if key != "teacher"]
    caption = say(
        "confusion-caption",
        images=study.num_test_images,
        seeds=max((len(errors.predictions[key].run_ids) for key in students), default=0),
        shown="all" if matrix.is_whole else "some",
        number=len(matrix.classes),
        total=matrix.num_classes,
        share=percent(matrix.share_inside, 0),
    )
    how = say("confusion-how", change="no" if matrix.change is None else "yes")
    draws = list(confusion_maps(matrix, errors.class_names))
    return ConfusionsSection(
        view=view("confusions", draws, lambda: confusion_data(errors), caption, say, how),
        pairs=html_table("pairs", lambda: pair_table(pairs, errors, say), say),
        changed=page_table("confusions", lambda: confusion_table(study, say), files, say),
    )


def pictures_section(study: Study) -> PicturesSection | None:
    """None before there are predictions of the test images."""
    errors = study.errors
    if errors is None:
        return None
    has_gain, samples = study.answer.gain is not None, tuple(errors.samples(NUM_SAMPLES))
    return PicturesSection(
        fixed=_clearest(errors.fixed) if has_gain else None,
        broken=_clearest(errors.broken) if has_gain else None,
        samples=samples,
        is_sorted_by_class=samples != tuple(range(len(samples))),
    )


def featured_images(errors: ErrorAnalysis | None) -> frozenset[int]:
    """Images that the page of errors links to: their class pages must show them whatever the limit."""
    if errors is None:
        return frozenset()
    return frozenset((*errors.samples(NUM_SAMPLES), *errors.fixed[:NUM_CHANGED], *errors.broken[:NUM_CHANGED]))


def calibration_section(study: Study, say: Language) -> CalibrationSection | None:
    """None before any arm was tested."""
    calibration, true_class = study.findings.calibration, study.findings.true_class
    if calibration is None:
        return None
    num_images = calibration.arms[0].num_images
    how = say("calibration-caption", images=num_images, least=MIN_IN_BIN)
    return CalibrationSection(
        diagram=figure("calibration", partial(reliability_diagram, calibration), None, say, how),
        true_class=figure(
            "true_class_probability",
            partial(true_class_figure, true_class),
            None,
            say,
            say("true-class-caption", images=num_images),
        ),
        arms=html_table("calibration", lambda: calibration_table(calibration, say), say),
        bins=html_table("calibration_bins", lambda: bin_table(calibration, say), say),
        change=calibration.change,
        verdict=calibration.verdict,
    )


def _clearest(images: tuple[int, ...]) -> Gallery:
    return Gallery(len(images), images[:NUM_CHANGED])
