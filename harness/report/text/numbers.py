"""Numbers as people read them; those with words beside them in a language."""

import math
from itertools import accumulate
from unicodedata import east_asian_width

from harness.report.analysis.chance.statistics import Estimate
from harness.report.text.language import Language
from harness.state.attempts.facts import device_name
from kd.plain_text import printable
from kd.records import CPU, Attempt

MINUS = "−"
AS_LARGE = 0.005
"""What is larger by less than this share is called the whole."""


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
    return signed(100 * difference, digits)


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign; a rounded zero has none.

    >>> signed(1.24), signed(-3.0), signed(-0.04)
    ('+1.2', '−3.0', '0.0')
    """
    text = points(value / 100, digits)
    return f"+{text}" if value > 0 and float(text.replace(MINUS, "-")) != 0 else text


def shortened(name: str, length: int) -> str:
    """A name in one line of at most so many letters, of which an ideograph takes the room of two.

    >>> shortened("cat", 5), shortened("dromedary", 5), shortened("单峰骆驼", 5)
    ('cat', 'drom…', '单峰…')
    """
    name = " ".join(printable(name).split())
    widths = [_width(letter) for letter in name]
    if sum(widths) <= length:
        return name
    fitting = sum(total < length for total in accumulate(widths))
    return name[:fitting] + "…"


def shortened_inside(name: str, length: int) -> str:
    """A name of at most so many letters: what tells names apart stands at their beginning or at their end.

    An ideograph takes the room of two letters, as in ``shortened``.

    >>> [shortened_inside(name, 9) for name in ("dkd", "kd-with-options-2", "长颈鹿与斑马混合类别")]
    ['dkd', 'kd-w…ns-2', '长颈…类别']
    """
    name = " ".join(printable(name).split())
    widths = [_width(letter) for letter in name]
    if sum(widths) <= length:
        return name
    half = (length - 1) // 2
    num_first = sum(total <= length - 1 - half for total in accumulate(widths))
    num_last = sum(total <= half for total in accumulate(reversed(widths)))
    return f"{name[:num_first]}…{name[len(name) - num_last :]}"


def _width(letter: str) -> int:
    return 2 if east_asian_width(letter) in "WF" else 1


def ratio(share: float, say: Language) -> str:
    """A share in per cent, as precise as it deserves; what is more than the whole, as a multiple of it.

    >>> from harness.report.text.language import language
    >>> [ratio(share, language("en")) for share in (0.9855, 0.0957, 0.00213, 1.0, 1.02, 4.967)]
    ['98.6 %', '9.6 %', '0.21 %', '100 %', '1.02×', '5.0×']
    """
    return say("ratio", **_ratio(share))


def ratio_of(share: float, say: Language) -> str:
    """The same before the words for what it is a share or a multiple of.

    >>> from harness.report.text.language import language
    >>> [ratio_of(share, language("en")) + " its parameters" for share in (0.0957, 4.967)]
    ['9.6 % of its parameters', '5.0× its parameters']
    """
    return say("ratio-of", **_ratio(share))


def _ratio(share: float) -> dict[str, str]:
    if share < 1 + AS_LARGE:
        value = min(100 * share, 100.0)
        return {"size": "share", "value": f"{value:.{0 if value >= 99.95 else 1 if value >= 1 else 2}f}"}
    return {"size": "multiple", "value": f"{share:.{2 if share < 1.95 else 1 if share < 99.95 else 0}f}"}


def p_value(p: float) -> str:
    """A p-value; tiny ones are only bounded.

    >>> p_value(0.0312), p_value(1e-9), p_value(float("nan"))
    ('0.031', '< 0.001', '–')
    """
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def p_equation(p: float) -> str:
    """The same as an equation.

    >>> p_equation(0.0312), p_equation(1e-9)
    ('p = 0.031', 'p < 0.001')
    """
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


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


def duration(seconds: float, say: Language) -> str:
    """A stretch of time.

    >>> from harness.report.text.language import language
    >>> [duration(seconds, language("en")) for seconds in (3.21, 75, 7300)]
    ['3.2 s', '1 min 15 s', '2 h 1 min']
    """
    if seconds < 60:
        return say("seconds", seconds=f"{seconds:.1f}")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return say("minutes", minutes=str(minutes), seconds=str(rest))
    return say("hours", hours=str(minutes // 60), minutes=str(minutes % 60))


def interval_text(estimate: Estimate, say: Language) -> str:
    """The interval of a difference, in points.

    >>> from harness.report.text.language import language
    >>> interval_text(Estimate(0.01, -0.005, 0.025), language("en"))
    '−0.50 to +2.50'
    """
    return say("interval", low=signed_points(estimate.low), high=signed_points(estimate.high))


def clock(seconds: float) -> str:
    """A stretch of time as hours:minutes:seconds, which sorts and aligns.

    >>> clock(4.8), clock(75), clock(7300)
    ('0:00:05', '0:01:15', '2:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def hours_text(hours: float, largest: float) -> str:
    """Hours with as many decimals as make a column with this largest entry readable; nothing for none.

    >>> hours_text(0.00417, 0.03), hours_text(1.5, 12.0), hours_text(0.0, 12.0)
    ('0.0042', '1.50', '')
    """
    digits = 4 if largest < 1 else 2 if largest < 100 else 1
    return f"{hours:.{digits}f}" if hours else ""


def device_text(attempt: Attempt) -> str:
    """What an attempt ran on; of processors, with the threads."""
    name = device_name(attempt)
    return f"{name} × {attempt.num_threads}" if attempt.device == CPU else name
