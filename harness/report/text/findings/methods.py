"""Which method leads tuned distillation, and what its search and the baseline's chose, in words."""

from collections.abc import Iterable, Iterator

from harness.report.analysis.arms.methods import MethodComparison, MethodRow
from harness.report.results.message import Message
from harness.report.results.sweep_results import Results
from harness.report.text.labels import dimension_text, loss_options, params_text, setting_text
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, signed_points
from harness.sweep.search.params import Params
from kd.config import DistillConfig

MAX_NAMED = 4  # methods of one sentence; the table has all


def methods_sentence(methods: MethodComparison, say: Language) -> str:
    """What the study says of its methods: those clearly better than the yardstick, or that none is, and by how much.

    Then those that are clearly worse, and those of which nothing is known yet.
    """
    return say("gap").join([_verdict_text(methods, say), *_worse(methods, say), *_unknown(methods, say)])


def yardstick_text(methods: MethodComparison, say: Language) -> str:
    """What methods are measured by: tuned KD, or the first of the list where no method is KD."""
    name = methods.yardstick.name
    return say(
        "methods-yardstick",
        loss="other" if not methods.is_kd else "kd" if name == "kd" else "named-kd",
        tuned="yes" if methods.is_tuned else "no",
        name=name,
    )


def hole_message(row: MethodRow) -> Message:
    """Why a method has no test accuracy."""
    assert row.hole is not None
    return Message("methods-hole", {"hole": row.hole, "number": row.num_complete, "total": row.num_trials})


def options_text(params: Params, say: Language) -> str:
    """Values that stand beside alpha and T: a loss's options, and what was searched of the student.

    >>> from harness.report.text.language import language
    >>> options_text({"alpha": 0.5, "beta": 2.0, "student.optimizer.lr": 0.0123}, language("en"))
    'beta 2, optimizer.lr 0.0123'
    """
    return params_text({name: value for name, value in params.items() if name not in ("alpha", "temperature")}, say)


def chosen_text(results: Results, say: Language) -> str:
    """What the distilled student was trained with: its method, of several; alpha, T, and what else was searched."""
    found = results.headline
    if found.distill is None:
        return ""
    is_named = len(results.methods) > 1
    named = [found.method.name] if is_named else []
    searched = searched_text(found.distill, found.params or {}, say)
    return say.join([*named, setting_text(found.distill, say, is_named), *([searched] if searched else [])])


def searched_text(distill: DistillConfig, params: Params, say: Language) -> str:
    """What was searched and is no part of the loss's text: values of the student's training, say."""
    said = loss_options(distill)
    return options_text({name: value for name, value in params.items() if name not in said}, say)


def headline_text(results: Results, say: Language) -> str:
    """Which method "distilled" stands for, and why that one."""
    name, searches = results.headline.method.name, [one for one in results.methods if one.method.space]
    if not searches:
        return say("methods-first-listed", name=name)
    is_over = results.standing.is_finished or all(one.params is not None for one in searches)
    return say("methods-best-on-val" if is_over else "methods-best-so-far", name=name)


def fair_text(methods: MethodComparison, say: Language) -> str:
    """What all methods share, and with how many trials each was tuned."""
    numbers = sorted({row.num_trials for row in methods.rows})
    if len(numbers) == 1:
        return say("methods-fair", trials=numbers[0])
    return say("methods-fair-apart", trials=say.join(str(number) for number in numbers))


def baseline_search_text(results: Results, say: Language) -> str:
    """With how many trials over what the student alone was tuned, and what was chosen; empty where it was not."""
    alone = results.alone
    if alone is None:
        return ""
    names = [dimension_text(name, say) for name in alone.method.space]
    texts = [say("search-of-baseline", trials=results.plan.sweep.num_trials(alone.method), names=names)]
    if alone.params is not None:
        texts.append(say("search-baseline-chosen", setting=params_text(alone.params, say)))
    return say("gap").join(texts)


def _verdict_text(methods: MethodComparison, say: Language) -> str:
    yardstick = yardstick_text(methods, say)
    known, largest = [row for row in methods.others if row.verdict is not None], methods.largest
    if largest is None or largest.lead is None:
        return say("methods-untold", yardstick=yardstick, final="yes" if methods.is_final else "no")
    better, worse = methods.judged("gain"), methods.judged("loss")
    if better or len(worse) == len(known):
        rows = better or worse
        return say(
            "methods-better" if better else "methods-all-worse",
            yardstick=yardstick,
            number=len(rows),
            total=len(known),
            leads=_leads(rows, say),
            name=rows[0].name,
            **_lead(rows[0], say),
        )
    is_told = any(row.verdict != "too few seeds" for row in known)
    return say(
        "methods-none" if is_told else "methods-few-seeds",
        yardstick=yardstick,
        total=len(known),
        name=largest.name,
        seeds=say("seeds", number=largest.lead.num_seeds),
        told="yes" if largest.lead.is_told else "no",
        ahead="yes" if largest.lead.both.mean > 0 else "no",
        **_lead(largest, say),
    )


def _worse(methods: MethodComparison, say: Language) -> Iterator[str]:
    worse, others = methods.judged("loss"), [row for row in methods.others if row.verdict not in (None, "loss")]
    if worse and others:
        yield say("methods-worse", leads=_leads(tuple(reversed(worse)), say))


def _unknown(methods: MethodComparison, say: Language) -> Iterator[str]:
    if methods.holes:
        named = [say("methods-named-hole", name=row.name, why=hole_message(row)) for row in methods.holes[:MAX_NAMED]]
        final = "yes" if methods.is_final else "no"
        yield say("methods-unknown", methods=_some(named, len(methods.holes), say), final=final)


def _leads(rows: tuple[MethodRow, ...], say: Language) -> str:
    """The first few with their leads."""
    named = [say("methods-named-lead", name=row.name, **_lead(row, say)) for row in rows[:MAX_NAMED]]
    return _some(named, len(rows), say)


def _some(named: Iterable[str], number: int, say: Language) -> str:
    more = [say("methods-more", number=number - MAX_NAMED)] if number > MAX_NAMED else []
    return say("semicolon").join([*named, *more])


def _lead(row: MethodRow, say: Language) -> dict[str, str]:
    assert row.lead is not None
    return {"lead": signed_points(row.lead.both.mean), "interval": interval_text(row.lead.both, say)}
