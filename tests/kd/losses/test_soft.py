"""Every soft term against its formula in plain Python, its gradient, its invariances and its refusals."""

import math
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from kd.losses import (
    LOSSES,
    DistillationLoss,
    average_logits,
    decoupled_divergence,
    hard_label_cross_entropy,
    kd_divergence,
    normalized_cross_entropy,
    relation_distance,
    soft_cross_entropy,
    standardized_divergence,
)

LOGIT = st.floats(-8, 8, allow_nan=False).map(lambda value: round(value, 3))
TEMPERATURE = st.floats(0.5, 10)


@st.composite
def problems(draw):
    """Student and teacher logits, as nested lists of the same shape, and labels."""
    batch, classes = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    rows = st.lists(st.lists(LOGIT, min_size=classes, max_size=classes), min_size=batch, max_size=batch)
    labels = st.lists(st.integers(0, classes - 1), min_size=batch, max_size=batch)
    return draw(rows), draw(rows), draw(labels)


def softmax(row, temperature=1.0):
    powers = [math.exp((value - max(row)) / temperature) for value in row]
    return [power / sum(powers) for power in powers]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def kl(p, q):
    return sum(a * math.log(a / b) for a, b in zip(p, q, strict=True))


def cross_entropy(p, q):
    return -sum(a * math.log(b) for a, b in zip(p, q, strict=True))


def pairs(student, teacher):
    return zip(student, teacher, strict=True)


def slow_kd(student, teacher, labels, temperature):
    return temperature**2 * mean(
        kl(softmax(zt, temperature), softmax(zs, temperature)) for zs, zt in pairs(student, teacher)
    )


def slow_soft_ce(student, teacher, labels, temperature):
    return temperature**2 * mean(
        cross_entropy(softmax(zt, temperature), softmax(zs, temperature)) for zs, zt in pairs(student, teacher)
    )


def standardized(row):
    deviation = math.sqrt(sum((value - mean(row)) ** 2 for value in row) / (len(row) - 1))
    return [(value - mean(row)) / (deviation if deviation > 1e-7 else 1) for value in row]


def slow_kd_zscore(student, teacher, labels, temperature):
    return slow_kd([standardized(row) for row in student], [standardized(row) for row in teacher], labels, temperature)


def without(row, label):
    return [value for position, value in enumerate(row) if position != label]


def slow_dkd(student, teacher, labels, temperature, beta):
    total = []
    for zs, zt, label in zip(student, teacher, labels, strict=True):
        q, p = softmax(zs, temperature), softmax(zt, temperature)
        two_way = kl([p[label], sum(without(p, label))], [q[label], sum(without(q, label))])
        others = kl(softmax(without(zt, label), temperature), softmax(without(zs, label), temperature))
        total.append(two_way + beta * others)
    return temperature**2 * mean(total)


def correlation(one, other):
    one, other = [value - mean(one) for value in one], [value - mean(other) for value in other]
    norms = [math.sqrt(sum(value * value for value in row)) for row in (one, other)]
    varies = [norm > 1e-8 for norm in norms]
    if not any(varies):
        return 1.0
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.prod(
        norm if is_varied else 1.0 for norm, is_varied in zip(norms, varies, strict=True)
    )


def slow_dist(student, teacher, labels, temperature, gamma):
    q, p = [softmax(row, temperature) for row in student], [softmax(row, temperature) for row in teacher]
    between = 1 - mean(correlation(one, other) for one, other in pairs(q, p))
    columns = pairs(zip(*q, strict=True), zip(*p, strict=True))
    within = 1 - mean(correlation(list(one), list(other)) for one, other in columns)
    return temperature**2 * (between + gamma * within)


def slow_nkd(student, teacher, labels, temperature, gamma):
    total = []
    for zs, zt, label in zip(student, teacher, labels, strict=True):
        target = -softmax(zt)[label] * math.log(softmax(zs)[label])
        p, q = softmax(without(zt, label), temperature), softmax(without(zs, label), temperature)
        total.append(target + gamma * temperature**2 * cross_entropy(p, q))
    return mean(total)


