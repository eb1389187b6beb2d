"""Output on terminals without UTF-8."""

import io

import pytest

from harness.console.plain import bar, write_plainly


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", "1 x 2 | alpha ... ?"), ("utf-8", "1 × 2 · α … 猫")])
def test_what_an_encoding_lacks_is_shown_by_something_near(encoding: str, shown: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    write_plainly(stream, io.StringIO())  # of a test or a notebook: takes every letter
    stream.write("1 × 2 · α … 猫")
    stream.flush()
    assert raw.getvalue().decode(encoding) == shown


@pytest.mark.parametrize(("share", "shown"), [(0.0, "...."), (0.5, "##.."), (1.0, "####")])
def test_a_bar_of_ascii(share: float, shown: str) -> None:
    assert bar(share, 4, "iso-8859-1") == shown
