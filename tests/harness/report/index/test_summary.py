"""What a finished sweep hands to the list."""

import json
import shutil
from pathlib import Path

from harness.report.index.summary import Summary
from kd.files import read_record
from tests.harness.report.index.entries import only


def test_a_finished_sweep_is_told_from_its_summary_alone(results: Path) -> None:
    shutil.rmtree(results / "invented" / "runs")
    entry = only(results)
    assert entry.state == "complete" and entry.is_current
    assert entry.num_done == entry.num_planned == 7
    assert entry.summary is not None and entry.summary.gain is not None
    assert entry.pages["en"] == "invented/report/index.html"


def test_the_summary_says_what_the_table_says(results: Path) -> None:
    summary = read_record(results / "invented" / "report" / "summary.json", Summary)
    table = {row["arm"]: row for row in json.loads((results / "invented/report/table.json").read_text())["table"]}
    assert summary.gain is not None
    assert (summary.gain.mean, summary.gain.low, summary.gain.high) == tuple(
        table["distilled"][key] for key in ("gain", "gain_low", "gain_high")
    )
    assert summary.accuracies == {key: table[key]["test_accuracy"] for key in summary.accuracies}
    assert summary.student.num_parameters == table["distilled"]["num_parameters"]
