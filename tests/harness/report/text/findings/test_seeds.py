"""Why there are as many seeds as there are, in words."""

from typing import get_args

import pytest

from harness.report.analysis.arms.seeds import SeedReading
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.text.findings.headline import verdict_text
from harness.report.text.findings.seeds import seeds_text
from harness.report.text.language import LANGUAGES, language
from harness.state.attempts.machine_time import MachineTime
from harness.state.files.records import Enough, SeedLook
from harness.sweep.sections.seeds import SeedCount, SeedsConfig

RULE = SeedsConfig(min=3, max=20, margin=1, half_width=0.5)
LOOK = SeedLook(num_seeds=6, num_pairs=6, gain=0.012, low=0.002, high=0.022, half_width=0.008)


def reading(enough: Enough | None, time: MachineTime | None = None) -> SeedReading:
    count = SeedCount(12, False) if enough is None else SeedCount(6, True)
    time = time or MachineTime(core_hours=1.234)
    return SeedReading(RULE, count, LOOK.model_copy(update={"enough": enough}), 18, time)


@pytest.mark.parametrize(
    ("enough", "said"),
    [
        ("zero", "on val the gain was +1.20 points, so that on test its interval should be clear of zero"),
        ("margin", "its interval should lie within ±1.00 (within +0.20 to +2.20)"),
        ("half_width", "should be no wider than ±0.80 points, and ±0.50 was asked for"),
        ("images", "more would hardly narrow the interval on test, which should be ±0.80 points"),
        ("max", "no more may be added"),
        ("failed", "fewer than two pairs of trainings are complete"),
    ],
)
def test_every_reason_is_said_with_its_numbers(enough: Enough, said: str) -> None:
    text = seeds_text(reading(enough), language("en"))
    assert text.startswith("6 seeds, of at most 20: ")
    assert said in text
    assert text.endswith("Val was looked at 2 times, and the intervals allow for every look. Cost: 18 trainings, "
                         "1.23 core-hours.")  # fmt: skip


def test_what_is_not_decided_is_said_to_be_open() -> None:
    assert seeds_text(reading(None), language("en")) == (
        "12 seeds so far, of at most 20: whether they are enough is decided on val."
    )


def test_hours_on_gpus_and_processors_are_not_mixed() -> None:
    both = MachineTime(gpu_hours_by_device={"H100": 2.0}, core_hours=0.5)
    assert "2.00 GPU-hours, 0.50 core-hours" in seeds_text(reading("max", both), language("en"))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("enough", get_args(Enough))
def test_every_language_says_every_reason(code: str, enough: Enough) -> None:
    text = seeds_text(reading(enough), language(code))
    assert "20" in text
    assert "{" not in text


@pytest.mark.parametrize(
    ("estimate", "margin", "said"),
    [
        (Estimate(0.0, -0.005, 0.005), 0.01, "Equivalent within ±1.00 points"),
        (Estimate(0.004, 0.002, 0.006), 0.01, "Equivalent within ±1.00 points"),
        (Estimate(0.0, -0.02, 0.02), 0.01, "Undecided"),
        (Estimate(0.02, 0.005, 0.04), 0.01, "A real gain"),
        (Estimate(-0.02, -0.04, -0.005), 0.01, "A real loss"),
        (Estimate(0.0, -0.02, 0.02), None, "No clear difference"),
    ],
)
def test_a_margin_parts_equivalence_from_not_knowing(estimate: Estimate, margin: float | None, said: str) -> None:
    gain = Gain(estimate, estimate, estimate, 5, 1000, 0.9, 0.9, margin=margin)
    assert verdict_text(gain, language("en")) == said