def slow_hard(student, teacher, labels, temperature):
    return mean(-math.log(softmax(zs)[zt.index(max(zt))]) for zs, zt in pairs(student, teacher))


SLOW = {
    "kd": slow_kd,
    "soft_ce": slow_soft_ce,
    "kd_zscore": slow_kd_zscore,
    "dkd": slow_dkd,
    "dist": slow_dist,
    "nkd": slow_nkd,
    "hard": slow_hard,
}


def f64(rows):
    return torch.tensor(rows, dtype=torch.float64)


def soft(name, student, teacher, labels, temperature, **options):
    """The soft term alone, as the loss computes it."""
    return DistillationLoss(temperature, 1.0, name, **options)(student, teacher, labels).soft


def random_problem(batch=6, classes=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    student, teacher = 3 * torch.randn(2, batch, classes, generator=generator, dtype=torch.float64)
    return student, teacher, torch.randint(classes, (batch,), generator=generator)


def test_every_loss_has_a_slow_reference():
    assert set(SLOW) == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
@given(problem=problems(), temperature=TEMPERATURE, weight=st.floats(0.1, 9))
def test_the_soft_term_equals_the_formula(name, problem, temperature, weight):
    student, teacher, labels = problem
    options = dict.fromkeys(LOSSES[name].options, weight)
    computed = soft(name, f64(student), f64(teacher), torch.tensor(labels), temperature, **options)
    expected = SLOW[name](student, teacher, labels, temperature, **options)
    assert computed.item() == pytest.approx(expected, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_is_that_of_finite_differences(name):
    student, teacher, labels = random_problem()
    assert torch.autograd.gradcheck(
        lambda logits: soft(name, logits, teacher, labels, 2.5), (student.requires_grad_(),), atol=1e-6
    )


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_alpha_weights_the_soft_term(name, alpha):
    student, teacher, labels = random_problem()
    parts = DistillationLoss(3.0, alpha, name)(student, teacher, labels)
    assert parts.soft.item() == soft(name, student, teacher, labels, 3.0).item() > 0
    assert parts.hard.item() == F.cross_entropy(student, labels).item()
    torch.testing.assert_close(parts.total, alpha * parts.soft + (1 - alpha) * parts.hard)


@pytest.mark.parametrize("name", LOSSES)
def test_alpha_0_is_exactly_cross_entropy_even_where_the_soft_term_is_infinite(name):
    student, teacher, labels = random_problem()
    gradients = []
    for compute in (lambda z: DistillationLoss(3.0, 0.0, name)(z, teacher * 1e308, labels).total, None):
        logits = student.clone().requires_grad_()
        loss = compute(logits) if compute else F.cross_entropy(logits, labels)
        loss.backward()
        gradients.append(torch.cat([loss.detach().view(1), logits.grad.flatten()]))
    assert torch.equal(*gradients)
    assert gradients[0].isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_the_teacher_gets_no_gradient(name):
    student, teacher, labels = random_problem()
    teacher.requires_grad_()
    soft(name, student.requires_grad_(), teacher, labels, 2.0).backward()
    assert teacher.grad is None
    assert student.grad.abs().sum() > 0


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"dist"}))
def test_repeating_the_batch_changes_nothing(name):
    student, teacher, labels = random_problem()
    repeated = soft(name, student.repeat(3, 1), teacher.repeat(3, 1), labels.repeat(3), 2.0)
    torch.testing.assert_close(repeated, soft(name, student, teacher, labels, 2.0))


@pytest.mark.parametrize("name", LOSSES)
def test_renaming_the_classes_changes_nothing(name):
    student, teacher, labels = random_problem()
    order = torch.tensor([3, 1, 4, 0, 2])
    renamed = soft(name, student[:, order], teacher[:, order], order.argsort()[labels], 2.0)
    torch.testing.assert_close(renamed, soft(name, student, teacher, labels, 2.0))


@pytest.mark.parametrize("name", LOSSES)
def test_a_constant_added_to_a_row_changes_nothing(name):
    student, teacher, labels = random_problem()
    moved = soft(name, student + torch.arange(6)[:, None], teacher - 7, labels, 2.0)
    torch.testing.assert_close(moved, soft(name, student, teacher, labels, 2.0))


