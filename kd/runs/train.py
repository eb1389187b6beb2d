"""A training as a run: its data, teacher, checkpoint and results."""

import shutil
from pathlib import Path
from typing import NamedTuple

import torch

from kd.config import TrainConfig
from kd.data.images import TrainingData, open_training, open_unlabeled
from kd.evaluation.logits import measure_size
from kd.files import read_record, size_of_weights, write_bytes, write_record
from kd.model_card import training_card
from kd.models.files import card_for, save_model
from kd.phases import EVALUATION
from kd.records import AttemptEnd, Metrics, RunRecord
from kd.runs.folder.context import RunContext, RunPaths, use_tensor_cores
from kd.runs.folder.hooks import FolderHooks, WorkerHooks
from kd.runs.folder.results import load_run_model, write_arrays, write_predictions
from kd.runs.pretrained.accuracy import MOST_IMAGES, score_some
from kd.runs.pretrained.claimed import read_claim
from kd.scores import score
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup
from kd.training.loop import Training
from kd.training.teacher.logits import (
    OnlineTeacher,
    Teacher,
    TeacherLogits,
)
from kd.training.teacher.unlabeled import UnlabeledStream


def read_train_config(run_id: str, paths: RunPaths) -> TrainConfig:
    """The configuration of a run that is known to be a training."""
    config = read_record(paths.run(run_id) / "config.json", RunRecord).config
    assert isinstance(config, TrainConfig), f"{run_id} is not trained"
    return config


def assist(
    run_id: str, paths: RunPaths, device: torch.device, context: RunContext, process_group: ProcessGroup
) -> None:
    """Take part, as a rank above 0, in a training that rank 0 executes; write nothing.

    Raises:
        InterruptedTrainingError: The ``context`` of some rank asked to stop.
        NonFiniteLossError: Training diverged.
    """
    config = read_train_config(run_id, paths)
    use_tensor_cores(device)
    data = open_training(config.data, paths.data, device)
    config = _in_parts(config, context.split)
    teacher = open_teacher(config, paths, device)
    unlabeled = open_unlabeled_stream(config, paths, device, data, teacher)
    Training(config, data, WorkerHooks(context), teacher, process_group, unlabeled).run()


def _in_parts(config: TrainConfig, split: int) -> TrainConfig:
    steps = min(config.training.accumulation_steps * split, config.training.batch_size)
    training = config.training.model_copy(update={"accumulation_steps": steps})
    return config.model_copy(update={"training": training})


def open_teacher(config: TrainConfig, paths: RunPaths, device: torch.device) -> Teacher | None:
    """The teachers themselves, their kept logits, or None for a training without."""
    if config.teachers:
        return OnlineTeacher([load_run_model(paths.run(teacher), device) for teacher in config.teachers])
    return TeacherLogits(paths.logits(config.logits), device) if config.logits else None


def open_unlabeled_stream(
    config: TrainConfig, paths: RunPaths, device: torch.device, data: TrainingData, teacher: Teacher | None
) -> UnlabeledStream | None:
    """The images without labels that a training learns from, and what its teacher says of them; None without such."""
    if config.unlabeled is None:
        return None
    assert teacher is not None, "unlabelled images need a teacher"
    images = open_unlabeled(config.data, config.unlabeled.images, paths.data, device)
    if config.unlabeled.logits is not None:
        teacher = TeacherLogits(paths.logits(config.unlabeled.logits), device)
    return UnlabeledStream(config, images, teacher, len(data.train.labels_N))


class TrainingRun(NamedTuple):
    """A training with what its results are made of."""

    run_id: str
    folder: Path
    config: TrainConfig
    data: TrainingData
    context: RunContext
    hooks: FolderHooks
    training: Training


def prepare(
    run_id: str,
    config: TrainConfig,
    paths: RunPaths,
    device: torch.device,
    context: RunContext,
    teacher: Teacher | None,
    process_group: ProcessGroup = SINGLE_PROCESS,
) -> TrainingRun:
    """A training at the step that its checkpoint holds."""
    folder = paths.run(run_id)
    data = open_training(config.data, paths.data, device)
    hooks = FolderHooks(folder, device, context)
    unlabeled = open_unlabeled_stream(config, paths, device, data, teacher)
    training = Training(_in_parts(config, context.split), data, hooks, teacher, process_group, unlabeled)
    context.started(training.epochs_done, training.steps_done)
    return TrainingRun(run_id, folder, config, data, context, hooks, training)


def conclude(work: TrainingRun) -> Metrics:
    """Write the results of a training that has ended, ``metrics.json`` last."""
    run_id, folder, config, data, context, hooks, training = work
    hooks.record(training.history)
    assert training.val_logits is not None
    val_logits, val_labels = training.val_logits.cpu().numpy(), data.val.labels_N.cpu().numpy()
    with EVALUATION:
        val = score(val_logits, val_labels)
    train = None
    if config.training.is_used_as_it_is:  # what it knows by heart, the report wants to say
        train = score_some(training.model, data.train, min(len(val_labels), MOST_IMAGES))
    weights_sha256, size = None, None
    if config.role != "search":  # a trial's worth is its score; its weights would fill the disk
        card = card_for(config.training.model, training.model, data.input_shape, data.class_names)
        weights_sha256 = save_model(folder / "model", training.model, card)
        write_bytes(folder / "model" / "README.md", training_card(run_id, config, card, val).encode())
        write_predictions(folder, {"val": val_logits}, val_labels)
        write_arrays(folder / "steps.npz", training.measured_steps()._asdict())
        if (answers := training.answers) is not None:
            write_arrays(folder / "answers.npz", answers._asdict())
        size = measure_size(training.model, data.input_shape)
        size = size.model_copy(update={"num_bytes": size_of_weights(folder / "model")})
    metrics = Metrics(
        run_id=run_id,
        status=AttemptEnd.PRUNED if training.pruned else AttemptEnd.COMPLETE,
        epochs=training.epochs_done,
        val=val,
        train=train,
        size=size,
        weights_sha256=weights_sha256,
    )
    context.guard()
    claim = read_claim(config.training) if config.training.is_used_as_it_is else None
    if claim is not None:
        write_record(folder / "claimed.json", claim)
    write_record(folder / "metrics.json", metrics)
    shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    return metrics
