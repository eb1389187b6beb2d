"""Numbers as people read them."""

import math

MINUS = "−"


def percent(share: float, digits: int = 2) -> str:
    """A share as a percentage without the sign.

    >>> percent(0.98154)
    '98.15'
    """
    return f"{100 * share:.{digits}f}"


def points(difference: float, digits: int = 2) -> str:
    """A difference of shares in percentage points; a rounded zero has no sign.

    >>> points(-0.01234), points(-0.000001)
    ('−1.23', '0.00')
    """
    text = f"{100 * difference:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed_points(difference: float, digits: int = 2) -> str:
    """The same with a plus sign where it is positive.

    >>> signed_points(0.0123), signed_points(-0.0123), signed_points(0.0)
    ('+1.23', '−1.23', '0.00')
    """
    text = points(difference, digits)
    return f"+{text}" if difference > 0 and float(text.replace(MINUS, "-")) != 0 else text


def ratio(share: float) -> str:
    """A share in per cent, as precise as it deserves.

    >>> ratio(0.9855), ratio(0.0957), ratio(4.967), ratio(0.00213)
    ('98.6 %', '9.6 %', '497 %', '0.21 %')
    """
    value = 100 * share
    digits = 0 if value >= 99.95 else 1 if value >= 1 else 2
    return f"{value:.{digits}f} %"


def times(share: float) -> str:
    """How much larger or smaller something is.

    >>> times(4.967), times(0.045), times(1.0)
    ('5.0 times as large', '22.2 times smaller', 'equally large')
    """
    if math.isclose(share, 1.0, rel_tol=0.005):
        return "equally large"
    return f"{share:.1f} times as large" if share > 1 else f"{1 / share:.1f} times smaller"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    >>> count(1, "seed"), count(1500, "image"), count(2, "class")
    ('1 seed', '1,500 images', '2 classes')
    """
    plural = noun if number == 1 else noun + ("es" if noun.endswith("s") else "s")
    return f"{number:,} {plural}"


def p_value(p: float) -> str:
    """A p-value; tiny ones are only bounded.

    >>> p_value(0.0312), p_value(1e-9), p_value(float("nan"))
    ('0.031', '< 0.001', '–')
    """
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def quantity(number: int) -> str:
    """A large count, short.

    >>> quantity(20_490), quantity(101_770_000), quantity(512)
    ('20.5 K', '102 M', '512')
    """
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "K")):
        if number >= scale:
            value = number / scale
            return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f} {letter}"
    return str(number)


def significant(number: float) -> str:
    """A measured number to three significant digits.

    >>> significant(0.08347), significant(12.34), significant(2345.6)
    ('0.0835', '12.3', '2,350')
    """
    rounded = float(f"{number:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:.3g}"


def megabytes(num_bytes: int) -> str:
    """Bytes in megabytes (of 10⁶), as file sizes are told.

    >>> megabytes(407_384), megabytes(86_567_656), megabytes(343_215_616)
    ('0.407', '86.6', '343')
    """
    return significant(num_bytes / 1e6)


def duration(seconds: float) -> str:
    """A stretch of time.

    >>> duration(3.21), duration(75), duration(7300)
    ('3.2 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
