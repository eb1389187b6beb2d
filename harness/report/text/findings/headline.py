"""The answer in one sentence, with what the student keeps and what it costs."""

from collections.abc import Sequence

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.methods import MethodComparison
from harness.report.analysis.arms.variants import Variants
from harness.report.analysis.causes import Cause, find_causes
from harness.report.analysis.chance.statistics import Estimate, Gain, verdict
from harness.report.analysis.costs import Cost
from harness.report.analysis.evidence import Evidence
from harness.report.results.sweep_results import Results
from harness.report.text.findings.advice import tie_advice
from harness.report.text.findings.causes import Reason, reasons
from harness.report.text.findings.methods import methods_sentence, searched_text
from harness.report.text.findings.power import power_text
from harness.report.text.findings.seeds import seeds_text
from harness.report.text.findings.speed import speed_line
from harness.report.text.findings.variants import variant_lines
from harness.report.text.labels import loss_texts, verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, p_equation, percent, points, ratio, ratio_of, signed_points
from harness.sweep.sections.metric import class_sizes
from kd.config import setting_numbers


def lead_sentence(answer: Answer, say: Language, is_brief: bool = False) -> str | None:
    """Whether distillation helps, by how much, and what the student keeps at which size; None without an answer.

    Speed is not in it: a ratio of latencies varies with the machine's other work, and no p-value speaks for it.

    Args:
        answer: Of the sweep.
        say: The language.
        is_brief: Leave the gain, its interval and the seeds out, where they stand beside it.
    """
    if answer.gain is None:
        return None
    change = _change(answer.gain, say, is_brief)
    parameters = answer.distilled.parameter_ratio
    if parameters is None:
        return say("answer-short-lead", change=change)
    return say(
        "answer-full-lead",
        verdict=verdict_key(answer.gain.verdict),
        change=change,
        **_kept(answer, say),
        num_teachers=answer.num_teachers,
        parameters=ratio_of(parameters, say),
    )


def _change(gain: Gain, say: Language, is_brief: bool) -> str:
    spread, seeds, p = _spread(gain.both, say), say("seeds", number=gain.num_seeds), p_equation(gain.both.p)
    basis = say("answer-lead-basis", brief="yes" if is_brief else "no", spread=spread, seeds=seeds, p=p)
    return say(
        "answer-lead",
        verdict=verdict_key(gain.verdict),
        before=percent(gain.before),
        after=percent(gain.after),
        gain=signed_points(gain.both.mean),
        basis=basis,
        interval=interval_text(gain.both, say),
        told="yes" if gain.is_told else "no",
        seeds=seeds,
        margin=percent(gain.margin or 0.0),
    )


def _spread(estimate: Estimate, say: Language) -> str:
    """A difference with its interval: after ±, or by its two ends where its arms differ."""
    return say(
        "answer-spread",
        gain=signed_points(estimate.mean),
        half=percent(estimate.half_width),
        even="yes" if estimate.is_even else "no",
        interval=interval_text(estimate, say),
    )


def _kept(answer: Answer, say: Language) -> dict[str, str]:
    """What a sentence on cost says of the teacher's accuracy: the share that is kept, that there is more, or nothing.

    A student that is better than a teacher which is better than the student alone keeps no share of it; beside a
    teacher that is not even that, no share means anything.
    """
    student, teacher, alone = (row.accuracy for row in (answer.distilled, answer.teacher, answer.baseline))
    if answer.distilled.kept is not None:
        return {"kept": "share", "share": ratio(answer.distilled.kept, say), "student": "", "teacher": ""}
    is_above = student and teacher and alone and student.mean > teacher.mean > alone.mean
    if answer.weak_teacher is None and student and teacher and is_above:
        return {"kept": "above", "share": "", "student": percent(student.mean), "teacher": percent(teacher.mean)}
    return {"kept": "nothing", "share": "", "student": "", "teacher": ""}


def verdict_text(gain: Gain, say: Language) -> str:
    """The verdict in words: a loss, or that nothing can be told, is said as plainly as a gain.

    One seed cannot show that a difference would survive another training, so it is not called real.
    """
    return say(
        "verdict-headline",
        verdict=verdict_key(gain.verdict),
        direction=verdict_key(verdict(gain.both)),
        margin=percent(gain.margin or 0.0),
    )


def explanation(answer: Answer, say: Language) -> str | None:
    """What may be concluded from the interval of the gain, by the verdict; None without an answer."""
    gain = answer.gain
    if gain is None:
        return None
    up, down = points(max(gain.both.high, 0.0)), points(max(-gain.both.low, 0.0))
    margin = points(gain.margin or 0.0)
    match gain.verdict:
        case "too few seeds":
            return say(
                "answer-few-seeds",
                num_seeds=gain.num_seeds,
                more="idle" if answer.guessing else "yes" if answer.more_seeds else "no",
            ).rstrip()
        case "equivalent":
            return say("answer-equivalent", margin=margin, direction=verdict_key(verdict(gain.both)))
        case "undecided":
            return say("answer-undecided", margin=margin, gain=up, loss=down)
        case "no clear difference":
            return say("answer-unclear", gain=up, loss=down)
        case _:
            return say("answer-explained", num_teachers=answer.num_teachers)


