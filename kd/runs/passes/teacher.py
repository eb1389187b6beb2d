"""The teachers' pass over the training images, or those without labels: the logits that students learn from."""

from pathlib import Path

import torch

from kd.config import LogitsConfig
from kd.data.images import open_training, open_unlabeled
from kd.errors import InterruptedTrainingError
from kd.files import read_record
from kd.losses import average_logits
from kd.records import Metrics
from kd.runs.folder.context import RunContext, RunPaths
from kd.runs.folder.results import load_run_model
from kd.runs.passes.soft_labels import write_soft_labels
from kd.training.teacher.logits import (
    compute_view_logits,
    view_path,
    write_index,
    write_view,
)


def run_teacher_pass(
    run_id: str, config: LogitsConfig, paths: RunPaths, device: torch.device, context: RunContext
) -> Metrics:
    """Compute the teachers' logits of each view that is not kept yet.

    Raises:
        InterruptedTrainingError: ``context`` asked to stop; the views that are done are kept.
    """
    teachers = [config.teacher, *config.more_teachers]
    models = [load_run_model(paths.run(teacher), device) for teacher in teachers]
    if config.unlabeled is None:
        images = open_training(config.data, paths.data, device).train
    else:
        images = open_unlabeled(config.data, config.unlabeled, paths.data, device)
    folder = paths.logits(config.part_of or run_id)
    folder.mkdir(parents=True, exist_ok=True)
    views = range(config.first_view, config.first_view + config.num_views)
    context.started(0, sum(view_path(folder, view).exists() for view in views))
    for view in views:
        if context.should_stop():
            raise InterruptedTrainingError(f"stopped before view {view + 1} of {views.stop}")
        if not view_path(folder, view).exists():
            context.guard()
            # a view may take an hour; a look at whether to stop is a sign of life
            look = context.should_stop
            logits = [compute_view_logits(model, images, config.augment, view, look) for model in models]
            write_view(folder, view, average_logits(logits) if len(logits) > 1 else logits[0], config.dtype)
    if config.part_of is not None:
        return Metrics(run_id=run_id)
    digests = {teacher: _weights_sha256(paths.run(teacher)) for teacher in teachers}
    context.guard()
    # A mixed image has two labels, and what is said beside one of them may be the other.
    if config.unlabeled is None and not config.augment.mixes:
        write_soft_labels(paths.run(run_id), folder, images.labels_N.cpu().numpy(), config.num_views)
    write_index(folder, digests, config.num_views)
    return Metrics(run_id=run_id)


def _weights_sha256(folder: Path) -> str:
    digest = read_record(folder / "metrics.json", Metrics).weights_sha256
    assert digest is not None
    return digest
