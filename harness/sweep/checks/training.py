"""What is wrong with a training, with its images and its teachers: values that do nothing or are never reached.

Each complaint comes with the key that says it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.sweep.schema import Sweep
from kd.config import AugmentConfig, Config, DistillConfig, ModelTraining, OptimizerConfig, ScheduleConfig

Key = tuple[str, ...]
Complaints = Iterator[tuple[Key, str]]


def complaints_of_sweep(sweep: Sweep, written: Mapping[str, Any]) -> Complaints:
    """Of its trainings, its images and its teachers.

    Args:
        sweep: As the file and SET have it.
        written: The file by itself, by whose epochs milestones are scaled for a training that SET shortened.
    """
    for place, training in trainings(sweep):
        for key, complaint in complaints_of_training(training, _scaled(place, training, written)):
            yield (*place, *key), complaint
    for where, distill in sweep.all_losses.items():
        shortest = min(student.epochs for student in sweep.all_students.values())
        for option, complaint in complaints_of_loss(distill, shortest):
            yield (*where.split("."), option), complaint
    yield from _of_data(sweep)
    yield from _of_teachers(sweep)


def complaints_of_training(training: ModelTraining, scaled: str = "") -> Complaints:
    """Of a model that is trained; one that is used as it is has none: a recipe may have it take a training's place.

    Args:
        training: As it is written.
        scaled: How its milestones would go with its length, where that is known.
    """
    if training.epochs == 0:
        return
    yield from _of_schedule(training, scaled)
    yield from _of_optimizer(training.optimizer)
    yield from _of_batches(training)
    yield from _of_augment(training.augment or AugmentConfig(), "augment")
    if "match_classes" in training.model_fields_set:
        where = f"{training.epochs} epochs train a head for the data's classes"
        yield ("match_classes",), f"does nothing: {where}; it is for a model with epochs 0"


def kept_milestones(sweep: Sweep, written: Mapping[str, Any]) -> Iterator[str]:
    """Lines on milestones that stay at their epochs in trainings that SET made longer or shorter."""
    for place, training in trainings(sweep):
        if training.epochs and (share := _scaled(place, training, written)):
            epochs = ", ".join(f"{milestone:g}" for milestone in training.schedule.milestones)
            yield f"{'.'.join(place)}.schedule.milestones: {epochs} stay, of {training.epochs} epochs now; {share}."


def trainings(sweep: Sweep) -> Iterator[tuple[Key, ModelTraining]]:
    """Of every model, with its place in the sweep file; one that is used as it is too."""
    if sweep.teacher is not None:
        yield ("teacher",), sweep.teacher
    for number, teacher in enumerate(sweep.teachers):
        yield ("teachers", str(number)), teacher
    yield from ((tuple(place.split(".")), training) for place, training in sweep.all_students.items())


def complaints_of_loss(distill: DistillConfig, epochs: int) -> Iterator[tuple[str, str]]:
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


def _of_schedule(training: ModelTraining, scaled: str) -> Complaints:
    schedule, epochs = training.schedule, training.epochs
    late = [milestone for milestone in schedule.milestones if milestone >= epochs]
    if late:
        yield (
            ("schedule", "milestones"),
            f"{late[0]:g} is not before the end of {epochs} epochs, so the rate would not fall there; "
            f"{scaled or 'give milestones below that, or shares of the training such as 62.5%'}",
        )
    if schedule.warmup_epochs >= epochs:
        yield (
            ("schedule", "warmup_epochs"),
            f"{schedule.warmup_epochs:g} of {epochs} epochs: the training would end in its warm-up",
        )
    if schedule.milestones and schedule.warmup_epochs > schedule.milestones[0]:
        yield (
            ("schedule", "warmup_epochs"),
            f"{schedule.warmup_epochs:g} epochs reach beyond the first milestone, {schedule.milestones[0]:g}, at which "
            "the rate is to fall; give fewer",
        )
    yield from _options_of_another(
        schedule, "schedule", {"gamma": ("step",), "end": ("cosine",), "peak_at": ("one_cycle",)}
    )


def _of_optimizer(optimizer: OptimizerConfig) -> Complaints:
    owners = {"momentum": ("sgd",), "nesterov": ("sgd",), "betas": ("adam", "adamw"), "eps": ("adam", "adamw")}
    yield from _options_of_another(optimizer, "optimizer", owners)
    if _is_given(optimizer, "decay") and optimizer.weight_decay == 0:
        yield ("optimizer", "decay"), "does nothing with weight_decay 0; give a weight_decay, or leave it out"


def _options_of_another(options: OptimizerConfig | ScheduleConfig, key: str, owners: dict[str, Key]) -> Complaints:
    """Options that were given to an optimizer or a schedule that has none such."""
    for option, names in owners.items():
        if _is_given(options, option) and options.name not in names:
            yield (key, option), f"does nothing with {options.name}; it is an option of {' and '.join(names)}"


def _of_batches(training: ModelTraining) -> Complaints:
    num_parts = training.gpus * training.accumulation_steps
    if num_parts > training.batch_size:
        parts = f"{training.accumulation_steps} parts on each of {training.gpus} gpus"
        yield ("accumulation_steps",), f"{parts} are more than the {training.batch_size} images of a batch; give fewer"


def _of_augment(augment: AugmentConfig, *place: str) -> Complaints:
    if _is_given(augment, "shift_fill") and augment.shift == 0:
        yield (*place, "shift_fill"), "does nothing with shift 0; give a shift, or leave it out"
    if augment.resized_crop == 1:
        yield (*place, "resized_crop"), "1 is the whole image always; give a smaller share, or leave it out"
    if _is_given(augment, "num_views") and augment.num_views is not None and not augment.changes_pixels:
        yield (*place, "num_views"), "does nothing, since nothing changes the images; leave it out"


def _of_data(sweep: Sweep) -> Complaints:
    yield from _of_augment(sweep.data.augment, "data", "augment")
    trained = [(place, training) for place, training in trainings(sweep) if training.epochs]
    if sweep.data.augment.changes_pixels and all(training.augment is not None for _, training in trained):
        instead = " and ".join(".".join((*place, "augment")) for place, _ in trained)
        yield ("data", "augment"), f"does nothing: {instead} stand instead of it; leave it out"


def _of_teachers(sweep: Sweep) -> Complaints:
    logits = sweep.teacher_logits
    idle = {True: ("dtype", "max_gb"), False: ("max_gb",), None: ()}[logits.online]
    for key in idle:
        if _is_given(logits, key):
            how = "true keeps no logits" if logits.online else "false keeps them whatever they take"
            yield ("teacher_logits", key), f"does nothing: online: {how}; leave it out"
    if sweep.accept_weak_teacher and all(teacher.epochs for teacher in sweep.all_teachers):
        yield (
            ("accept_weak_teacher",),
            "does nothing with a teacher that is trained here; on_weak_teacher: warn goes on whatever it has learned",
        )


def _is_given(config: Config, key: str) -> bool:
    return key in config.model_fields_set


def _scaled(place: Key, training: ModelTraining, written: Mapping[str, Any]) -> str:
    """How to keep the shares of milestones in a training of another length than the file's; nothing elsewhere."""
    match _value_at(place, written):
        case {"epochs": int(epochs), "schedule": {"milestones": [*milestones]}}:
            kept = list(training.schedule.milestones)
            if milestones == kept and epochs not in (0, training.epochs):
                scaled = ",".join(f"{milestone * training.epochs / epochs:.6g}" for milestone in milestones)
                key = ".".join((*place, "schedule.milestones"))
                return f"{key}=[{scaled}] in SET keeps the shares that they have of {epochs}"
    return ""


def _value_at(place: Key, content: Any) -> Any:
    """What a file has at a key path, which SET may have filled instead; None where it has nothing."""
    for key in place:
        match content:
            case dict():
                content = content.get(key)
            case list() if int(key) < len(content):
                content = content[int(key)]
            case _:
                return None
    return content
