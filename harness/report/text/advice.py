"""What to try next in the search: each piece of advice is a rule with a threshold, and every threshold stands here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from harness.report.analysis.search import SearchReading, axes_of
from harness.report.analysis.statistics import Estimate, possible_difference, t_estimate, verdict
from harness.report.results.sweep_results import Arm, Results
from harness.report.text.labels import setting_message
from harness.report.text.numbers import percent, signed_points
from harness.sweep.search_config import Dimension, SearchConfig
from kd.config import HasSetting

EDGE_SHARE = 0.05  # of a range, at either end: a best trial there may have a better one beyond
FLAT_SHARE = 0.5  # of the searched map: with so much as good as the best, which setting hardly matters
MIN_ENDED = 20  # complete or pruned trials: ten a parameter, the rule of Loeppky, Sacks and Welch, Technometrics 2009
MAX_FAILED_SHARE = 0.2  # of the trials that ended
WIDENING = 2.0  # factor by which a range of temperatures is widened
NAMED = {
    "gain": "named-worse",
    "loss": "named-better",
    "no clear difference": "named-untold",
    "too few seeds": "named-few-seeds",
}
"""What is said of a named setting, by the verdict on the search's best against it."""


class Advice(NamedTuple):
    """A rule that applies, what its message mentions, and what to put into SET."""

    rule: str
    values: dict[str, Any]
    change: str | None = None

    @property
    def message(self) -> str:
        """The name of what is said."""
        return f"advice-{self.rule}"


def find_advice(results: Results, reading: SearchReading) -> list[Advice]:
    """Everything that applies, most basic first; "settled" where nothing has to be done."""
    config = results.plan.sweep.search
    assert config is not None
    num_open = reading.num_open
    num_ended = len(reading.trials) - num_open
    if not num_ended and results.standing.is_finished:
        return [Advice("none-trained", {})]
    if num_ended and not reading.num("complete"):
        values = {"number": num_ended, "pruned": reading.num("pruned"), "failed": reading.num("failed")}
        return [Advice("none-complete", values, "search.pruner=none" if reading.num("pruned") else None)]
    named = list(_named_settings(results))
    found = [
        *_unfinished(results, num_open),
        *_failed(reading, num_ended),
        *(_too_few(reading, config) if results.chosen else ()),
        *_flat_or_edge(reading, config),
        *(one for one in named if one.rule != "named-worse"),
    ]
    settled = Advice("settled", {"mapped": "no" if reading.surface is None else "yes"})
    return [*(found or [settled]), *(one for one in named if one.rule == "named-worse")]


def _unfinished(results: Results, num_open: int) -> Iterator[Advice]:
    if results.chosen is None:
        yield Advice("unfinished", {"open": num_open})


def _failed(reading: SearchReading, num_ended: int) -> Iterator[Advice]:
    num_failed = reading.num("failed")
    if num_failed and num_failed >= MAX_FAILED_SHARE * num_ended:
        yield Advice("failed", {"failed": num_failed, "number": num_ended, "share": percent(MAX_FAILED_SHARE, 0)})


def _too_few(reading: SearchReading, config: SearchConfig) -> Iterator[Advice]:
    num_ended = reading.num("complete") + reading.num("pruned")
    if num_ended < MIN_ENDED:
        more = None if config.num_trials is None else config.num_trials + MIN_ENDED - num_ended
        change = None if config.sampler == "grid" else f"search.num_trials={more}"
        yield Advice("too-few", {"number": num_ended, "least": MIN_ENDED}, change)


def _flat_or_edge(reading: SearchReading, config: SearchConfig) -> Iterator[Advice]:
    """On a flat map the best trial's place is luck, so that its nearness to an end says nothing."""
    surface = reading.surface
    if surface is not None and surface.region_share >= FLAT_SHARE:
        yield Advice("flat", {"share": percent(surface.region_share, 0), "least": percent(FLAT_SHARE, 0)})
    elif reading.best is not None:
        for name, axis in axes_of(config).items():
            value = getattr(reading.best.setting, name)
            if axis.low < axis.high:
                yield from _edge(name, value, float(axis.position(value)), config.dimensions[name])


def _edge(name: str, value: float, position: float, dimension: Dimension) -> Iterator[Advice]:
    is_low, is_high = position <= EDGE_SHARE, position >= 1 - EDGE_SHARE
    if not (is_low or is_high):
        return
    low, high = dimension.ends
    end = low if is_low else high
    values = {"value": f"{value:.3g}", "end": f"{end:g}", "share": percent(EDGE_SHARE, 0)}
    if name == "alpha" and end in (0.0, 1.0):
        yield Advice("no-teacher" if is_low else "all-teacher", values)
        return
    wider = float(is_high) if name == "alpha" else end / WIDENING if is_low else end * WIDENING
    rule = f"edge-{name}-{'low' if is_low else 'high'}"
    yield Advice(rule, values, f"search.space.{name}.{_widened(dimension, wider, is_low)}")


def _widened(dimension: Dimension, wider: float, is_low: bool) -> str:
    if dimension.values is None:
        return f"{'low' if is_low else 'high'}={wider:g}"
    values = ",".join(f"{value:g}" for value in sorted({*map(float, dimension.values), wider}))
    return f"values=[{values}]"


def _named_settings(results: Results) -> Iterator[Advice]:
    """How each named setting does beside the search's best, on val over the final seeds."""
    found = results.arm("distilled")
    for arm in results.arms:
        if arm.distill is None or arm.kind != "compare" or found is None or not found.runs:
            continue
        setting, lead = setting_message(arm.distill), val_lead(found, arm)
        if lead is None:
            yield Advice("named-unknown", {"setting": setting})
            continue
        yield Advice(
            NAMED[verdict(lead.estimate, lead.num_seeds)],
            {
                "setting": setting,
                "difference": signed_points(lead.estimate.mean),
                "low": signed_points(lead.estimate.low),
                "high": signed_points(lead.estimate.high),
            },
            f"search=null {_as_distill(arm.distill)}" if lead.estimate.high < 0 else None,
        )


def _as_distill(setting: HasSetting) -> str:
    return " ".join(f"distill.{name}={getattr(setting, name):g}" for name in ("alpha", "temperature"))


class ValLead(NamedTuple):
    """How much more val images one arm reads right than another, over the seeds of both."""

    estimate: Estimate
    num_seeds: int


def val_lead(arm: Arm, other: Arm) -> ValLead | None:
    """``arm`` minus ``other``, seed by seed; None with fewer than two seeds of both."""
    pairs = [
        (mine.metrics.val.accuracy, theirs.metrics.val.accuracy)
        for mine, theirs in zip(arm.runs, other.runs, strict=False)
        if mine.metrics and mine.metrics.val and theirs.metrics and theirs.metrics.val
    ]
    estimate = t_estimate(np.array([mine - theirs for mine, theirs in pairs])) if pairs else None
    return None if estimate is None else ValLead(possible_difference(estimate), len(pairs))
