"""Each recipe of docs/losses.md is the paper's loss: the weights its code gives both terms, epoch by epoch."""

import re

import pytest
import torch.nn.functional as F
import yaml

from kd.config import DistillConfig
from kd.losses import DistillationLoss, LossSchedule, soft_term
from tests.support.root import ROOT

from .test_soft import SLOW, random_problem

PAGE = (ROOT / "docs" / "losses.md").read_text(encoding="utf-8")
ROWS = [
    (cells[1].strip(), DistillConfig.model_validate(yaml.safe_load(found[1])))
    for line in PAGE.partition("## As published")[2].partition("## Weights")[0].splitlines()
    if (found := re.search(r"\| `(\{loss: .*?\})` \|", line)) and (cells := line.split("|"))
]

PUBLISHED = {
    "KD, [CIFAR": ("kd", 0.9, 0.1, 4, {}, 0),
    "logit standardisation": ("kd_zscore", 9, 0.1, 2, {}, 0),
    "DKD, [CIFAR": ("dkd", 1, 1, 4, {"beta": 8}, 20),
    "DKD, [Image": ("dkd", 1, 1, 1, {"beta": 0.5}, 1),
    "DIST, [CIFAR": ("dist", 2, 1, 4, {"gamma": 1}, 0),
    "DIST, ImageNet": ("dist", 2, 1, 1, {"gamma": 1}, 0),
    "NKD, [CIFAR": ("nkd", 1, 1, 3, {"gamma": 3.5}, 0),
    "NKD, ImageNet": ("nkd", 1, 1, 1, {"gamma": 1.5}, 0),
    "DeiT": ("hard", 0.5, 0.5, 1, {}, 0),
    "function matching": ("kd", 1, 0, 1, {}, 0),
    "[CTKD]": ("kd", 0.9, 0.1, 1 + 20 / (1 + 2.718281828459045**-1), {}, 0),
}
"""By how a row begins: soft term, its weight, that of cross-entropy, T, options, epochs of warm-up, from its code."""


def test_the_page_has_a_row_for_each_and_no_other():
    assert [name for name, _ in ROWS] == [next(name for name, _ in ROWS if name.startswith(key)) for key in PUBLISHED]


@pytest.mark.parametrize("epoch", [0, 6, 19, 100])
@pytest.mark.parametrize(("key", "published"), PUBLISHED.items(), ids=PUBLISHED)
def test_a_row_is_the_published_loss(key, published, epoch):
    name, weight_soft, weight_hard, temperature, options, warmup = published
    (distill,) = (distill for row, distill in ROWS if row.startswith(key))
    student, teacher, labels = random_problem()
    share = min((epoch + 1) / warmup, 1) if warmup else 1
    soft = SLOW[name](student.tolist(), teacher.tolist(), labels.tolist(), temperature, **options)
    expected = weight_soft * share * soft + weight_hard * F.cross_entropy(student, labels).item()

    schedule = LossSchedule(240, distill.warmup_epochs, distill.temperature_schedule)
    term = soft_term(distill.loss, distill.loss_options)
    loss = DistillationLoss(distill.temperature, distill.alpha, term, scale=distill.scale, schedule=schedule)
    loss.double().set_epoch(epoch)
    assert loss(student, teacher, labels).total.item() == pytest.approx(expected, rel=1e-7)


def test_every_loss_has_a_row_among_the_soft_terms():
    table = PAGE.partition("## The soft terms")[2].partition("## As published")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.M) == ["loss", *SLOW]