@pytest.mark.parametrize("name", ["kd", "kd_zscore", "dkd", "dist"])
def test_equal_logits_are_the_minimum_and_cost_nothing(name):
    student, _, labels = random_problem()
    student.requires_grad_()
    loss = soft(name, student, student.detach(), labels, 2.0)
    loss.backward()
    assert abs(loss.item()) < 1e-12
    assert student.grad.abs().max() < 1e-12


def test_soft_cross_entropy_has_the_gradient_of_kl_and_differs_by_the_teachers_entropy():
    student, teacher, _ = random_problem()
    gradients = []
    for function in (soft_cross_entropy, kd_divergence):
        logits = student.clone().requires_grad_()
        function(logits, teacher, 4.0).backward()
        gradients.append(logits.grad)
    torch.testing.assert_close(*gradients)
    entropy = torch.distributions.Categorical(logits=teacher / 4).entropy().mean()
    difference = soft_cross_entropy(student, teacher, 4.0) - kd_divergence(student, teacher, 4.0)
    torch.testing.assert_close(difference, 16 * entropy)


def test_standardised_logits_may_be_shifted_and_scaled():
    student, teacher, _ = random_problem()
    plain = standardized_divergence(student, teacher, 2.0)
    torch.testing.assert_close(standardized_divergence(5 * student + 3, 0.1 * teacher - 1, 2.0), plain)
    torch.testing.assert_close(standardized_divergence(teacher * 7, teacher, 2.0), plain * 0)


def test_kl_is_the_target_part_plus_the_others_weighted_by_the_teachers_doubt():
    # The identity of the paper's section 3.1, one image at a time: KD = TCKD + (1 - p) NCKD.
    student, teacher, labels = random_problem()
    for zs, zt, label in zip(student[:, None], teacher[:, None], labels[:, None], strict=True):
        doubt = 1 - F.softmax(zt / 3, 1)[0, label].item()
        torch.testing.assert_close(
            decoupled_divergence(zs, zt, label, 3.0, beta=doubt), kd_divergence(zs, zt, 3.0), rtol=1e-9, atol=1e-12
        )


def test_the_gradient_of_the_decoupled_loss_in_closed_form():
    # d/dz_label = T (q − p); d/dz_i = T (p − q) · q̂_i + T beta (q̂_i − p̂_i), hats: among the other classes.
    student, teacher, labels = random_problem(batch=1, classes=4)
    label, temperature, beta = labels.item(), 2.0, 5.0
    student.requires_grad_()
    decoupled_divergence(student, teacher, labels, temperature, beta).backward()
    p, q = softmax(teacher[0].tolist(), temperature)[label], softmax(student[0].tolist(), temperature)[label]
    p_hat = softmax(without(teacher[0].tolist(), label), temperature)
    q_hat = softmax(without(student[0].tolist(), label), temperature)
    expected = [temperature * ((p - q) * b + beta * (b - a)) for a, b in zip(p_hat, q_hat, strict=True)]
    expected.insert(label, temperature * (q - p))
    torch.testing.assert_close(student.grad[0], f64(expected), rtol=1e-9, atol=1e-12)


def test_with_two_classes_nothing_is_left_among_the_others():
    student, teacher, labels = random_problem(classes=2)
    torch.testing.assert_close(
        decoupled_divergence(student, teacher, labels, 2.0, beta=8.0), kd_divergence(student, teacher, 2.0)
    )


def test_relations_do_not_mind_a_linear_change_of_the_probabilities():
    student, teacher, _ = random_problem(batch=8)
    probabilities = F.softmax(teacher, 1)
    blurred = (0.6 * probabilities + 0.4 / probabilities.shape[1]).log()  # label smoothing of the teacher
    torch.testing.assert_close(relation_distance(student, blurred, 1.0), relation_distance(student, teacher, 1.0))
    assert abs(relation_distance(blurred, teacher, 1.0).item()) < 1e-9


