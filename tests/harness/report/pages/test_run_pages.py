"""Runs: where each stands and why, its page, and the table of all of them."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.report.build import report_files
from harness.report.pages import run_pages
from harness.report.results.reader import read_results
from harness.report.text.language import language
from harness.report.text.run_lines import RunLine, describe_runs, sum_up
from harness.state.machine_time import MachineTime
from kd.files import write_record
from kd.records import Attempt, Code, EpochRecord, Failure, History
from tests.support.pages import points_of

EN = language("en")
FIELDS: dict[str, Any] = {
    "job_id": "77", "host": "node-7", "pid": 1, "process_created": 0.0, "started_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def troubled(invented: Path) -> Path:
    """A sweep in which one run failed, one was preempted and goes on, one was preempted for good, one is open."""
    first, second = (run.id for run in read_results(invented).arms[1].runs)
    third, fourth = (run.id for run in read_results(invented).arms[2].runs)
    runs = invented / "runs"
    ended = FIELDS | {"ended_at": "2026-01-01T00:30:00Z", "device": "NVIDIA H100"}
    for run_id in (first, second, third, fourth):
        (runs / run_id / "attempts").mkdir()
    for run_id in (first, third, fourth):
        (runs / run_id / "metrics.json").unlink()
    write_record(runs / first / "failure.json", Failure(reason="loss is <nan>", kind="non-finite loss"))
    attempts = {
        (first, 1): Attempt(number=1, end="failed", **ended),
        (second, 1): Attempt(number=1, end="preempted", reason="SIGTERM in /home/me/code/kd/training.py", **ended),
        (second, 2): Attempt(
            number=2, end="complete", start_epoch=1, start_step=30, code=Code(commit="f" * 40), **ended
        ),
        (third, 1): Attempt(number=1, end="preempted", **ended),
        (fourth, 1): Attempt(number=1, **FIELDS),
    }
    for pid, ((run_id, number), attempt) in enumerate(attempts.items()):  # each in a process of its own
        write_record(runs / run_id / "attempts" / f"{number:04d}.json", attempt.model_copy(update={"pid": pid}))
    return invented


def lines_of(folder: Path) -> dict[str, RunLine]:
    return {line.id: line for line in describe_runs(read_results(folder), EN)}


def page_of(folder: Path, run_id: str) -> str:
    return report_files(folder, folder.parent / ".data")[f"runs/{run_id}.html"]


def test_every_run_stands_somewhere(troubled: Path) -> None:
    found = [(line.role, line.seed, line.status) for line in lines_of(troubled).values()]
    assert found == [
        ("teacher", 0, "complete"),
        ("logits", None, "not started"),
        ("baseline", 0, "failed"),
        ("baseline", 1, "complete"),
        ("final", 0, "interrupted"),
        ("final", 1, "open"),
        ("test", None, "complete"),
    ]


def test_the_summary_adds_up(troubled: Path) -> None:
    lines = list(lines_of(troubled).values())
    roles = {role.role: role for role in sum_up(lines)}
    assert sum(role.num_runs for role in roles.values()) == len(lines)
    assert roles["baseline"].statuses == {"failed": 1, "complete": 1}
    assert (roles["baseline"].num_attempts, roles["baseline"].num_preemptions) == (3, 1)
    assert roles["baseline"].machine_time == MachineTime({"NVIDIA H100": 1.5}, wall_hours=1.5)
    assert roles["final"].machine_time == MachineTime({"NVIDIA H100": 0.5}, wall_hours=0.5, num_unknown=1)


def test_the_table_shows_trouble_in_words(troubled: Path) -> None:
    files = report_files(troubled, troubled.parent / ".data")
    table = files["runs.html"]
    for state, word in (("failed", "failed"), ("interrupted", "interrupted"), ("open", "open")):
        row = re.search(rf'<tr data-state="{state}".*?(?=<tr|</tbody>)', table, re.DOTALL)
        assert row is not None
        assert f"</b> {word}</span>" in row[0]
    assert "loss is &lt;nan&gt;" in table
    assert "<b>↺ 1</b>" in table
    assert all(f'href="runs/{line}.html"' in table for line in lines_of(troubled))
    assert files["tables/runs.csv"].count("\n") == 1 + len(lines_of(troubled))


def test_a_page_says_how_the_run_came_to_its_state(troubled: Path) -> None:
    ids = {(line.role, line.seed): line.id for line in lines_of(troubled).values()}
    page = page_of(troubled, ids["baseline", 1])
    assert "preempted once" in page
    assert "SIGTERM in …/kd/training.py" in page
    assert "/home/me" not in page
    assert "epoch 1, step 30" in page
    assert "ffffffffff <b>≠</b>" in page
    assert "loss is &lt;nan&gt;" in page_of(troubled, ids["baseline", 0])
    assert '<td class="wide">open' in page_of(troubled, ids["final", 1])


def test_a_page_compares_with_the_baseline(invented: Path) -> None:
    results = read_results(invented)
    baseline, final = results.arms[1].runs, results.arms[2].runs
    assert "Nothing differs" in page_of(invented, baseline[0].id)
    assert "<tr><th>seed<td>1<td>0" in page_of(invented, baseline[1].id)
    page = page_of(invented, final[1].id)
    assert "<tr><th>distill.temperature<td>2.0<td>null" in page
    assert "<tr><th>training.epochs<td>4" in page.partition("<details>")[2].partition("</details>")[2]
    assert f'href="{final[0].id}.html"' in page
    assert f'href="{final[1].id}.html"' not in page


def test_the_end_of_the_log_is_the_runs_own(troubled: Path) -> None:
    run_id = next(line.id for line in lines_of(troubled).values() if line.status == "failed")
    logs = troubled / "logs"
    logs.mkdir()
    text = f"t INFO other: started\nnot mine\nt INFO {run_id}: started\nmine <1>\nt INFO another: started\nnot mine\n"
    (logs / "77_0_log.out").write_text(text)
    (logs / "77_0_log.err").write_text('File "/srv/lab/kd/training.py", line 1\n')
    (logs / "770_0_log.out").write_text("of another job\n")
    page = page_of(troubled, run_id)
    assert "mine &lt;1&gt;" in page
    assert "not mine" not in page
    assert "of another job" not in page
    assert "…/kd/training.py" in page
    assert "/srv/lab" not in page


def epoch(number: int) -> EpochRecord:
    accuracy = 0.5 + 0.4 * number / 60 + 0.01 * (number % 7)
    return EpochRecord(
        epoch=number, lr=0.1, train_loss=1 / number, hard_loss=2 / number, train_accuracy=accuracy,
        val_loss=3 / number, val_accuracy=accuracy, seconds=1, images_per_s=1,
    )  # fmt: skip


@pytest.mark.parametrize("many", [False, True])
def test_a_page_holds_the_history(invented: Path, monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    """Among many runs in fewer points, and without the table; what stands there is true all the same."""
    if many:
        monkeypatch.setattr(run_pages, "MANY_RUNS", 1)
    run_id = read_results(invented).arms[1].runs[1].id
    history = History(num_epochs=60, epochs=tuple(epoch(number) for number in range(1, 61)))
    write_record(invented / "runs" / run_id / "history.json", history)
    page = page_of(invented, run_id)
    first = re.search(r'data-reading="(\d+) \d"><path class="baseline" d="([^"]*)"', page)
    assert first is not None
    at, read = zip(*points_of(first[2]), strict=True)
    measured = [100 * history.epochs[x - 1].val_accuracy for x in at]
    assert -np.array(read) / float(first[1]) == pytest.approx(measured, abs=0.05 if many else 0.005)
    assert (len(at) > 30) != many
    assert ("<tr><th>60<td>" in page) != many
    assert f"<b>{measured[-1]:.2f}</b>" in page
    assert ("one in 3 epochs" in page) == many


def test_steps_are_drawn_in_parts_of_an_epoch(invented: Path) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    folder = invented / "runs" / run_id
    write_record(folder / "history.json", History(num_epochs=4, epochs=tuple(epoch(number) for number in range(1, 5))))
    losses = np.geomspace(4.0, 0.5, 4 * 150).astype(np.float32)
    np.savez(folder / "steps.npz", train_loss=losses)
    page = page_of(invented, run_id)
    assert "Training loss by step" in page
    found = re.search(r'data-reading="log10 (\d+)" data-parts="75">.*?<path class="baseline" d="([^"]*)"', page)
    assert found is not None
    at, read = zip(*points_of(found[2]), strict=True)
    units = np.interp(np.arange(1, 301), at, read)
    assert 10 ** (-units / float(found[1])) == pytest.approx(losses.reshape(300, 2).mean(axis=1), rel=0.001)


@pytest.mark.parametrize("content", [b"PK\x03\x04 torn", b""])
def test_damaged_steps_are_a_hole(invented: Path, content: bytes) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    (invented / "runs" / run_id / "steps.npz").write_bytes(content)
    files = report_files(invented, invented.parent / ".data")
    assert f"runs/{run_id}/steps.npz" in files["index.html"]
    assert "Training loss by step" not in files[f"runs/{run_id}.html"]


def test_steps_that_do_not_fit_the_history_are_not_drawn(invented: Path) -> None:
    run_id = read_results(invented).arms[1].runs[0].id
    folder = invented / "runs" / run_id
    write_record(folder / "history.json", History(num_epochs=3, epochs=tuple(epoch(number) for number in range(1, 4))))
    np.savez(folder / "steps.npz", train_loss=np.ones(100, np.float32))
    assert "Training loss by step" not in page_of(invented, run_id)


@pytest.mark.thorough
def test_the_front_page_draws_seed_bands(finished: Path) -> None:
    text = report_files(finished, finished.parent / ".data")["index.html"]
    results = read_results(finished)
    stack = [[100 * each.val_accuracy for each in run.history.epochs] for run in results.arms[1].runs if run.history]
    section = text.partition('id="training"')[2]
    line = re.search(r'<path class="baseline" data-group="baseline" d="([^"]*)"', section)
    band = re.search(r'<path class="band baseline" data-group="baseline" d="([^"]*)"', section)
    assert line is not None
    assert band is not None
    at, read = zip(*points_of(line[1]), strict=True)
    assert -np.interp([1, 2, 3, 4], at, read) / 100 == pytest.approx(np.mean(stack, axis=0), abs=0.005)
    heights = [-y / 100 for _, y in points_of(band[1])]
    assert (min(heights), max(heights)) == pytest.approx((np.min(stack), np.max(stack)), abs=0.005)


@pytest.mark.thorough
def test_a_trial_knows_its_number(finished: Path) -> None:
    trials = json.loads((finished / "trials.json").read_text())["trials"]
    files = report_files(finished, finished.parent / ".data")
    for trial in trials:
        assert f"trial {trial['number']} of {len(trials)}" in files[f"runs/{trial['run_id']}.html"]
