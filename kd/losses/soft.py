"""What a student can learn from a teacher's logits: one pure function a paper.

All of them take raw logits [batch, classes] of student and teacher, compute in float32 (float64
where the student's logits are) whatever the inputs' dtype, give the teacher no gradient, and return
a scalar: a mean over the batch that carries its T².

Shape suffixes: B batch, C classes, N classes other than the label (C − 1).
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

Temperature = float | Tensor
"""A number, or a scalar tensor: ``torch.func.vmap`` gives each of several runs its own. A tensor is not checked."""


_SMALLEST_STD = 1e-7
_SMALLEST_NORM = 1e-8


def kd_divergence(student_logits_BC: Tensor, teacher_logits_BC: Tensor, temperature: Temperature) -> Tensor:
    """T² · KL(softmax(teacher/T) ‖ softmax(student/T)), summed over classes, mean over the batch.

    The T² keeps the gradient's size independent of T: with respect to the student's logits it is
    ``T · (softmax(student/T) − softmax(teacher/T)) / B``. The common setting on CIFAR-100 is alpha = 0.9, T = 4.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        temperature: T > 0.

    Returns:
        A scalar, at least 0; exactly 0 at equal logits.

    Raises:
        ValueError: The shapes differ (torch itself would broadcast) or T is not positive.

    References:
        Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature)
    return _divergence(student_BC / temperature, teacher_BC / temperature) * temperature**2


def soft_cross_entropy(student_logits_BC: Tensor, teacher_logits_BC: Tensor, temperature: Temperature) -> Tensor:
    """T² · CE(softmax(teacher/T), softmax(student/T)): the KL divergence plus T² · H(teacher).

    The gradient is that of ``kd_divergence``; the value is larger by the teacher's entropy.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        temperature: T > 0.

    Returns:
        A scalar, at least 0.

    Raises:
        ValueError: The shapes differ or T is not positive.

    References:
        Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, arXiv:1503.02531, equation 2.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature)
    return F.cross_entropy(student_BC / temperature, F.softmax(teacher_BC / temperature, dim=1)) * temperature**2


def standardized_divergence(student_logits_BC: Tensor, teacher_logits_BC: Tensor, temperature: Temperature) -> Tensor:
    """``kd_divergence`` of logits that are first brought to mean 0 and standard deviation 1, row by row.

    The student need not match the size of the teacher's logits, only their relations: the loss does
    not change when either side's row is shifted or scaled by a positive number. The standard deviation is
    the sample's (C − 1). The published code weights it 9 to 0.1 against cross-entropy, which is alpha = 0.989
    and scale = 9.1, and adds 1e-7 to the standard deviation, where a constant row is divided by 1 here.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        temperature: T > 0, of the standardised logits; the published code's is 2, for some pairs 3.

    Returns:
        A scalar, at least 0.

    Raises:
        ValueError: The shapes differ or T is not positive.

    References:
        Sun et al.: Logit Standardization in Knowledge Distillation, arXiv:2403.01427.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature)
    return kd_divergence(_standardized(student_BC), _standardized(teacher_BC), temperature)


