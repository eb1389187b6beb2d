"""How many runs each stage of a plan has."""

from collections.abc import Iterable

from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.sections.seeds import SeedCount

STAGES = ("teacher", "logits", "tuning", "baseline", "search", "compare", "final", "variant", "test")


def stage_totals(plan: Plan) -> dict[str, int]:
    """How many runs each stage will have, with the seeds that are known by now; what students share counts once."""
    teachings = {teaching for one in plan.members for teaching in (one.teaching, *one.other_teachings)}
    totals = {"teacher": _num_distinct(run for teaching in teachings for run in teaching.teachers)}
    beside = [run for one in plan.members for passes in one.unlabeled_passes.values() for run in passes]
    totals["logits"] = _num_distinct([*beside, *(run for teaching in teachings for run in teaching.passes)])
    for member in plan.members:
        for stage, number in _totals_of_student(member).items():
            totals[stage] = totals.get(stage, 0) + number
    totals["test"] = 1 + len(plan.sweep.extra_tests) + plan.sweep.corruptions
    return {stage: total for stage, total in totals.items() if total}


def stage_limits(plan: Plan) -> dict[str, int]:
    """How many runs each stage may have: more than ``stage_totals`` while seeds may be added."""
    most = plan.seeds if plan.seeds.is_decided else SeedCount(plan.sweep.seed_rule.most, True)
    return stage_totals(plan.with_seeds(most))


def _num_distinct(runs: Iterable[Run]) -> int:
    return len({run.id for run in runs})


def _totals_of_student(plan: Plan) -> dict[str, int]:
    sweep, seeds = plan.sweep, plan.seeds.number
    runs = {method.key: sweep.num_trials(method) + sweep.num_repeats(method) for method in plan.searches}
    tuned = sum(runs.values()) - sum(runs.get(method.key, 0) for method in plan.methods)
    num_unlabeled = len(sweep.unlabeled.arms()) if sweep.unlabeled else 0
    num_variants = len(sweep.controls) + len(plan.other_teachings) + num_unlabeled
    return {
        "tuning": tuned,
        "baseline": seeds,
        "search": sum(runs.values()) - tuned,
        "compare": seeds * len(sweep.compare),
        "final": seeds * len(plan.methods),
        "variant": seeds * num_variants,
    }
