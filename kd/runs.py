"""Runs in their folders: carry a run from its ``config.json`` to its ``metrics.json``.

Whoever starts the next attempt, the run goes on from what its folder holds.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from kd.cards import training_card
from kd.checkpoint import load_checkpoint, save_checkpoint
from kd.config import LogitsConfig, TestConfig, TrainConfig
from kd.data import Images, TrainingData, open_test, open_training
from kd.distributed import ALONE, World
from kd.errors import InterruptedTrainingError, PackError
from kd.evaluation import compute_logits, measure_size
from kd.files import read_record, size_of_weights, write_atomically, write_bytes, write_record
from kd.logits import (
    OnlineTeacher,
    Teacher,
    TeacherLogits,
    compute_view_logits,
    view_path,
    write_index,
    write_view,
)
from kd.losses import average_logits
from kd.model_files import load_model, save_model
from kd.packs import pays, train_together
from kd.records import History, Metrics, ModelCard, Pruning, RunRecord, Scores, Speed
from kd.scores import score
from kd.speed import describe_hardware, describe_precision, measure_speed
from kd.training import Training

log = logging.getLogger(__name__)

SAVE_INTERVAL_S = 60.0
Result = TypeVar("Result")


class Places(NamedTuple):
    """The folders a run reads and writes.

    ``sweep`` holds ``runs/`` and ``teacher_logits/``; ``data`` holds the decoded data sets.
    """

    sweep: Path
    data: Path

    def run(self, run_id: str) -> Path:
        """The folder of a run."""
        return self.sweep / "runs" / run_id

    def logits(self, run_id: str) -> Path:
        """Where the logits run ``run_id`` puts its arrays."""
        return self.sweep / "teacher_logits" / run_id


class Control(NamedTuple):
    """How the world outside speaks to a run.

    ``should_stop`` is looked at between steps, views and tested models. ``guard`` is called before
    anything is published and raises ``FencedError`` where a newer attempt owns the run. ``started``
    hears how many whole epochs and how many steps (of a teacher's pass: views) were already done.
    ``split``: compute each batch in so many times more parts than the run's configuration says, because
    memory ran out; the batch stays the same.
    """

    should_stop: Callable[[], bool] = lambda: False
    guard: Callable[[], None] = lambda: None
    started: Callable[[int, int], None] = lambda epochs_done, steps_done: None
    split: int = 1


UNATTENDED = Control()


class RunFolder:
    """The ``Keeper`` of a training: checkpoints, history and pruning thresholds in the run's folder."""

    def __init__(self, path: Path, device: torch.device, control: Control) -> None:
        self._path = path
        self._device = device
        self._control = control
        self._saved_at = time.monotonic()
        pruning = path / "pruning.json"
        self._pruning = read_record(pruning, Pruning) if pruning.exists() else None

    def load(self) -> dict[str, Any] | None:
        """The newest good checkpoint."""
        return load_checkpoint(self._path / "checkpoint", self._device)

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Write a checkpoint."""
        self._control.guard()
        save_checkpoint(self._path / "checkpoint", step, state)
        self._saved_at = time.monotonic()

    def record(self, history: History) -> None:
        """Write ``history.json``."""
        self._control.guard()
        write_record(self._path / "history.json", history)

    def should_stop(self) -> bool:
        """Whether a signal asked for it."""
        return self._control.should_stop()

    def should_save(self) -> bool:
        """Whether the last checkpoint is a minute old."""
        return time.monotonic() - self._saved_at > SAVE_INTERVAL_S

    def should_prune(self, history: History) -> bool:
        """Whether the history fell below the thresholds that were set when the run was planned."""
        return self._pruning is not None and self._pruning.prunes(history)


class Assistant:
    """The ``Keeper`` of a rank above 0: it keeps nothing and may ask to stop."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def load(self) -> dict[str, Any] | None:
        """Nothing: rank 0 sends its checkpoint."""
        return None

    def save(self, step: int, state: dict[str, Any]) -> None:
        """Leave it to rank 0."""

    def record(self, history: History) -> None:
        """Leave it to rank 0."""

    def should_stop(self) -> bool:
        """Whether a signal asked for it."""
        return self._control.should_stop()

    def should_save(self) -> bool:
        """Leave it to rank 0."""
        return False

    def should_prune(self, history: History) -> bool:
        """Leave it to rank 0."""
        return False


def execute(
    run_id: str, places: Places, device: torch.device, control: Control = UNATTENDED, world: World = ALONE
) -> Metrics:
    """Carry a run to its end and write ``metrics.json``; a finished run is returned as it is.

    Args:
        run_id: The run; its folder holds ``config.json``.
        places: Where everything is.
        device: To compute on.
        control: Speaks for the world outside.
        world: The processes that train it together, of which this is rank 0; the others ``assist``.

    Raises:
        InterruptedTrainingError: ``control`` asked to stop; what was done is kept.
        FencedError: A newer attempt owns the run.
        NonFiniteLossError: Training diverged.
        InputError: The configuration cannot be carried out.
    """
    folder = places.run(run_id)
    if (folder / "metrics.json").exists():
        return read_record(folder / "metrics.json", Metrics)
    config = read_record(folder / "config.json", RunRecord).config
    _use_tensor_cores(device)
    match config:
        case TrainConfig():
            work = _prepare(run_id, config, places, device, control, _open_teacher(config, places, device), world)
            work.training.run()
            return _conclude(work)
        case LogitsConfig():
            metrics = _write_logits(run_id, config, places, device, control)
        case TestConfig():
            metrics = _test(run_id, config, places, device, control)
    control.guard()
    write_record(folder / "metrics.json", metrics)
    return metrics


def execute_together(
    controls: Mapping[str, Control], places: Places, device: torch.device, if_it_pays: bool = False
) -> Iterator[tuple[str, Metrics | Exception]]:
    """Carry several trainings to their ends as one stacked model; gives each run when it ends, or what it failed of.

    Those that were cut at different steps train apart. Where a step fails that runs take together, they go on alone,
    one after the other, from their checkpoints.

    Args:
        controls: What speaks for each run. The runs have the same ``kd.config.pack_key`` and no ``metrics.json``.
        places: Where everything is.
        device: To compute on.
        if_it_pays: Train a model alone that is too large to gain by company.
    """
    _use_tensor_cores(device)
    left = list(controls)
    # what fails here fails again alone, where it is known whose failure it is
    if not if_it_pays or _tried(partial(_pays, left[0], places, device)) is True:
        for run_id, outcome in _train_packs(controls, places, device):
            left.remove(run_id)
            yield run_id, outcome
    for run_id in left:
        yield run_id, _tried(partial(execute, run_id, places, device, controls[run_id]))


def _train_packs(
    controls: Mapping[str, Control], places: Places, device: torch.device
) -> Iterator[tuple[str, Metrics | Exception]]:
    """As ``execute_together``, but for runs that must go on alone: they are not given."""
    teacher: Teacher | None = None
    works: dict[str, _Work] = {}
    for run_id, control in controls.items():
        try:
            config = _read_training(run_id, places)
            teacher = teacher or _open_teacher(config, places, device)
            works[run_id] = _prepare(run_id, config, places, device, control, teacher)
        except Exception as error:
            log.warning("%s goes on alone: %s", run_id, error)
    for step in sorted({work.training.steps_done for work in works.values()}):
        trainings = {name: work.training for name, work in works.items() if work.training.steps_done == step}
        log.info("together from step %d: %s", step, ", ".join(trainings))
        try:
            for run_id, failure in train_together(trainings):
                del trainings[run_id]
                work = works.pop(run_id)
                yield run_id, _tried(partial(_conclude, work)) if failure is None else failure
        except PackError as error:
            log.warning("alone from their checkpoints go on %s: %s", ", ".join(trainings), error)


def _pays(run_id: str, places: Places, device: torch.device) -> bool:
    config = _read_training(run_id, places)
    return pays(config, open_training(config.data, places.data, device))


def _tried(work: Callable[[], Result]) -> Result | Exception:
    try:
        return work()
    except Exception as error:
        return error


def _read_training(run_id: str, places: Places) -> TrainConfig:
    config = read_record(places.run(run_id) / "config.json", RunRecord).config
    assert isinstance(config, TrainConfig), f"{run_id} is not trained"
    return config


def assist(run_id: str, places: Places, device: torch.device, control: Control, world: World) -> None:
    """Take part, as a rank above 0, in a training that rank 0 executes; write nothing.

    Raises:
        InterruptedTrainingError: The ``control`` of some rank asked to stop.
        NonFiniteLossError: Training diverged.
    """
    config = _read_training(run_id, places)
    _use_tensor_cores(device)
    data = open_training(config.data, places.data, device)
    config = _in_parts(config, control.split)
    Training(config, data, Assistant(control), _open_teacher(config, places, device), world).run()


def _in_parts(config: TrainConfig, split: int) -> TrainConfig:
    steps = min(config.training.accumulation_steps * split, config.training.batch_size)
    training = config.training.model_copy(update={"accumulation_steps": steps})
    return config.model_copy(update={"training": training})


def _use_tensor_cores(device: torch.device) -> None:
    if device.type == "cuda":  # float32, of evaluation, by tensor cores: 10 bits of mantissa, as the kept logits have
        torch.set_float32_matmul_precision("high")


def _open_teacher(config: TrainConfig, places: Places, device: torch.device) -> Teacher | None:
    if config.teachers:
        return OnlineTeacher([load_model(places.run(teacher) / "model", device) for teacher in config.teachers])
    return TeacherLogits(places.logits(config.logits), device) if config.logits else None


class _Work(NamedTuple):
    """A training with what its results are made of."""

    run_id: str
    folder: Path
    config: TrainConfig
    data: TrainingData
    control: Control
    keeper: RunFolder
    training: Training


def _prepare(
    run_id: str,
    config: TrainConfig,
    places: Places,
    device: torch.device,
    control: Control,
    teacher: Teacher | None,
    world: World = ALONE,
) -> _Work:
    """A training at the step that its checkpoint holds."""
    folder = places.run(run_id)
    data = open_training(config.data, places.data, device)
    keeper = RunFolder(folder, device, control)
    training = Training(_in_parts(config, control.split), data, keeper, teacher, world)
    control.started(training.epochs_done, training.steps_done)
    return _Work(run_id, folder, config, data, control, keeper, training)


def _conclude(work: _Work) -> Metrics:
    """Write the results of a training that has ended, ``metrics.json`` last."""
    run_id, folder, config, data, control, keeper, training = work
    keeper.record(training.history)
    assert training.val_logits is not None
    val_logits, val_labels = training.val_logits.cpu().numpy(), data.val.labels_N.cpu().numpy()
    val, weights_sha256, size = score(val_logits, val_labels), None, None
    if config.role != "search":  # a trial's worth is its score; its weights would fill the disk
        card = ModelCard(
            model=config.training.model,
            num_classes=len(data.class_names),
            input_shape=data.input_shape,
            class_names=data.class_names,
        )
        weights_sha256 = save_model(folder / "model", training.model, card)
        write_bytes(folder / "model" / "README.md", training_card(run_id, config, card, val).encode())
        _write_predictions(folder, {"val": val_logits}, val_labels)
        _write_arrays(folder / "steps.npz", training.measured_steps()._asdict())
        size = measure_size(training.model, data.input_shape)
        size = size.model_copy(update={"num_bytes": size_of_weights(folder / "model")})
    metrics = Metrics(
        run_id=run_id,
        status="pruned" if training.pruned else "complete",
        epochs=training.epochs_done,
        val=val,
        size=size,
        weights_sha256=weights_sha256,
    )
    control.guard()
    write_record(folder / "metrics.json", metrics)
    shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    return metrics


def _write_logits(run_id: str, config: LogitsConfig, places: Places, device: torch.device, control: Control) -> Metrics:
    teachers = [config.teacher, *config.more_teachers]
    models = [load_model(places.run(teacher) / "model", device) for teacher in teachers]
    data = open_training(config.data, places.data, device)
    folder = places.logits(config.part_of or run_id)
    folder.mkdir(parents=True, exist_ok=True)
    views = range(config.first_view, config.first_view + config.num_views)
    control.started(0, sum(view_path(folder, view).exists() for view in views))
    for view in views:
        if control.should_stop():
            raise InterruptedTrainingError(f"stopped before view {view + 1} of {views.stop}")
        if not view_path(folder, view).exists():
            control.guard()
            logits = [compute_view_logits(model, data.train, config.augment, view) for model in models]
            write_view(folder, view, average_logits(logits) if len(logits) > 1 else logits[0], config.dtype)
    if config.part_of is not None:
        return Metrics(run_id=run_id)
    digests = {teacher: _weights_sha256(places.run(teacher)) for teacher in teachers}
    control.guard()
    write_index(folder, digests, config.num_views)
    return Metrics(run_id=run_id)


def _weights_sha256(folder: Path) -> str:
    digest = read_record(folder / "metrics.json", Metrics).weights_sha256
    assert digest is not None
    return digest


def _test(run_id: str, config: TestConfig, places: Places, device: torch.device, control: Control) -> Metrics:
    test = open_test(config.data, places.data, device)
    labels = test.labels_N.cpu().numpy()
    control.started(0, 0)
    scores: dict[str, Scores] = {}
    logits = {}
    for model_id in config.models:
        if control.should_stop():
            raise InterruptedTrainingError(f"stopped before the test of {model_id}")
        model = load_model(places.run(model_id) / "model", device)
        logits[model_id] = compute_logits(model, test.images_NCHW).cpu().numpy()
        scores[model_id] = score(logits[model_id], labels)
    control.guard()
    _write_predictions(places.run(run_id), logits, labels)
    if not (places.run(run_id) / "speed.json").exists():
        speed = _measure_speed(config, places, test.images_NCHW, device)
        control.guard()
        write_record(places.run(run_id) / "speed.json", speed)
    return Metrics(run_id=run_id, test=scores)


def _measure_speed(config: TestConfig, places: Places, images_NCHW: Images, device: torch.device) -> Speed:
    """One model of each architecture, one after the other in this process."""
    by_name: dict[str, str] = {}
    for model_id in config.models:
        trained = read_record(places.run(model_id) / "config.json", RunRecord).config
        assert isinstance(trained, TrainConfig)
        by_name.setdefault(trained.training.model, model_id)
    timings = {
        name: measure_speed(load_model(places.run(model_id) / "model", device), images_NCHW)
        for name, model_id in by_name.items()
    }
    return Speed(
        device=describe_hardware(device),
        num_threads=torch.get_num_threads(),
        precision=describe_precision(device),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        timings=timings,
    )


def _write_predictions(folder: Path, logits: dict[str, NDArray[np.float32]], labels: NDArray[np.int64]) -> None:
    """``predictions.npz``: raw logits [N, classes] under each name, and ``labels`` [N]."""
    _write_arrays(folder / "predictions.npz", {"labels": labels} | logits)


def _write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    write_atomically(path, lambda stream: np.savez(stream, allow_pickle=False, **arrays))
