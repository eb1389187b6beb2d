"""Why it did not help, in words: what was found, its evidence, and what to try."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.guessing import Guessing
from harness.report.analysis.causes import Cause, SmallGain
from harness.report.analysis.chance.statistics import verdict
from harness.report.analysis.evidence import Claim, Disputed, LateLearning, OffLabel, OnViews, UnevenTuning
from harness.report.analysis.search.edges import Edge
from harness.report.text.findings.advice import edge_advice
from harness.report.text.labels import params_text, verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, percent, points, signed_points
from harness.state.stages.weak_teacher import WeakTeacher
from kd.config import TrainConfig, setting_number


class Reason(NamedTuple):
    """A cause as it is said. ``change``: what to put into SET; ``is_cause``: else it is a mere remark."""

    finding: str
    remedy: str = ""
    change: str | None = None
    is_cause: bool = True

    def line(self, say: Language) -> str:
        """All of it in one line of plain text."""
        parts = [self.finding, *([self.remedy] if self.remedy else [])]
        return say("gap").join([*parts, *([f'SET="{self.change}"'] if self.change else [])])


def reasons(answer: Answer, causes: Sequence[Cause], say: Language) -> tuple[Reason, ...]:
    """What is to be known before the answer: its causes, the first one first, and what nobody can tell of the teacher.

    Args:
        answer: Of the sweep.
        causes: As ``explain`` gives them.
        say: The language.
    """
    return (*(_reason(cause, answer, say) for cause in causes), *_unclear_teacher(answer, say))


def _reason(cause: Cause, answer: Answer, say: Language) -> Reason:
    if isinstance(cause.facts, Edge):
        advice = edge_advice(cause.facts)
        return Reason(say(advice.message, **advice.values), "", advice.change)
    of_teacher = {"num_teachers": answer.num_teachers, "is_trained": _is_teacher_trained(answer)}
    values = _values(cause.facts, say) | of_teacher
    finding = say(f"cause-{cause.kind}", **values)
    if cause.kind == "small-gain":
        return Reason(finding)  # what would tell it stands beside the gain, with its command
    remedy = say(f"cause-{cause.kind}-remedy", **values, change="yes" if cause.change else "no")
    return Reason(finding, remedy, cause.change)


def _is_teacher_trained(answer: Answer) -> str:
    """Whether it was trained here: no of one that is used as it came."""
    configs = [run.run.config for run in answer.teacher.arm.runs]
    is_given = any(isinstance(config, TrainConfig) and config.training.is_used_as_it_is for config in configs)
    return "no" if is_given else "yes"


def _values(facts: Any, say: Language) -> dict[str, Any]:
    """What a cause's sentences mention."""
    match facts:
        case WeakTeacher():
            numbers = {"teacher": percent(facts.teacher), "baseline": percent(facts.baseline)}
            full = "yes" if facts.baseline == 1 else "no"
            return {**numbers, "number": facts.num_baselines, "metric": facts.metric, "full": full}
        case Guessing():
            known = {"accuracy": percent(facts.accuracy), "chance": percent(facts.chance)}
            return known | {"who": facts.who, "number": facts.num_runs}
        case Claim():
            known = {"claimed": percent(facts.claimed, 1), "here": percent(facts.here.accuracy, 1)}
            return known | {"dataset": facts.dataset, "named": "yes" if facts.dataset else "no"}
        case OnViews():
            return {"views": percent(facts.views, 1), "val": percent(facts.val, 1)}
        case Disputed():
            shares = {"share": percent(facts.share, 1), "number": facts.num, "images": facts.num_images}
            return shares | {"num_models": facts.num_models}
        case OffLabel():
            masses = {"train": percent(facts.train, 1), "val": percent(facts.val, 1)}
            return masses | {"temperature": setting_number(facts.temperature)}
        case LateLearning():
            whole = "yes" if round(facts.fall, 2) >= 1 else "no"  # as of two epochs, where it says nothing
            fell = {"fall": percent(facts.fall, 0), "rise": points(facts.rise), "whole": whole}
            return fell | {"late": facts.num_late, "epochs": facts.num_epochs}
        case UnevenTuning():
            said = {"alone": params_text(facts.alone, say), "distilled": params_text(facts.distilled, say)}
            return said | {"number": facts.num_complete, "least": facts.least}
        case SmallGain():
            gain = facts.gain
            told = {"gain": signed_points(gain.both.mean), "least": points(facts.smallest)}
            counts = {"images": gain.num_images, "seeds": say("seeds", number=gain.num_seeds)}
            return told | counts
    raise TypeError(facts)


def _unclear_teacher(answer: Answer, say: Language) -> tuple[Reason, ...]:
    """That nobody can tell whether the teacher is better, since the interval of its lead on test holds zero.

    Not of two baselines that differ so much that no test images could tell.
    """
    lead = answer.teacher_lead
    if answer.weak_teacher is not None or lead is None or not lead.is_told or verdict(lead.both) == "gain":
        return ()
    text = say(
        "unclear-teacher",
        verdict=verdict_key(verdict(lead.both)),
        num_teachers=answer.num_teachers,
        teacher=percent(lead.after),
        baseline=percent(lead.before),
        difference=signed_points(lead.both.mean),
        interval=interval_text(lead.both, say),
    )
    return (Reason(text, is_cause=False),)
