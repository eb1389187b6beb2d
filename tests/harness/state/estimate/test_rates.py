"""Where a rate is from: this sweep, one beside it, the benchmark, arithmetic, nowhere."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.state.attempts.files import attempt_path, read_attempts
from harness.state.estimate.rates import Kind, find_rate
from kd.config import TrainConfig
from kd.files import write_record
from tests.support.sweep_lab import Lab

BATCH_SIZE = 32  # of the lab's student
H100 = "NVIDIA H100 80GB HBM3"


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory, digits: Path) -> Path:
    """Results that hold a sweep that is over."""
    results = tmp_path_factory.mktemp("over") / "results"
    results.mkdir()
    (results / ".data").symlink_to(digits)
    Lab(results).controller().run()
    return results


@pytest.fixture
def finished(over: Path, tmp_path: Path) -> Any:
    """The controller of a copy of it."""
    shutil.copytree(over, tmp_path / "results", symlinks=True)
    return Lab(tmp_path / "results").controller()


def kind_of(controller: Any, device: str = "cpu", **changes: Any) -> Kind:
    config = controller.plan.student.config
    assert isinstance(config, TrainConfig)
    return Kind(config.training.model_copy(update=changes), False, config.data.digest, device)


def test_this_sweeps_runs_come_first(finished: Any, tmp_path: Path) -> None:
    rate = find_rate(kind_of(finished), finished.folder.path, macs=10**9, bench=bench(tmp_path, "cpu"))
    assert rate is not None and rate.images_per_s > 0
    assert rate.source == "measured in 5 run(s) of this sweep"


def test_then_those_of_a_sweep_beside_it(finished: Any) -> None:
    other = finished.folder.path.parent / "later"
    other.mkdir()
    rate = find_rate(kind_of(finished), other, None)
    assert rate is not None and rate.source == f"measured in 5 run(s) of {finished.folder.path.name}"


@pytest.mark.parametrize(
    "changes", [{"device": H100}, {"model": "mnist_small_cnn"}, {"precision": "bf16"}, {"compile": True}]
)
def test_what_trains_otherwise_tells_nothing(finished: Any, changes: Any) -> None:
    assert find_rate(kind_of(finished, **changes), finished.folder.path, None) is None


def test_other_images_and_a_teacher_at_the_side_tell_nothing(finished: Any) -> None:
    kind = kind_of(finished)
    for other in (kind._replace(digest="0"), kind._replace(is_online=True)):
        assert find_rate(other, finished.folder.path, None) is None


@pytest.mark.parametrize("threads", [1, 8, None])
def test_with_other_threads_nothing_is_measured(finished: Any, threads: int | None) -> None:
    rate = find_rate(kind_of(finished)._replace(num_threads=threads), finished.folder.path, None)
    measured = find_rate(kind_of(finished), finished.folder.path, None)
    assert rate is not None and measured is not None
    is_measured = threads != 8
    assert rate.source == (
        "measured in 5 run(s) of this sweep" if is_measured else "at least, by runs with 1 thread(s), not measured"
    )
    assert is_measured is (rate == measured)


def bench(folder: Path, card: str) -> Path:
    rates = [
        {"model": "mnist_mlp", "how": how, "images_per_s": speed, "batch_size": size}
        for how, speed, size in (("eager", 5, BATCH_SIZE), ("compiled", 9, BATCH_SIZE), ("eager", 50, 2 * BATCH_SIZE))
    ]
    path = folder / "gpu.json"
    path.write_text(json.dumps({"card": {"card": card}, "rates": rates}))
    return path


def test_then_the_benchmark_of_such_a_card(lab: Any, tmp_path: Path) -> None:
    controller = lab.controller()
    found = [
        find_rate(kind_of(controller, H100, compile=compile), controller.folder.path, 10**9, bench(tmp_path, H100))
        for compile in (False, True)
    ]
    assert [rate and rate.images_per_s for rate in found] == [5, 9]
    assert found[0] is not None and found[0].source == f"measured by make bench-gpu on {H100} (bench/results/gpu.json)"


def test_a_card_that_a_person_names_is_one_that_was_measured(finished: Any, tmp_path: Path) -> None:
    """A cluster profile says H100 before any job has said what torch calls it."""
    for metrics in (finished.folder.path / "runs").glob("*/metrics.json"):
        (attempt,) = read_attempts(metrics.parent)
        write_record(attempt_path(metrics.parent, 1), attempt.model_copy(update={"device": H100}))
    rate = find_rate(kind_of(finished, "H100"), finished.folder.path, None)
    assert rate is not None and rate.source.endswith(f"run(s) of this sweep, on {H100}")
    bench_rate = find_rate(kind_of(finished, "H100", compile=True), finished.folder.path, None, bench(tmp_path, H100))
    assert bench_rate is not None and bench_rate.images_per_s == 9 and f" on {H100} " in bench_rate.source
    assert find_rate(kind_of(finished, "A100"), finished.folder.path, None, bench(tmp_path, H100)) is None


def test_then_arithmetic_and_then_nothing(lab: Any, tmp_path: Path) -> None:
    controller = lab.controller()
    other = bench(tmp_path, "Tesla T4")
    rate = find_rate(kind_of(controller, H100), controller.folder.path, 10**9, other)
    assert rate is not None and rate.source == "reckoned from operations, not measured"
    assert find_rate(kind_of(controller, H100), controller.folder.path, None, other) is None
    assert find_rate(kind_of(controller), controller.folder.path, 10**9, other) is None


def test_a_teacher_is_found_behind_any_number_of_other_runs(finished: Any) -> None:
    """Their names come first; each role is looked at by itself."""
    runs = finished.folder.path / "runs"
    one = next(runs.glob("baseline-*"))
    for number in range(80):
        shutil.copytree(one, runs / f"baseline-0000-s{number}")
    teacher = finished.plan.teachers[0].config
    kind = kind_of(finished)._replace(training=teacher.training)
    rate = find_rate(kind, finished.folder.path, None)
    assert rate is not None and rate.source == "measured in 1 run(s) of this sweep"


def test_damaged_runs_are_passed_over(finished: Any) -> None:
    runs = sorted((finished.folder.path / "runs").glob("*/metrics.json"))
    for path in runs:
        (path.parent / "history.json").write_text("{")
    assert find_rate(kind_of(finished), finished.folder.path, None) is None
    shutil.rmtree(finished.folder.path / "runs")
    assert find_rate(kind_of(finished), finished.folder.path, None) is None
