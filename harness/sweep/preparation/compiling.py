"""What ``compile: auto`` comes to, for those who plan."""

from collections.abc import Iterator

from harness.sweep.schema import Sweep
from kd.config.compiling import decide_compiling


def compiling_notes(sweep: Sweep, num_images: int, device: str | None) -> Iterator[str]:
    """A line for each model whose training leaves it open.

    Args:
        sweep: As it is asked for.
        num_images: Of an epoch.
        device: The card's name, or ``cpu``; None where it is not known yet.
    """
    teachers = (
        {"teacher": sweep.teacher} if sweep.teacher else {f"teachers.{n}": t for n, t in enumerate(sweep.teachers)}
    )
    for place, training in (teachers | sweep.all_students).items():
        if training.compile == "auto" and training.epochs:
            num_steps = training.epochs * -(-num_images // training.batch_size)
            is_on, why = decide_compiling(training, num_steps, device)
            yield f"{place}.compile: auto, {'on' if is_on else 'off'}: {why}."
