"""A part that fails says so in its place where failures are collected, and raises where nobody does."""

import pytest
from markupsafe import escape

from harness.report.text.failed_parts import MAX_REASON, FailedPart, attempt, collecting, uncollected
from harness.report.text.language import LANGUAGES, language


def fail() -> str:
    raise ValueError("<b>\x1b[31m of\nkd/training.py " + "x" * 1000)


def test_what_is_made_is_given_on() -> None:
    with collecting() as failed:
        assert attempt("figure", "one", lambda: "made") == "made"
        assert attempt("figure", "two", lambda: None) is None
    assert not failed


def test_where_nobody_collects_an_error_is_an_error() -> None:
    with pytest.raises(ValueError, match="<b>"):
        attempt("figure", "one", fail)
    with collecting():
        pass
    with pytest.raises(ValueError, match="<b>"):
        attempt("figure", "one", fail)


def test_within_what_is_collected_it_may_be_an_error_again() -> None:
    with collecting() as failed:
        with uncollected(), pytest.raises(ValueError, match="<b>"):
            attempt("figure", "one", fail)
        assert not failed
        assert isinstance(attempt("figure", "one", fail), FailedPart)


def test_a_part_that_fails_twice_is_one() -> None:
    with collecting() as failed:
        for _ in LANGUAGES:
            assert isinstance(attempt("figure", "one", fail), FailedPart)
        attempt("table", "one", fail)
    assert list(failed) == [("figure", "one"), ("table", "one")]


def test_stopping_is_no_failure() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with collecting(), pytest.raises(KeyboardInterrupt):
        attempt("figure", "one", stop)


@pytest.mark.parametrize("kind", ["figure", "table", "section", "page", "file"])
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_it_is_said_in_one_line_without_markup(kind, code: str) -> None:
    with collecting():
        part = attempt(kind, "accuracies", fail)
    assert isinstance(part, FailedPart)
    html = part.html(language(code))
    assert html.startswith('<p class="failed-part">')
    assert escape("ValueError: <b>") in html
    assert "\\x1b[31m of kd/training.py xxx" in html
    assert "accuracies" in html
    assert len(html) < MAX_REASON + 200
    assert "fail()" in part.trace or "in fail" in part.trace


def test_each_kind_has_words_of_its_own() -> None:
    with collecting():
        for code in LANGUAGES:
            kinds = ("figure", "table", "section", "page", "file")
            parts = [attempt(kind, "x", fail) for kind in kinds]
            assert len({part.html(language(code)) for part in parts if isinstance(part, FailedPart)}) == len(kinds)
