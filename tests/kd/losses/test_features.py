"""Each loss on features against its formula in plain Python and float64, its gradient, and what has no direction."""

import itertools
import math

import numpy as np
import pytest
import torch

from kd.config import PUBLISHED_WEIGHTS
from kd.losses import FEATURE_LOSSES
from kd.losses.features import (
    attention_distance,
    hint_distance,
    pooled_distance,
    probabilistic_distance,
    relational_distance,
    similarity_distance,
)

RELATIONS = ("sp", "rkd", "pkt")


def draw(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def averaged(map_CHW, height, width):
    """Down to a size that divides its own."""
    channels, high, wide = map_CHW.shape
    return map_CHW.reshape(channels, height, high // height, width, wide // width).mean((2, 4))


def mean_square(one, other):
    return float(np.mean((np.asarray(one) - np.asarray(other)) ** 2))


def attention(map_CHW):
    sums = [sum(map_CHW[c, h, w] ** 2 for c in range(len(map_CHW))) for h, w in np.ndindex(map_CHW.shape[1:])]
    norm = math.sqrt(sum(each**2 for each in sums))
    return [each / norm for each in sums]


def gram(rows):
    found = []
    for one in rows:
        row = [float(np.dot(one, other)) for other in rows]
        norm = math.sqrt(sum(each**2 for each in row))
        found.append([each / norm for each in row])
    return found


def huber(difference):
    return 0.5 * difference**2 if abs(difference) < 1 else abs(difference) - 0.5


def relative_distances(rows):
    pairs = [[math.dist(one, other) for other in rows] for one in rows]
    above = [each for each in itertools.chain(*pairs) if each > 0]
    return [[each * len(above) / sum(above) for each in row] for row in pairs]


def cosine(i, j, k):
    one, other = np.subtract(i, j), np.subtract(k, j)
    lengths = math.sqrt(one @ one), math.sqrt(other @ other)
    return 0.0 if 0 in lengths else float(one @ other) / (lengths[0] * lengths[1])


def relational(student, teacher, distance, angle):
    size = range(len(student))
    pairs = [relative_distances(rows) for rows in (student, teacher)]
    of_pairs = [huber(pairs[0][i][j] - pairs[1][i][j]) for i in size for j in size]
    triples = itertools.product(size, repeat=3)
    of_triples = [
        huber(cosine(*(student[n] for n in triple)) - cosine(*(teacher[n] for n in triple))) for triple in triples
    ]
    return distance * np.mean(of_pairs) + angle * np.mean(of_triples)


def neighbours(rows):
    found = []
    for one in rows:
        row = [
            (float(np.dot(one, other)) / math.sqrt(np.dot(one, one) * np.dot(other, other)) + 1) / 2 for other in rows
        ]
        found.append([each / sum(row) for each in row])
    return found


def probabilistic(student, teacher):
    terms = [
        p * math.log((p + 1e-7) / (q + 1e-7))
        for ps, qs in zip(neighbours(teacher), neighbours(student), strict=True)
        for p, q in zip(ps, qs, strict=True)
    ]
    return sum(terms) / len(terms)


def flat(features):
    return features.reshape(len(features), -1)


@pytest.mark.parametrize("shape", [(4, 5), (4, 3, 5), (4, 5, 4, 6)], ids=["vectors", "tokens", "maps"])
def test_hints_are_the_mean_squared_difference(shape):
    student, teacher = draw(*shape), draw(*shape, seed=1)
    assert hint_distance(student, teacher).item() == pytest.approx(mean_square(student, teacher), rel=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), [((4, 4), (8, 2)), ((2, 6), (2, 3)), ((3, 3), (6, 9))])
def test_maps_of_two_sizes_are_averaged_down_to_the_smaller(ours, theirs):
    student, teacher = draw(2, 3, *ours), draw(2, 3, *theirs, seed=1)
    height, width = min(ours[0], theirs[0]), min(ours[1], theirs[1])
    small = [[averaged(each.numpy(), height, width) for each in features] for features in (student, teacher)]
    assert hint_distance(student, teacher).item() == pytest.approx(mean_square(*small), rel=1e-12)
    maps = [[attention(each) for each in features] for features in small]
    assert attention_distance(student, teacher).item() == pytest.approx(mean_square(*maps), rel=1e-12)


def test_attention_is_where_the_features_are_large():
    student, teacher = draw(3, 4, 5, 6), draw(3, 7, 5, 6, seed=1)
    maps = [[attention(each.numpy()) for each in features] for features in (student, teacher)]
    assert attention_distance(student, teacher).item() == pytest.approx(mean_square(*maps), rel=1e-12)
    assert attention_distance(5 * teacher, teacher).item() == pytest.approx(0, abs=1e-12)


def test_similarity_is_of_the_images_of_a_batch():
    student, teacher = draw(5, 4, 3, 3), draw(5, 7, seed=1)
    grams = [gram(flat(features).numpy()) for features in (student, teacher)]
    assert similarity_distance(student, teacher).item() == pytest.approx(mean_square(*grams), rel=1e-12)


@pytest.mark.parametrize(("distance", "angle"), [(25.0, 50.0), (1.0, 0.0), (0.0, 1.0)])
def test_relations_are_of_pairs_and_triples(distance, angle):
    student, teacher = draw(6, 4, 2, 2), 3 * draw(6, 7, seed=1)
    student[4], teacher[2] = student[3], teacher[1]  # the same image twice
    expected = relational(flat(student).numpy(), teacher.numpy(), distance, angle)
    found = relational_distance(student, teacher, distance=distance, angle=angle)
    assert found.item() == pytest.approx(expected, rel=1e-10)
    assert relational_distance(student, teacher).item() == pytest.approx(
        relational(flat(student).numpy(), teacher.numpy(), 25, 50), rel=1e-10
    )


def test_probabilities_are_of_neighbours():
    student, teacher = draw(5, 4, 3), draw(5, 7, seed=1)
    expected = probabilistic(flat(student).numpy(), teacher.numpy())
    assert probabilistic_distance(student, teacher).item() == pytest.approx(expected, rel=1e-10)


def test_pooled_features_are_means_over_positions_and_tokens():
    student, teacher = draw(3, 4, 2, 5), draw(3, 7, 4, seed=1)
    expected = mean_square(student.numpy().mean((2, 3)), teacher.numpy().mean(1))
    assert pooled_distance(student, teacher).item() == pytest.approx(expected, rel=1e-12)
    assert pooled_distance(student.mean((2, 3)), teacher).item() == pytest.approx(expected, rel=1e-12)


@pytest.fixture(params=FEATURE_LOSSES)
def compute(request):
    return FEATURE_LOSSES[request.param].compute


def maps(size=4, seed=0):
    return draw(size, 3, 4, 4, seed=seed).requires_grad_()


def test_the_gradient_is_that_of_finite_differences(compute):
    teacher = draw(4, 3, 4, 4, seed=1)
    assert torch.autograd.gradcheck(lambda student: compute(student, teacher), maps())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_it_is_computed_in_float32_and_the_teacher_gets_no_gradient(compute, dtype):
    student, teacher = (maps(seed=seed).detach().to(dtype).requires_grad_() for seed in (0, 1))
    loss = compute(student, teacher)
    loss.backward()
    assert loss.dtype is torch.float32
    assert loss.item() == pytest.approx(compute(student.double(), teacher.double()).item(), rel=1e-4, abs=1e-7)
    assert student.grad.isfinite().all()
    assert student.grad.abs().max() > 0
    assert teacher.grad is None


def test_equal_features_cost_nothing(compute):
    student = maps()
    loss = compute(student, student.detach().clone())
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-12)
    assert student.grad.abs().max() < 1e-6


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("who", ["student", "teacher", "both"])
@pytest.mark.parametrize("value", [0.0, 1.0, 1e-18, 1e-30, 1e15])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_features_without_a_direction_leave_loss_and_gradient_finite(compute, value, who, dtype, size):
    student, teacher = maps(size).detach().to(dtype), maps(size, seed=1).detach().to(dtype)
    if who != "teacher":
        student = torch.full_like(student, value)
    if who != "student":
        teacher = torch.full_like(teacher, value)
    student.requires_grad_()
    loss = compute(student, teacher)
    loss.backward()
    assert loss.isfinite()
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", RELATIONS)
def test_one_image_has_relations_to_nobody(name):
    student = maps(1)
    loss = FEATURE_LOSSES[name].compute(student, maps(1, seed=1))
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-12)
    assert torch.equal(student.grad, torch.zeros_like(student))


