"""The hard term: cross-entropy with the labels, where a class's images may weigh more than another's.

Shape suffixes: B batch, C classes.
"""

import torch.nn.functional as F
from torch import Tensor


def label_cross_entropy(
    logits_BC: Tensor, labels: Tensor, label_smoothing: float = 0.0, class_weights_C: Tensor | None = None
) -> Tensor:
    """Mean over the batch of weight · cross-entropy, an image's weight being that of its label.

    It differs from ``torch.nn.CrossEntropyLoss(weight=…)`` in two ways, so that a weight says how often an image counts
    and nothing else. The mean is over images, not over their weights: torch's depends on who shares a batch, so that a
    batch in parts or on several GPUs would have another loss. And what ``label_smoothing`` gives the other classes is
    not weighed by theirs, which would pull every image towards the rarest class.

    Args:
        logits_BC: Raw logits [batch, classes].
        labels: True classes [batch], int64; or, of mixed images, what each class weighs [batch, classes], floating:
            the sum of the cross-entropies with an image's labels, each with its class's weight.
        label_smoothing: Share of each label that is spread over all classes.
        class_weights_C: By class; None: 1 each, which is torch's own loss to the bit.

    Returns:
        A scalar.

    >>> import torch
    >>> logits, weights = torch.tensor([[0.0, 1.0], [0.0, 1.0]]), torch.tensor([1.5, 0.5])
    >>> round(label_cross_entropy(logits, torch.tensor([0, 1]), class_weights_C=weights).item(), 4)
    1.0633
    """
    if class_weights_C is None:
        return F.cross_entropy(logits_BC, labels, label_smoothing=label_smoothing)
    if not labels.is_floating_point():
        loss_B = F.cross_entropy(logits_BC, labels, label_smoothing=label_smoothing, reduction="none")
        return (class_weights_C[labels] * loss_B).mean()
    weighed_BC = labels * class_weights_C
    smoothed_BC = (1 - label_smoothing) * weighed_BC + label_smoothing * weighed_BC.mean(1, keepdim=True)
    return -(smoothed_BC * F.log_softmax(logits_BC, dim=1)).sum(1).mean()
