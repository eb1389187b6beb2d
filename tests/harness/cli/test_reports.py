"""Where a report, the list of sweeps and a paper go."""

import sys
from pathlib import Path

from tests.support.command_line import complain, invoke


def test_publishing_says_where_and_refuses_in_one_line(tmp_path: Path) -> None:
    words = ("publish", "--sweep", "mini", "--results", str(tmp_path), "--dir")
    assert "DIR: say where to" in complain(*words, "")
    (tmp_path / "mini").mkdir()
    (tmp_path / "mini/sweep.yaml").touch()
    assert f"to build it: {sys.executable} -m harness report mini --results {tmp_path}\n" in complain(
        *words, str(tmp_path / "web")
    )
    (tmp_path / "mini" / "report").mkdir(parents=True)
    (tmp_path / "mini" / "report" / "index.html").write_text("the answer")
    result = invoke(*words, str(tmp_path / "web"))
    assert result.exit_code == 0 and result.output.strip() == str(tmp_path / "web" / "index.html")
    assert "lie one inside the other" in complain(*words, str(tmp_path))


def test_the_index_needs_a_results_folder(tmp_path: Path) -> None:
    assert "no folder" in complain("index", "--results", str(tmp_path / "none"))
    result = invoke("index", "--results", str(tmp_path))
    assert result.exit_code == 0 and result.output.strip() == str(tmp_path / "index.html")


def test_a_paper_needs_a_sweep(tmp_path: Path) -> None:
    assert "start one with " in complain("paper", "--sweep", "mini", "--results", str(tmp_path))