@pytest.mark.parametrize("gamma", [0.0, 3.0])
def test_a_batch_of_one_has_no_relation_within_classes(gamma):
    student, teacher, _ = random_problem(batch=1)
    loss = relation_distance(student.requires_grad_(), teacher, 1.0, gamma)
    torch.testing.assert_close(loss, relation_distance(student, teacher, 1.0, 0.0))
    loss.backward()
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("student_scale", "teacher_scale"), [(0, 1), (1, 0), (0, 0)])
def test_a_new_head_that_says_nothing_gets_a_gradient_of_ordinary_size(name, student_scale, teacher_scale):
    student, teacher, labels = random_problem()
    student = (student_scale * student).float().requires_grad_()
    loss = soft(name, student, (teacher_scale * teacher).float(), labels, 2.0)
    loss.backward()
    assert loss.isfinite()
    assert student.grad.abs().max() < 20


def test_the_normalised_loss_is_least_where_the_others_agree_and_the_label_is_sure():
    _, teacher, labels = random_problem()
    gradients = teacher.clone().requires_grad_()
    normalized_cross_entropy(gradients, teacher, labels, 2.0).backward()
    p = F.softmax(teacher, 1)
    expected = p.gather(1, labels[:, None]) * (p - F.one_hot(labels, 5)) / len(labels)
    torch.testing.assert_close(gradients.grad, expected)


def test_the_hard_label_is_the_teachers_and_has_the_gradient_of_cross_entropy():
    student, teacher, _ = random_problem()
    student.requires_grad_()
    hard_label_cross_entropy(student, teacher).backward()
    expected = (F.softmax(student.detach(), 1) - F.one_hot(teacher.argmax(1), 5)) / 6
    torch.testing.assert_close(student.grad, expected)
    assert hard_label_cross_entropy(student, 100 * teacher) == hard_label_cross_entropy(student, teacher)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_narrow_logits_are_computed_in_float32(name, dtype):
    student, teacher, labels = random_problem(batch=16, classes=10)
    student, teacher = student.to(dtype).requires_grad_(), teacher.to(dtype)
    parts = DistillationLoss(3.0, 0.5, name)(student, teacher, labels)
    wide = DistillationLoss(3.0, 0.5, name)(student.detach().float(), teacher.float(), labels)
    assert [part.dtype for part in parts] == [torch.float32] * 3
    assert [part.item() for part in parts] == [part.item() for part in wide]
    parts.total.backward()
    assert student.grad.dtype is dtype
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_the_largest_float16_logits_stay_finite(name):
    largest = torch.tensor([[60000.0, -60000.0, 0.0]], dtype=torch.float16)
    student = largest.flip(1).requires_grad_()
    parts = DistillationLoss(1.0, 0.5, name)(student, largest, torch.tensor([1]))
    parts.total.backward()
    assert parts.total.isfinite()
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("student", "teacher"), [((4, 10), (10,)), ((4, 10), (1, 10)), ((4, 10), (4, 9))])
def test_logits_of_wrong_shapes_are_refused_not_broadcast(name, student, teacher):
    with pytest.raises(ValueError, match=r"must both be \[batch, classes\], got \["):
        DistillationLoss(2.0, 0.5, name)(torch.zeros(student), torch.zeros(teacher), torch.zeros(4, dtype=torch.int64))


@pytest.mark.parametrize("function", [decoupled_divergence, normalized_cross_entropy])
def test_labels_of_wrong_shapes_are_refused(function):
    with pytest.raises(ValueError, match=r"labels must be \[batch\], got \[3\] for logits \[4, 10\]"):
        function(torch.zeros(4, 10), torch.zeros(4, 10), torch.zeros(3, dtype=torch.int64), 1.0)
    with pytest.raises(ValueError, match=r"at least two classes are needed, got logits \[4, 1\]"):
        function(torch.zeros(4, 1), torch.zeros(4, 1), torch.zeros(4, dtype=torch.int64), 1.0)


