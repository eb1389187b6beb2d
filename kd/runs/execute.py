"""Runs in their folders: carry a run from its ``config.json`` to its ``metrics.json``.

Whoever starts the next attempt, the run goes on from what its folder holds.
"""

import logging

import torch

from kd.config import ExtraTestConfig, LogitsConfig, TestConfig, TrainConfig
from kd.files import read_record, write_record
from kd.records import Metrics, RunRecord
from kd.runs.folder.context import UNATTENDED, RunContext, RunPaths, use_tensor_cores
from kd.runs.passes.extra_tests import run_extra_test
from kd.runs.passes.final_evaluation import run_test
from kd.runs.passes.teacher import run_teacher_pass
from kd.runs.train import conclude, open_teacher, prepare
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup

log = logging.getLogger(__name__)


def execute(
    run_id: str,
    paths: RunPaths,
    device: torch.device,
    context: RunContext = UNATTENDED,
    process_group: ProcessGroup = SINGLE_PROCESS,
) -> Metrics:
    """Carry a run to its end and write ``metrics.json``; a finished run is returned as it is.

    Args:
        run_id: The run; its folder holds ``config.json``.
        paths: Where everything is.
        device: To compute on.
        context: Speaks for the world outside.
        process_group: The processes that train it together, of which this is rank 0; the others ``assist``.

    Raises:
        InterruptedTrainingError: ``context`` asked to stop; what was done is kept.
        FencedError: A newer attempt owns the run.
        NonFiniteLossError: Training diverged.
        InputError: The configuration cannot be carried out.
    """
    folder = paths.run(run_id)
    if (folder / "metrics.json").exists():
        return read_record(folder / "metrics.json", Metrics)
    config = read_record(folder / "config.json", RunRecord).config
    use_tensor_cores(device)
    match config:
        case TrainConfig():
            work = prepare(run_id, config, paths, device, context, open_teacher(config, paths, device), process_group)
            work.training.run()
            return conclude(work)
        case LogitsConfig():
            metrics = run_teacher_pass(run_id, config, paths, device, context)
        case TestConfig():
            metrics = run_test(run_id, config, paths, device, context)
        case ExtraTestConfig():
            metrics = run_extra_test(run_id, config, paths, device, context)
    context.guard()
    write_record(folder / "metrics.json", metrics)
    return metrics
