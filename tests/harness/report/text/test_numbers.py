"""Numbers as people read them: signs of zero, rounding up to the next unit, room for every script."""

from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.text.language import language
from harness.report.text.numbers import (
    clock,
    duration,
    points,
    quantity,
    shortened,
    signed_points,
    significant,
)
from kd.plain_text import printable

EN = language("en")


@given(st.floats(-1, 1))
def test_a_difference_is_read_back_to_its_last_digit_and_zero_has_no_sign(difference: float) -> None:
    text = signed_points(difference)
    value = float(text.replace("−", "-"))
    assert value == pytest.approx(100 * difference, abs=0.00501)
    assert (text[0] in "+−") == (value != 0)
    assert "-" not in text and text.lstrip("+") == points(difference)


@given(st.text(max_size=30), st.integers(3, 20))
def test_a_shortened_name_fits_and_begins_as_the_name_does(name: str, length: int) -> None:
    text, name = shortened(name, length), " ".join(printable(name).split())
    width = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    assert width <= length or text == name
    assert text == name or name.startswith(text.removesuffix("…"))


@pytest.mark.parametrize(
    ("seconds", "text"), [(59.6, "0:01:00"), (3599.6, "1:00:00"), (0.4, "0:00:00"), (60, "0:01:00"), (3661, "1:01:01")]
)
def test_a_clock_carries_over(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(60, "1 min 0 s"), (3599.6, "1 h 0 min"), (0, "0.0 s")])
def test_a_stretch_of_time_carries_over(seconds: float, text: str) -> None:
    assert duration(seconds, EN) == text


@pytest.mark.parametrize(
    ("number", "text"), [(999, "999"), (1000, "1.00 K"), (10_000, "10.0 K"), (2 * 10**9, "2.00 G")]
)
def test_counts_change_their_unit_at_a_thousand(number: int, text: str) -> None:
    assert quantity(number) == text


@given(st.floats(1e-3, 1e6))
def test_three_digits_are_within_half_of_the_last(number: float) -> None:
    assert float(significant(number).replace(",", "")) == pytest.approx(
        number, rel=0.0051, abs=0.5 if number > 99 else 0
    )
