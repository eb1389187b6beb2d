"""A line a run: where it stands and why."""

import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.text.run_lines import sum_up
from harness.state.attempts.machine_time import MachineTime
from tests.support.troubled_sweep import lines_of


def test_every_run_stands_somewhere(troubled: Path) -> None:
    found = [(line.role, line.seed, line.status) for line in lines_of(troubled).values()]
    assert found == [
        ("teacher", 0, "complete"),
        ("logits", None, "not started"),
        ("baseline", 0, "failed"),
        ("baseline", 1, "complete"),
        ("final", 0, "interrupted"),
        ("final", 1, "running"),
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


@pytest.mark.thorough
def test_the_table_shows_trouble_in_words(troubled: Path) -> None:
    files = report_files(troubled, troubled.parent / ".data")
    table = files["runs.html"]
    for state, word in (("failed", "failed"), ("interrupted", "interrupted"), ("running", "running")):
        row = re.search(rf'<tr data-state="{state}".*?(?=<tr|</tbody>)', table, re.DOTALL)
        assert row is not None
        assert f"</b> {word}</span>" in row[0]
    assert "loss is &lt;nan&gt;" in table
    assert "<b>↺ 1</b>" in table
    assert all(f'href="runs/{line}.html"' in table for line in lines_of(troubled))
    assert files["tables/runs.csv"].count("\n") == 1 + len(lines_of(troubled))
