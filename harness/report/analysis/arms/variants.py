"""The distilled student with one thing changed: what its gain is made of, and whether another teacher gives it too.

A *change* is paired: variant minus distilled, on the same seeds and test images.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.analysis.arms.gains import Row, gain_over, paired, right_by_run
from harness.report.analysis.chance.statistics import (
    Estimate,
    Gain,
    Verdict,
    holm,
    mean_difference,
    seed_means,
    verdict,
    verdict_among,
)
from harness.report.results.sweep_results import Results
from harness.sweep.plan import TEACHER_SEED
from harness.sweep.unlabeled import REPEATED, UNLABELED


@dataclass(frozen=True)
class VariantRow:
    """One variant in figures.

    ``change``: None where no seed of both was tested. ``adjusted_p``: Holm's, over the changes there are that answer
    one kind of question: other teachers have theirs among themselves, and so have unlabelled images.
    """

    row: Row
    change: Gain | None
    adjusted_p: float | None

    @property
    def key(self) -> str:
        """What is changed."""
        return self.row.arm.variant

    @property
    def verdict(self) -> Verdict | None:
        """What may be said of the change; None where there is none."""
        if self.change is None or self.adjusted_p is None:
            return None
        return verdict_among(self.change.both, self.adjusted_p, self.change.num_seeds)


@dataclass(frozen=True)
class TeacherSeeds:
    """The gain under each training of the teacher, the sweep's own first, and over all of them.

    ``mean``: with an interval for another training of the teacher too, other test images, and other seeds.
    """

    gains: tuple[float, ...]
    mean: Estimate

    @property
    def verdict(self) -> Verdict:
        """What may be said of the mean."""
        return verdict(self.mean, len(self.gains))


@dataclass(frozen=True)
class Variants:
    """All of a sweep, in the order of its plan.

    ``new_images``: what unlabelled images bring beyond as many labelled ones in their place: beyond larger steps.
    """

    rows: tuple[VariantRow, ...]
    teachers: TeacherSeeds | None
    new_images: Gain | None = None


def find_variants(results: Results, rows: Sequence[Row]) -> Variants | None:
    """What the variants tell; None of a sweep without, or before its search has chosen."""
    asked = [row for row in rows if row.arm.kind == "variant"]
    if not asked:
        return None
    right = right_by_run(results)
    distilled = results.arm("distilled")
    assert distilled is not None
    changes = [gain_over(distilled, row.arm, right, results.plan) for row in asked]
    questions = [_question(row.arm.variant) for row in asked]
    by_place = dict(
        pair for one in set(questions) for pair in _adjusted(changes, [question == one for question in questions])
    )
    found = (VariantRow(*pair, by_place.get(place)) for place, pair in enumerate(zip(asked, changes, strict=True)))
    arms = {row.arm.variant: row.arm for row in asked}
    has_control = {UNLABELED, REPEATED} <= arms.keys()
    beyond = gain_over(arms[REPEATED], arms[UNLABELED], right, results.plan) if has_control else None
    return Variants(tuple(found), _over_teachers(results), beyond)


def _question(key: str) -> str:
    """What kind of question a variant answers."""
    return next((kind for kind in (TEACHER_SEED, UNLABELED) if key.startswith(kind)), "controls")


def _adjusted(changes: Sequence[Gain | None], is_asked: Sequence[bool]) -> Iterator[tuple[int, float]]:
    """Holm's p-values of the changes that answer one kind of question, by their places."""
    known = [(place, each.both.p) for place, each in enumerate(changes) if each is not None and is_asked[place]]
    yield from zip((place for place, _ in known), holm(np.array([p for _, p in known])).tolist(), strict=True)


def _over_teachers(results: Results) -> TeacherSeeds | None:
    """None before two trainings of the teacher have taught students that were tested."""
    right = right_by_run(results)
    baseline = results.arm("baseline")
    taught = [arm for arm in results.arms if arm.key == "distilled" or arm.variant.startswith(TEACHER_SEED)]
    if baseline is None:
        return None
    differences = []
    for arm in taught:
        mine, theirs = paired(arm, baseline, right)
        if mine:
            pairs = zip(mine, theirs, strict=True)
            differences.append(np.mean([right[a].astype(float) - right[b].astype(float) for a, b in pairs], axis=0))
    if len(differences) < 2:
        return None
    by_teacher = np.stack(differences)
    gains = tuple(seed_means(by_teacher, right.classes_N).tolist())
    return TeacherSeeds(gains, mean_difference(by_teacher, classes_N=right.classes_N))
