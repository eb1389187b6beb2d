"""The lines of the topics that are about the test images: classes, errors, labels, agreement, calibration."""

from collections.abc import Sequence

from harness.report.analysis.errors.agreement import Agreement
from harness.report.analysis.errors.calibration import Calibration
from harness.report.analysis.errors.confusions import ConfusedPair
from harness.report.analysis.errors.errors import ClassRow, ErrorAnalysis
from harness.report.analysis.errors.suspect_labels import SuspectLabels
from harness.report.text.cards.names import final_key, some
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import percent


def unread_line(is_final: bool, say: Language) -> str:
    """That nobody has seen what the models say of the test images."""
    return say("card-unread", final=final_key(is_final))


def classes_line(errors: ErrorAnalysis, is_final: bool, say: Language) -> str:
    """How many classes clearly gain and lose, and which."""
    changed = [row for row in errors.classes if row.gain is not None]
    if not changed:
        return say("card-classes-open", number=len(errors.classes), final=final_key(is_final))
    if all(row.verdict == "too few seeds" for row in changed):
        return say("card-classes-few", number=len(errors.classes))
    gaining, losing = (_of_verdict(errors.classes, verdict) for verdict in ("gain", "loss"))
    return say(
        "card-classes",
        total=len(errors.classes),
        gaining=len(gaining),
        losing=len(losing),
        gain_names=some(gaining, say),
        loss_names=some(losing, say),
    )


def _of_verdict(rows: Sequence[ClassRow], verdict: str) -> list[str]:
    return [row.name for row in rows if row.verdict == verdict]


def errors_line(errors: ErrorAnalysis, pairs: Sequence[ConfusedPair], has_gain: bool, say: Language) -> str:
    """How many images distillation fixed and broke, and which classes are confused most.

    Args:
        errors: Of all arms.
        pairs: The most confused first.
        has_gain: Whether both students were tested, so that fixed and broken mean something.
        say: The language.
    """
    changed = [say("card-errors", fixed=len(errors.fixed), broken=len(errors.broken))] if has_gain else []
    if not pairs:
        return say("gap").join([*changed, say("card-errors-none")])
    one, other = (some([errors.class_names[index]], say) for index in (pairs[0].one, pairs[0].other))
    return say("gap").join([*changed, say("card-errors-confused", one=one, other=other)])


def labels_line(found: Sequence[SuspectLabels], say: Language) -> str:
    """How many labels every model contradicts in the same way, by part; else how many are listed."""
    if not any(one.num_models for one in found):
        return say("card-labels-nobody")
    silent = max(one.num_silent for one in found)
    clear = [one for one in found if one.num_unanimous]
    if not clear:
        return say("card-labels-none", number=sum(len(one.suspects) for one in found), silent=silent)
    parts = [say("card-labels-part", part=one.part, number=one.num_unanimous) for one in clear]
    return say("card-labels", parts=parts, silent=silent, number=max(one.num_models for one in clear))


def agreement_line(agreements: Sequence[Agreement], num_teachers: int, is_final: bool, say: Language) -> str:
    """How often students decide as the teacher does, with distillation and without."""
    by_arm = {one.arm.key: one for one in agreements}
    distilled, baseline = by_arm.get("distilled"), by_arm.get("baseline")
    known = distilled or baseline
    if known is None:
        return say("card-agreement-open", num_teachers=num_teachers, final=final_key(is_final))
    if distilled is None or baseline is None:
        share = percent(known.share.mean, 1)
        return say("card-agreement-one", kind=known.arm.kind, num_teachers=num_teachers, share=share)
    return say(
        "card-agreement",
        num_teachers=num_teachers,
        after=percent(distilled.share.mean, 1),
        before=percent(baseline.share.mean, 1),
        verdict=verdict_key(distilled.more.verdict) if distilled.more else "unknown",
    )


def calibration_line(calibration: Calibration, say: Language) -> str:
    """The calibration error with distillation and without, and what may be said of the change."""
    errors = {one.key: percent(one.ece.mean) for one in calibration.arms}
    if not {"baseline", "distilled"} <= errors.keys():
        key = next(reversed(errors))
        return say("card-calibration-one", kind=key, error=errors[key])
    verdict = verdict_key(calibration.verdict) if calibration.verdict else "unknown"
    return say("card-calibration", after=errors["distilled"], before=errors["baseline"], verdict=verdict)
