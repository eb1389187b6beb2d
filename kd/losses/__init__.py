"""Distillation losses: pure functions of logits and of features; ``DistillationLoss`` mixes one with cross-entropy."""

from kd.losses.distillation import LOSSES, DistillationLoss, LossParts, SoftTerm, soft_term
from kd.losses.features import FEATURE_LOSSES
from kd.losses.hard import label_cross_entropy
from kd.losses.own import OwnLoss, import_loss
from kd.losses.schedule import LearnedTemperature, LossSchedule
from kd.losses.soft import (
    average_logits,
    decoupled_divergence,
    hard_label_cross_entropy,
    heaviest_class,
    kd_divergence,
    normalized_cross_entropy,
    relation_distance,
    soft_cross_entropy,
    standardized_divergence,
)

__all__ = [
    "FEATURE_LOSSES",
    "LOSSES",
    "DistillationLoss",
    "LearnedTemperature",
    "LossParts",
    "LossSchedule",
    "OwnLoss",
    "SoftTerm",
    "average_logits",
    "decoupled_divergence",
    "hard_label_cross_entropy",
    "heaviest_class",
    "import_loss",
    "kd_divergence",
    "label_cross_entropy",
    "normalized_cross_entropy",
    "relation_distance",
    "soft_cross_entropy",
    "soft_term",
    "standardized_divergence",
]
