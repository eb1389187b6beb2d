"""A user's own module: losses by import path, good ones and others."""

import torch
import torch.nn.functional as F


def smooth(student_logits, teacher_logits, labels, temperature, delta=1.0, kind="mean", signed=True):
    """Huber's loss of the softened log-probabilities; every option changes it."""
    student, teacher = (F.log_softmax(each / temperature, dim=1) for each in (student_logits, teacher_logits))
    difference = student - teacher if signed else 2 * (student - teacher)
    per_image = F.huber_loss(difference, torch.zeros_like(difference), delta=delta, reduction="none").sum(1)
    right = student_logits.gather(1, labels[:, None])
    return temperature**2 * (per_image.mean() if kind == "mean" else per_image.sum()) - 0.01 * right.mean()


def plain_kd(student_logits, teacher_logits, labels, temperature):
    """Hinton's, as many write it."""
    student = F.log_softmax(student_logits / temperature, dim=1)
    return F.kl_div(student, F.softmax(teacher_logits / temperature, dim=1), reduction="batchmean") * temperature**2


def top_k(student_logits, teacher_logits, labels, temperature, depth):
    """Of the teacher's first classes alone; an option without a default, which must be an integer."""
    classes = teacher_logits.topk(depth, dim=1).indices
    return plain_kd(student_logits.gather(1, classes), teacher_logits.gather(1, classes), labels, temperature)


def in_float64(student_logits, teacher_logits, labels, temperature):
    """Exact, and of another dtype."""
    return plain_kd(student_logits.double(), teacher_logits.double(), labels, temperature)


def vector(student_logits, teacher_logits, labels, temperature):
    """One number an image."""
    return (student_logits - teacher_logits).square().sum(1)


def number(student_logits, teacher_logits, labels, temperature):
    """No tensor."""
    return plain_kd(student_logits, teacher_logits, labels, temperature).item()


def infinite(student_logits, teacher_logits, labels, temperature):
    """A logarithm of 0."""
    return (student_logits - student_logits.max(1, keepdim=True).values).neg().log().mean()


def steep(student_logits, teacher_logits, labels, temperature):
    """Finite, with a slope that is not: of a root at 0."""
    return (student_logits - student_logits.detach()).square().sum().sqrt() + 1


def detached(student_logits, teacher_logits, labels, temperature):
    """Teaches nothing."""
    return plain_kd(student_logits.detach(), teacher_logits, labels, temperature)


def counting(student_logits, teacher_logits, labels, temperature):
    """Has a gradient that is zero everywhere."""
    return (student_logits.sign() * student_logits.new_tensor(0.1)).mean()


def in_place(student_logits, teacher_logits, labels, temperature):
    """Divides what it was given."""
    student_logits /= temperature
    return plain_kd(student_logits, teacher_logits, labels, 1.0)


def changes_the_teacher(student_logits, teacher_logits, labels, temperature):
    """Centres the teacher's logits for good."""
    teacher_logits -= teacher_logits.mean(1, keepdim=True)
    return plain_kd(student_logits, teacher_logits, labels, temperature)


def teaches_the_teacher(student_logits, teacher_logits, labels, temperature):
    """Wants a gradient for the teacher."""
    return plain_kd(student_logits, teacher_logits.requires_grad_(), labels, temperature)


def of_ten_classes(student_logits, teacher_logits, labels, temperature):
    """Knows how many classes there are."""
    return (student_logits.view(-1, 10) - teacher_logits.view(-1, 10)).square().mean()


def failing(student_logits, teacher_logits, labels, temperature):
    """Wrong inside."""
    return student_logits.softmox(1)


A_NUMBER = 3
