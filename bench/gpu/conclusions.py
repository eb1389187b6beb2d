"""What the figures set: how large a model may be that packs pay for, how many runs a pack has, when compiling pays."""

from collections.abc import Sequence
from typing import Any

from bench.gpu.asking import Rate

LEAST_GAIN = 1.2  # of a pack beside the best way of training one alone: below, its price in memory is not worth it
NEAR_THE_BEST = 0.9  # a smaller pack that reaches this share of the fastest one's rate is taken


def constants(rates: Sequence[Rate]) -> dict[str, Any]:
    """For ``kd.training.stacked`` and ``harness.cluster.profiles``, and for ``compile: auto``.

    ``MOST_MACS``: multiply-accumulates of a step of the largest model whose pack gains, none where no model's does.
    ``AUTO_PACK``: the smallest pack that gains nearly as much as the best for every such model; 1 where none gains.
    ``compiling``: by model, what the first step costs, the gain, and after how many steps that is earned.
    """
    alone = {(rate.model, rate.how, rate.batch_size): rate for rate in rates if not rate.how.startswith("pack")}
    packs: dict[str, dict[int, Rate]] = {}
    for rate in rates:
        if rate.how.startswith("pack of "):
            packs.setdefault(rate.model, {})[int(rate.how.removeprefix("pack of "))] = rate
    gaining = {
        model: of_model
        for model, of_model in packs.items()
        if max(rate.images_per_s / _best_alone(alone, rate) for rate in of_model.values()) >= LEAST_GAIN
    }
    return {
        "MOST_MACS": max((_macs_of_step(next(iter(each.values()))) for each in gaining.values()), default=0),
        "AUTO_PACK": max((_smallest_good(each) for each in gaining.values()), default=1),
        "compiling": {
            model: _break_even(alone[model, "eager", batch_size], compiled)
            for (model, how, batch_size), compiled in alone.items()
            if how == "compiled" and (model, "eager", batch_size) in alone
        },
    }


def _best_alone(alone: dict[tuple[str, str, int], Rate], pack: Rate) -> float:
    """Images a second of one training at the pack's batch size; infinite where nobody knows it compiled."""
    ways = [alone.get((pack.model, how, pack.batch_size)) for how in ("eager", "compiled")]
    return max((rate.images_per_s for rate in ways if rate), default=0.0) if ways[1] else float("inf")


def _macs_of_step(rate: Rate) -> int:
    return rate.macs * rate.batch_size


def _smallest_good(packs: dict[int, Rate]) -> int:
    best = max(rate.images_per_s for rate in packs.values())
    return min(size for size, rate in packs.items() if rate.images_per_s >= NEAR_THE_BEST * best)


def _break_even(eager: Rate, compiled: Rate) -> dict[str, float | None]:
    """Steps after which the time that compiling took is earned; None where a compiled step is no faster."""
    saved_s = eager.batch_size / eager.images_per_s - compiled.batch_size / compiled.images_per_s
    extra_s = compiled.first_s - eager.first_s
    steps = None if saved_s <= 0 else max(0.0, float(f"{extra_s / saved_s:.3g}"))
    return {
        "gain": float(f"{compiled.images_per_s / eager.images_per_s:.3g}"),
        "extra_s": round(extra_s, 1),
        "pays_after_steps": steps,
    }
