"""How fast the student is beside the teacher, in words that another measurement would repeat."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.report.analysis.costs import Cost
from harness.report.analysis.speed_ratio import SpeedRatio, to_digits
from harness.report.text.language import Language
from harness.report.text.numbers import significant


class SpeedFact(NamedTuple):
    """The ratio in a few words, and what it rests on."""

    words: str
    basis: str


def speed_lines(costs: Sequence[Cost], say: Language) -> tuple[str, ...]:
    """A sentence on one image, and one on a batch, as far as both took turns at it; nothing for older results."""
    student, num_teachers = costs[-1], _num_teachers(costs)
    timed = ((student.single_ratio, 1), (student.batch_ratio, student.batch.batch_size if student.batch else 1))
    return tuple(_sentence(ratio, images, num_teachers, say) for ratio, images in timed if ratio is not None)


def speed_line(costs: Sequence[Cost], say: Language) -> str:
    """The sentence on one image: empty where the models were not timed by turns."""
    if not costs or costs[-1].single_ratio is None:
        return ""
    return _sentence(costs[-1].single_ratio, 1, _num_teachers(costs), say)


def speed_fact(costs: Sequence[Cost], say: Language) -> SpeedFact | None:
    """The same for the row of facts; None where the models were not timed by turns."""
    student = costs[-1]
    if student.single_ratio is None or student.single is None:
        return None
    relation = student.single_ratio.relation
    basis = say(
        "speed-fact-basis",
        relation=relation,
        quartiles=_quartiles(student.single_ratio, say),
        student=significant(student.single.median_ms),
        num_teachers=_num_teachers(costs),
    )
    return SpeedFact(say("speed-fact", relation=relation, factor=factor_text(student.single_ratio, say)), basis)


def speed_beside_teacher(cost: Cost, say: Language) -> str:
    """In a few words, of one image; empty of the teacher, and where the models were not timed by turns."""
    ratio = cost.single_ratio
    if ratio is None:
        return ""
    return say("speed-beside-teacher", relation=ratio.relation, factor=factor_text(ratio, say))


def short_text(ratio: SpeedRatio, say: Language) -> str:
    """For a cell of a table whose head says beside what."""
    return say("speed-short", relation=ratio.relation, factor=factor_text(ratio, say))


def factor_text(ratio: SpeedRatio, say: Language) -> str:
    """The factor alone, as far as it repeats.

    >>> from harness.report.text.language import language
    >>> factor_text(SpeedRatio(3.6, 3.7, 4.3, 200), language("en"))
    'about 4'
    >>> factor_text(SpeedRatio(22.5, 24.3, 28.2, 200), language("en"))
    '20 to 30'
    """
    low, high = ratio.rounded
    return say("speed-factor", is_range="no" if low == high else "yes", low=_number(low), high=_number(high))


def _sentence(ratio: SpeedRatio, images: int, num_teachers: int, say: Language) -> str:
    return say(
        "speed-sentence",
        images=images,
        relation=ratio.relation,
        factor=factor_text(ratio, say),
        quartiles=_quartiles(ratio, say),
        same="yes" if ratio.rounded == _rounded_quartiles(ratio) else "no",
        pairs=ratio.num_pairs,
        num_teachers=num_teachers,
    )


def _rounded_quartiles(ratio: SpeedRatio) -> tuple[float, float]:
    return to_digits(ratio.factor.low, 2), to_digits(ratio.factor.high, 2)


def _quartiles(ratio: SpeedRatio, say: Language) -> str:
    low, high = _rounded_quartiles(ratio)
    return say("speed-quartiles", is_range="no" if low == high else "yes", low=_number(low), high=_number(high))


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:g}"


def _num_teachers(costs: Sequence[Cost]) -> int:
    """The first of several is their ensemble."""
    return max(1, len(costs) - 2)
