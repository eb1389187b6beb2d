"""What a plan says of time."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.commands.read_only.estimate import find_device, print_estimate, span
from harness.console.plain_console import PlainConsole
from harness.state.attempts.files import attempt_path, read_attempts
from harness.state.attempts.run_state import read_history
from harness.state.standing.snapshot import read_snapshot
from kd.data.division.splits import open_division
from kd.files import write_record

H100 = "NVIDIA H100 80GB HBM3"


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose nvidia-smi names a card."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$1" in -L) echo "GPU 0: x";; *) echo "{H100}";; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def said(lab: Any, capsys: pytest.CaptureFixture[str], profile: Any = None, **changes: Any) -> str:
    plan, folder = lab.open(**changes)
    print_estimate(read_snapshot(folder, plan), profile or LocalProfile(), PlainConsole())
    return capsys.readouterr().out


def test_without_a_figure_it_is_not_known(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(lab, capsys) == "Time: not known, as nobody has trained mnist_cnn, mnist_mlp on cpu here yet.\n"


def test_finished_runs_tell_how_long_more_seeds_take(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lab.controller().run()
    assert said(lab, capsys) == "", "nothing is left"
    rate, whole = said(lab, capsys, seeds=4).splitlines()
    assert rate.startswith("Time: mnist_mlp on cpu: ") and rate.endswith("measured in 5 run(s) of this sweep.")
    assert "of cores, for 5 runs; what jobs take to start, and the test, are not counted." in whole


def test_cores_are_counted_by_the_threads_that_a_run_will_have(
    lab: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A teacher alone on eight cores, which trains at one image a second, as one beside did with eight threads."""
    controller = lab.controller()
    controller.run()
    (teacher,) = controller.plan.teachers
    run = controller.folder.run(teacher.id)
    attempt, history = read_attempts(run)[-1], read_history(run)
    assert history is not None
    slow = tuple(epoch.model_copy(update={"images_per_s": 1.0}) for epoch in history.epochs)
    write_record(run / "history.json", history.model_copy(update={"epochs": slow}))
    write_record(attempt_path(run, attempt.number), attempt.model_copy(update={"num_threads": 8}))
    shutil.copytree(controller.folder.path, lab.results / "beside")
    (run / "metrics.json").unlink()
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: 8)
    rate, whole = said(lab, capsys).splitlines()
    assert rate == "Time: mnist_cnn with 8 threads on cpu: 1 images/s, measured in 1 run(s) of beside."
    num_images = len(open_division(controller.plan.data, controller.folder.data)[0].train)
    hours = num_images / 3600
    assert f"about {span(hours)} with 8 job(s) at a time, {span(8 * hours)} of cores, for 2 runs" in whole


@pytest.mark.usefixtures("card")
def test_the_card_is_that_of_this_machine(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(lab, capsys, student={"model": "mnist_mlp", "epochs": 1, "compile": "auto"})
    assert "student.compile: auto, off: no figure of any card yet; make bench-gpu measures." in out
    assert f"on {H100} here yet" in out


def test_slurms_card_is_what_the_profile_or_an_attempt_names(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    controller = lab.controller()
    controller.run()
    now = read_snapshot(controller.folder, controller.plan)
    assert find_device(SlurmProfile(kind="slurm"), now) is None
    assert find_device(SlurmProfile(kind="slurm", gpu_type="a100"), now) == "A100"
    assert find_device(SlurmProfile(kind="slurm", gpu_type="nvidia_h100_80gb_hbm3"), now) == "H100"
    for asked, name in (("L40", None), ("rtx_a4000", None), ("l40s", "L40S"), ("rtx4090", "RTX 4090")):
        assert find_device(SlurmProfile(kind="slurm", gpu_type=asked), now) == name
    assert find_device(SlurmProfile(kind="slurm", gpus_per_run=0), now) == "cpu"
    assert "the jobs' card is not" in said(lab, capsys, SlurmProfile(kind="slurm"), seeds=3)
    step = now.steps[0]
    (attempt,) = now.attempts(step.run.id)
    now.attempts(step.run.id)[:] = [attempt.model_copy(update={"device": H100})]
    assert find_device(SlurmProfile(kind="slurm", gpu_type="a100"), now) == H100


@pytest.mark.parametrize(
    ("hours", "words"), [(30.2, "30 h"), (1.04, "1 h"), (0.5, "30 min"), (0.05, "3 min"), (0, "0 s")]
)
def test_hours_in_words(hours: float, words: str) -> None:
    assert span(hours) == words
