"""Real results to report on: a small sweep carried out in this process, run by run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.controller.search import Search, TrialResult
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Provenance, SweepRecord, write_sweep_record
from harness.state.stages.search_space import with_settings
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Sweep
from harness.sweep.search.params import Params, own_params
from kd.data.decoded.store import prepare
from kd.files import read_record, write_record
from kd.records import Attempt, Code, History, Metrics, RunRecord
from kd.runs.execute import execute
from kd.runs.folder.context import RunPaths
from tests.support.once import make_once
from tests.support.pages import build

SMALL: dict[str, Any] = {
    "name": "small",
    "description": "A CNN teaches an MLP to read digits, in a hurry",
    "data": {"source": "embedded:mnist5k", "max_train": 600, "max_test": 400},
    "teacher": {"model": "mnist_cnn", "epochs": 3, "batch_size": 64, "augment": {"shift": 2}},
    "student": {"model": "mnist_mlp", "epochs": 4, "batch_size": 64},
    "compare": [{"alpha": 0.9, "temperature": 4.0}],
    "search": {"num_trials": 7},
    "seeds": 3,
    "reference": {"source": "a paper", "teacher": 0.9, "distilled": 0.88},
}


def carry_out(content: dict[str, Any], results: Path) -> Path:
    """Carry a whole sweep out under ``results`` and return its folder."""
    sweep = Sweep.model_validate(content)
    data = results / ".data"
    data.mkdir(parents=True, exist_ok=True)
    digest = prepare(sweep.data, data).digest
    folder = results / sweep.name
    folder.mkdir()
    plan = Plan(sweep, digest)
    places = RunPaths(folder, data)
    write_sweep_record(
        folder,
        SweepRecord(sweep=sweep, origin=f"sweeps/{sweep.name}.yaml", overrides="seeds=3", digest=digest),
    )
    code = Code(commit="0123456789abcdef", versions={"torch": torch.__version__})
    write_record(folder / "provenance.json", Provenance(code=code, cluster="local"))

    def do(run: Run) -> Metrics:
        return execute_run(run, places, code)

    for run in (*plan.teachers, plan.logits, *plan.baselines()):
        do(run)
    best = _search(plan, places, do)
    models = [*plan.teachers, *plan.baselines(), *(run for runs in plan.compares for run in runs), *plan.finals(best)]
    for run in models:
        do(run)
    do(plan.test([run.id for run in models]))
    return folder


def execute_run(run: Run, places: RunPaths, code: Code) -> Metrics:
    """One run, with the record of one attempt."""
    folder = places.run(run.id)
    (folder / "attempts").mkdir(parents=True, exist_ok=True)
    write_record(folder / "config.json", RunRecord(run_id=run.id, config=run.config))
    metrics = execute(run.id, places, torch.device("cpu"))
    attempt = Attempt(
        number=1,
        job_id="1",
        host="node1",
        pid=1,
        process_created=0.0,
        started_at="2026-01-01T00:00:00+00:00",
        ended_at="2026-01-01T00:00:05+00:00",
        end="complete",
        code=code,
    )
    write_record(folder / "attempts" / "0001.json", attempt)
    return metrics


def _search(plan: Plan, places: RunPaths, do: Callable[[Run], Metrics]) -> Params:
    sweep = plan.sweep
    if sweep.search is None:
        return {}
    runs: dict[str, Run] = {}

    def run_of(params: Params, repeat: int) -> str:
        run = plan.trial(params, repeat=repeat)
        runs[run.id] = run
        return run.id

    first = own_params(plan.methods[0].space, sweep.distill, sweep.student)
    search = Search(sweep.search, plan.methods[0].space, first, sweep.student.epochs, run_of)

    def result_of(run_id: str) -> TrialResult:
        folder = places.run(run_id)
        folder.mkdir(parents=True, exist_ok=True)
        pruning = search.pruning.get(run_id)
        if pruning is not None:
            write_record(folder / "pruning.json", pruning)
        metrics = do(runs[run_id])
        history = read_record(folder / "history.json", History)
        state = RunState(metrics.status)
        return TrialResult(state, [getattr(e, search_metric) for e in history.epochs], history.epochs[-1].val_loss)

    search_metric = sweep.search.metric
    search.advance(result_of)
    write_record(places.sweep / "trials.json", with_settings(search.record(), sweep.distill))
    assert search.best is not None
    return search.best.params


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished sweep; its data lie beside it in ``.data``. Read it, never change it."""
    return make_once(tmp_path_factory, "finished", lambda results: carry_out(SMALL, results)) / "small"


@pytest.fixture(scope="session")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep of two CNNs that differ in their seed and a third teacher. Read it, never change it."""
    cnn = SMALL["teacher"]
    changes = {"name": "ensemble", "teacher": None, "teachers": [cnn, cnn, cnn | {"model": "mnist_mlp", "epochs": 1}]}
    content = SMALL | changes | {"search": None, "seeds": 2}
    return make_once(tmp_path_factory, "ensemble", lambda results: carry_out(content, results)) / "ensemble"


@pytest.fixture(scope="session")
def site(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished sweep's report, in its folder. Read it, never change it."""
    make_once(tmp_path_factory, "site", lambda _: build(finished))
    return finished / "report"


@pytest.fixture(scope="session")
def ensemble_site(ensemble: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of several teachers. Read it, never change it."""
    make_once(tmp_path_factory, "ensemble-site", lambda _: build(ensemble))
    return ensemble / "report"


@pytest.fixture
def sweep_dir(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished sweep, free to be damaged."""
    shutil.copytree(finished.parent, tmp_path / "results", ignore=shutil.ignore_patterns("report", ".report*"))
    return tmp_path / "results" / finished.name
