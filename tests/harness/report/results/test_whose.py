"""Whose runs are: of which arm, method and variant."""

from pathlib import Path

from harness import load_study
from harness.report.results.reading.reader import read_results
from harness.report.results.whose import Whose, whose_runs
from harness.report.text.language import language
from harness.report.text.run_lines import describe_runs
from tests.support.invented_methods import invent_methods


def test_trials_finals_and_variants_are_told_by_name(tmp_path: Path) -> None:
    folder = invent_methods(
        tmp_path, ["kd", "dkd"], strength={"kd": 3.4}, search={"num_trials": 2}, controls=["smoothed_labels"]
    )
    results = read_results(folder)
    found = whose_runs(results)
    arms = {arm.key: found[arm.runs[0].id] for arm in results.arms}
    other = next(one.arm for one in results.methods if one.arm != "distilled")
    names = {one.arm: one.method.name for one in results.methods}
    assert arms == {
        "teacher": Whose("teacher"),
        "baseline": Whose("baseline"),
        "distilled": Whose("distilled", names["distilled"]),
        other: Whose(other, names[other]),
        "variant1": Whose("variant1", variant="smoothed_labels"),
    }
    for one in results.methods:
        assert {found[trial.run_id] for trial in one.trials.trials} == {Whose(method=one.method.name)}
    runs = load_study(folder).runs.set_index("run")
    assert all(runs.loc[name, "arm"] == one.arm for name, one in found.items() if one.arm)
    assert set(runs["variant"].dropna()) == {"smoothed_labels"} and set(runs["method"].dropna()) == {"kd", "dkd"}
    settings = {line.id: line.setting for line in describe_runs(results, language("en"))}
    said = {arm.key: settings[arm.runs[0].id].partition(",")[0] for arm in results.arms}
    assert said["variant1"] == "Smoothed labels instead of the teacher" and said["baseline"] == ""
    assert {said["distilled"], said[other]} == {"kd", "dkd"}
