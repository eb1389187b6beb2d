"""What a student can learn from its teacher's features: one pure function a paper.

All of them take features of the same images from student and teacher, of forms and widths that may differ where
nothing else is said, compute in float32 (float64 where the student's are) whatever the inputs' dtype, give the teacher
no gradient, and return a scalar. Features are [batch, channels], tokens [batch, tokens, channels] or maps [batch,
channels, height, width]. Those of one image, and features that are all zero or all equal, give a finite loss and
finite gradients: where published code divides by a norm of 0, a norm of 1 is taken here.

Shape suffixes: B batch, N tokens, C channels, H height, W width, D all of an image's numbers in one row.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from kd.losses.soft import at_least_float32

_PKT_EPSILON = 1e-7  # in the logarithm, as published
_SMALLEST_NORM = 1e-12  # as torch.nn.functional.normalize has it; what is shorter counts as 0


def hint_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference of features, maps being averaged down to the smaller of both.

    The student's come from a learned regressor to the teacher's channels. The paper trains in two stages, first the
    layers below the hint; here, as in RepDistiller and mdistiller, all is trained at once. Their regressor is a
    convolution (3×3 of stride 2, or transposed, where sizes differ), batch normalisation and ReLU; here it is a 1×1
    convolution, or a linear layer for tokens and vectors, and sizes are made equal by averaging.

    Args:
        student: [B, C], [B, N, C] or [B, C, H, W].
        teacher: The same but for height and width.

    Returns:
        A scalar, at least 0; a mean over all elements.

    Raises:
        ValueError: Shapes that do not fit together.

    References:
        Romero et al.: FitNets: Hints for Thin Deep Nets, arXiv:1412.6550, equation 3.
    """
    student, teacher = _in_one_size(*_checked(student, teacher))
    if student.shape != teacher.shape:
        raise ValueError(f"features of one shape are wanted, got {list(student.shape)} and {list(teacher.shape)}")
    return F.mse_loss(student, teacher)


def attention_distance(student_BCHW: Tensor, teacher_BCHW: Tensor) -> Tensor:
    """Mean squared difference of attention maps: the sum of squares over channels, of norm 1 in each image.

    Maps are averaged down to the smaller of both before they are squared, as in RepDistiller and mdistiller. The mean
    over positions and images is theirs and the paper's code's; the formula in the paper is a sum over positions, with
    a weight of 1000 divided by their number, which is the same.

    Args:
        student_BCHW: Maps [batch, channels, height, width].
        teacher_BCHW: Maps of the same images; channels, height and width may differ.

    Returns:
        A scalar between 0 and 4 / positions.

    Raises:
        ValueError: They are no maps of the same number of images.

    References:
        Zagoruyko, Komodakis: Paying More Attention to Attention, arXiv:1612.03928, equation 2 with p = 2.
    """
    if student_BCHW.ndim != 4 or teacher_BCHW.ndim != 4:
        shapes = f"{list(student_BCHW.shape)} and {list(teacher_BCHW.shape)}"
        raise ValueError(f"maps [batch, channels, height, width] are wanted, got {shapes}")
    student, teacher = _in_one_size(*_checked(student_BCHW, teacher_BCHW))
    return F.mse_loss(_rows_of_norm_1(_energy(student)), _rows_of_norm_1(_energy(teacher)))


def similarity_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """‖G_s − G_t‖² / B², G: inner products of all pairs of images, each row of norm 1.

    Depends on who shares a batch, so accumulating gradients over smaller batches changes it. A batch of one image
    gives 0.

    Args:
        student: Features of any form.
        teacher: Features of the same images, of any form.

    Returns:
        A scalar between 0 and 4 / B.

    Raises:
        ValueError: Different numbers of images.

    References:
        Tung, Mori: Similarity-Preserving Knowledge Distillation, arXiv:1907.09682, equation 4.
    """
    student_BD, teacher_BD = _in_rows(student, teacher)
    return F.mse_loss(_rows_of_norm_1(student_BD @ student_BD.T), _rows_of_norm_1(teacher_BD @ teacher_BD.T))


