"""Distillation losses: pure functions of logits, and ``DistillationLoss``, which mixes one with cross-entropy."""

from kd.losses.distillation import LOSSES, DistillationLoss, LossParts
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
    "LOSSES",
    "DistillationLoss",
    "LossParts",
    "average_logits",
    "decoupled_divergence",
    "hard_label_cross_entropy",
    "heaviest_class",
    "kd_divergence",
    "normalized_cross_entropy",
    "relation_distance",
    "soft_cross_entropy",
    "standardized_divergence",
]
