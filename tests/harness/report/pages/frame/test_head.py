"""The head of every page: the state, the command that goes on, the day and the version, the way up."""

from pathlib import Path

from harness import __version__
from harness.report.pages.frame.head import head_of, made_text, way_up
from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study
from harness.report.text.language import LANGUAGES, language
from tests.support.pages import files_of

EN = language("en")


def test_the_day_is_that_of_the_last_attempt_and_not_today(study: Study) -> None:
    ends = [one.ended_at for run in study.results.all_runs() for one in run.attempts if one.ended_at]
    text = made_text([study.results], EN)
    assert __version__ in text
    assert max(ends, default="No run has ended yet")[:10] in text


def test_before_anything_ended_there_is_no_day(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").rglob("*.json"):
        path.unlink()
    text = made_text([read_results(sweep_dir)], EN)
    assert text.startswith("No run has ended yet")


def test_results_without_a_record_of_attempts_are_undated_and_not_unfinished(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("*/attempts/*.json"):
        path.unlink()
    text = made_text([read_results(sweep_dir)], EN)
    assert text.startswith("Shown by kd-sweep") and "no dates" in text


def test_a_sweep_without_an_answer_says_so_on_every_page_and_how_to_go_on(sweep_dir: Path) -> None:
    for path in (*(sweep_dir / "runs").glob("test-*/metrics.json"), *(sweep_dir / "runs").glob("final-*/metrics.json")):
        path.unlink()
    study = read_study(sweep_dir, sweep_dir.parent / ".data")
    for code in LANGUAGES:
        head = head_of(study, language(code))
        assert head.standing.command is not None and head.interim is not None


def test_with_an_answer_nothing_interim_is_said(study: Study) -> None:
    assert head_of(study, EN).interim is None


def test_the_way_up_leaves_the_report_in_the_language(site: Path) -> None:
    assert way_up(language("zh")) == "../../index.zh.html"
    assert way_up(language("zh"), is_student=True) == "../../zh/index.html"
    for name, path in files_of(site).items():
        if name.endswith(".html"):
            depth = "../" * name.count("/")
            overview = "index.zh.html" if name.startswith("zh/") else "index.html"
            assert f'<!--out--><a href="{depth}../../{overview}">' in path.read_text("utf-8"), name
