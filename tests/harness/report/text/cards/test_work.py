"""The lines about the work say what the analysis has found."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.attempts import summarize_attempts
from harness.report.analysis.convergence import find_measures
from harness.report.results.provenance import Command
from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study
from harness.report.text.cards.work import provenance_line, runs_line, search_line, size_line, training_line
from harness.report.text.labels import params_text
from harness.report.text.language import language
from harness.report.text.numbers import percent
from harness.state.attempts.run_state import RunState
from tests.support.failing_studies import STUDIES, plant

EN, ZH = language("en"), language("zh")


def planted(tmp_path: Path, name: str) -> Study:
    return read_study(plant(tmp_path, STUDIES[name]), tmp_path / ".data")


@pytest.mark.parametrize(
    ("parameters", "macs", "line"),
    [
        (0.0216, 0.018, "The student has 2.2 % of the teacher’s parameters and 1.8 % of its multiply-adds."),
        (4.967, 0.099, "The student has 5.0× the teacher’s parameters and 9.9 % of its multiply-adds."),
        (1.0, None, "The student has 100 % of the teacher’s parameters."),
    ],
)
def test_sizes_stand_beside_the_teacher_s(study: Study, parameters: float, macs: float | None, line: str) -> None:
    answer = study.answer
    sized = replace(answer, distilled=replace(answer.distilled, parameter_ratio=parameters, mac_ratio=macs))
    assert size_line(sized, EN) == line


def test_the_student_alone_stands_for_the_distilled_one_s_size(study: Study) -> None:
    answer = study.answer
    waiting = replace(answer, distilled=replace(answer.distilled, parameter_ratio=None))
    assert size_line(waiting, EN) == size_line(answer, EN)
    unknown = replace(waiting, baseline=replace(answer.baseline, parameter_ratio=None), is_final=False)
    assert size_line(unknown, EN) == "Not known yet: teacher and student have not both been trained."


def test_val_accuracies_and_what_clearly_changed_are_told(study: Study) -> None:
    measures = find_measures(study.results)
    line = training_line(study.answer, measures, "accuracy", EN)
    after, before = (percent(row.val_accuracy or 0) for row in (study.answer.distilled, study.answer.baseline))
    assert line.startswith(f"After 4 epochs val accuracy is {after} % with distillation, {before} % without.")
    for verdict, words in (("gain", "Clearly better with it:"), ("loss", "Clearly worse with it:")):
        assert (words in line) is any(measure.verdict == verdict for measure in measures)


def test_a_training_that_goes_on_has_its_newest_epoch(sweep_dir: Path) -> None:
    for path in sweep_dir.glob("runs/*/metrics.json"):
        path.unlink()
    study = read_study(sweep_dir, sweep_dir.parent / ".data")
    newest = [run.val_accuracy or 0 for run in study.answer.baseline.arm.runs]
    line = training_line(study.answer, [], "balanced_accuracy", EN)
    assert study.answer.baseline.val_accuracy is None
    assert f"val accuracy of the student alone is {percent(sum(newest) / len(newest))} %" in line or "without" in line


def test_the_teacher_stands_alone_before_the_students(tmp_path: Path) -> None:
    study = planted(tmp_path, "teacher only")
    assert training_line(study.answer, [], "accuracy", EN) == "After 1 epoch val accuracy of the teacher is 95.00 %."


def test_nothing_is_said_of_trainings_before_the_first_epoch(tmp_path: Path) -> None:
    assert training_line(planted(tmp_path, "nothing").answer, [], "accuracy", EN) == EN("card-training-open")


def test_a_search_is_told_by_its_trials_and_its_best(study: Study) -> None:
    reading = study.findings.search
    assert reading is not None and reading.best is not None
    line = search_line(study.results, reading, study.findings.advice, EN)
    pruned = reading.num("pruned")
    assert line.startswith(f"7 trials, {pruned} stopped early." if pruned else "7 trials.")
    assert f"Best: {params_text(reading.best.params, EN)}." in line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("all trials failed", "8 trials, 8 failed. None is complete, so there is no best setting."),
        ("no trial complete", "8 trials, 8 stopped early. None is complete, so there is no best setting."),
        ("interrupted", "8 trials, 5 not finished. Best so far: α 0.3, T 3."),
        ("nothing", "Not started yet."),
    ],
)
def test_a_search_that_came_to_nothing_says_so(tmp_path: Path, name: str, line: str) -> None:
    study = planted(tmp_path, name)
    assert search_line(study.results, study.findings.search, study.findings.advice, EN) == line


def test_what_was_given_was_not_searched(invented: Path) -> None:
    assert search_line(read_results(invented), None, (), EN) == "Nothing was searched: the sweep file gives α 0.5, T 2."


def test_runs_are_counted_by_state(troubled: Path) -> None:
    results = read_results(troubled)
    states = Counter(run.state for run in results.all_runs())
    preempted = sum(run.num_preemptions > 0 for run in results.all_runs())
    assert states[RunState.FAILED] and preempted
    line = runs_line(results, EN)
    assert line.startswith(f"{results.standing.succeeded} of {results.standing.total} runs ")
    assert f"{states[RunState.FAILED]} failed, {preempted} w" in line
    for state in states.keys() - {RunState.COMPLETE, RunState.FAILED}:
        assert f"{states[state]} {state}" in line


def test_runs_that_are_not_known_yet_are_not_started(tmp_path: Path) -> None:
    results = planted(tmp_path, "failed teacher").results
    standing, known = results.standing, list(results.all_runs())
    assert standing.total > len(known)
    not_started = standing.total - standing.succeeded - len(standing.failed)
    assert f"({not_started} not started); {len(standing.failed)} failed" in runs_line(results, EN)


def test_provenance_names_the_commit_the_machines_and_whether_a_command_repeats_it(study: Study) -> None:
    attempts = summarize_attempts(study.results)
    command = Command("make sweep", "0123456789abcdef", changed=False, is_own_file=False)
    line = provenance_line(attempts, command, EN)
    assert line.startswith("Commit 0123456, 1 machine, ") and line.endswith(" core-hours. One command repeats it.")
    for other, end in (
        (command._replace(changed=True), "which no command brings back."),
        (command._replace(is_own_file=True), "with the sweep file that is kept here."),
        (command._replace(commit=None), "The version of the program is not known."),
    ):
        assert provenance_line(attempts, other, EN).endswith(end)
    two = attempts._replace(commits=[("a" * 40, 2), ("b" * 40, 1)])
    assert provenance_line(two, command, EN).startswith("2 commits, ")
    assert provenance_line(attempts._replace(num_attempts=0), command, EN) == "No attempt is on record."
