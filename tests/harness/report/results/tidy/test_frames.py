"""Results as DataFrames: the documented columns, whatever became of the sweep, and figures found again in its files."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

import harness
from harness import load_study
from harness.report.analysis.arms.gains import find_rows
from harness.report.results.reading.reader import read_results
from harness.report.results.tidy import columns
from harness.report.results.tidy.frames import StudyFrames
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials
from kd.config import ExtraTestConfig, LogitsConfig, Role, TestConfig
from kd.errors import InputError
from kd.files import read_record
from kd.records import EpochRecord, History, Metrics
from tests.support.invented_family import Invented, invent_family

DOCS = Path(__file__).resolve().parents[5] / "docs" / "results-as-data.md"
SCHEMA = {
    "runs": columns.RUNS,
    "history": columns.HISTORY,
    "trials": columns.TRIALS,
    "predictions": columns.PREDICTIONS,
    "classes": columns.CLASSES,
}


def documented(docstring: str | None) -> dict[str, tuple[str, str]]:
    """Name, dtype and meaning of each column that a docstring lists."""
    entries = re.findall(r"^ +(\w+) \((str|[Ii]nt64|float64|bool)\): (.+)$", docstring or "", re.MULTILINE)
    return {name: (dtype, meaning) for name, dtype, meaning in entries}


OF_RUN = documented(StudyFrames.__doc__)


@pytest.mark.parametrize("name", SCHEMA)
def test_the_documented_columns_are_the_columns(name: str) -> None:
    own = documented(vars(StudyFrames)[name].__doc__)
    described = own if name == "trials" else OF_RUN | own
    assert {column: dtype for column, (dtype, _) in described.items()} == SCHEMA[name]
    assert list(described) == list(SCHEMA[name])
    table = DOCS.read_text().partition(f"### `study.{name}`")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", table, re.MULTILINE)
    assert {column: (dtype, meaning) for column, dtype, meaning in rows} == own


def test_all_that_a_history_records_is_a_column() -> None:
    assert set(EpochRecord.model_fields) <= set(columns.HISTORY)


def test_the_docs_say_what_tells_runs_apart() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", DOCS.read_text().partition("### `study.")[0], re.MULTILINE)
    assert {column: (dtype, meaning) for column, dtype, meaning in rows} == OF_RUN
    assert list(OF_RUN) == list(columns.OF_RUN)


@pytest.mark.thorough
def test_the_examples_of_the_docs_run(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    Path("results/quickstart").symlink_to(finished)
    found: dict[str, Any] = {}
    exec("".join(re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)), found)
    rows, test = find_rows(read_results(finished)), read_results(finished).test
    assert test is not None
    for row in rows:
        assert found["accuracies"].loc[row.arm.key, "mean"] == pytest.approx(np.mean(row.accuracies))
        assert found["accuracies"].loc[row.arm.key, "count"] == row.num_seeds
    assert found["curves"].shape == (4, len(rows))
    distilled, baseline = (
        np.mean([1 - np.diag(m := np.array(test.scores[run.id].confusion)) / m.sum(axis=1) for run in arm.runs], axis=0)
        for arm in (rows[2].arm, rows[1].arm)
    )
    assert found["change"].tolist() == pytest.approx((100 * (distilled - baseline)).tolist())


def test_every_role_is_named() -> None:
    parts = [get_args(kind.model_fields["role"].annotation) for kind in (LogitsConfig, TestConfig, ExtraTestConfig)]
    named = OF_RUN["role"][1].partition(":")[0].replace(" or ", ", ")
    assert set(named.split(", ")) == {*get_args(Role), *(role for part in parts for role in part)}


def check_schema(study: StudyFrames) -> None:
    for name, wanted in SCHEMA.items():
        frame = getattr(study, name)
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == wanted
        assert list(frame.index) == list(range(len(frame)))


def untouched(folder: Path) -> None:
    pass


def not_begun(folder: Path) -> None:
    for path in (folder / "runs").iterdir():
        shutil.rmtree(path)
    (folder / "trials.json").unlink(missing_ok=True)


def without_runs(folder: Path) -> None:
    (folder / "runs").rename(folder / "elsewhere")


def half_searched(folder: Path) -> None:
    path = folder / "trials.json"
    trials = read_record(path, Trials)
    states = (RunState.PRUNED, RunState.FAILED, RunState.RUNNING, RunState.COMPLETE)
    few = [
        trial.model_copy(update={"state": state, "value": 0.5 if state == RunState.COMPLETE else None})
        for trial, state in zip(trials.trials, states, strict=False)
    ]
    path.write_text(Trials(trials=tuple(few)).model_dump_json())


def torn(folder: Path) -> None:
    """Every file but the sweep's own is cut in half."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "sweep.yaml" and "report" not in path.parts:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(folder: Path) -> None:
    for path in (folder / "runs").rglob("*.*"):
        if path.is_file():
            path.write_bytes(b"")


