"""How many runs each stage has are as many as the plan names."""

from typing import Any

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.sections.seeds import SeedCount
from harness.sweep.totals import STAGES, stage_limits, stage_totals
from tests.support.sweep_files import MINIMAL

SETTING = {"alpha": 0.5, "temperature": 2.0}


@pytest.mark.parametrize(
    "keys",
    [
        "search: null\nseeds: 3\n",
        "search: {num_trials: 7, top: 2, repeats: 3}\ncompare: [{alpha: 0.9, temperature: 4}]\n",
        "search: null\nteacher_logits: {online: true}\n",
        "search: null\ncontrols: [smoothed_labels, shuffled_dark]\n",
    ],
)
def test_they_are_as_many_as_the_runs_of_the_plan(write_sweep: Any, keys: str) -> None:
    plan = Plan(load_sweep(write_sweep(MINIMAL + keys)), "0" * 16)
    search = plan.sweep.search
    runs = {
        "teacher": len(plan.teachers),
        "logits": len(plan.teaching.passes),
        "baseline": len(plan.baselines()),
        "search": search.num_trials + search.top * search.repeats if search else 0,
        "compare": sum(map(len, plan.compares)),
        "final": len(plan.finals(SETTING)),
        "variant": sum(len(variant.runs) for variant in plan.variants(SETTING)),
        "test": 1,
    }
    totals = stage_totals(plan)
    assert totals == {stage: number for stage, number in runs.items() if number}
    assert list(totals) == sorted(totals, key=STAGES.index), "in the order in which they run"
    assert stage_limits(plan) == totals, "the number of seeds is given"


def test_while_seeds_may_be_added_there_may_be_more(write_sweep: Any) -> None:
    rule = "seeds: {min: 2, max: 6, half_width: 0.5}\nsearch: null\n"
    plan = Plan(load_sweep(write_sweep(MINIMAL + rule)), "0" * 16)
    assert (stage_totals(plan)["final"], stage_limits(plan)["final"]) == (2, 6)
    decided = plan.with_seeds(SeedCount(4, True))
    assert stage_totals(decided)["final"] == stage_limits(decided)["final"] == 4
