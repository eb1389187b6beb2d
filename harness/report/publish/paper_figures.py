"""The figures of a paper, each with its caption: those of the pages, drawn for print, and the trainings."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullFormatter, NullLocator

from harness.report.analysis.family import PRICES, Family
from harness.report.figures import (
    accuracy,
    calibration,
    confusions,
    family,
    methods,
    parallel,
    search,
    search_map,
    tradeoff,
)
from harness.report.figures.drawing.line_charts import Chart
from harness.report.figures.drawing.print_style import COLUMN, PAGE
from harness.report.figures.drawing.style import (
    INK,
    Drawing,
    FigureStyle,
    color_of,
    drawing_style,
    empty_figure,
    finish,
    relative_size,
)
from harness.report.figures.training_curves import (
    HARD_LOSS,
    SOFT_LOSS,
    TRAIN_ACCURACY,
    VAL_ACCURACY,
    VAL_LOSS,
    Quantity,
    epoch_charts,
)
from harness.report.results.sweep_results import Arm
from harness.report.study import Study
from harness.report.text.failed_parts import attempt
from harness.report.text.findings.methods import yardstick_text
from harness.report.text.labels import dimension_text, hardware_text
from harness.report.text.language import Language
from harness.sweep.sections.reference import sources

WIDTH, HEIGHT = 440, 310
DASHES = ("-", "--", ":", "-.")


Drawn = Iterator[tuple[str, Callable[[], Drawing | None], str]]
"""Name, what draws it (nothing, where there is nothing to draw) and caption."""


class Figure(NamedTuple):
    """A figure of the paper; ``look`` says how wide it is."""

    name: str
    drawing: Drawing
    look: FigureStyle
    caption: str


def find_figures(study: Study, say: Language, several: Family | None = None) -> Iterator[Figure]:
    """Those that there is something to draw for; of several students theirs first."""
    rooms = ((PAGE, _training), (COLUMN, _results), (COLUMN, _search), (COLUMN, _errors))
    wanted = [(look, makers(study, say)) for look, makers in rooms]
    if several is not None:
        wanted.insert(0, (COLUMN, _students(several, say)))
    for look, makers in wanted:
        with drawing_style(look):
            drawn = [(name, attempt("figure", name, draw), caption) for name, draw, caption in makers]
        for name, drawing, caption in drawn:
            if isinstance(drawing, Drawing):
                yield Figure(name, drawing, look, caption)


def _training(study: Study, say: Language) -> Drawn:
    arms, counts = study.results.arms, {"seeds": study.results.plan.seeds.number, "num_teachers": _num_teachers(study)}
    for name, quantities, message in (
        ("training_process_summary", (VAL_ACCURACY, TRAIN_ACCURACY, VAL_LOSS), "paper-curves"),
        ("training_losses", (HARD_LOSS, SOFT_LOSS), "paper-losses"),
    ):
        yield name, partial(_panels_of, name, arms, quantities, say), say(message, **counts)


def _panels_of(name: str, arms: Sequence[Arm], quantities: Sequence[Quantity], say: Language) -> Drawing | None:
    return panels(name, epoch_charts(arms, quantities, say), say)


def _students(several: Family, say: Language) -> Drawn:
    for price in PRICES:
        caption = say("gap").join([say(f"family-caption-{price}"), say("family-figures-note"), say("dots-note")])
        yield f"students_{price}", partial(family.scatter, several, price, say), caption


def _results(study: Study, say: Language) -> Drawn:
    rows, published, found = study.rows, study.results.plan.sweep.reference, study.findings
    basis = _basis(study, say)
    caption = say("paper-accuracies-beside-published" if published else "paper-accuracies", basis=basis)
    yield "final_results_summary", partial(accuracy.accuracies, rows, published, say), caption
    yield "gains", partial(accuracy.gain_intervals, rows, say), say("paper-gains", basis=basis)
    if study.methods is not None:
        yardstick = yardstick_text(study.methods, say)
        caption = say("paper-leads", yardstick=yardstick, basis=basis)
        yield "method_leads", partial(methods.leads, study.methods, say), caption
        yield "method_gains", partial(methods.gains, study.methods, say), say("paper-method-gains", basis=basis)
    intervals = say("gap").join([say("tradeoff-note"), say("dots-note")])
    if source := sources(published):
        intervals += say("gap") + say("tradeoff-published", source=source)
    caption = say("tradeoff-size-caption")
    draw = partial(tradeoff.scatter, "size", found.size_points, say)
    yield "accuracy_size", draw, caption + say("gap") + intervals
    if study.results.speed is not None:
        caption = say("tradeoff-latency-caption", hardware=hardware_text(study.results.speed, say))
        draw = partial(tradeoff.scatter, "latency", found.latency_points, say)
        yield "accuracy_latency", draw, caption + say("gap") + intervals


def _search(study: Study, say: Language) -> Drawn:
    reading = study.findings.search
    if reading is None:
        return
    names = [dimension_text(name, say) for name in reading.varied]
    caption = say("paper-search", mapped="yes" if reading.surface is not None else "no", names=names)
    yield "search_map", partial(search_map.search_map, reading, say), caption
    if len(names) > 2:
        yield "search_lines", partial(parallel.parallel_coordinates, reading, say), say("paper-search-lines")
    for by, draw in search.history_and_slices(reading):
        is_slice = by != "history"
        caption = say(
            "paper-search-values",
            by="slice" if is_slice else by,
            name=dimension_text(by, say) if is_slice else "",
            banded="yes" if search.has_noise_band(reading) else "no",
        )
        yield f"search_{search.in_addresses(by)}", partial(draw, say), caption


def _errors(study: Study, say: Language) -> Drawn:
    errors, found = study.errors, study.findings
    if found.calibration is not None:
        counts = {"images": found.calibration.arms[0].num_images, "least": calibration.MIN_IN_BIN}
        draw = partial(calibration.reliability_diagram, found.calibration, say)
        yield "calibration", draw, say("calibration-caption", **counts)
        caption = say("true-class-caption", images=counts["images"])
        yield "true_class_probability", partial(calibration.true_class_figure, found.true_class, say), caption
    if errors is None:
        return
    caption = say("gap").join([say("paper-classes", basis=_basis(study, say)), say("dots-of-classes")])
    yield "class_errors", partial(accuracy.class_errors, errors.classes, say), caption
    if found.matrix is None:
        return
    for name, drawn in confusions.confusion_maps(found.matrix, errors.class_names):
        key = name.removeprefix("confusion_")
        seeds = len(errors.predictions["distilled" if key == "change" else key].run_ids)
        counts = {"images": study.num_test_images, "seeds": seeds, "num_teachers": _num_teachers(study)}
        yield name, partial(drawn, say), say("paper-confusion", arm=key, **counts)


def panels(name: str, charts: Sequence[Chart], say: Language) -> Drawing | None:
    """Charts side by side under one legend.

    Args:
        name: Of the drawing.
        charts: Of the same arms; nothing is drawn for none.
        say: The language.
    """
    if not charts:
        return None
    figure = empty_figure(WIDTH, HEIGHT)
    handles: dict[str, Artist] = {}
    for axes, chart in zip(figure.subplots(1, len(charts), squeeze=False)[0], charts, strict=True):
        _draw(axes, chart)
        axes.set_xlabel(say("curves-epoch"))
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    columns = min(len(handles), 2 * len(charts) - 2 or 2)
    figure.legend(
        handles.values(), handles, loc="outside upper center", ncols=columns, labelcolor=INK, handlelength=1.8
    )
    return finish(name, figure, "; ".join(chart.description for chart in charts))


def _draw(axes: Axes, chart: Chart) -> None:
    for curve in chart.curves:
        color, marker = color_of(curve.kind), "o" if len(curve.x) == 1 else None
        if curve.low is not None and curve.high is not None:
            axes.fill_between(curve.x, curve.low, curve.high, color=color, alpha=0.16, linewidth=0)
        axes.plot(curve.x, curve.y, color=color, linestyle=DASHES[curve.dash], label=curve.label, marker=marker)
    axis = chart.y_axis
    if chart.is_log:
        axes.set_yscale("log")
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylim(axis.low, axis.high)
    axes.yaxis.set_major_locator(FixedLocator([tick.place for tick in axis.ticks]))
    axes.set_yticklabels([tick.text for tick in axis.ticks])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.set_title(chart.title, color=INK, fontsize=relative_size(12), loc="left")
    axes.tick_params(length=0)


def _basis(study: Study, say: Language) -> str:
    return say("paper-basis", images=study.num_test_images, seeds=_num_seeds(study))


def _num_seeds(study: Study) -> int:
    """The most that any student was tested with; fewer than planned where runs are missing."""
    return max((row.num_seeds for row in study.rows if row.arm.kind != "teacher"), default=0)


def _num_teachers(study: Study) -> int:
    return study.answer.num_teachers
