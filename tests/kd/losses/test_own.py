"""A loss of the user's own: called as it says, and held to what every soft term is."""

import pytest
import torch
import torch.nn.functional as F
import users_losses
from torch import nn

from kd.errors import InputError
from kd.losses import DistillationLoss, OwnLoss, import_loss, kd_divergence


def problem(batch=6, classes=5, dtype=torch.float32):
    random = torch.Generator().manual_seed(0)
    student, teacher = (3 * torch.randn(2, batch, classes, generator=random)).to(dtype)
    return student, teacher, torch.arange(batch) % classes


def test_a_function_by_import_path_is_the_soft_term():
    student, teacher, labels = problem()
    found = DistillationLoss(3.0, 0.7, "users_losses:plain_kd")(student, teacher, labels)
    torch.testing.assert_close(list(found), list(DistillationLoss(3.0, 0.7)(student, teacher, labels)))


def test_a_script_gives_the_function_itself():
    student, teacher, labels = problem()
    loss = DistillationLoss(2.0, 1.0, users_losses.smooth, delta=0.3, kind="sum", signed=False)
    expected = users_losses.smooth(student, teacher, labels, 2.0, 0.3, "sum", False)
    assert loss(student, teacher, labels).total.item() == expected.item()
    assert repr(loss) == (
        "DistillationLoss(temperature=2.0, alpha=1.0, loss='smooth', delta=0.3, kind=sum, signed=False)"
    )


@pytest.mark.parametrize("option", [{"delta": 0.1}, {"kind": "sum"}, {"signed": False}])
def test_every_option_reaches_it(option):
    student, teacher, labels = problem()
    plain, other = (import_loss("users_losses:smooth", given)(student, teacher, labels, 2.0) for given in ({}, option))
    assert plain.item() != other.item()


def test_an_integer_stays_one():
    student, teacher, labels = problem()
    loss = import_loss("users_losses:top_k", {"depth": 5})
    torch.testing.assert_close(loss(student, teacher, labels, 2.0), kd_divergence(student, teacher, 2.0))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_narrow_logits_come_as_float32(dtype):
    student, teacher, labels = problem(dtype=dtype)
    seen = []

    def noting(student_logits, teacher_logits, labels, temperature):
        seen.extend([student_logits.dtype, teacher_logits.dtype, labels.dtype, temperature])
        return student_logits.mean()

    assert OwnLoss(noting, {}, "noting")(student, teacher, labels, 4.0).dtype is torch.float32
    assert seen == [torch.float32, torch.float32, torch.int64, 4.0]


def test_a_loss_in_float64_is_brought_to_the_students_dtype():
    student, teacher, labels = problem()
    student.requires_grad_()
    parts = DistillationLoss(2.0, 0.5, "users_losses:in_float64")(student, teacher, labels)
    assert [part.dtype for part in parts] == [torch.float32] * 3
    parts.total.backward()
    assert student.grad.dtype is torch.float32


def test_of_mixed_images_it_is_given_the_heavier_class():
    student, teacher, labels = problem()
    weights = 0.7 * F.one_hot(labels, 5) + 0.3 * F.one_hot(labels.roll(1), 5)
    loss = DistillationLoss(2.0, 0.5, "users_losses:smooth")
    assert loss(student, teacher, weights).soft.item() == loss(student, teacher, labels).soft.item()


def test_without_weight_it_may_be_infinite():
    student, teacher, labels = problem()
    student.requires_grad_()
    parts = DistillationLoss(2.0, 0.0, "users_losses:infinite")(student, teacher, labels)
    parts.total.backward()
    assert not parts.soft.isfinite()
    torch.testing.assert_close(student.grad, (F.softmax(student.detach(), 1) - F.one_hot(labels, 5)) / 6)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("nowhere:loss", {}, "loss: cannot import nowhere:loss: ModuleNotFoundError: .*; a loss is named module:func"),
        ("users_losses:none", {}, "cannot import users_losses:none: AttributeError"),
        ("users_losses:", {}, "cannot import users_losses:"),
        ("users_losses:A_NUMBER", {}, "is a int; wanted is a function of student_logits, teacher_logits, labels, temp"),
        ("torch.nn:KLDivLoss", {}, "is a type; wanted is a function of student_logits"),
        ("users_losses:smooth", {"dleta": 1}, "got an unexpected keyword argument 'dleta'; options are the names of"),
        ("users_losses:top_k", {}, "missing a required argument: 'depth'"),
        ("users_losses:plain_kd", {"labels": 1}, "multiple values for argument 'labels'"),
        (
            "torch.nn.functional:relu",
            {},
            r"cannot be called as \(student_logits, teacher_logits, labels, temperature\)",
        ),
    ],
)
def test_what_cannot_be_called_is_refused_at_once(name, options, said):
    with pytest.raises(InputError, match=said) as caught:
        import_loss(name, options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vector", r"returned \[6\] for 6 images; wanted is a scalar: the mean over images, .mean\(\)"),
        ("number", "returned float; wanted is a tensor, a scalar"),
        ("in_place", "changes its student_logits in place, .*; begin it with student_logits = student_logits.clone"),
        ("changes_the_teacher", "changes its teacher_logits in place"),
        ("teaches_the_teacher", "asks for a gradient of the teacher's logits, which are not learned"),
    ],
)
def test_what_is_no_loss_is_refused_in_every_call(name, said):
    student, teacher, labels = problem()
    before = student.clone(), teacher.clone()
    with pytest.raises(InputError, match=said):
        DistillationLoss(2.0, 0.5, f"users_losses:{name}")(student.clone().requires_grad_() * 1, teacher, labels)
    if name != "changes_the_teacher":
        assert torch.equal(teacher, before[1])
    assert torch.equal(student, before[0])


def test_an_object_that_can_be_called_is_a_loss_too():
    class Scaled(nn.Module):
        def forward(self, student_logits, teacher_logits, labels, temperature):
            return 2 * kd_divergence(student_logits, teacher_logits, temperature)

    student, teacher, labels = problem()
    loss = DistillationLoss(2.0, 1.0, Scaled())
    assert loss.loss == "Scaled"
    assert loss(student, teacher, labels).total.item() == 2 * kd_divergence(student, teacher, 2.0).item()