def of_a_newer_program(folder: Path) -> None:
    for path in (folder / "runs").rglob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))


DAMAGES = [untouched, not_begun, without_runs, half_searched, torn, emptied, of_a_newer_program]


@pytest.mark.thorough
@pytest.mark.parametrize("damage", DAMAGES)
def test_columns_are_the_same_whatever_became_of_the_sweep(sweep_dir: Path, damage: Callable[[Path], None]) -> None:
    damage(sweep_dir)
    study = load_study(sweep_dir)
    check_schema(study)
    if damage in (torn, emptied, of_a_newer_program):
        assert study.unreadable
    if damage in (not_begun, without_runs):
        assert set(study.runs["state"]) == {"not started"}
        assert study.runs["val_accuracy"].isna().all() and study.predictions.empty and study.classes.empty


@pytest.mark.parametrize("damage", [each for each in DAMAGES if each is not half_searched])
def test_columns_are_the_same_without_a_search(invented: Path, damage: Callable[[Path], None]) -> None:
    damage(invented)
    check_schema(load_study(invented))


def test_figures_are_those_of_the_files(invented: Path) -> None:
    study, results = load_study(invented), read_results(invented)
    assert list(study.runs["run"]) == [run.id for run in results.all_runs()]
    assert list(study.runs["arm"].dropna()) == ["teacher", *["baseline"] * 2, *["distilled"] * 2]
    baseline, final = results.arms[1].runs[1], results.arms[2].runs[1]
    by_run = study.runs.set_index("run")
    assert by_run.loc[baseline.id, ["seed", "model", "state", "num_epochs"]].tolist() == [1, "mnist_mlp", "complete", 1]
    assert by_run.loc[baseline.id, ["loss", "alpha", "trial", "gpu_hours"]].isna().tolist() == [True, True, True, False]
    assert by_run.loc[final.id, ["loss", "alpha", "temperature"]].tolist() == ["kd", 0.5, 2.0]
    assert results.test is not None and results.test.labels_N is not None
    scores, logits = results.test.scores[final.id], results.test.logits[final.id].astype(float)
    assert by_run.loc[final.id, ["test_accuracy", "test_nll", "test_ece"]].tolist() == [
        scores.accuracy, scores.nll, scores.ece,
    ]  # fmt: skip
    said = study.predictions[study.predictions["run"] == final.id]
    assert said["is_right"].mean() == pytest.approx(scores.accuracy)
    assert -np.log(said["label_probability"]).mean() == pytest.approx(scores.nll)
    assert (said["predicted"] == logits.argmax(axis=1)).all() and (said["label"] == results.test.labels_N).all()
    assert (said["predicted_probability"] >= said["label_probability"]).all()
    classes = study.classes[study.classes["run"] == final.id]
    confusion = pd.crosstab(said["label"], said["predicted"])
    assert list(classes["num_images"]) == list(confusion.sum(axis=1))
    assert list(classes["num_predicted"]) == list(confusion.sum(axis=0))
    assert list(classes["num_images"] - classes["num_errors"]) == list(np.diag(confusion))
    assert (classes["error_rate"] == classes["num_errors"] / classes["num_images"]).all()
    f1 = f1_score(said["label"], said["predicted"], labels=list(classes["class"]), average=None)
    assert classes["f1"].tolist() == pytest.approx(list(f1))


@pytest.mark.thorough
def test_a_search_is_joined_to_its_runs(finished: Path) -> None:
    study = load_study(finished)
    joined = study.trials.merge(study.runs, on="run", suffixes=("", "_of_run"), validate="many_to_one")
    assert len(joined) == 7 and set(joined["role"]) == {"search"}
    assert (joined["trial"] == joined["trial_of_run"]).all() and (joined["alpha"] == joined["alpha_of_run"]).all()
    best = study.trials[study.trials["is_best"]].iloc[0]
    assert best["value"] == study.trials["value"].max()
    distilled = study.runs[study.runs["arm"] == "distilled"]
    assert set(distilled["alpha"]) == {best["alpha"]} and set(distilled["temperature"]) == {best["temperature"]}
    assert study.history.groupby("run").size().reindex(joined["run"]).tolist() == joined["num_epochs"].tolist()
    one = study.history[study.history["run"] == best["run"]]
    history = read_record(finished / "runs" / best["run"] / "history.json", History)
    assert one["soft_loss"].tolist() == [epoch.soft_loss for epoch in history.epochs]
    assert study.history.loc[study.history["arm"] == "baseline", "soft_loss"].isna().all()


