"""Whether there were seeds and images enough, in words, with the command that adds seeds."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.causes import Cause
from harness.report.analysis.chance.one_training import OneTraining
from harness.report.analysis.chance.study_power import StudyPower
from harness.report.text.language import Language
from harness.report.text.numbers import percent, points


class PowerText(NamedTuple):
    """Sentences, and the command that the last one leads to; None where none would help."""

    sentences: tuple[str, ...]
    command: str | None

    def line(self, say: Language) -> str:
        """All of it in one line of plain text; empty where there is nothing to say."""
        return say("gap").join([*self.sentences, *([self.command] if self.command else [])])


def power_text(answer: Answer, say: Language, causes: Sequence[Cause] = ()) -> PowerText:
    """What one training may expect, what this study could tell, and what would tell more; nothing before a gain.

    Args:
        answer: Of the sweep.
        say: The language.
        causes: What is said beside it: that the gain is too small says what could have been told.
    """
    gain, command = answer.gain, answer.more_seeds.line if answer.more_seeds else None
    if gain is None or answer.guessing is not None:  # of who learned nothing no more seeds would tell more
        return PowerText((), None)
    if gain.verdict == "too few seeds":
        few = (say("power-few", num_seeds=gain.num_seeds),) if command else ()
        return PowerText(few, command)
    found = [_one_training(answer.one_training, say)] if answer.one_training else []
    if answer.power is not None:
        sentences = _power(answer.power, gain.num_seeds, gain.num_images, say)
        found += sentences[any(cause.kind == "small-gain" for cause in causes) :]
    return PowerText(tuple(found), command)


def _one_training(found: OneTraining, say: Language) -> str:
    share = found.share
    ends = {name: percent(end, 0) for name, end in (("share", share.mean), ("low", share.low), ("high", share.high))}
    return say("power-one-training", **ends, pairs=found.num_pairs, wins=found.num_wins, ties=found.num_ties)


def _power(found: StudyPower, num_seeds: int, num_images: int, say: Language) -> list[str]:
    told = say(
        "power-told",
        seeds=say("seeds", number=num_seeds),
        images=say("images", number=num_images),
        least=points(found.smallest_gain),
    )
    if found.way == "told":
        return [told]
    way = say(
        "power-way",
        way=found.way,
        seeds=say("seeds", number=found.num_seeds or 0),
        images=say("images", number=_rounded(found.num_images or 0)),
        floor=points(found.of_images),
    )
    return [told, way]


def _rounded(number: int) -> int:
    """Up, to two digits: nobody knows more of it.

    >>> _rounded(3863), _rounded(41), _rounded(100_001)
    (3900, 41, 110000)
    """
    step = int(10 ** max(0, len(str(number)) - 2))
    return -(-number // step) * step
