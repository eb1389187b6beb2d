"""The pages of the list of all sweeps."""

from pathlib import Path

from harness.report.index.pages import file_name, overview_files
from harness.report.index.sweeps import find_sweeps
from harness.report.text.language import LANGUAGES


def test_each_language_links_to_its_own_report(results: Path) -> None:
    translated = results / "invented" / "report" / "zh"
    translated.mkdir(exist_ok=True)
    (translated / "index.html").write_text("")
    files = overview_files(find_sweeps(results))
    assert set(files) == {file_name(page, code) for page in ("index", "compare") for code in LANGUAGES}
    assert 'href="invented/report/index.html"' in files["index.html"]
    assert 'href="invented/report/zh/index.html"' in files["index.zh.html"]
    assert '<html lang="zh' in files["index.zh.html"] and 'href="index.html"' in files["index.zh.html"]
