"""Learning rates as pure functions of how far a training is."""

import math
from bisect import bisect_right

from kd.config import ModelTraining

ONE_CYCLE_START = 1 / 25
ONE_CYCLE_END = 1e-4 / 25
"""Of the peak rate, as in torch.optim.lr_scheduler.OneCycleLR."""


def learning_rate(training: ModelTraining, epoch: float) -> float:
    """The rate at a point of training.

    ``one_cycle`` rises and falls along a cosine; momentum stays as it is.

    Args:
        training: Peak rate, schedule and length.
        epoch: Epochs done, with fraction.

    References:
        Smith, Topin: Super-Convergence, arXiv:1708.07120 (one_cycle).
    """
    peak, schedule = training.optimizer.lr, training.schedule
    if epoch < schedule.warmup_epochs:
        return peak * epoch / schedule.warmup_epochs
    match schedule.name:
        case "constant":
            return peak
        case "step":
            return peak * schedule.gamma ** bisect_right(schedule.milestones, epoch)
        case "cosine":
            progress = (epoch - schedule.warmup_epochs) / max(training.epochs - schedule.warmup_epochs, 1e-9)
            return _cosine(peak, peak * schedule.end, progress)
        case "one_cycle":
            turn = schedule.peak_at * training.epochs
            if epoch < turn:
                return _cosine(peak * ONE_CYCLE_START, peak, epoch / turn)
            return _cosine(peak, peak * ONE_CYCLE_END, (epoch - turn) / (training.epochs - turn))


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
