"""The pages of the list of all sweeps."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from harness.report.build import build_report
from harness.report.index.pages import file_name, overview_files, write_overview
from harness.report.index.sweeps import find_sweeps
from harness.report.text.language import LANGUAGES
from tests.support.secret_sweep import SECRETS


def test_rebuilding_gives_the_same_bytes(results: Path) -> None:
    index = write_overview(results)
    before = index.read_bytes()
    assert write_overview(results).read_bytes() == before
    assert not list(results.glob(".*.tmp"))


def test_sweeps_that_end_together_all_appear(results: Path) -> None:
    """Whoever writes last has read last, so no sweep's end is overwritten by an older view."""
    names = [f"copy{number}" for number in range(6)]

    def end(name: str) -> None:
        shutil.copytree(results / "invented", results / name)
        write_overview(results)

    threads = [threading.Thread(target=end, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = (results / "index.html").read_text()
    assert all(f'href="{name}/report/index.html"' in page for name in names)


def test_each_language_links_to_its_own_report(results: Path) -> None:
    translated = results / "invented" / "report" / "zh"
    translated.mkdir(exist_ok=True)
    (translated / "index.html").write_text("")
    files = overview_files(find_sweeps(results))
    assert set(files) == {file_name(page, code) for page in ("index", "compare") for code in LANGUAGES}
    assert 'href="invented/report/index.html"' in files["index.html"]
    assert 'href="invented/report/zh/index.html"' in files["index.zh.html"]
    assert '<html lang="zh' in files["index.zh.html"] and 'href="index.html"' in files["index.zh.html"]


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    assert "no sweep yet" in write_overview(tmp_path).read_text()


def test_the_pages_over_all_sweeps_tell_nothing_of_the_machine(secret_sweep: Callable[[], Path]) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    shutil.copytree(folder, folder.with_name("beside"))
    write_overview(folder.parent)
    for path in folder.parent.glob("*.html"):
        for secret in SECRETS:
            assert secret not in path.read_text(), (path.name, secret)
    assert "folder:…/фото 猫" in (folder.parent / "compare.html").read_text()
