"""A thousand runs of a hundred classes: the site stays small, whole, and the same when it is built again."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.garbage import collected_later
from harness.report.build import site_files
from harness.report.study import read_studies
from harness.report.text.language import LANGUAGES
from harness.state.files.records import SweepRecord, TrialRecord, Trials, write_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Setting, Sweep
from kd.config import TrainConfig
from kd.records import Attempt, Code, EpochRecord, Failure, History, Metrics, ModelSize, Record, RunRecord, Scores
from kd.scores import score
from tests.support.pages import Links, broken_links

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("a thousand runs")]

NUM_RUNS, NUM_CLASSES, NUM_EPOCHS, NUM_TEST, NUM_SEEDS = 1000, 100, 60, 1000, 5
STEPS_PER_EPOCH = 40
FOLDERS = ("", *(f"{code}/" for code in list(LANGUAGES)[1:]))
NUM_TRIALS = NUM_RUNS - 3 - 3 * NUM_SEEDS  # beside teacher, logits and test, and baseline, compared and final seeds
MAX_FRONT, MAX_RUN_PAGES, MAX_SITE = 300e3, 9e6, 18e6  # 0.8 KB of each run's page is the navigation
SWEEP: dict[str, Any] = {
    "name": "thousand",
    "data": {"source": "invented"},
    "teacher": {"model": "cifar_resnet18", "epochs": NUM_EPOCHS},
    "student": {"model": "cifar_light_cnn", "epochs": NUM_EPOCHS},
    "compare": [{"alpha": 0.9, "temperature": 4.0}],
    "search": {"num_trials": NUM_TRIALS, "sampler": "random"},
    "seeds": NUM_SEEDS,
}


class Inventor:
    """Writes run folders full of chance, plainly: a thousand of them need no flushing to the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.random = np.random.default_rng(0)
        self.labels_N = np.arange(NUM_TEST) % NUM_CLASSES
        self.val = self._val()

    def write(self, path: Path, record: Record) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(record.model_dump_json(indent=2))

    def run(self, run: Run, ends: tuple[str, ...] = ("complete",)) -> None:
        """A run whose attempts ended so; the last end says what became of it."""
        folder = self.folder / "runs" / run.id
        self.write(folder / "config.json", RunRecord(run_id=run.id, config=run.config))
        done = {"complete": NUM_EPOCHS, "pruned": NUM_EPOCHS // 3}.get(ends[-1], NUM_EPOCHS // 2)
        for number, attempt in enumerate(self._attempts(ends, done), start=1):
            self.write(folder / "attempts" / f"{number:04d}.json", attempt)
        if isinstance(run.config, TrainConfig):
            self.write(folder / "history.json", self._history(done, soft=run.config.distill is not None))
        if ends[-1] == "failed":
            self.write(folder / "failure.json", Failure(reason="loss became nan", kind="non-finite loss"))
        elif ends[-1] in ("complete", "pruned"):
            size = ModelSize(num_parameters=1_000_000, macs=40_000_000, num_bytes=4_000_000)
            self.write(folder / "metrics.json", Metrics(run_id=run.id, status=ends[-1], val=self.val, size=size))

    def steps(self, run: Run) -> None:
        losses = np.geomspace(4.0, 0.1, NUM_EPOCHS * STEPS_PER_EPOCH) * self.random.uniform(0.7, 1.4, 1)
        np.savez(self.folder / "runs" / run.id / "steps.npz", train_loss=losses.astype(np.float32))

    def logits(self, strength: float) -> np.ndarray:
        logits_NC = self.random.normal(size=(NUM_TEST, NUM_CLASSES)).astype(np.float32)
        logits_NC[np.arange(NUM_TEST), self.labels_N] += strength
        return logits_NC

    def _val(self) -> Scores:
        return score(self.logits(4.0), self.labels_N)

    def _history(self, num_epochs: int, soft: bool) -> History:
        noise = self.random.normal(scale=0.01, size=(NUM_EPOCHS, 6))
        share = np.arange(1, NUM_EPOCHS + 1) / NUM_EPOCHS
        epochs = tuple(
            EpochRecord(
                epoch=epoch + 1,
                lr=0.1 * (1 - share[epoch]) + 1e-5,
                train_loss=3 * np.exp(-2 * share[epoch] + noise[epoch, 0]),
                soft_loss=9 * np.exp(-2 * share[epoch] + noise[epoch, 1]) if soft else None,
                hard_loss=2 * np.exp(-3 * share[epoch] + noise[epoch, 2]),
                train_accuracy=min(0.5 + 0.45 * share[epoch] + noise[epoch, 3], 1.0),
                val_loss=2 * np.exp(-share[epoch] + noise[epoch, 4]),
                val_accuracy=min(0.4 + 0.4 * share[epoch] + noise[epoch, 5], 1.0),
                seconds=12.3,
                images_per_s=4000.0,
            )
            for epoch in range(num_epochs)
        )
        return History(num_epochs=NUM_EPOCHS, epochs=epochs)

    def _attempts(self, ends: tuple[str, ...], num_epochs: int) -> Iterator[Attempt]:
        versions = {"torch": "2.8.0", "numpy": "2.3.0", "transformers": "5.0.0"}
        for number, end in enumerate(ends, start=1):
            start = num_epochs * (number - 1) // len(ends)
            yield Attempt(
                number=number,
                job_id=f"{1000 + number}_7",
                host=f"gpu-node-{self.random.integers(100):03d}",
                pid=1,
                process_created=0.0,
                started_at=f"2026-01-0{number}T00:00:00Z",
                ended_at=f"2026-01-0{number}T00:12:34Z",
                end=end,
                reason="SIGTERM: stopped" if end == "preempted" else None,
                start_epoch=start,
                start_step=start * STEPS_PER_EPOCH,
                device="NVIDIA A100-SXM4-80GB",
                num_threads=8,
                code=Code(commit="0123456789abcdef" * 2, versions=versions),
            )


def invent(results: Path) -> Path:
    """A sweep of a thousand runs, of which some were preempted, pruned, failed or are open."""
    sweep = Sweep.model_validate(SWEEP)
    folder = results / sweep.name
    folder.mkdir()
    write_sweep_record(folder, SweepRecord(sweep=sweep, origin="thousand.yaml", digest="invented"))
    plan, inventor = Plan(sweep, "invented"), Inventor(folder)
    fates = [("complete",)] * 12 + [("pruned",)] * 4 + [("preempted", "complete"), ("failed",), ("preempted",)]
    trials = []
    for number in range(NUM_TRIALS):
        setting = Setting(alpha=float(inventor.random.random()), temperature=float(inventor.random.uniform(1, 20)))
        run, ends = plan.trial(setting.model_dump()), fates[number % len(fates)]
        inventor.run(run, ends)
        state = ends[-1] if ends[-1] != "preempted" else "running"
        value = float(inventor.random.uniform(0.7, 0.8)) if ends[-1] in ("complete", "pruned") else None
        trials.append(
            TrialRecord(number=number, run_id=run.id, state=state, value=value, **setting.model_dump())
        )  # fmt: skip
    inventor.write(folder / "trials.json", Trials(trials=tuple(trials), best=0))
    models = [*plan.teachers, *plan.baselines(), *plan.compares[0], *plan.finals(trials[0].params)]
    for run in (*models, plan.logits):
        inventor.run(run, ("preempted", "preempted", "complete"))
    for run in models:
        inventor.steps(run)
    logits = {run.id: inventor.logits(4.4 if run.id.startswith("final") else 4.0) for run in models}
    test = plan.test([run.id for run in models])
    inventor.run(test)
    scores = {name: score(logits_NC, inventor.labels_N) for name, logits_NC in logits.items()}
    inventor.write(folder / "runs" / test.id / "metrics.json", Metrics(run_id=test.id, test=scores))
    np.savez(folder / "runs" / test.id / "predictions.npz", labels=inventor.labels_N, **logits)
    return folder


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invent(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def files(thousand: Path) -> dict[str, str]:
    files = built(thousand, num_processes=1)
    for what, chosen in (("front page", "index.html"), ("run pages", "runs/"), ("class pages", "class-"), ("site", "")):
        print(f"  {what:11} {size(files, chosen) / 1e6:6.2f} MB")  # noqa: T201
    return files


def built(thousand: Path, num_processes: int) -> dict[str, str]:
    """The site, as the command builds it; prints what it takes."""
    before, started = os.times(), time.perf_counter()
    with collected_later():
        files = site_files(read_studies(thousand, thousand.parent / ".data"), num_processes)
    waited, after = time.perf_counter() - started, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    what = f"{NUM_RUNS} runs x {NUM_CLASSES} classes by {num_processes} process(es)"
    print(f"\n{what}: {cpu:.1f} s of CPU, {waited:.1f} s waited for")  # noqa: T201
    return files


def size(files: dict[str, str], of: str = "") -> int:
    """Bytes of the files whose name holds ``of``."""
    return sum(len(text.encode()) for name, text in files.items() if of in name)


def test_it_is_a_thousand_runs(thousand: Path, files: dict[str, str]) -> None:
    assert len(list((thousand / "runs").iterdir())) == NUM_RUNS
    for folder in FOLDERS:
        assert sum(name.startswith(f"{folder}runs/") for name in files) == NUM_RUNS
        assert files[f"{folder}runs.html"].count("<tr data-state") == NUM_RUNS


def test_the_site_is_small(files: dict[str, str]) -> None:
    for folder in FOLDERS:
        assert len(files[f"{folder}index.html"].encode()) < MAX_FRONT
    assert size(files, "runs/") < MAX_RUN_PAGES
    assert size(files) < MAX_SITE
    assert size(files, "figures/run-") == 0, "data to which no page leads"


def test_no_page_is_broken(files: dict[str, str]) -> None:
    pages = {name: Links(text) for name, text in files.items() if name.endswith(".html")}
    assert broken_links(pages, files) == []
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name


def test_it_is_the_same_again_and_by_two_processes(thousand: Path, files: dict[str, str]) -> None:
    assert built(thousand, num_processes=2) == files
