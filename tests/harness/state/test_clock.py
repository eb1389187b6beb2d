"""Time as result files write it."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from harness.state.clock import FORMAT, now, seconds_between

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 in UTC, as FORMAT says


def test_now_is_between_two_looks_at_the_clock() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    read = datetime.fromisoformat(now())
    assert before <= read <= datetime.now(UTC)


@given(MOMENTS, MOMENTS)
def test_seconds_are_those_that_were_written(one: datetime, other: datetime) -> None:
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    assert seconds_between(one.strftime(FORMAT), other.strftime(FORMAT)) == (other - one).total_seconds()


def test_an_offset_is_as_good_as_z() -> None:
    assert seconds_between("2026-01-01T00:00:00+00:00", "2026-01-01T01:00:00Z") == 3600
    assert seconds_between("2026-01-01T02:00:00+02:00", "2026-01-01T00:00:00Z") == 0
