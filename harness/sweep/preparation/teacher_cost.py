"""How the teacher teaches: its logits kept once for all runs, or computed in every step, whichever is cheaper."""

from typing import NamedTuple

from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.config import LogitsConfig
from kd.errors import InputError

_BYTES = {"float16": 2, "float32": 4}


class TeacherCost(NamedTuple):
    """What both ways cost, in passes of the teacher over the training images and in bytes on disk.

    ``num_runs``: those that could learn from kept logits. ``num_featured``: those that learn from features too, and so
    have the teacher at their side in any case.
    """

    num_runs: int
    num_epochs: int
    num_views: int
    num_bytes: int
    num_featured: int = 0

    @property
    def online_passes(self) -> int:
        """Of the teacher in every step; as many as there are epochs, were no trial pruned."""
        return self.num_runs * self.num_epochs

    @property
    def featured_passes(self) -> int:
        """Of the teacher beside runs with features."""
        return self.num_featured * self.num_epochs


def find_teacher_cost(plan: Plan, num_images: int, num_classes: int) -> TeacherCost:
    """The costs of a sweep; of several students, those of the first alone.

    So another student, listed later, never changes how the finished runs were taught.

    Args:
        plan: The sweep.
        num_images: That the student is trained on.
        num_classes: Of the data.
    """
    sweep = plan.sweep
    num_views = plan.num_views
    # Variants are not counted: asked for later, they must not change how the finished runs were taught. Nor are seeds
    # that may be added.
    seeds = sweep.seed_rule.min
    runs = [(method.distill, sweep.num_trials(method) + seeds) for method in plan.methods]
    runs += [(plan.named_setting(setting), seeds) for setting in sweep.compare]
    num_featured = sum(number for distill, number in runs if distill is not None and distill.features)
    return TeacherCost(
        num_runs=sum(number for _, number in runs) - num_featured,
        num_epochs=sweep.student.epochs,
        num_views=num_views,
        num_bytes=bytes_of_logits(num_views * num_images * num_classes, sweep),
        num_featured=num_featured,
    )


def bytes_of_logits(number: int, sweep: Sweep) -> int:
    """What so many logits take where they are kept."""
    return number * _BYTES[sweep.teacher_logits.dtype]


def with_teacher_mode(sweep: Sweep, cost: TeacherCost) -> Sweep:
    """The sweep with ``teacher_logits.online`` decided, where it leaves that open.

    Raises:
        InputError: A control needs kept logits, and they are not worth keeping.
    """
    options = sweep.teacher_logits
    if options.online is not None:
        return sweep
    is_online = cost.online_passes <= cost.num_views or _is_too_large(cost, sweep)  # no run has no passes
    smoothed = {distill.control for distill in sweep.all_losses.values()} | set(sweep.controls)
    if is_online and "smoothed_labels" in smoothed:
        raise InputError(
            "smoothed_labels is as soft as all the teacher's logits, which this sweep computes in every step; set "
            "teacher_logits.online=false, and they are kept (students that are trained already are trained again)"
        )
    return sweep.model_copy(update={"teacher_logits": options.model_copy(update={"online": is_online})})


def explain(sweep: Sweep, cost: TeacherCost) -> str:
    """Why the teacher teaches as it does, in one line."""
    kept = f"{passes(cost.num_views)} over the training images and {size_of(cost.num_bytes)}"
    online = f"{passes(cost.online_passes)} ({cost.num_runs} run(s) × {cost.num_epochs} epochs)"
    beside = f"{passes(cost.featured_passes)} ({cost.num_featured} run(s) × {cost.num_epochs} epochs)"
    why = "features are taken from the teacher itself, and are not kept"
    if cost.num_featured and not cost.num_runs:
        return f"Teacher's logits: computed in every step, {beside}: {why}."
    more = f" Runs with features take {beside} besides: {why}." if cost.num_featured else ""
    if not sweep.teacher_logits.online:
        return f"Teacher's logits: kept, for {kept}; in every step they would take {online}.{more}"
    limit = f", more than max_gb {sweep.teacher_logits.max_gb:g}" if _is_too_large(cost, sweep) else ""
    return f"Teacher's logits: computed in every step, {online}; kept they would take {kept}{limit}.{more}"


def sharing_note(plan: Plan) -> str | None:
    """Who of several students shares a pass, in one line; None of one student, and where no logits are kept."""
    sharing: dict[str, list[str]] = {}
    for member in plan.members:
        for run in member.teaching.passes[-1:]:
            sharing.setdefault(run.id, []).append(member.student_key)
    if len(plan.members) == 1 or not sharing:
        return None
    first = f"That is for {plan.members[0].student_key}, the first of {len(plan.members)} students"
    if len(sharing) == 1:
        return f"{first}; one pass serves them all."
    groups = "; ".join(" and ".join(keys) for keys in sharing.values())
    text = f"{first}; they do not all see the same views, and have {len(sharing)} passes: {groups}."
    passes = {member.logits.config for member in plan.members}
    is_number_alone = len({run.augment for run in passes if isinstance(run, LogitsConfig)}) == 1
    return f"{text} With data.augment.num_views one is enough." if is_number_alone else text


def _is_too_large(cost: TeacherCost, sweep: Sweep) -> bool:
    return cost.num_bytes > sweep.teacher_logits.max_gb * 1e9


def size_of(num_bytes: int) -> str:
    """Bytes in words.

    >>> size_of(240), size_of(900_000), size_of(999_999), size_of(45_600_000_000)
    ('240 B', '900 kB', '1.0 MB', '45.6 GB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if num_bytes >= 0.9995 * size:  # what would be said as 1,000 of the next smaller unit
            number = num_bytes / size
            return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.1f} {unit}"
    return f"{num_bytes} B"


def passes(number: int) -> str:
    """A number of passes in words."""
    return "1 pass" if number == 1 else f"{number:,} passes"
