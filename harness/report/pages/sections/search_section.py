"""The search of a method, or of the student alone: its trials, drawn and listed, and what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from harness.report.analysis.search.reading import SearchReading
from harness.report.analysis.search.surface import MIN_TRIALS_A_DIMENSION, MIN_TRIALS_FOR_MAP, Surface
from harness.report.figures.parallel import parallel_coordinates
from harness.report.figures.search import has_noise_band, history_and_slices, in_addresses, num_outside
from harness.report.figures.search_map import map_names, search_map
from harness.report.pages.frame.parts import Figure, PageTable, figure, html_table, page_table
from harness.report.results.sweep_results import MethodResult
from harness.report.study import Study
from harness.report.tables.trainings.search import importance_table, trial_table
from harness.report.text.findings.advice import Advice, least_trials
from harness.report.text.findings.methods import baseline_search_text
from harness.report.text.labels import dimension_text, setting_text
from harness.report.text.language import Language
from harness.report.text.numbers import percent, points
from kd.config import setting_number


@dataclass(frozen=True)
class Region:
    """The settings of a map that are as good as the best, as ``text`` says where they lie, and their share.

    ``is_alone``: they all have alpha 0, which is the student alone.
    """

    text: str
    share: float
    is_alone: bool = False


@dataclass(frozen=True)
class SearchReadingPart:
    """What the trials tell, and which numbers it rests on."""

    reading: SearchReading
    advice: tuple[Advice, ...]
    figures: tuple[Figure | None, ...]
    num_outside: int
    importances: Markup | None
    region: Region | None
    tolerance: str
    noise: str
    best: str
    final_mean: str
    least_for_map: int
    least_trials: int


@dataclass(frozen=True)
class SearchSection:
    """A search; without ``trials`` it has not begun, or there is none.

    ``of_baseline``: that the student alone was searched too, which has a page; empty where it was not, and on that
    page. ``setting``: what is given where nothing is searched.
    """

    heading: str
    map: Figure | None
    trials: PageTable | None
    num_listed: int
    num_trials: int
    num_runs: int
    part: SearchReadingPart | None
    of_baseline: str
    is_searched: bool
    setting: str


def search_section(
    study: Study,
    found: MethodResult,
    reading: SearchReading | None,
    advice: tuple[Advice, ...],
    files: Mapping[str, str],
    say: Language,
) -> SearchSection:
    """The trials and what they tell.

    Args:
        study: The sweep.
        found: The method, or the student alone.
        reading: Its search; None before it has begun.
        advice: On it.
        files: The texts of all tables by path.
        say: The language of the page.
    """
    listed = reading.listed if reading else []
    return SearchSection(
        heading=_heading(found, say),
        map=_main_figure(reading, name_of(study, found), say) if reading else None,
        trials=page_table("trials", lambda: trial_table(study, say, [(found, listed)]), files, say),
        num_listed=len(listed),
        num_trials=len(found.trials.trials),
        num_runs=sum(1 for _ in study.results.all_runs()),
        part=reading_part(reading, advice, say, name_of(study, found)) if reading else None,
        of_baseline="" if found is study.results.alone else baseline_search_text(study.results, say),
        is_searched=bool(found.method.space),
        setting=setting_text(found.method.distill, say) if found.method.distill else "",
    )


def _heading(found: MethodResult, say: Language) -> str:
    names = [dimension_text(name, say) for name in found.method.space]
    return say("search-heading", names=names) if names else say("search")


def name_of(study: Study, found: MethodResult) -> str:
    """The beginning of the names of a search's figures: of several searches each has its own."""
    return "search" if len(study.results.searched) < 2 else f"search_{found.method.key}"


def _main_figure(reading: SearchReading, name: str, say: Language) -> Figure | None:
    """The map of a search of two numbers; the lines of one of more than two dimensions."""
    metric = reading.config.metric
    if map_names(reading):
        caption = say("gap").join([say("search-figure", metric=metric), say("dots-lead")])
        return figure(f"{name}_map", partial(search_map, reading), caption, say)
    if len(reading.varied) > 2:
        caption = say("gap").join([say("search-parallel-figure", metric=metric), say("dots-lead")])
        return figure(f"{name}_parallel", partial(parallel_coordinates, reading), caption, say)
    return None


def reading_part(
    reading: SearchReading, advice: tuple[Advice, ...], say: Language, name: str = "search"
) -> SearchReadingPart:
    """What the trials tell, in the search's own quantity: points of accuracy, or loss; ``name`` begins its figures'."""

    def change(difference: float) -> str:
        return say("trials-points", value=points(difference)) if reading.maximize else f"{difference:.4f}"

    def value(level: float | None) -> str:
        if level is None:
            return ""
        return say("percentage", value=percent(level)) if reading.maximize else f"{level:.4f}"

    is_flat = any(one.rule == "flat" for one in advice)
    importances = {} if is_flat else reading.importances  # shares of next to nothing would say otherwise
    return SearchReadingPart(
        reading=reading,
        advice=advice,
        figures=tuple(
            figure(f"{name}_{in_addresses(by)}", draw, caption_of(by, reading, say), say)
            for by, draw in history_and_slices(reading)
        ),
        num_outside=num_outside(reading),
        importances=html_table("importances", partial(importance_table, importances, say), say),
        region=region_of(reading.surface, say) if reading.surface else None,
        tolerance="" if reading.tolerance is None else change(reading.tolerance),
        noise=change(reading.noise.deviation) if reading.noise else "",
        best=value(reading.best.value) if reading.best else "",
        final_mean=value(reading.final_mean),
        least_for_map=max(MIN_TRIALS_FOR_MAP, MIN_TRIALS_A_DIMENSION * len(reading.varied)),
        least_trials=least_trials(reading),
    )


def caption_of(by: str, reading: SearchReading, say: Language) -> str:
    """What stands below the history, or below a slice."""
    if by == "history":
        return say("trials-caption-history", banded="yes" if has_noise_band(reading) else "no")
    others = [dimension_text(name, say) for name in reading.varied if name != by]
    return say("trials-caption-slice", name=dimension_text(by, say), number=len(reading.varied), others=others)


def region_of(surface: Surface, say: Language) -> Region | None:
    """Two ranges where the region is a box; else its ranges at a few places, since it is curved or in parts."""
    cuts, ends = surface.region_cuts(), surface.region_ends()
    if not cuts:
        return None
    if _is_alone(surface):
        return Region("", surface.region_share, is_alone=True)
    upwards, across = (dimension_text(name, say) for name in surface.names)
    if ends is not None:
        texts = [say("trials-range", name=name, low=setting_number(low), high=setting_number(high))
                 for name, (low, high) in zip((upwards, across), ends, strict=True)]  # fmt: skip
        return Region(say("trials-region-box", first=texts[0], second=texts[1]), surface.region_share)
    texts = [
        say(
            "trials-cut",
            name=across,
            value=setting_number(cut.x),
            ranges=[
                say("trials-range", name=upwards, low=setting_number(low), high=setting_number(high))
                for low, high in cut.ranges
            ],
        )
        for cut in cuts
    ]
    return Region(say("trials-region-curved", cuts=say("semicolon").join(texts)), surface.region_share)


def _is_alone(surface: Surface) -> bool:
    """Whether nothing but the baseline, which the surface counts as trials at alpha 0, is as good as the best."""
    if "alpha" not in surface.names:
        return False
    is_upwards = surface.names[0] == "alpha"
    alphas, found = (surface.ys_Y, 1) if is_upwards else (surface.xs_X, 0)
    return bool(alphas[surface.region_YX.any(axis=found)].max(initial=0.0) == 0)
