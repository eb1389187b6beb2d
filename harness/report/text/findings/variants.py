"""What the variants tell of the gain, in words: three outcomes each, and none where nothing was measured."""

from harness.report.analysis.arms.variants import TeacherSeeds, VariantRow, Variants
from harness.report.analysis.chance.statistics import Gain
from harness.report.text.labels import verdict_key
from harness.report.text.language import Language
from harness.report.text.numbers import interval_text, p_equation, signed_points
from harness.sweep.runs import TEACHER_SEED


def variant_lines(variants: Variants | None, say: Language) -> tuple[str, ...]:
    """A sentence a variant that has been tested; one for all trainings of the teacher together."""
    if variants is None:
        return ()
    changes = (_change_text(row, say) for row in variants.rows if not row.key.startswith(TEACHER_SEED))
    teachers = [] if variants.teachers is None else [_teachers_text(variants.teachers, say)]
    teachers += [] if variants.new_images is None else [_new_images_text(variants.new_images, say)]
    return (*filter(None, changes), *teachers)


def _change_text(row: VariantRow, say: Language) -> str:
    if row.change is None or row.adjusted_p is None or row.verdict is None:
        return ""
    return say(
        "variant-change",
        key=row.key.replace("_", "-"),
        verdict=verdict_key(row.verdict),
        change=signed_points(row.change.both.mean),
        interval=interval_text(row.change.both, say),
        p=p_equation(row.adjusted_p),
    )


def _new_images_text(gain: Gain, say: Language) -> str:
    return say(
        "variant-new-images",
        verdict=verdict_key(gain.verdict),
        change=signed_points(gain.both.mean),
        interval=interval_text(gain.both, say),
    )


def _teachers_text(teachers: TeacherSeeds, say: Language) -> str:
    return say(
        "variant-teachers",
        number=len(teachers.gains),
        verdict=verdict_key(teachers.verdict),
        gains=say.join(map(signed_points, teachers.gains)),
        mean=signed_points(teachers.mean.mean),
        interval=interval_text(teachers.mean, say),
    )
