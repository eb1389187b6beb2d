"""The answer in one sentence, with what the student keeps and what it costs."""

from collections.abc import Sequence

from harness.report.analysis.costs import Cost
from harness.report.analysis.gains import Answer
from harness.report.analysis.statistics import Gain
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, p_equation, percent, ratio, signed_points
from kd.config import setting_numbers

AS_FAST = 0.05
"""Latencies that differ by less than this share are called the same."""


def lead_sentence(answer: Answer, costs: Sequence[Cost], say: Language) -> str | None:
    """Whether distillation helps, by how much, and what the student keeps at which cost; None without an answer."""
    if answer.gain is None:
        return None
    change = _change(answer.gain, say)
    kept, parameters = answer.distilled.kept, answer.distilled.parameter_ratio
    if kept is None or parameters is None:
        return say("answer-short-lead", change=change)
    speed, factor = _speed(costs)
    return say(
        "answer-full-lead",
        verdict=answer.gain.verdict,
        change=change,
        kept=ratio(kept, say),
        num_teachers=answer.num_teachers,
        parameters=ratio(parameters, say),
        speed=speed,
        factor=f"{factor:.1f}",
    )


def _change(gain: Gain, say: Language) -> str:
    return say(
        "answer-lead",
        verdict=gain.verdict,
        before=percent(gain.before),
        after=percent(gain.after),
        gain=signed_points(gain.both.mean),
        half=percent(gain.both.half_width),
        seeds=say("seeds", number=gain.num_seeds),
        p=p_equation(gain.both.p),
    )


def _speed(costs: Sequence[Cost]) -> tuple[str, float]:
    """Of one image: is the student faster, slower or the same, and by which factor? Unknown without both timings."""
    teacher, student = costs[0].single, costs[-1].single
    if teacher is None or student is None:
        return "unknown", 1.0
    factor = teacher.median_ms / student.median_ms
    if 1 / (1 + AS_FAST) < factor < 1 + AS_FAST:
        return "same", 1.0
    return ("faster", factor) if factor > 1 else ("slower", 1 / factor)


def verdict_text(gain: Gain, say: Language) -> str:
    """The verdict in words: a loss, or that nothing can be told, is said as plainly as a gain.

    One seed cannot show that a difference would survive another training, so it is not called real.
    """
    return say("verdict-headline", verdict=gain.verdict, num_seeds=gain.num_seeds)


def basis_text(gain: Gain, say: Language) -> str:
    """What an interval rests on."""
    return say("basis", num_images=gain.num_images, num_seeds=gain.num_seeds)


def answer_lines(answer: Answer, say: Language) -> tuple[str, str]:
    """The two lines at the end of a sweep, in plain text."""
    return _gain_line(answer, say), _cost_line(answer, say)


def _gain_line(answer: Answer, say: Language) -> str:
    missing = say("semicolon").join(say(reason) for reason in answer.missing)
    if answer.gain is None:
        return say("line-no-answer", missing=missing)
    assert answer.chosen is not None
    line = say(
        "line-gain",
        verdict=verdict_text(answer.gain, say),
        gain=signed_points(answer.gain.both.mean),
        interval=interval_text(answer.gain.both, say),
        basis=basis_text(answer.gain, say),
        **setting_numbers(answer.chosen),
    )
    return f"{line} {say('line-incomplete', missing=missing)}" if missing else line


def _cost_line(answer: Answer, say: Language) -> str:
    row, teacher = answer.distilled, answer.teacher
    if row.size is None or teacher.size is None or row.parameter_ratio is None:
        return say("line-no-sizes")
    return say(
        "line-cost",
        kept="unknown" if row.kept is None else ratio(row.kept, say),
        num_teachers=answer.num_teachers,
        parameters=ratio(row.parameter_ratio, say),
        num_student=row.size.num_parameters,
        num_teacher=teacher.size.num_parameters,
        macs="unknown" if row.mac_ratio is None else ratio(row.mac_ratio, say),
        larger="yes" if row.parameter_ratio > 1 else "no",
        factor=f"{row.parameter_ratio:.1f}",
    )