def relational_distance(student: Tensor, teacher: Tensor, distance: float = 25.0, angle: float = 50.0) -> Tensor:
    """Sum of distance · Huber(ψ_s, ψ_t) and angle · Huber(∠_s, ∠_t) over pairs and triples of images of a batch.

    ψ is the Euclidean distance of a pair divided by the mean of those above 0; ∠ the cosine of the angle at the middle
    image of a triple, 0 where that image equals an outer one. Means are over all B² pairs and B³ triples, an image with
    itself included, as in RepDistiller and mdistiller, whose weights are 25 and 50. Depends on who shares a batch; one
    image alone gives 0.

    Args:
        student: Features of any form.
        teacher: Features of the same images, of any form.
        distance: Weight of the distances' relation.
        angle: Weight of the angles' relation, whose B³ numbers are computed at once.

    Returns:
        A scalar, at least 0.

    Raises:
        ValueError: Different numbers of images.

    References:
        Park et al.: Relational Knowledge Distillation, arXiv:1904.05068, equations 4 to 9.
    """
    student_BD, teacher_BD = _in_rows(student, teacher)
    student_BB, teacher_BB = _distances(student_BD), _distances(teacher_BD)
    loss = distance * F.smooth_l1_loss(_of_mean_1(student_BB), _of_mean_1(teacher_BB))
    if angle > 0:
        loss = loss + angle * F.smooth_l1_loss(_cosines(student_BB), _cosines(teacher_BB))
    return loss


def probabilistic_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """KL(P_t ‖ P_s) / B², P: each row the cosine similarities of an image to the batch, moved to 0…1, of sum 1.

    The paper leaves an image's similarity to itself out of its row; its authors' code, RepDistiller and mdistiller keep
    it, as here, and take the mean over all B² elements, hence their weight of 30,000. Depends on who shares a batch;
    one image alone gives 0.

    Args:
        student: Features of any form.
        teacher: Features of the same images, of any form.

    Returns:
        A scalar, at least 0 but for rounding.

    Raises:
        ValueError: Different numbers of images.

    References:
        Passalis, Tefas: Learning Deep Representations with Probabilistic Knowledge Transfer, arXiv:1803.10837.
    """
    student_BD, teacher_BD = _in_rows(student, teacher)
    p_BB, q_BB = _neighbours(teacher_BD), _neighbours(student_BD)
    return (p_BB * ((p_BB + _PKT_EPSILON) / (q_BB + _PKT_EPSILON)).log()).mean()


def pooled_distance(student: Tensor, teacher: Tensor) -> Tensor:
    """Mean squared difference of pooled features; the student's come from a learned linear projector.

    As in timm's task for features, which leaves the projector out where both widths are equal; here there is always
    one, since it, not the loss, decides what is transferred (the reference). Maps are averaged over positions, tokens
    over tokens.

    Args:
        student: Features; pooled they have as many channels as the teacher's.
        teacher: Features of the same images.

    Returns:
        A scalar, at least 0; a mean over all elements.

    Raises:
        ValueError: Shapes that do not fit together.

    References:
        Miles, Mikolajczyk: Understanding the Role of the Projector in Knowledge Distillation, arXiv:2303.11098, with
        another normalisation and loss.
    """
    return hint_distance(*map(pooled, _checked(student, teacher)))


def pooled(features: Tensor) -> Tensor:
    """One vector [B, C] an image: the mean of a map over positions, or over tokens.

    >>> pooled(torch.ones(2, 3, 4, 5)).shape, pooled(torch.ones(2, 7, 3)).shape, pooled(torch.ones(2, 3)).shape
    (torch.Size([2, 3]), torch.Size([2, 3]), torch.Size([2, 3]))
    """
    if features.ndim == 2:
        return features
    return features.mean((2, 3)) if features.ndim == 4 else features.mean(1)


