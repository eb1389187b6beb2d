"""Values that are right each by itself and wrong together.

They are looked at when a sweep file is read, and are no rules of the models: results on disk stay readable.
"""

from collections.abc import Callable, Iterator

from harness.sweep.schema import Sweep
from kd.config import DistillConfig, ModelTraining, OptimizerConfig, ScheduleConfig
from kd.errors import InputError

Blamed = Callable[..., str]
"""The file, SET, or both, by the key path of a value."""


def check_consistency(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse what would be counted twice, and what would do nothing or never be reached.

    Raises:
        InputError: One line that names the key, its value and what to give.
    """
    _check_difference(sweep, blamed)
    for option, complaint in _complaints_of_loss(sweep.distill, sweep.student.epochs):
        raise InputError(f"{blamed('distill', option)}: distill.{option}: {complaint}")
    for place, training in _trainings(sweep):
        for key, complaint in _complaints(training):
            raise InputError(f"{blamed(*place, *key)}: {'.'.join((*place, *key))}: {complaint}")


def _trainings(sweep: Sweep) -> Iterator[tuple[tuple[str, ...], ModelTraining]]:
    if sweep.teacher is not None:
        yield ("teacher",), sweep.teacher
    for number, teacher in enumerate(sweep.teachers):
        yield ("teachers", str(number)), teacher
    yield ("student",), sweep.student


def _complaints(training: ModelTraining) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with a training, each with the key that says it."""
    if training.epochs == 0:
        return
    schedule, optimizer = training.schedule, training.optimizer
    late = [milestone for milestone in schedule.milestones if milestone >= training.epochs]
    if late:
        yield (
            ("schedule", "milestones"),
            f"{late[0]:g} is not before the end of {training.epochs} epochs, so the rate would not fall there; give "
            "milestones below that, which a shortened training needs anew",
        )
    if schedule.warmup_epochs >= training.epochs:
        yield (
            ("schedule", "warmup_epochs"),
            f"{schedule.warmup_epochs:g} of {training.epochs} epochs: the training would end in its warm-up",
        )
    owners: tuple[tuple[str, tuple[str, ...]], ...] = (("gamma", ("step",)), ("peak_at", ("one_cycle",)))
    for key, names in owners:
        if _is_idle(schedule, key, names):
            yield ("schedule", key), f"does nothing with {schedule.name}; it is an option of {' and '.join(names)}"
    owners = (("momentum", ("sgd",)), ("betas", ("adam", "adamw")), ("eps", ("adam", "adamw")))
    for key, names in owners:
        if _is_idle(optimizer, key, names):
            yield ("optimizer", key), f"does nothing with {optimizer.name}; it is an option of {' and '.join(names)}"


def _complaints_of_loss(distill: DistillConfig, epochs: int) -> Iterator[tuple[str, str]]:
    """What is wrong with a loss for a student of so many epochs, each with the key that says it."""
    if distill.warmup_epochs >= epochs:
        yield (
            "warmup_epochs",
            f"{distill.warmup_epochs} of {epochs} epochs: the training would end in the warm-up of its soft term",
        )
    if distill.warmup_epochs == 1:
        yield "warmup_epochs", "1 does nothing: the first of n epochs has 1/n of the weight; give 0, or at least 2"
    if distill.temperature_end is not None and epochs < 2:
        yield "temperature_end", f"with {epochs} epoch there is no way from one temperature to another"


def _is_idle(options: OptimizerConfig | ScheduleConfig, key: str, names: tuple[str, ...]) -> bool:
    """Whether an option was given, to an optimizer or a schedule that has none such."""
    return key in options.model_fields_set and options.name not in names


def _check_difference(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse what would be counted twice.

    Raises:
        InputError: A teacher that is not trained is listed twice, or the search has a seed of the final runs.
    """
    places: dict[str, int] = {}
    for place, teacher in enumerate(sweep.teachers):
        content = teacher.checkpoint_sha256 or teacher.model_sha256 or teacher.model
        if teacher.epochs == 0 and places.setdefault(content, place) != place:
            same = f"teachers.{places[content]}"
            where = f"{blamed('teachers', str(place))}: teachers.{place}"
            raise InputError(f"{where}: with epochs 0 the same model as {same}; list it once")
    if sweep.search is not None and sweep.search.seed < sweep.seeds:
        given = f"must not be one of the final seeds 0 to {sweep.seeds - 1}, got {sweep.search.seed}"
        raise InputError(f"{blamed('search', 'seed')}: search.seed: {given}")