@pytest.mark.thorough
def test_an_ensemble_stands_beside_its_teachers(ensemble: Path) -> None:
    study = load_study(ensemble)
    by_arm = study.predictions.groupby("arm")["is_right"].mean()
    assert {"teacher", "teacher1", "teacher2", "teacher3"} <= set(by_arm.index)
    logits = study.runs.set_index("role").loc["logits"]
    assert logits["arm"] == "teacher" and logits["test_accuracy"] == pytest.approx(by_arm["teacher"])
    assert logits["num_parameters"] == study.runs.loc[study.runs["role"] == "teacher", "num_parameters"].sum()


def test_failures_and_machine_time_are_told(invented: Path) -> None:
    results = read_results(invented)
    first = results.arms[1].runs[0].id
    folder = invented / "runs" / first
    (folder / "metrics.json").unlink()
    (folder / "failure.json").write_text('{"reason": "loss is nan", "kind": "non-finite loss"}')
    (folder / "attempts").mkdir()
    fields = {"number": 1, "job_id": "1", "host": "n1", "pid": 1, "process_created": 0, "device": "2 × NVIDIA A100"}
    fields |= {"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T03:00:00Z", "end": "preempted"}
    (folder / "attempts" / "0001.json").write_text(json.dumps(fields))
    row = load_study(invented).runs.set_index("run").loc[first]
    assert row[["state", "failure", "devices", "hosts"]].tolist() == ["failed", "loss is nan", "2 × NVIDIA A100", "n1"]
    assert row[["num_attempts", "num_preemptions", "gpu_hours", "wall_hours"]].tolist() == [1, 1, 6.0, 3.0]
    assert read_results(invented).machine_times[first] == MachineTime({"NVIDIA A100": 6.0}, wall_hours=3.0)


def test_a_diverged_model_has_no_probabilities(invented: Path) -> None:
    results = read_results(invented)
    assert results.test is not None
    path = invented / "runs" / results.test.run_id / "predictions.npz"
    with np.load(path) as arrays:
        content = dict(arrays)
    diverged = results.arms[1].runs[0].id
    content[diverged] = np.full_like(content[diverged], np.nan)
    np.savez(path, **content)
    said = load_study(invented).predictions
    assert said.loc[said["run"] == diverged, "label_probability"].isna().all()
    assert said.loc[said["run"] != diverged, "label_probability"].notna().all()


def test_a_class_that_no_image_is_of_has_no_error_rate(invented: Path) -> None:
    results = read_results(invented)
    assert results.test_run is not None
    path = invented / "runs" / results.test_run.id / "metrics.json"
    metrics = read_record(path, Metrics)
    one = next(iter(metrics.test.values())).model_copy(update={"confusion": [[0, 0], [1, 3]]})
    path.write_text(metrics.model_copy(update={"test": {"baseline-of-old-s0": one}}).model_dump_json())
    classes = load_study(invented).classes
    assert classes["error_rate"].isna().tolist() == [True, False]
    assert classes["num_predicted"].tolist() == [1, 3]
    assert classes["f1"].tolist() == [0, pytest.approx(6 / 7)]
    assert classes["run"].tolist() == ["baseline-of-old-s0"] * 2 and classes["role"].isna().all()  # of an older sweep


def places(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    yield tmp_path / "nowhere", r"nowhere: no results of a sweep here \(no sweep.yaml\); give a sweep's folder"
    (tmp_path / "file").write_text("")
    yield tmp_path / "file", "file: no results of a sweep here"
    (tmp_path / "results" / "mine").mkdir(parents=True)
    (tmp_path / "results" / "mine" / "sweep.yaml").write_text("sweep: [")
    yield tmp_path / "results", r"no sweep.yaml\); there are in .*results/mine$"
    yield tmp_path / "results" / "mine", "sweep.yaml: "


def test_a_folder_without_a_sweep_is_refused_in_one_line(tmp_path: Path) -> None:
    for folder, message in places(tmp_path):
        with pytest.raises(InputError, match=message) as refused:
            load_study(str(folder))
        assert "\n" not in str(refused.value)


def test_only_a_table_that_is_asked_for_loads_pandas(invented: Path) -> None:
    code = (
        "import sys, harness, harness.cli\n"
        f"study = harness.load_study({str(invented)!r})\n"
        "print('pandas' in sys.modules)\n"
        "len(study.runs), len(study.predictions)\n"
        "print('pandas' in sys.modules, 'torch' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["False", "True", "False"]


def test_the_harness_has_no_other_names() -> None:
    assert harness.__all__ == ["load_study"]
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'load_studi'"):
        _ = harness.load_studi


def test_of_several_students_each_can_be_loaded(tmp_path: Path) -> None:
    folder = invent_family(tmp_path, {"a": Invented(0.95), "b": Invented(0.9)})
    first, other = load_study(folder), load_study(folder, student="b")
    assert list(first.runs["run"]) == list(load_study(folder, student="a").runs["run"]) != list(other.runs["run"])
    with pytest.raises(InputError, match=r"no student 'c'.*; there are a, b$"):
        load_study(folder, student="c")
