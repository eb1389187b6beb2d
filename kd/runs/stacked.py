"""Several runs trained together as one stacked model."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

import torch

from kd.data.images import open_training
from kd.errors import PackError
from kd.records import Metrics
from kd.runs.execute import execute
from kd.runs.folder.context import RunContext, RunPaths, use_tensor_cores
from kd.runs.train import TrainingRun, conclude, open_teacher, prepare, read_train_config
from kd.training.stacked import pays, train_together
from kd.training.teacher.logits import (
    Teacher,
)

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def execute_together(
    controls: Mapping[str, RunContext], paths: RunPaths, device: torch.device, if_it_pays: bool = False
) -> Iterator[tuple[str, Metrics | Exception]]:
    """Carry several trainings to their ends as one stacked model; gives each run when it ends, or what it failed of.

    Those that were cut at different steps train apart. Where a step fails that runs take together, they go on alone,
    one after the other, from their checkpoints.

    Args:
        controls: What speaks for each run. The runs have the same ``kd.config.pack_key`` and no ``metrics.json``.
        paths: Where everything is.
        device: To compute on.
        if_it_pays: Train a model alone that is too large to gain from being stacked.
    """
    use_tensor_cores(device)
    left = list(controls)
    # what fails here fails again alone, where it is known whose failure it is
    if not if_it_pays or _tried(partial(_pays, left[0], paths, device)) is True:
        for run_id, outcome in _train_packs(controls, paths, device):
            left.remove(run_id)
            yield run_id, outcome
    for run_id in left:
        yield run_id, _tried(partial(execute, run_id, paths, device, controls[run_id]))


def _train_packs(
    controls: Mapping[str, RunContext], paths: RunPaths, device: torch.device
) -> Iterator[tuple[str, Metrics | Exception]]:
    """As ``execute_together``, but for runs that must go on alone: they are not given."""
    teacher: Teacher | None = None
    works: dict[str, TrainingRun] = {}
    for run_id, context in controls.items():
        try:
            config = read_train_config(run_id, paths)
            teacher = teacher or open_teacher(config, paths, device)
            works[run_id] = prepare(run_id, config, paths, device, context, teacher)
        except Exception as error:
            log.warning("%s goes on alone: %s", run_id, error)
    for step in sorted({work.training.steps_done for work in works.values()}):
        trainings = {name: work.training for name, work in works.items() if work.training.steps_done == step}
        log.info("together from step %d: %s", step, ", ".join(trainings))
        try:
            for run_id, failure in train_together(trainings):
                del trainings[run_id]
                work = works.pop(run_id)
                yield run_id, _tried(partial(conclude, work)) if failure is None else failure
        except PackError as error:
            log.warning("alone from their checkpoints go on %s: %s", ", ".join(trainings), error)


def _pays(run_id: str, paths: RunPaths, device: torch.device) -> bool:
    config = read_train_config(run_id, paths)
    return pays(config, open_training(config.data, paths.data, device))


def _tried(work: Callable[[], Result]) -> Result | Exception:
    try:
        return work()
    except Exception as error:
        return error
