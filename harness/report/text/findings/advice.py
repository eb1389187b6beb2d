"""What to try next in the search: each piece of advice is a rule with a threshold, and every threshold stands here."""

import json
import math
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from harness.report.analysis.chance.statistics import ENOUGH_SEEDS, POSSIBLE, Estimate, t_estimate, verdict
from harness.report.analysis.search.edges import EDGE_SHARE, Edge, find_edges
from harness.report.analysis.search.reading import MIN_A_DIMENSION, SearchReading
from harness.report.results.sweep_results import Arm, Results
from harness.report.results.ties import Tie, find_tie
from harness.report.text.labels import dimension_message, setting_message
from harness.report.text.numbers import percent, signed_points
from harness.sweep.sections.methods import ALONE
from harness.sweep.sections.metric import Metric, score_in
from harness.sweep.sections.seeds import SeedsConfig
from kd.config import DistillConfig, setting_number

MAX_FAILED_SHARE = 0.2  # of the trials that ended
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
    num_open = reading.num_open
    num_ended = len(reading.trials) - num_open
    if not num_ended and results.standing.is_finished:
        return [Advice("none-trained", {})]
    if num_ended and not reading.num("complete"):
        values = {"number": num_ended, "pruned": reading.num("pruned"), "failed": reading.num("failed")}
        return [Advice("none-complete", values, "search.pruner=none" if reading.num("pruned") else None)]
    named = list(_named_settings(results, reading))
    tie = find_tie(reading.found.trials, reading.config, results.trial_scores)
    tied = [tie_advice(tie)] if tie else []
    found = [
        *_unfinished(reading, num_open),
        *_failed(reading, num_ended),
        *(_too_few(reading) if reading.is_over else ()),
        *(one for one in tied if one.rule != "tied-some"),
        *_flat_or_edge(results, reading),
        *(one for one in named if one.rule != "named-worse"),
    ]
    settled = Advice("settled", {"mapped": _stands_out(reading)})
    remarks = (one for one in (*tied, *named) if one.rule in ("tied-some", "named-worse"))
    return [*(found or [settled]), *remarks]


def tie_advice(tie: Tie) -> Advice:
    """That other trials are as good on val as the chosen one, and what decided; all of them is another finding."""
    values = {
        "number": tie.num_tied,
        "all": tie.num_in_all,
        "trial": str(tie.trial),
        "value": f"{tie.value:.4f}" if tie.metric == "val_loss" else percent(tie.value),
        "metric": tie.metric,
        "repeated": "yes" if tie.is_repeated else "no",
    }
    if not tie.is_whole:
        return Advice("tied-some", values)
    if tie.learned_nothing:
        return Advice("tied-guessing", values)
    return Advice("tied", values, None if tie.metric == "val_loss" else "search.metric=val_loss")


def _stands_out(reading: SearchReading) -> str:
    """Whether the best setting does from the noise of one training: that takes an effect of every dimension."""
    if reading.tolerance is None:
        return "no"
    return "yes" if set(reading.varied) <= reading.effective else "untold"


def least_trials(reading: SearchReading) -> int:
    """How many complete trials a search of so many dimensions should have."""
    return MIN_A_DIMENSION * max(1, len(reading.varied))


def _unfinished(reading: SearchReading, num_open: int) -> Iterator[Advice]:
    if not reading.is_over:
        yield Advice("unfinished", {"open": num_open})


def _failed(reading: SearchReading, num_ended: int) -> Iterator[Advice]:
    num_failed = reading.num("failed")
    if num_failed and num_failed >= MAX_FAILED_SHARE * num_ended:
        yield Advice("failed", {"failed": num_failed, "number": num_ended, "share": percent(MAX_FAILED_SHARE, 0)})


def _too_few(reading: SearchReading) -> Iterator[Advice]:
    """Of what is complete: a pruned trial does not say how good its setting ends. Nothing where none is left to try."""
    num_complete, least, asked = reading.num("complete"), least_trials(reading), reading.config.num_trials
    num_there = math.prod(dimension.num_values for dimension in reading.space.values())
    if num_complete < least and len(reading.trials) < num_there:
        more = None if asked is None else asked + least - num_complete
        change = None if reading.config.sampler == "grid" else f"search.num_trials={more}"
        yield Advice("too-few", {"number": num_complete, "least": least, "each": MIN_A_DIMENSION}, change)


