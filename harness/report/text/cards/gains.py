"""The lines of the topics that are about the gain: how certain it is, which method has it, what it is made of."""

from collections.abc import Sequence

from harness.report.analysis.arms.extra_tests import ExtraSet
from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.methods import MethodComparison
from harness.report.analysis.arms.variants import TeacherSeeds, VariantRow, Variants
from harness.report.analysis.chance.statistics import Gain
from harness.report.text.cards.names import MAX_NAMED, final_key, some
from harness.report.text.findings.extra_tests import set_name
from harness.report.text.findings.methods import yardstick_text
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, percent, signed_points
from harness.sweep.runs import TEACHER_SEED

CHANGES = ("loss", "gain", "no clear difference", "too few seeds")
"""Verdicts on a variant, in the order in which a line has them."""


def certainty_line(answer: Answer, say: Language) -> str:
    """How often one training of each is better with distillation, and how far chance moves the gain."""
    gain = answer.gain
    if gain is None:
        return say("card-certainty-open", final=final_key(answer.is_final), missing=answer.missing[0])
    if gain.verdict == "too few seeds":
        return say("card-certainty-few", number=gain.num_seeds, half=percent(gain.images.half_width))
    pairs, half = answer.one_training, say("card-half", half=percent(gain.both.half_width))
    chance = half if gain.both.is_even else interval_text(gain.both, say)
    if pairs is None:
        return say("card-certainty-two", seeds=say("seeds", number=gain.num_seeds), chance=chance)
    counts = {"wins": pairs.num_wins, "ties": pairs.num_ties, "pairs": pairs.num_pairs}
    return say("card-certainty", **counts, chance=chance)


def methods_line(methods: MethodComparison, say: Language) -> str:
    """Which methods are clearly better or worse than the yardstick, and of how many nothing is known."""
    yardstick = yardstick_text(methods, say)
    known = [row for row in methods.others if row.verdict is not None]
    if not known:
        return say("card-methods-open", yardstick=yardstick, final=final_key(methods.is_final))
    if all(row.verdict == "too few seeds" for row in known):
        seeds = max(row.lead.num_seeds for row in known if row.lead)
        return say("card-methods-few", yardstick=yardstick, number=len(known), seeds=say("seeds", number=seeds))
    better, worse = (some([row.name for row in methods.judged(verdict)], say) for verdict in ("gain", "loss"))
    return say(
        "card-methods",
        yardstick=yardstick,
        better=better or "none",
        worse=worse or "none",
        number=len(known),
        holes=len(methods.holes),
    )


def controls_line(variants: Variants, say: Language) -> str:
    """What each change does beside the distilled student, and the gain under other trainings of the teacher."""
    found = list(filter(None, (_changed(variants.rows, verdict, say) for verdict in CHANGES)))
    sentences = [say("card-controls", parts=say("semicolon").join(found))] if found else []
    if variants.teachers is not None:
        sentences.append(_teachers(variants.teachers, say))
    return say("gap").join(sentences) if sentences else say("variants-untested")


def other_tests_line(sets: Sequence[ExtraSet], is_final: bool, say: Language) -> str:
    """The gain on each set; of the corrupted test images, on all of them together."""
    whole = [one for one in sets if one.corruption is None]
    known = [(one, one.gain) for one in whole if one.gain is not None]
    if not known:
        names = some([set_name(one, say) for one in whole], say)
        return say("card-other-tests-open", names=names, final=final_key(is_final))
    gains = [_gain_on(set_name(one, say), gain, say) for one, gain in known[:MAX_NAMED]]
    return say("card-other-tests", gains=say("semicolon").join(gains), more=max(0, len(known) - MAX_NAMED))


def _changed(rows: Sequence[VariantRow], verdict: str, say: Language) -> str:
    keys = [row.key.replace("_", "-") for row in rows if row.verdict == verdict and not _is_teacher(row)]
    names = [say("card-control", key=key) for key in keys]
    return say("card-controls-part", verdict=verdict_key(verdict), names=some(names, say)) if names else ""


def _is_teacher(row: VariantRow) -> bool:
    """Other trainings of the teacher are judged together."""
    return row.key.startswith(TEACHER_SEED)


def _teachers(found: TeacherSeeds, say: Language) -> str:
    return say(
        "card-controls-teachers",
        number=len(found.gains),
        told="no" if found.verdict == "too few seeds" else "yes",
        gains=say.join(map(signed_points, found.gains)),
        mean=signed_points(found.mean.mean),
        interval=interval_text(found.mean, say),
    )


def _gain_on(name: str, gain: Gain, say: Language) -> str:
    return say(
        "card-other-tests-gain",
        name=some([name], say),
        gain=signed_points(gain.both.mean),
        told=final_key(gain.is_told),
        interval=interval_text(gain.both, say),
    )