@pytest.mark.parametrize("name", RELATIONS)
def test_relations_know_no_order_and_no_scale(name):
    compute, student, teacher = FEATURE_LOSSES[name].compute, maps(), draw(4, 9, seed=1)
    order = torch.tensor([2, 0, 3, 1])
    expected = compute(student, teacher).item()
    assert compute(student[order], teacher[order]).item() == pytest.approx(expected)
    assert compute(7 * student, teacher / 3).item() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("compute", "ours", "theirs", "says"),
    [
        (hint_distance, (4, 3), (4, 5), "one shape"),
        (hint_distance, (4, 3), (4, 3, 2, 2), "one shape"),
        (hint_distance, (4, 7, 3), (4, 5, 3), "one shape"),
        (pooled_distance, (4, 3, 2, 2), (4, 5), "one shape"),
        (attention_distance, (4, 3), (4, 3, 2, 2), "maps"),
        (similarity_distance, (4, 3), (1, 3), "the same images"),  # torch itself would broadcast
        (relational_distance, (4, 3), (3, 3), "the same images"),
        (probabilistic_distance, (4,), (4, 3), "the same images"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(compute, ours, theirs, says):
    with pytest.raises(ValueError, match=says):
        compute(draw(*ours), draw(*theirs))


def test_every_loss_has_its_published_weight():
    assert set(PUBLISHED_WEIGHTS) == set(FEATURE_LOSSES)
