"""What is read of the seeds: how many, why no more, and what they cost."""

from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_answer
from harness.report.analysis.arms.seeds import read_seeds
from harness.report.analysis.chance.statistics import t_estimate
from harness.report.index.summary import summarize
from harness.report.results.reading.reader import read_results
from harness.report.study import read_study
from harness.state.attempts.machine_time import MachineTime
from harness.sweep.sections.seeds import SeedCount
from tests.support.failing_studies import RULE, STUDIES, Study, plant


def test_nothing_is_said_where_the_number_is_given(tmp_path: Path) -> None:
    results = read_results(plant(tmp_path, STUDIES["tied"]))
    assert read_seeds(results) is None
    assert find_answer(results).seeds is None


def test_the_newest_look_and_the_trainings_of_every_arm(tmp_path: Path) -> None:
    results = read_results(plant(tmp_path, STUDIES["enough seeds"]))
    results.machine_times.update({run.id: MachineTime(core_hours=2.0) for run in results.all_runs()})
    reading = read_seeds(results)
    assert reading is not None
    assert reading.count == SeedCount(3, True)
    assert reading.last is not None
    assert reading.last.enough == "zero"
    assert reading.num_runs == 9  # baseline, distilled and one named setting
    assert reading.machine_time == MachineTime(core_hours=18.0)
    assert reading.rule.looks == (3, 6, 12)


def test_before_the_first_look_nothing_is_decided(tmp_path: Path) -> None:
    results = read_results(plant(tmp_path, STUDIES["more seeds wanted"]))
    reading = read_seeds(results)
    assert reading is not None
    assert (reading.count, reading.last) == (SeedCount(3, False), None)
    assert not results.standing.is_finished


def test_an_earlier_reading_is_judged_by_the_look_that_it_was_made_for(tmp_path: Path) -> None:
    """The maximum was raised: three seeds were read, six are asked for by now."""
    results = read_results(plant(tmp_path, Study(sweep={"seeds": RULE}, looks=(None,))))
    assert results.plan.seeds == SeedCount(6, False)
    gain = find_answer(results).gain
    assert gain is not None
    assert gain.num_seeds == 3
    rule, seeds = results.plan.sweep.seed_rule, t_estimate(np.array(gain.by_seed))
    assert seeds is not None
    widened = seeds.half_width * rule.widening(3, 3) ** 0.5
    assert gain.seeds.half_width == pytest.approx(widened)  # type: ignore[union-attr]


def test_gains_allow_for_the_looks_and_know_the_margin(tmp_path: Path) -> None:
    given = find_answer(read_results(plant(tmp_path / "given", STUDIES["undecided"]))).gain
    ruled_study = Study(sweep={"seeds": RULE}, looks=("images",))
    folder = plant(tmp_path / "ruled", ruled_study)
    ruled = find_answer(read_results(folder)).gain
    assert given is not None
    assert ruled is not None
    assert ruled.both.mean == given.both.mean
    assert ruled.seeds.half_width > 2 * given.seeds.half_width  # type: ignore[union-attr]
    assert ruled.images == given.images
    assert ruled.margin == given.margin == 0.05
    study = read_study(folder, tmp_path / "ruled" / ".data")
    summary = summarize(study.results, study.answer, study.costs)
    assert summary.gain is not None
    assert summary.gain.margin == 0.05
    assert summary.gain.judged == summary.gain.verdict == ruled.verdict
    assert summary.seeds is not None
    assert (summary.seeds.number, summary.seeds.most, summary.seeds.enough) == (3, 12, "images")