class _Feature(NamedTuple):
    """A loss on features, and what it asks of them.

    ``learns``: the student's go through a learned layer to the teacher's channels. ``forms``: what both must be;
    ``any``, ``same`` (vectors, tokens of one number, or maps) or ``maps``.
    """

    compute: Callable[..., Tensor]
    learns: bool = False
    forms: Literal["any", "same", "maps"] = "any"
    is_pooled: bool = False


FEATURE_LOSSES: dict[str, _Feature] = {
    "fitnet": _Feature(hint_distance, learns=True, forms="same"),
    "at": _Feature(attention_distance, forms="maps"),
    "sp": _Feature(similarity_distance),
    "rkd": _Feature(relational_distance),
    "pkt": _Feature(probabilistic_distance),
    "pooled": _Feature(pooled_distance, learns=True, is_pooled=True),
}
"""By name, as in a sweep's ``distill.features``; each is called with student, teacher and its options."""


def _checked(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the dtype to compute in, the teacher's detached."""
    if len(student) != len(teacher) or min(student.ndim, teacher.ndim) < 2:
        shapes = f"{list(student.shape)} and {list(teacher.shape)}"
        raise ValueError(f"features [batch, …] of the same images are wanted, got {shapes}")
    student = at_least_float32(student)
    return student, teacher.detach().to(student.dtype)


def _in_rows(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    student, teacher = _checked(student, teacher)
    return student.flatten(1), teacher.flatten(1)


def _in_one_size(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Maps averaged down to the smaller height and the smaller width of both; others as they are."""
    if student.ndim != 4 or teacher.ndim != 4 or student.shape[2:] == teacher.shape[2:]:
        return student, teacher
    smaller = min(student.shape[2], teacher.shape[2]), min(student.shape[3], teacher.shape[3])
    return F.adaptive_avg_pool2d(student, smaller), F.adaptive_avg_pool2d(teacher, smaller)


def _energy(features_BCHW: Tensor) -> Tensor:
    """[B, H·W]: the mean of squares over channels, of which the norm is taken away anyway."""
    return features_BCHW.square().mean(1).flatten(1)


def _rows_of_norm_1(rows: Tensor) -> Tensor:
    """A row of zeros stays one; the slope of a square root is infinite there."""
    squares = rows.square().sum(1, keepdim=True)
    return rows / torch.where(squares > _SMALLEST_NORM**2, squares, 1).sqrt()


def _distances(rows_BD: Tensor) -> Tensor:
    """Euclidean [B, B]; of equal rows 0, with no slope. Not by matrix products, which lose the small ones."""
    distances_BB = torch.cdist(rows_BD, rows_BD, compute_mode="donot_use_mm_for_euclid_dist")
    return torch.where(distances_BB > _SMALLEST_NORM, distances_BB, 0)


def _of_mean_1(distances_BB: Tensor) -> Tensor:
    """Divided by the mean of those above 0."""
    mean = distances_BB.sum() / (distances_BB > 0).sum().clamp(min=1)
    return distances_BB / torch.where(mean > 0, mean, 1)


def _cosines(distances_BB: Tensor) -> Tensor:
    """[B, B, B]: at [j, i, k] the cosine of the angle i–j–k, by the law of cosines; 0 where i or k equals j."""
    square_BB = distances_BB.square()
    twice_product_BBB = square_BB[:, :, None] + square_BB[:, None, :] - square_BB[None]
    is_apart_BB = distances_BB > 0
    length_BB = torch.where(is_apart_BB, distances_BB, 1)
    is_angle_BBB = is_apart_BB[:, :, None] & is_apart_BB[:, None, :]
    cosine_BBB = twice_product_BBB / (2 * length_BB[:, :, None] * length_BB[:, None, :])
    return torch.where(is_angle_BBB, cosine_BBB, 0)


def _neighbours(rows_BD: Tensor) -> Tensor:
    """[B, B]: each row the similarities of an image to all, of sum 1."""
    rows_BD = _rows_of_norm_1(rows_BD)
    similarity_BB = ((rows_BD @ rows_BD.T + 1) / 2).clamp(min=0)  # products of a GPU's tensor cores pass -1
    return similarity_BB / similarity_BB.sum(1, keepdim=True)