def _flat_or_edge(results: Results, reading: SearchReading) -> Iterator[Advice]:
    """Along a flat dimension the best trial's place is luck, so that its nearness to an end says nothing.

    That it is flat is a finding, which needs as many trials as any other; few trials look alike everywhere.
    """
    flat = [name for name in reading.varied if name in reading.flat]
    if flat and reading.num("complete") >= least_trials(reading):
        rule = "flat" if len(flat) == len(reading.varied) else "flat-some"
        names = [dimension_message(name) for name in flat]
        taught = "no" if reading.found.method.distill is None else "yes"
        yield Advice(rule, {"names": names, "number": len(flat), "taught": taught})
    yield from map(edge_advice, find_edges(results, reading))


def edge_advice(edge: Edge) -> Advice:
    """What is said of a best setting at an end of its range."""
    values = {
        "name": dimension_message(edge.name),
        "value": setting_number(edge.value),
        "end": setting_number(edge.end),
        "share": percent(EDGE_SHARE, 0),
        "log": "yes" if edge.is_log else "no",
    }
    if edge.is_natural:
        return Advice("no-teacher" if edge.is_low else "all-teacher", values)
    return Advice(f"edge-{'low' if edge.is_low else 'high'}", values, edge.change)


def _named_settings(results: Results, reading: SearchReading) -> Iterator[Advice]:
    """How each named setting does beside the search's best, on val over the final seeds."""
    if reading.found.method.key == ALONE:
        return
    found, sweep = results.arm(reading.found.arm), results.plan.sweep
    seeds = "seeds.min" if isinstance(sweep.seeds, SeedsConfig) else "seeds"
    for arm in results.arms:
        if arm.distill is None or arm.kind != "compare" or found is None or not found.runs:
            continue
        setting = setting_message(arm.distill, names_kd=arm.names_kd)
        lead = val_lead(found, arm, results.val_metric)
        if lead is None:
            yield Advice("named-unknown", {"setting": setting})
            continue
        yield Advice(
            NAMED[verdict(lead.estimate, lead.num_seeds)],
            {
                "setting": setting,
                "metric": results.val_metric,
                "difference": signed_points(lead.estimate.mean),
                "low": signed_points(lead.estimate.low),
                "high": signed_points(lead.estimate.high),
            },
            _change(lead, _as_distill(arm.distill, sweep.distill), seeds),
        )


def _change(lead: "ValLead", setting: str, key: str) -> str | None:
    if lead.estimate.high < 0:
        return f"search=null {setting}"
    return f"{key}={ENOUGH_SEEDS}" if verdict(lead.estimate, lead.num_seeds) == "too few seeds" else None


def _as_distill(setting: DistillConfig, own: DistillConfig) -> str:
    """What makes ``own``, the loss of the sweep file, this one, for SET: the numbers whole, and all that is another.

    >>> _as_distill(DistillConfig(loss="dkd", alpha=0.98901099, temperature=4, beta=2), DistillConfig())
    'distill.alpha=0.98901099 distill.temperature=4 distill.loss=dkd distill.beta=2'
    """
    found = {"loss_sha256"}  # not given, but read from the loss
    others = [name for name in DistillConfig.model_fields if getattr(setting, name) != getattr(own, name)]
    names = dict.fromkeys(["alpha", "temperature", *others])
    written = setting.model_dump(mode="json")  # without what is as it is by default
    return " ".join(
        f"distill.{name}={_yaml(written.get(name, getattr(setting, name)))}" for name in names if name not in found
    )


def _yaml(value: Any) -> str:
    """A value as a shell and YAML read it."""
    if isinstance(value, float):
        brief = f"{value:g}"
        return brief if float(brief) == value else repr(value)
    return shlex.quote(value if isinstance(value, str) else json.dumps(value))


class ValLead(NamedTuple):
    """How much more val images one arm reads right than another, over the seeds of both."""

    estimate: Estimate
    num_seeds: int


def val_lead(arm: Arm, other: Arm, metric: Metric = "accuracy") -> ValLead | None:
    """``arm`` minus ``other``, seed by seed, in a metric; None with fewer than two seeds of both."""
    pairs = [
        (mine.metrics.val, theirs.metrics.val)
        for mine, theirs in zip(arm.runs, other.runs, strict=False)
        if mine.metrics and mine.metrics.val and theirs.metrics and theirs.metrics.val
    ]
    if not pairs:
        return None
    leads = np.array([score_in(metric, mine) - score_in(metric, theirs) for mine, theirs in pairs])
    estimate = t_estimate(leads, within=POSSIBLE, step=1 / pairs[0][0].num_images)
    return ValLead(estimate, len(pairs)) if estimate else None
