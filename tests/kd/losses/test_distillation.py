"""The loss against a slow reference in plain Python, its gradient, its limits and its refusals."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from kd.losses import DistillationLoss, LossSchedule, kd_divergence

LOGIT = st.floats(-30, 30, allow_nan=False)
TEMPERATURE = st.floats(0.5, 40)
ALPHA = st.floats(0, 1)


@st.composite
def logit_pairs(draw):
    """Student and teacher logits, as nested lists of the same shape."""
    batch, classes = draw(st.integers(1, 4)), draw(st.integers(2, 6))
    rows = st.lists(st.lists(LOGIT, min_size=classes, max_size=classes), min_size=batch, max_size=batch)
    return draw(rows), draw(rows)


def softmax(row, temperature):
    largest = max(row)
    powers = [math.exp((value - largest) / temperature) for value in row]
    return [power / sum(powers) for power in powers]


def log_softmax(row, temperature):
    largest = max(row)
    normalizer = math.log(sum(math.exp((value - largest) / temperature) for value in row))
    return [(value - largest) / temperature - normalizer for value in row]


def reference_kl(student, teacher, temperature):
    """T² KL(teacher ‖ student), from the formula, one number at a time."""
    total = 0.0
    for student_row, teacher_row in zip(student, teacher, strict=True):
        student_log, teacher_log = log_softmax(student_row, temperature), log_softmax(teacher_row, temperature)
        for probability, q, p in zip(softmax(teacher_row, temperature), student_log, teacher_log, strict=True):
            total += probability * (p - q)
    return temperature**2 * total / len(student)


def reference_ce(student, labels):
    return -sum(log_softmax(row, 1.0)[label] for row, label in zip(student, labels, strict=True)) / len(student)


def f64(rows):
    return torch.tensor(rows, dtype=torch.float64)


@given(logit_pairs(), TEMPERATURE, ALPHA, st.randoms(use_true_random=False))
def test_loss_equals_the_slow_reference(pair, temperature, alpha, random):
    student, teacher = pair
    labels = [random.randrange(len(student[0])) for _ in student]
    parts = DistillationLoss(temperature, alpha)(f64(student), f64(teacher), torch.tensor(labels))
    soft, hard = reference_kl(student, teacher, temperature), reference_ce(student, labels)
    assert parts.soft.item() == pytest.approx(soft, rel=1e-9, abs=1e-9)
    assert parts.hard.item() == pytest.approx(hard, rel=1e-9, abs=1e-9)
    assert parts.total.item() == pytest.approx(alpha * soft + (1 - alpha) * hard, rel=1e-9, abs=1e-9)


@given(logit_pairs(), TEMPERATURE)
def test_gradient_is_t_times_the_difference_of_softmaxes(pair, temperature):
    student, teacher = f64(pair[0]).requires_grad_(), f64(pair[1]).requires_grad_()
    kd_divergence(student, teacher, temperature).backward()
    expected = [
        [
            temperature * (q - p) / len(pair[0])
            for q, p in zip(softmax(zs, temperature), softmax(zt, temperature), strict=True)
        ]
        for zs, zt in zip(*pair, strict=True)
    ]
    torch.testing.assert_close(student.grad, f64(expected), rtol=1e-9, atol=1e-9)
    assert teacher.grad is None


@given(logit_pairs(), TEMPERATURE, ALPHA)
def test_gradient_of_the_whole_loss_mixes_both_terms(pair, temperature, alpha):
    student, labels = f64(pair[0]).requires_grad_(), torch.zeros(len(pair[0]), dtype=torch.int64)
    DistillationLoss(temperature, alpha)(student, f64(pair[1]), labels).total.backward()
    rows = []
    for zs, zt in zip(*pair, strict=True):
        soft = [temperature * (q - p) for q, p in zip(softmax(zs, temperature), softmax(zt, temperature), strict=True)]
        hard = [q - (k == 0) for k, q in enumerate(softmax(zs, 1.0))]
        rows.append([(alpha * s + (1 - alpha) * h) / len(pair[0]) for s, h in zip(soft, hard, strict=True)])
    torch.testing.assert_close(student.grad, f64(rows), rtol=1e-9, atol=1e-9)


@given(logit_pairs(), TEMPERATURE, st.lists(LOGIT, min_size=8, max_size=8))
def test_a_constant_added_to_a_row_changes_nothing(pair, temperature, shifts):
    student, teacher = f64(pair[0]), f64(pair[1])
    batch = len(student)
    moved = kd_divergence(
        student + f64(shifts[:batch])[:, None], teacher + f64(shifts[4 : 4 + batch])[:, None], temperature
    )
    assert moved.item() == pytest.approx(kd_divergence(student, teacher, temperature).item(), rel=1e-8, abs=1e-8)


@given(logit_pairs(), TEMPERATURE)
def test_never_negative_and_exactly_zero_at_equal_logits(pair, temperature):
    student, teacher = f64(pair[0]), f64(pair[1])
    assert kd_divergence(student, teacher, temperature) >= -1e-9
    assert kd_divergence(student, student, temperature) == 0


@given(logit_pairs(), TEMPERATURE)
def test_scaling_logits_and_temperature_together_scales_by_the_square(pair, temperature):
    student, teacher = f64(pair[0]), f64(pair[1])
    scaled = kd_divergence(3 * student, 3 * teacher, 3 * temperature)
    assert scaled.item() == pytest.approx(9 * kd_divergence(student, teacher, temperature).item(), rel=1e-8, abs=1e-8)


def test_for_large_t_it_tends_to_matching_centred_logits():
    student = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]], dtype=torch.float64, requires_grad=True)
    teacher = torch.tensor([[2.0, 0.0, -1.0], [1.0, 1.0, 4.0]], dtype=torch.float64)
    loss = kd_divergence(student, teacher, 1e4)
    loss.backward()
    difference = (student - student.mean(1, keepdim=True)) - (teacher - teacher.mean(1, keepdim=True))
    batch, classes = student.shape
    torch.testing.assert_close(student.grad, (difference / classes / batch).detach(), rtol=1e-3, atol=1e-5)
    assert loss.item() == pytest.approx((difference**2).sum().item() / (2 * classes * batch), rel=1e-3)


def test_mean_is_over_the_batch_and_sum_over_classes():
    student, teacher = torch.tensor([[2.0, 0.0, 1.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    one = kd_divergence(student, teacher, 3.0)
    repeated = kd_divergence(student.repeat(7, 1), teacher.repeat(7, 1), 3.0)
    torch.testing.assert_close(repeated, one)
    assert one.item() == pytest.approx(reference_kl(student.tolist(), teacher.tolist(), 3.0), rel=1e-5)


@pytest.mark.parametrize("student_dtype", [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize("teacher_dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_narrow_inputs_are_computed_in_float32(student_dtype, teacher_dtype):
    generator = torch.Generator().manual_seed(0)
    student = (10 * torch.randn(16, 10, generator=generator)).to(student_dtype).requires_grad_()
    teacher = (10 * torch.randn(16, 10, generator=generator)).to(teacher_dtype)
    labels = torch.arange(16) % 10
    parts = DistillationLoss(20.0, 0.5)(student, teacher, labels)
    wide = DistillationLoss(20.0, 0.5)(student.detach().float(), teacher.float(), labels)
    for part, expected in zip(parts, wide, strict=True):
        assert part.dtype is torch.float32
        assert part.item() == expected.item()
    parts.total.backward()
    assert student.grad.dtype is student_dtype
    assert student.grad.isfinite().all()


def test_float16_logits_near_the_largest_number_stay_finite():
    student = torch.tensor([[60000.0, -60000.0]], dtype=torch.float16)
    teacher = torch.tensor([[-60000.0, 60000.0]], dtype=torch.float16)
    parts = DistillationLoss(1.0, 0.5)(student, teacher, torch.tensor([1]))
    assert parts.soft.item() == 120000.0
    assert parts.hard.item() == 120000.0


def test_autocast_does_not_narrow_the_loss():
    generator = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 8, 10, generator=generator)
    plain = kd_divergence(student, teacher, 4.0)
    with torch.autocast("cpu", torch.bfloat16):
        assert kd_divergence(student, teacher, 4.0).item() == plain.item()


def test_alpha_0_is_cross_entropy_and_still_measures_the_soft_term():
    generator = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 8, 10, generator=generator)
    labels = torch.arange(8)
    parts = DistillationLoss(4.0, 0.0)(student, teacher, labels)
    assert parts.total.item() == F.cross_entropy(student, labels).item()
    assert parts.soft.item() == kd_divergence(student, teacher, 4.0).item() > 0


def test_alpha_1_gives_labels_no_gradient_and_still_measures_the_hard_term():
    generator = torch.Generator().manual_seed(0)
    logits, teacher = torch.randn(2, 8, 10, generator=generator)
    gradients = []
    for labels in (torch.arange(8), torch.zeros(8, dtype=torch.int64)):
        student = logits.clone().requires_grad_()
        parts = DistillationLoss(4.0, 1.0)(student, teacher, labels)
        assert parts.hard.item() == F.cross_entropy(logits, labels).item()
        parts.total.backward()
        gradients.append(student.grad)
    torch.testing.assert_close(*gradients, rtol=0, atol=0)
    assert gradients[0].abs().sum() > 0


@pytest.mark.parametrize(
    ("student", "teacher"), [((4, 10), (10,)), ((4, 10), (1, 10)), ((4, 10), (4, 1)), ((10,), (10,)), ((2, 4, 10),) * 2]
)
def test_logits_of_wrong_shapes_are_refused_not_broadcast(student, teacher):
    with pytest.raises(ValueError, match=r"must both be \[batch, classes\], got \[") as caught:
        kd_divergence(torch.zeros(student), torch.zeros(teacher), 2.0)
    assert str(list(student)) in str(caught.value)
    assert str(list(teacher)) in str(caught.value)


@pytest.mark.parametrize("labels", [(3,), (4, 10), (4, 1), ()])
def test_labels_of_wrong_shapes_are_refused(labels):
    with pytest.raises(ValueError, match=r"labels must be \[batch\], got .* for logits \[4, 10\]"):
        DistillationLoss()(torch.zeros(4, 10), torch.zeros(4, 10), torch.zeros(labels, dtype=torch.int64))


@pytest.mark.parametrize("alpha", [-0.01, 1.01, math.nan, math.inf])
def test_bad_alpha_is_refused(alpha):
    with pytest.raises(ValueError, match=rf"alpha must be in \[0, 1\], got {alpha}"):
        DistillationLoss(alpha=alpha)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_bad_temperature_is_refused(temperature):
    with pytest.raises(ValueError, match=f"temperature must be > 0, got {temperature}"):
        DistillationLoss(temperature=temperature)
    with pytest.raises(ValueError, match=f"temperature must be > 0, got {temperature}"):
        kd_divergence(torch.zeros(1, 2), torch.zeros(1, 2), temperature)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_bad_scale_is_refused(scale):
    with pytest.raises(ValueError, match=f"scale must be finite and > 0, got {scale}"):
        DistillationLoss(scale=scale)


def test_repr_names_the_setting():
    assert repr(DistillationLoss(3.0, 0.7)) == "DistillationLoss(temperature=3.0, alpha=0.7)"


def test_what_is_no_loss_or_no_option_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match="no loss 'dkdd'; there are kd, "):
        DistillationLoss(loss="dkdd")
    with pytest.raises(ValueError, match="loss dkd has no option alfa; it has beta"):
        DistillationLoss(loss="dkd", zeta=1.0, alfa=1.0)
    with pytest.raises(ValueError, match="loss kd has no option beta; it has none"):
        DistillationLoss(loss="kd", beta=1.0)


def test_a_function_is_a_soft_term_by_its_own_name_or_by_its_import_path():
    student, teacher, labels = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 2.0]]), torch.tensor([0])
    for loss in (ours, f"{__name__}:ours"):
        made = DistillationLoss(loss=loss, alpha=1.0, temperature=3.0)
        assert made(student, teacher, labels).total.item() == 3.0 * 2.0
        assert made.loss.endswith("ours")


def ours(student_logits_BC, teacher_logits_BC, labels_B, temperature):
    return temperature * (teacher_logits_BC.amax() * student_logits_BC.amax())


def test_a_learned_temperature_is_told_the_epoch_and_read_as_it_stands():
    loss = DistillationLoss(temperature=4.0, schedule=LossSchedule(num_epochs=20, temperature="learned"))
    assert loss.is_temperature_changing and loss.temperature_now == pytest.approx(4.0)
    first = loss.learned.reversal
    loss.set_epoch(9)
    assert (first < 0, loss.learned.reversal) == (True, -1.0)
    with torch.no_grad():
        loss.learned.theta.fill_(1.0)
    assert loss.temperature_now == pytest.approx(1 + 20 / (1 + math.exp(-1)))
    assert not DistillationLoss(temperature=4.0).is_temperature_changing
