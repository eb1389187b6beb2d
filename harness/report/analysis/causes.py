"""Why distillation did not help: causes by name, each a threshold on its evidence, the most basic first.

Each threshold lies between what healthy studies have and what studies have that were planted with the cause; both are
in docs/design/0033-why-it-did-not-help.md.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from harness.report.analysis.arms.gains import Answer
from harness.report.analysis.arms.guessing import Guessing
from harness.report.analysis.chance.statistics import Gain
from harness.report.analysis.chance.study_power import find_power
from harness.report.analysis.evidence import (
    Claim,
    Disputed,
    Evidence,
    LateLearning,
    OffLabel,
    OnViews,
    UnevenTuning,
    find_evidence,
)
from harness.report.analysis.search.edges import Edge
from harness.report.analysis.search.reading import SearchReading, read_search
from harness.report.analysis.words import CauseKind
from harness.report.results.sweep_results import Results
from harness.state.stages.weak_teacher import WeakTeacher
from kd.scores import wilson_interval

CLAIM_MARGIN = 0.1
"""Of a card's accuracy over val here. Another split or another crop makes one to three points; a wrong normalisation or
another order of classes makes tens."""
VIEWS_MARGIN = 0.2
"""Of the teacher's accuracy on val over that on the student's views of train. On plain images train is above val; what
an augmentation that it was trained with costs it is less than this."""
DISPUTED_SHARE = 0.05
"""Of val and test. Healthy digits have 0.2 to 0.7 %, with a fifth of the labels wrong it is 13 %. Published test sets
have 3.3 % of wrong labels on average (Northcutt et al. 2021) and help distillation or not as they did."""
FEWEST_DISPUTED = 10  # images: below, a share is luck
SURE_MASS = 0.02
"""Off-label mass on train at the students' T. Less says less than labels smoothed by 0.02, far below the usual 0.1."""
SURE_RATIO = 0.25
"""Of that mass on train over val: above it the teacher is as sure of images that it never saw, and just knows the task.
Healthy digits have 0.7 and 0.8, a teacher that knows train by heart 0.06."""
UNDERFIT_FALL = 0.05
"""Of the whole fall of the train loss, in the last fifth of the epochs. Healthy digits have 0.7 to 1.6 %; trained for
four epochs 7 %, for three at a tenth of the rate 60 %."""
UNDERFIT_RISE = 0.01
"""Of val accuracy in the same epochs: a student that memorises lowers its train loss to the end, and is no better for
it."""


class SmallGain(NamedTuple):
    """The gain that was measured, and the least that 80 % of such studies tell."""

    gain: Gain
    smallest: float


Facts = Guessing | WeakTeacher | Claim | OnViews | Disputed | OffLabel | LateLearning | UnevenTuning | Edge | SmallGain


class Cause(NamedTuple):
    """A cause by its name, the evidence for it, and what to put into SET against it.

    ``is_plain``: the evidence is such that it is worth a remark where distillation helped too.
    """

    kind: CauseKind
    facts: Facts
    change: str | None = None
    is_plain: bool = False


def explain(results: Results, answer: Answer, search: SearchReading | None = None) -> tuple[Cause, ...]:
    """Why a sweep shows no clear gain, the first cause first; of one that does, what is plainly amiss nonetheless.

    Args:
        results: The sweep.
        answer: What it comes to.
        search: Of the method that the answer is of; read where it is wanted and not given.
    """
    has_gain = answer.gain is not None and answer.gain.verdict == "gain"
    if search is None and answer.gain is not None and not has_gain:
        search = read_search(results, results.headline)
    return tuple(_addressed(cause, results) for cause in find_causes(find_evidence(results, answer, search)))


def _addressed(cause: Cause, results: Results) -> Cause:
    """What to change has its place in the sweep file, where a student or a method may be one of several."""
    key, members = results.plan.student_key, list(results.record.sweep.members)
    place, _, value = (cause.change or "").partition(".")
    if place == "student" and key:
        return cause._replace(change=f"students.{members.index(key)}.{value}")
    if place == "distill" and results.record.sweep.methods:
        number = [method.key for method in results.plan.methods].index(results.headline.method.key)
        return cause._replace(change=f"methods.{number}.{value}")
    return cause


