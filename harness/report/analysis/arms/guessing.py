"""Whether a student learned anything: beside one that did not there is nothing to compare."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from harness.report.results.sweep_results import Results
from harness.state.attempts.run_state import RunState
from kd.records import Scores
from kd.scores import knows_classes_apart, may_have_learned

Who = Literal["alone", "distilled"]
_ARMS: dict[Who, str] = {"alone": "baseline", "distilled": "distilled"}


class Guessing(NamedTuple):
    """Students who do no better on val than who always names its most frequent class; accuracies, means over seeds.

    ``who``: the student alone, or the distilled one; ``chance``: that class's share.
    """

    who: Who
    accuracy: float
    chance: float
    num_runs: int


def guessing_of(results: Results, who: Who) -> Guessing | None:
    """Of the arm's runs that are complete."""
    arm = results.arm(_ARMS[who])
    complete = [run for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    return find_guessing(who, [run.metrics.val for run in complete if run.metrics and run.metrics.val])


def find_guessing(who: Who, scores: Sequence[Scores]) -> Guessing | None:
    """Whether an arm's students learned nothing.

    Returns:
        None where they do better, where one of them knows the classes apart, as those do that weigh small ones more,
        and where val has too few images to tell: they may be half-way from guessing to being always right.
    """
    if not scores:
        return None
    # counted, since the mean of 0.1, 0.1 and 0.1 is above 0.1
    num_right = sum(round(each.accuracy * each.num_images) for each in scores)
    num_guessed = sum(max(map(sum, each.confusion)) for each in scores)
    if num_right > num_guessed or any(knows_classes_apart(each) for each in scores):
        return None
    num_images = sum(each.num_images for each in scores)
    accuracy, chance = num_right / num_images, num_guessed / num_images
    if may_have_learned(accuracy, scores[0].num_images, chance):  # every seed reads the same images
        return None
    return Guessing(who, accuracy, chance, len(scores))
