"""A finished sweep started once more, by the real command: the same words, and the report that stands there."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def site(report: Path) -> dict[str, bytes]:
    return {str(path.relative_to(report)): path.read_bytes() for path in report.rglob("*") if path.is_file()}


def test_a_second_start_says_the_same_and_leaves_the_report(lab: Any) -> None:
    words = ("sweep", "--sweep", str(lab.write(search={"num_trials": 2, "concurrency": 2})))
    report = lab.results / "mini" / "report"
    first = lab.run(*words)
    assert first.returncode == 0, first.stderr
    answer = first.stdout.splitlines()[-3:]
    assert answer[-1].endswith("mini/report/index.html")
    assert not list((lab.results / "mini" / "jobs").glob("*.json")), "the last job's record goes with it"
    built, built_at = site(report), report.stat().st_ino

    second = lab.run(*words)
    assert second.returncode == 0 and second.stdout.splitlines()[-3:] == answer
    assert report.stat().st_ino == built_at, "the digest of the first start held"

    (report / "runs.html").unlink()
    third = lab.run(*words)
    assert third.returncode == 0 and third.stdout.splitlines()[-3:] == answer
    assert site(report) == built
    assert lab.run("report", "--sweep", "mini").returncode == 0
    assert site(report) == built, "make report would build the same"