def find_causes(evidence: Evidence) -> tuple[Cause, ...]:
    """The causes that the evidence names, the first one first.

    Before there is an answer only what is known of the teacher counts: the rest may still change.
    """
    found = [cause for rule in _RULES for cause in rule(evidence)] or list(_small_gain(evidence))
    gain = evidence.gain
    if gain is None:
        return tuple(cause for cause in found if cause.kind in ("weak-teacher", "other-input"))
    if gain.verdict == "gain":
        return tuple(cause for cause in found if cause.is_plain)
    return tuple(found)


def _nothing_learned(evidence: Evidence) -> Iterator[Cause]:
    """Worth a remark beside a gain too: over a student alone that learned nothing anything is one."""
    guessing = evidence.guessing
    if guessing is not None and not (guessing.who == "distilled" and evidence.weak_teacher):
        yield Cause("nothing-learned", guessing, is_plain=True)


def _weak_teacher(evidence: Evidence) -> Iterator[Cause]:
    if evidence.weak_teacher is not None:
        yield Cause("weak-teacher", evidence.weak_teacher, is_plain=True)


def _other_input(evidence: Evidence) -> Iterator[Cause]:
    """The teacher's card says far more than it does here, and more than so few images explain."""
    claim = evidence.claim
    if claim is None:
        return
    here = claim.here
    _, high = wilson_interval(round(here.accuracy * here.num_images), here.num_images)
    if claim.claimed - here.accuracy >= CLAIM_MARGIN and claim.claimed > high:
        yield Cause("other-input", claim, is_plain=True)


def _other_views(evidence: Evidence) -> Iterator[Cause]:
    seen = evidence.on_views
    if seen is not None and seen.val - seen.views >= VIEWS_MARGIN:
        yield Cause("other-views", seen)


def _wrong_labels(evidence: Evidence) -> Iterator[Cause]:
    disputed = evidence.disputed
    if disputed is not None and disputed.num >= FEWEST_DISPUTED and disputed.share >= DISPUTED_SHARE:
        yield Cause("wrong-labels", disputed, is_plain=True)


def _sure_teacher(evidence: Evidence) -> Iterator[Cause]:
    off = evidence.off_label
    if off is not None and off.train <= SURE_MASS and off.train <= SURE_RATIO * off.val:
        change = f"distill.temperature={off.tellingly:g}" if off.tellingly and not evidence.is_searched else None
        yield Cause("sure-teacher", off, change)


def _underfit(evidence: Evidence) -> Iterator[Cause]:
    late = evidence.late
    if evidence.guessing is not None:  # its loss falls from the absurd to the useless
        return
    if late is not None and late.fall >= UNDERFIT_FALL and late.rise >= UNDERFIT_RISE:
        yield Cause("underfit", late, f"student.epochs={2 * late.num_epochs}")


def _uneven_tuning(evidence: Evidence) -> Iterator[Cause]:
    """Worth a remark beside a gain too: a better learning rate is one without any teacher."""
    tuning = evidence.tuning
    if tuning is not None and tuning.num_complete < tuning.least:
        asked = tuning.num_asked
        more = None if asked is None else f"search.num_trials={asked + tuning.least - tuning.num_complete}"
        yield Cause("uneven-tuning", tuning, more, is_plain=True)


def _edge(evidence: Evidence) -> Iterator[Cause]:
    """An end that could be moved, or alpha at nought; alpha at 1 is an answer."""
    for edge in evidence.edges:
        if edge.is_low or not edge.is_natural:
            yield Cause("edge", edge, edge.change)


def _small_gain(evidence: Evidence) -> Iterator[Cause]:
    """The last one, where nothing else is known to be amiss: who has a useless teacher needs no more images."""
    gain = evidence.gain
    if gain is not None and gain.verdict in ("no clear difference", "undecided"):
        power = find_power(gain)
        if power is not None:  # else nothing varies
            yield Cause("small-gain", SmallGain(gain, power.smallest_gain))


_RULES: tuple[Callable[[Evidence], Iterator[Cause]], ...] = (
    _nothing_learned,
    _weak_teacher,
    _other_input,
    _other_views,
    _wrong_labels,
    _sure_teacher,
    _underfit,
    _uneven_tuning,
    _edge,
)
"""From a student that learned nothing and the teacher, over the data and the training, to what was searched."""