def decoupled_divergence(
    student_logits_BC: Tensor, teacher_logits_BC: Tensor, labels_B: Tensor, temperature: Temperature, beta: float = 8.0
) -> Tensor:
    """T² · (TCKD + beta · NCKD): KL split into "the label or not" and "which of the others".

    TCKD is the KL divergence of the two-way distributions (label, all others), NCKD that of the
    distributions over the other classes alone. Plain KL is TCKD + (1 − p) · NCKD with the teacher's
    probability p of the label, so a sure teacher passes on little of NCKD; here its weight is fixed. The
    published code adds it to cross-entropy at full weight (alpha = 0.5, scale = 2) and warms it up over 20 epochs.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        labels_B: True classes [batch], int64.
        temperature: T > 0; the paper's is 4.
        beta: Weight of NCKD; the paper's is 8 on CIFAR-100, between 0.5 and 2 on ImageNet.

    Returns:
        A scalar, at least 0; exactly 0 at equal logits.

    Raises:
        ValueError: Shapes that do not fit together, fewer than two classes, or T is not positive.

    References:
        Zhao et al.: Decoupled Knowledge Distillation, arXiv:2203.08679.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature, labels_B)
    student_BC, teacher_BC = student_BC / temperature, teacher_BC / temperature
    target = _divergence(_label_or_not(student_BC, labels_B), _label_or_not(teacher_BC, labels_B))
    others = _divergence(_other_classes(student_BC, labels_B), _other_classes(teacher_BC, labels_B))
    return (target + beta * others) * temperature**2


def relation_distance(
    student_logits_BC: Tensor, teacher_logits_BC: Tensor, temperature: Temperature, gamma: float = 1.0
) -> Tensor:
    """T² · ((1 − r between classes) + gamma · (1 − r within classes)), r: Pearson's correlation.

    Correlated are the softened probabilities of each image over classes (mean over images), and of
    each class over the images of the batch (mean over classes). The second term depends on who shares
    a batch, so accumulating gradients over smaller batches changes it. Where both sides are constant
    there is nothing to tell apart and r counts as 1, so a batch of one image has no second term. The published
    code adds twice this loss to cross-entropy: alpha = 2/3, scale = 3.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        temperature: T > 0; the paper's is 1 on ImageNet, 4 on CIFAR-100.
        gamma: Weight of the relation within classes, that between classes having 1.

    Returns:
        A scalar between 0 and 2 · T² · (1 + gamma); 0 at equal logits.

    Raises:
        ValueError: The shapes differ or T is not positive.

    References:
        Huang et al.: Knowledge Distillation from A Stronger Teacher, arXiv:2205.10536.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature)
    student_BC, teacher_BC = F.softmax(student_BC / temperature, dim=1), F.softmax(teacher_BC / temperature, dim=1)
    between = 1 - _correlation(student_BC, teacher_BC).mean()
    within = 1 - _correlation(student_BC.T, teacher_BC.T).mean()
    return (between + gamma * within) * temperature**2


def normalized_cross_entropy(
    student_logits_BC: Tensor, teacher_logits_BC: Tensor, labels_B: Tensor, temperature: Temperature, gamma: float = 1.5
) -> Tensor:
    """−p log q of the label at T = 1, plus gamma · T² · the soft cross-entropy over the other classes.

    p and q are the teacher's and the student's probabilities. The other classes are normalised among
    themselves, so that both sides sum to 1 there and the cross-entropy can reach its minimum. The published code
    adds it to cross-entropy: alpha = 0.5, scale = 2.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.
        labels_B: True classes [batch], int64.
        temperature: T > 0, of the other classes alone; the paper's is 1 on ImageNet, 3 on CIFAR-100.
        gamma: Weight of the other classes; the paper's is 1.5 on ImageNet, 3.5 on CIFAR-100.

    Returns:
        A scalar, at least 0. Equal logits do not minimise it: the label's term pulls q towards 1.

    Raises:
        ValueError: Shapes that do not fit together, fewer than two classes, or T is not positive.

    References:
        Yang et al.: From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with
        Normalized Loss and Customized Soft Labels, arXiv:2303.13005.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, temperature, labels_B)
    q_B = F.log_softmax(student_BC, dim=1).gather(1, labels_B[:, None])
    p_B = F.softmax(teacher_BC, dim=1).gather(1, labels_B[:, None])
    others = soft_cross_entropy(_other_classes(student_BC, labels_B), _other_classes(teacher_BC, labels_B), temperature)
    return gamma * others - (p_B * q_B).mean()


def hard_label_cross_entropy(student_logits_BC: Tensor, teacher_logits_BC: Tensor) -> Tensor:
    """Cross-entropy with the teacher's decision as label: no temperature, nothing soft.

    The gradient with respect to the student's logits is ``(softmax(student) − onehot) / B``. Of tied
    classes the teacher's decision is the first. The paper's weight is alpha = 0.5, with a head and a token of its
    own for the teacher's decision; here one head learns both.

    Args:
        student_logits_BC: Raw logits [batch, classes].
        teacher_logits_BC: Raw logits of the same shape.

    Returns:
        A scalar, at least 0.

    Raises:
        ValueError: The shapes differ.

    References:
        Touvron et al.: Training data-efficient image transformers & distillation through attention,
        arXiv:2012.12877, equation 3.
    """
    student_BC, teacher_BC = _checked(student_logits_BC, teacher_logits_BC, 1.0)
    return F.cross_entropy(student_BC, teacher_BC.argmax(1))


def average_logits(logits: Sequence[Tensor]) -> Tensor:
    """The mean of several teachers' raw logits, which then teach as one.

    >>> average_logits([torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 4.0]])]).tolist()
    [[1.0, 2.0]]

    Raises:
        ValueError: No teacher, or shapes that differ.
    """
    shapes = {tuple(one.shape) for one in logits}
    if len(shapes) != 1:
        raise ValueError(f"logits of one shape are wanted from each teacher, got {sorted(shapes) or 'none'}")
    return torch.stack([at_least_float32(one) for one in logits]).mean(0)


def at_least_float32(logits: Tensor) -> Tensor:
    """float32, or float64 where the logits are."""
    return logits if logits.dtype is torch.float64 else logits.float()


def _checked(
    student_BC: Tensor, teacher_BC: Tensor, temperature: Temperature, labels_B: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Both logits in the dtype to compute in, the teacher's detached."""
    if student_BC.shape != teacher_BC.shape or student_BC.ndim != 2:
        raise ValueError(
            f"student and teacher logits must both be [batch, classes], got "
            f"{list(student_BC.shape)} and {list(teacher_BC.shape)}"
        )
    if not isinstance(temperature, Tensor) and not temperature > 0:
        raise ValueError(f"temperature must be > 0, got {temperature}")
    if labels_B is not None:
        check_labels(student_BC, labels_B)
        if student_BC.shape[1] < 2:
            raise ValueError(f"at least two classes are needed, got logits {list(student_BC.shape)}")
    student_BC = at_least_float32(student_BC)
    return student_BC, teacher_BC.detach().to(student_BC.dtype)


