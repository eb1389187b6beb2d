"""What plan, status and why print."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.cluster.profiles import load_cluster
from harness.commands.read_only.verbs import print_plan
from harness.commands.run import declare
from harness.console.hints import Hints
from harness.state.attempts.files import attempt_path, last_attempt
from harness.state.files.records import read_sweep_record
from harness.state.standing.snapshot import read_snapshot
from kd.files import write_record
from kd.records import AttemptEnd, Code, Failure
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.command_line import complain, invoke


def test_plan_shows_the_stages_and_writes_no_sweep(lab: Any) -> None:
    result = invoke("plan", "--sweep", str(lab.write()), "--results", str(lab.results))
    assert result.exit_code == 0
    assert "Nothing was submitted" in result.output
    first, _, *lines = result.output.splitlines()
    assert first.startswith("Data: ")
    assert first.endswith(" images (val and test set apart from train).")
    assert [line.split()[:2] for line in lines[:6]] == [
        ["teacher", "1"],
        ["logits", "1"],
        ["baseline", "2"],
        ["search", "4"],
        ["final", "2"],
        ["test", "1"],
    ]
    assert not (lab.results / "mini").exists()


@pytest.mark.thorough
def test_plan_on_slurm_shows_the_text_and_the_cost_and_needs_no_slurm(lab: Any) -> None:
    at = ("--sweep", str(lab.write()), "--results", str(lab.results), "--cluster", "slurm")
    output = invoke("plan", *at).output
    assert "11 runs in jobs of up to 4 with time_min 240 each take at most 44 GPU-hours, each in a job" in output
    assert "Time: not known, as the jobs' card is not" in output
    assert "the first array, 3 runs in 3 jobs" in output
    assert "#SBATCH --array=0-2%3" in output
    assert not (lab.results / "mini").exists()
    lab.controller().run()
    over = invoke("plan", *at).output
    assert over.splitlines()[-1] == "No run is ready to be submitted."
    assert "Time:" not in over and "A first job" not in over, "nothing is left"


def test_status_and_why_after_a_sweep(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    at = ("--sweep", "mini", "--results", str(lab.results))
    status = invoke("status", *at).output
    assert "mini is complete: 11 of 11 runs finished" in status
    why = invoke("why", *at, "--run", "teacher").output
    assert f"{controller.plan.teachers[0].id}: complete, 1 of 1 epochs" in why
    assert "attempt 1: job inline-0" in why
    assert "2 runs begin with 'baseline'" in complain("why", *at, "--run", "baseline")
    assert "0 runs begin with 'x'" in complain("why", *at, "--run", "x")


@pytest.mark.thorough
def test_status_names_runs_that_went_on_with_other_code(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    at = ("--sweep", "mini", "--results", str(lab.results))
    assert "other code" not in invoke("status", *at).output
    folder = controller.folder.run(controller.plan.teachers[0].id)
    first = last_attempt(folder)
    changed = first.model_copy(update={"number": 2, "start_step": 1, "code": Code(commit="another")})
    write_record(attempt_path(folder, 2), changed)
    assert f"1 run(s) were resumed with different code: {folder.name}" in invoke("status", *at).output
    others = {"number": 2, "start_epoch": 1, "start_step": 1, "num_threads": first.num_threads + 1}
    write_record(attempt_path(folder, 2), first.model_copy(update=others))
    line = " ".join(invoke("status", *at).output.split())
    assert "1 run(s) were resumed on other hardware (another GPU, CPU or number of CPU threads)" in line
    assert line.count(folder.name) == 1


@pytest.mark.thorough
def test_status_counts_interruptions_by_cause(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    at = ("--sweep", "mini", "--results", str(lab.results))
    assert "Interrupted" not in invoke("status", *at).output
    folder = controller.folder.run(controller.plan.teachers[0].id)
    first = last_attempt(folder)
    for number, end in enumerate(("preempted", "timeout", "died", "preempted", "complete"), start=2):
        write_record(attempt_path(folder, number), first.model_copy(update={"number": number, "end": AttemptEnd(end)}))
    assert "Interrupted so far: 2 preempted or stopped, 1 at the time limit, 1 died." in invoke("status", *at).output


def test_what_a_failed_run_blocks_is_said(lab: Any, add_module: Callable[[str, str], None]) -> None:
    add_module("no_teacher", FAILS_IN_TRAINING)
    controller = lab.controller(teacher={"model": "no_teacher:build", "epochs": 1})
    assert not controller.run()
    at = ("--sweep", "mini", "--results", str(lab.results))
    status = invoke("status", *at).output
    assert re.search(r"logits .* 0/1 +1 blocked by a failed run", status)
    assert re.search(r"search .* 0/4 +4 blocked by a failed run", status)
    why = invoke("why", *at, "--run", "logits").output
    teacher = controller.plan.teachers[0].id
    assert f"{controller.plan.logits.id}: blocked" in why
    assert f"it needs {teacher}, which is failed: {Hints(controller.folder).why(teacher)}" in why
    assert "code error: KeyError: 'head'" in invoke("why", *at, "--run", teacher).output


def test_the_last_line_says_what_failed_and_what_tries_all_of_it_again(lab: Any) -> None:
    """Bad input is tried by every start; a command for it alone would leave the other failure as it is."""
    plan, folder = lab.open()
    declare(read_sweep_record(folder.path), folder, "local")
    teacher, baseline = plan.teachers[0].id, plan.baselines()[0].id
    for run_id, kind in ((teacher, "bad input"), (baseline, "code error")):
        folder.run(run_id).mkdir(parents=True)
        write_record(folder.run(run_id) / "failure.json", Failure(reason="lost", kind=kind))
    said = invoke("status", "--sweep", "mini", "--results", str(lab.results)).output
    *_, controller, last = said.splitlines()
    again = Hints(folder).again(retry_failed=True)
    assert (controller, last) == (
        "No controller is running here",
        f"{teacher} failed (bad input: lost); once the cause is fixed: {again}",
    )


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("", "on site.yaml: 4 slot(s) of 1 thread(s) (4 for a run that all others wait for), "),
        ("critical_threads: 3", "on site.yaml: 4 slot(s) of 1 thread(s) (3 for a run that all others wait for), "),
        ("critical_threads: 1", "on site.yaml: 4 slot(s) of 1 thread(s), "),
        ("slots: 1", "on site.yaml: 1 slot(s) of 4 thread(s), "),
    ],
)
def test_a_plan_says_what_a_run_on_the_critical_path_has(
    lab: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any, profile: str, said: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: 4)
    plan, folder = lab.open()
    cluster = tmp_path / "site.yaml"
    cluster.write_text(f"kind: local\n{profile}\n")
    print_plan(read_snapshot(folder, plan), str(cluster), load_cluster(str(cluster)), Console(width=300))
    assert said.replace("site.yaml", str(cluster)) in capsys.readouterr().out


def test_a_plan_says_how_runs_are_packed(lab: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan, folder = lab.open()
    cluster = tmp_path / "here.yaml"
    for pack, text in ((3, "of which up to 3 train as one stacked model (students with the same settings)"), (1, None)):
        cluster.write_text(f"kind: local\npack: {pack}\n")
        print_plan(read_snapshot(folder, plan), str(cluster), load_cluster(str(cluster)), Console(width=300))
        shown = capsys.readouterr().out
        assert text in shown if text else "stacked" not in shown
