"""What a run leaves for others: a model, a teacher's logits. Where somebody purged it, it is made again when needed."""

from collections.abc import Iterable
from pathlib import Path

from harness.state.files.folder import SweepFolder
from harness.state.stages.graph import Step
from harness.sweep.runs import Run
from kd.config import ExtraTestConfig, LogitsConfig, TestConfig, TrainConfig
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import LogitsIndex


def is_there(folder: SweepFolder, run: Run) -> bool:
    """Whether what others need of a complete run is still in its place.

    A search run leaves nothing, and the parts of a teacher's pass are made again by the whole.
    """
    match run.config:
        case TrainConfig(role="search") | TestConfig() | ExtraTestConfig():
            return True
        case TrainConfig():
            return any((folder.run(run.id) / "model").glob("*.safetensors"))
        case LogitsConfig(part_of=None):
            place = folder.path / "teacher_logits" / run.id
            views = (_view(place, view) for view in range(run.config.num_views))
            return _is_sealed(place) and all(path.exists() for path in views)
    return True


def forget_purged(folder: SweepFolder, steps: Iterable[Step], waiting: Iterable[Step]) -> list[str]:
    """Let runs be made again whose artefact is gone and that one of the waiting ones needs; their ids.

    Args:
        folder: The sweep's results.
        steps: All that are known.
        waiting: Those that would start now.
    """
    runs = {step.run.id: step.run for step in steps}
    needed = dict.fromkeys(run_id for step in waiting for run_id in _needs(step))
    purged = [run_id for run_id in needed if run_id in runs and not is_there(folder, runs[run_id])]
    for run_id in purged:
        (folder.run(run_id) / "metrics.json").unlink(missing_ok=True)
    return purged


def _needs(step: Step) -> tuple[str, ...]:
    config = step.run.config
    return config.models if isinstance(config, TestConfig | ExtraTestConfig) else step.needs


def _is_sealed(place: Path) -> bool:
    """Whether the index of a teacher's logits can be read: without it they are worth nothing."""
    try:
        read_record(place / "index.json", LogitsIndex)
    except (FileNotFoundError, UnreadableFileError):
        return False
    return True


def _view(place: Path, view: int) -> Path:
    return place / f"view-{view:04d}.npy"
