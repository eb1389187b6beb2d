"""The models of sweeps that were carried out before: ``checkpoint: sweep:NAME``."""

from pathlib import Path

from harness.state.files.folder import SweepFolder
from harness.sweep.loading import SWEEP_PREFIX, Role
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.remedies import did_you_mean

_FORMS = "sweep:NAME, sweep:NAME/teacher or sweep:NAME/student"


def find_model_of(results: Path, name: str, reference: str, role: Role) -> Path:
    """The model's folder of ``sweep:NAME``: its teacher where a teacher is wanted, its best student where a student is.

    Args:
        results: Where sweeps are kept.
        name: The sweep that asks; where the other was deleted, a teacher that it has taken from there still serves.
        reference: ``sweep:NAME``; ``sweep:NAME/teacher`` and ``sweep:NAME/student`` say which.
        role: What the model is wanted as.

    Raises:
        InputError: There is no such sweep, or it has no such model (yet).
    """
    other, _, asked = reference.removeprefix(SWEEP_PREFIX).partition("/")
    where = f"checkpoint: {reference}"
    if not other or asked not in ("", "teacher", "student"):
        raise InputError(f"{where}: give {_FORMS}")
    if not (results / other / "sweep.yaml").is_file():
        if (kept := _kept(SweepFolder(results, name), results / other)) is not None:
            return kept
        known = sorted(path.parent.name for path in results.glob("*/sweep.yaml"))
        there_are = f"there are {', '.join(known)}" if known else "there is none"
        raise InputError(f"{where}: {results} has no sweep {other}{did_you_mean(other, known)}; {there_are}")
    folder = SweepFolder(results, other)
    if (asked or role) == "student":
        place = folder.path / "model"
        missing = "it has no best student yet; let it end first"
    else:
        record = folder.read_sweep()
        teachers = Plan(record.sweep, record.digest).teachers
        if len(teachers) > 1:
            names = ", ".join(str(folder.run(run.id) / "model") for run in teachers)
            raise InputError(f"{where}: has {len(teachers)} teachers; list their folders under teachers: {names}")
        place = folder.run(teachers[0].id) / "model"
        missing = f"its teacher {teachers[0].id} is not trained, or its model was deleted; let the sweep go on first"
    if not any(place.glob("*.safetensors")):
        raise InputError(f"{where}: {missing}")
    return place


def _kept(folder: SweepFolder, other: Path) -> Path | None:
    """The model of this sweep's teacher, where it was used as it is and lay in the other's folder: the same weights."""
    try:
        record = folder.read_sweep()
    except InputError:
        return None
    teacher = record.sweep.teacher
    if teacher is None or teacher.checkpoint is None or not teacher.is_used_as_it_is:
        return None
    place = folder.run(Plan(record.sweep, record.digest).teachers[0].id) / "model"
    came_from_there = Path(teacher.checkpoint).is_relative_to(other.resolve())
    return place if came_from_there and any(place.glob("*.safetensors")) else None