def balanced_text(results: Results, answer: Answer, say: Language) -> str:
    """What balanced accuracy is, why it is the headline, and what plain accuracy says; empty where it is not."""
    before, after = (row.unequal.accuracy if row.unequal else None for row in (answer.baseline, answer.distilled))
    if say.metric == "accuracy" or results.test is None or before is None or after is None:
        return ""
    sizes = list(filter(None, class_sizes(next(iter(results.test.scores.values())))))
    return say(
        "answer-balanced",
        low=min(sizes),
        high=max(sizes),
        before=percent(before.mean),
        after=percent(after.mean),
    )


def pairs_text(answer: Answer, say: Language) -> str | None:
    """Which seeds the gain compares, where not all of them have both students; else None."""
    if answer.gain is None or not answer.is_partly_paired:
        return None
    return say("answer-pairs", number=answer.gain.num_seeds)


def basis_text(gain: Gain, say: Language) -> str:
    """What an interval rests on."""
    return say("basis", num_images=gain.num_images, num_seeds=gain.num_seeds)


def answer_lines(
    answer: Answer,
    say: Language,
    methods: MethodComparison | None = None,
    causes: Sequence[Cause] | None = None,
    variants: Variants | None = None,
    costs: Sequence[Cost] = (),
) -> tuple[str, ...]:
    """The lines at the end of a sweep, in plain text: why it did not help, the gain, what it is made of, the cost.

    Where results decide how many seeds there are, also why there are as many.

    Args:
        answer: Of the sweep.
        say: The language.
        methods: Of several methods: which leads, before all that is said of the best one on val.
        causes: As ``explain`` gives them; left out, what the answer alone tells of the teacher.
        variants: What the gain is made of.
        costs: Of the models, for how fast the student is beside the teacher.
    """
    if causes is None:
        causes = find_causes(Evidence(weak_teacher=answer.weak_teacher))
    warnings = (reason.line(say) for reason in reasons(answer, causes, say))
    found = () if methods is None else (methods_sentence(methods, say),)
    seeds = () if answer.seeds is None else (seeds_text(answer.seeds, say),)
    power, made_of = power_text(answer, say, causes).line(say), variant_lines(variants, say)
    told = (_gain_line(answer, say), *_tie_lines(answer, say), *seeds, *([power] if power else []))
    cost = say("gap").join(filter(None, [_cost_line(answer, say), speed_line(costs, say)]))
    return (*warnings, *found, *told, *made_of, cost)


def _tie_lines(answer: Answer, say: Language) -> tuple[str, ...]:
    """That the search could not choose, where not one of its trials is worse than another."""
    if answer.tie is None or not answer.tie.is_whole:
        return ()
    advice = tie_advice(answer.tie)
    return (Reason(say(advice.message, **advice.values), change=advice.change).line(say),)


def _gain_line(answer: Answer, say: Language) -> str:
    missing = say("semicolon").join(say(reason) for reason in answer.missing)
    if answer.gain is None:
        return say("line-no-answer", missing=missing, final="yes" if answer.is_final else "no")
    assert answer.chosen is not None
    arm = answer.distilled.arm
    searched = searched_text(answer.chosen, arm.params, say)
    more = [*loss_texts(answer.chosen, is_named=bool(arm.method)), *([searched] if searched else [])]
    line = say(
        "line-gain",
        verdict=verdict_text(answer.gain, say),
        gain=signed_points(answer.gain.both.mean),
        interval=interval_text(answer.gain.both, say),
        told="yes" if answer.gain.is_told else "no",
        basis=basis_text(answer.gain, say),
        num_teachers=answer.num_teachers,
        named="yes" if arm.method else "no",
        method=arm.method,
        **setting_numbers(answer.chosen),
        more=more,
        is_plain="no" if more else "yes",
    )
    incomplete = say("line-incomplete", missing=missing) if missing else None
    return say("gap").join(filter(None, [line, incomplete, pairs_text(answer, say)]))


def _cost_line(answer: Answer, say: Language) -> str:
    row, teacher = answer.distilled if answer.distilled.size else answer.baseline, answer.teacher  # the same model
    if row.size is None or teacher.size is None or row.parameter_ratio is None:
        return say("line-no-sizes")
    return say(
        "line-cost",
        **_kept(answer, say),
        num_teachers=answer.num_teachers,
        parameters=ratio_of(row.parameter_ratio, say),
        num_student=row.size.num_parameters,
        num_teacher=teacher.size.num_parameters,
        macs="unknown" if row.mac_ratio is None else ratio_of(row.mac_ratio, say),
        larger="yes" if row.parameter_ratio > 1 else "no",
    )
