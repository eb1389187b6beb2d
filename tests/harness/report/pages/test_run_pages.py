"""Runs: where each stands and why, its page, and the table of all of them."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from harness.report.pages import run_pages
from harness.report.results.reading.reader import read_results
from kd.files import read_record, write_record
from kd.records import History, Metrics
from tests.support.pages import points_of
from tests.support.troubled_sweep import epoch, lines_of, page_of


@pytest.mark.thorough
def test_a_page_says_how_the_run_came_to_its_state(troubled: Path) -> None:
    ids = {(line.role, line.seed): line.id for line in lines_of(troubled).values()}
    page = page_of(troubled, ids["baseline", 1])
    assert "preempted once" in page
    assert "SIGTERM in /home/me/code/kd/training.py" in page  # its owner's own; publishing leaves it out
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
    assert "/srv/lab/kd/training.py" in page


@pytest.mark.parametrize("many", [False, True])
def test_a_page_holds_the_history(invented: Path, monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    """Among many runs in fewer points, and without the table; what stands there is true all the same."""
    if many:
        monkeypatch.setattr(run_pages, "MANY_RUNS", 1)
    run_id = read_results(invented).arms[1].runs[1].id
    history = History(num_epochs=60, epochs=tuple(epoch(number) for number in range(1, 61)))
    folder = invented / "runs" / run_id
    write_record(folder / "history.json", history)
    metrics = read_record(folder / "metrics.json", Metrics)
    write_record(folder / "metrics.json", metrics.model_copy(update={"epochs": 60}))
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


@pytest.mark.thorough
def test_a_trial_knows_its_number(finished: Path, site: Path) -> None:
    trials = json.loads((finished / "trials.json").read_text())["trials"]
    for trial in trials:
        page = (site / "runs" / f"{trial['run_id']}.html").read_text("utf-8")
        assert f"trial {trial['number']} of {len(trials)}" in page