def heaviest_class(labels: Tensor) -> Tensor:
    """Classes [batch] as they are; of weights [batch, classes] the class that weighs most (the first of equals).

    >>> heaviest_class(torch.tensor([[0.3, 0.7, 0.0], [0.5, 0.0, 0.5]])).tolist()
    [1, 0]
    """
    return labels if labels.ndim == 1 else labels.argmax(1)


def check_labels(logits_BC: Tensor, labels_B: Tensor) -> None:
    """Raise ValueError unless there is one label a row."""
    if labels_B.shape != logits_BC.shape[:1]:
        raise ValueError(f"labels must be [batch], got {list(labels_B.shape)} for logits {list(logits_BC.shape)}")


def _divergence(student: Tensor, teacher: Tensor) -> Tensor:
    """KL(softmax(teacher) ‖ softmax(student)), mean over rows."""
    student, teacher = F.log_softmax(student, dim=1), F.log_softmax(teacher, dim=1)
    # F.kl_div to the bit, which torch.func.vmap would call for one run at a time
    return (teacher.exp() * (teacher - student)).sum() / len(student)


def _standardized(logits_BC: Tensor) -> Tensor:
    centred_BC = logits_BC - logits_BC.mean(1, keepdim=True)
    variance_B1 = centred_BC.square().sum(1, keepdim=True) / max(logits_BC.shape[1] - 1, 1)
    # A constant row, as of a new head, is divided by 1: the slope of 1/std there is infinite.
    return centred_BC / torch.where(variance_B1 > _SMALLEST_STD**2, variance_B1, 1).sqrt()


def _other_classes(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    """The logits [B, N] of all classes but the label's, in order."""
    columns_N = torch.arange(logits_BC.shape[1] - 1, device=logits_BC.device)
    return logits_BC.gather(1, columns_N + (columns_N >= labels_B[:, None]))


def _label_or_not(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    """Logits [B, 2] of "the label" and "another class"."""
    label_B1 = logits_BC.gather(1, labels_B[:, None])
    return torch.cat([label_B1, _other_classes(logits_BC, labels_B).logsumexp(1, keepdim=True)], dim=1)


def _correlation(one: Tensor, other: Tensor) -> Tensor:
    """Pearson's r of each pair of rows; 1 where both rows are constant, 0 where one is."""
    one, other = one - one.mean(1, keepdim=True), other - other.mean(1, keepdim=True)
    squares = one.square().sum(1), other.square().sum(1)
    varies = [square > _SMALLEST_NORM**2 for square in squares]
    # Divided by 1 where constant, as in _standardized.
    norms = [torch.where(is_varied, square, 1).sqrt() for is_varied, square in zip(varies, squares, strict=True)]
    correlation = (one * other).sum(1) / (norms[0] * norms[1])
    return torch.where(varies[0] | varies[1], correlation, 1)
