"""Small figures about the work."""

import re
from dataclasses import replace
from pathlib import Path

from harness.report.figures.small.marks import HEIGHT, MARGIN
from harness.report.figures.small.work import runs_figure, search_figure, size_figure, training_figure
from harness.report.study import Study, read_study
from harness.state.attempts.run_state import RunState
from tests.support.failing_studies import STUDIES, plant


def widths(svg: str | None) -> list[float]:
    return [float(width) for width in re.findall(r' width="([\d.]+)"', svg or "")]


def test_bars_are_as_long_as_the_models_are_large(study: Study) -> None:
    teacher, student = study.answer.teacher.size, study.answer.distilled.size
    assert teacher is not None and student is not None
    found = widths(size_figure(study.answer))
    assert found[1] / found[0] == round(student.num_parameters / teacher.num_parameters, 10) or found[0] < found[1]
    assert found[3] < found[2] and (student.macs < teacher.macs)
    assert size_figure(replace(study.answer, teacher=replace(study.answer.teacher, size=None))) is None


def test_baseline_and_distilled_student_have_a_curve_each(study: Study) -> None:
    svg = training_figure(study.results.arms) or ""
    assert re.findall('<path class="[a-z]+" data-arm="([a-z]+)"', svg) == ["baseline", "distilled"]
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", svg)]
    assert all(MARGIN <= height <= HEIGHT - MARGIN for height in heights)
    assert training_figure([]) is None


def test_every_trial_with_a_value_is_a_dot_and_the_best_has_a_ring(study: Study) -> None:
    reading = study.findings.search
    assert reading is not None and reading.best is not None
    svg = search_figure(reading) or ""
    assert svg.count('class="trial ') == sum(trial.value is not None for trial in reading.trials)
    (ring,) = re.findall(r'class="ring" cx="[\d.]+" cy="([\d.]+)"', svg)
    assert float(ring) == min(float(y) for y in re.findall(r'class="trial complete" cx="[\d.]+" cy="([\d.]+)"', svg))


def test_a_trial_far_outside_does_not_flatten_the_others(study: Study) -> None:
    reading = study.findings.search
    assert reading is not None
    heights = {}
    for fall in (0.5, 1e6):
        known = [
            t.model_copy(update={"value": 0.9 + 0.01 * t.number, "state": RunState.COMPLETE}) for t in reading.trials
        ]
        known[0] = known[0].model_copy(update={"value": -fall})
        svg = search_figure(replace(reading, trials=tuple(known), best=known[-1])) or ""
        heights[fall] = re.findall(r'class="trial complete" cx="[\d.]+" cy="([\d.]+)"', svg)
    assert heights[0.5] == heights[1e6] and len(set(heights[0.5])) == len(heights[0.5]) - 1


def test_a_search_of_failures_has_no_figure(tmp_path: Path) -> None:
    reading = read_study(plant(tmp_path, STUDIES["all trials failed"]), tmp_path / ".data").findings.search
    assert reading is not None and search_figure(reading) is None


def test_runs_are_one_bar_what_is_complete_first() -> None:
    states = [RunState.FAILED, RunState.COMPLETE, RunState.COMPLETE, RunState.NOT_STARTED]
    svg = runs_figure(states) or ""
    assert re.findall('<rect class="run ([a-z-]+)"', svg) == ["complete", "not-started", "failed"]
    assert widths(svg) == [114.0, 57.0, 57.0] and runs_figure([]) is None