@pytest.mark.parametrize(
    "function",
    [
        soft_cross_entropy,
        standardized_divergence,
        relation_distance,
        partial(decoupled_divergence, labels_B=torch.zeros(1, dtype=torch.int64)),
        partial(normalized_cross_entropy, labels_B=torch.zeros(1, dtype=torch.int64)),
    ],
)
def test_bad_temperatures_are_refused(function):
    with pytest.raises(ValueError, match="temperature must be > 0, got 0"):
        function(torch.zeros(1, 2), torch.zeros(1, 2), temperature=0)


def test_unknown_losses_and_options_are_refused():
    with pytest.raises(ValueError, match="no loss 'dkdd'; there are kd, soft_ce, kd_zscore, dkd"):
        DistillationLoss(loss="dkdd")
    with pytest.raises(ValueError, match="loss dkd has no option gamma; it has beta"):
        DistillationLoss(loss="dkd", gamma=1.0)
    with pytest.raises(ValueError, match="loss kd has no option beta; it has none"):
        DistillationLoss(beta=1.0)


def test_repr_names_loss_and_options():
    assert repr(DistillationLoss(3.0, 0.7, "dkd", label_smoothing=0.1)) == (
        "DistillationLoss(temperature=3.0, alpha=0.7, loss='dkd', beta=8.0, label_smoothing=0.1)"
    )


def test_label_smoothing_is_in_the_hard_term_alone():
    student, teacher, labels = random_problem()
    smooth, plain = (DistillationLoss(2.0, 0.5, label_smoothing=s)(student, teacher, labels) for s in (0.2, 0.0))
    q = F.log_softmax(student, 1)
    expected = -(0.8 * q[range(6), labels] + 0.2 * q.mean(1)).mean()
    torch.testing.assert_close(smooth.hard, expected)
    assert smooth.soft.item() == plain.soft.item()


@pytest.mark.parametrize("name", LOSSES)
def test_of_mixed_labels_the_hard_term_takes_both_and_the_soft_term_the_heavier(name):
    student, teacher, labels = random_problem()
    partners, share = labels.roll(1), torch.tensor([0.9, 0.8, 0.3, 0.6, 0.2, 0.7], dtype=torch.float64)[:, None]
    weights = share * F.one_hot(labels, 5) + (1 - share) * F.one_hot(partners, 5)
    heavier = torch.where(share[:, 0] > 0.5, labels, partners)
    parts = DistillationLoss(3.0, 0.5, name, label_smoothing=0.2)(student, teacher, weights.float())
    q = F.log_softmax(student, 1)
    targets = 0.8 * (share[:, 0] * q[range(6), labels] + (1 - share[:, 0]) * q[range(6), partners]) + 0.2 * q.mean(1)
    torch.testing.assert_close(parts.hard, -targets.mean(), rtol=0, atol=1e-6)
    assert parts.soft.item() == DistillationLoss(3.0, 0.5, name)(student, teacher, heavier).soft.item()


def test_mixed_labels_of_one_class_are_that_label():
    student, teacher, labels = random_problem()
    for name in LOSSES:
        one, other = (
            DistillationLoss(loss=name)(student, teacher, given) for given in (labels, F.one_hot(labels, 5) * 1.0)
        )
        assert one.soft.item() == other.soft.item()
        torch.testing.assert_close(one.hard, other.hard)


def test_mixed_labels_of_wrong_shapes_are_refused():
    student, teacher, _ = random_problem()
    for shape in ((6, 4), (5, 5), (6, 1), (6, 5, 1)):
        with pytest.raises(ValueError, match=r"labels must be \[batch\], got .* for logits \[6, 5\]"):
            DistillationLoss()(student, teacher, torch.zeros(shape))


def test_several_teachers_are_averaged_as_raw_logits():
    _, teacher, _ = random_problem()
    halves = [teacher.half(), -teacher.half(), teacher.half() * 2]
    average = average_logits(halves)
    assert average.dtype is torch.float32
    torch.testing.assert_close(average, teacher.half().float() * 2 / 3)
    assert torch.equal(average_logits([teacher]), teacher)


@pytest.mark.parametrize("shapes", [[], [(2, 3), (2, 4)], [(2, 3), (1, 3)]])
def test_teachers_of_different_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="logits of one shape are wanted from each teacher"):
        average_logits([torch.zeros(shape) for shape in shapes])
