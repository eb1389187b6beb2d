"""The one reading of the test images, and the speed of each architecture."""

from datetime import UTC, datetime

import torch

from kd.config import TestConfig, TrainConfig
from kd.data.images import Images, open_test
from kd.errors import InterruptedTrainingError
from kd.evaluation.logits import compute_logits, refuse_non_finite
from kd.evaluation.speed import describe_hardware, describe_precision, measure_speed, one_thread
from kd.files import read_record, write_record
from kd.records import Metrics, RunRecord, Scores, Speed
from kd.runs.folder.context import RunContext, RunPaths
from kd.runs.folder.results import load_run_model, write_predictions
from kd.scores import score


def run_test(run_id: str, config: TestConfig, paths: RunPaths, device: torch.device, context: RunContext) -> Metrics:
    """Read the test images once with every model, and time each architecture.

    Raises:
        InterruptedTrainingError: ``context`` asked to stop.
    """
    test = open_test(config.data, paths.data, device)
    labels = test.labels_N.cpu().numpy()
    context.started(0, 0)
    scores: dict[str, Scores] = {}
    logits = {}
    for model_id in config.models:
        if context.should_stop():
            raise InterruptedTrainingError(f"stopped before the test of {model_id}")
        model = load_run_model(paths.run(model_id), device)
        found = compute_logits(model, test.images_NCHW)
        refuse_non_finite(found, model_id, "test images")
        logits[model_id] = found.cpu().numpy()
        scores[model_id] = score(logits[model_id], labels)
    context.guard()
    write_predictions(paths.run(run_id), logits, labels)
    if not (paths.run(run_id) / "speed.json").exists():
        speed = _measure_speed(config, paths, test.images_NCHW, device)
        context.guard()
        write_record(paths.run(run_id) / "speed.json", speed)
    return Metrics(run_id=run_id, test=scores)


def _measure_speed(config: TestConfig, paths: RunPaths, images_NCHW: Images, device: torch.device) -> Speed:
    """One model of each architecture, by turns in this process."""
    by_name: dict[str, str] = {}
    for model_id in config.models:
        trained = read_record(paths.run(model_id) / "config.json", RunRecord).config
        assert isinstance(trained, TrainConfig)
        by_name.setdefault(trained.training.title, model_id)
    models = {name: load_run_model(paths.run(model_id), device) for name, model_id in by_name.items()}
    with one_thread():  # whatever this run was given: the figures of two machines are of the same work
        measured = measure_speed(models, images_NCHW)
    return Speed(
        device=describe_hardware(device),
        num_threads=1,
        precision=describe_precision(device),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        timings=measured.timings,
        turns=measured.turns,
    )
