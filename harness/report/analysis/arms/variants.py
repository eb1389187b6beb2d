"""The distilled student with one thing changed: what its gain is made of, and whether another teacher gives it too.

A *change* is paired: variant minus distilled, on the same seeds and test images.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from harness.report.analysis.arms.gains import Row, gain_over, look_read, right_by_run
from harness.report.analysis.chance.statistics import (
    Estimate,
    Gain,
    holm,
    mean_over_teachers,
    seed_means,
    verdict,
    verdict_among,
)
from harness.report.analysis.words import Verdict
from harness.report.results.sweep_results import Results
from harness.sweep.runs import TEACHER_SEED
from harness.sweep.sections.unlabeled import REPEATED, UNLABELED


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
    """None before two trainings of the teacher have taught students that were tested.

    Teachers and images are crossed, as seeds and images are elsewhere. All teachers' gains are over the same baselines
    and on the same seeds, whose chance moves them together and is not seen between them: it is a third part, known
    from the seeds' means over teachers.
    """
    right, plan = right_by_run(results), results.plan
    baseline = results.arm("baseline")
    taught = [arm for arm in results.arms if arm.key == "distilled" or arm.variant.startswith(TEACHER_SEED)]
    if baseline is None:
        return None
    by_seed = [
        {seed: right[mine.id].astype(np.float64) - right[alone.id] for seed, (mine, alone) in enumerate(pairs)
         if mine.id in right and alone.id in right}
        for pairs in (list(zip(arm.runs, baseline.runs, strict=False)) for arm in taught)
    ]  # fmt: skip
    known = [differences for differences in by_seed if differences]
    shared = sorted(set.intersection(*map(set, known))) if known else []
    if len(known) < 2 or not shared:
        return None
    differences_TSN = np.array([[differences[seed] for seed in shared] for differences in known])
    widening = plan.sweep.seed_rule.widening(look_read(plan, baseline, right), len(shared))
    mean = mean_over_teachers(differences_TSN, widening, right.classes_N)
    return TeacherSeeds(tuple(seed_means(differences_TSN.mean(axis=1), right.classes_N).tolist()), mean)
