"""The answer in one sentence, with what the student keeps and what it costs."""

from collections.abc import Sequence

from harness.report.answer import Answer
from harness.report.costs import Cost
from harness.report.language import Language
from harness.report.statistics import Gain
from harness.report.text import p_equation, percent, ratio, signed_points

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
