"""The loss that a configuration asks for, in a training."""

import math

import pytest

from kd.config import DistillConfig, OptimizerConfig, run_id
from kd.errors import InputError
from kd.files import write_record
from kd.losses import DistillationLoss, LossSchedule
from kd.model_source import source_sha256
from kd.records import RunRecord
from kd.training.loss import build_loss
from tests.kd.run_lab import CPU, difference, history, weights

SGD = OptimizerConfig(name="sgd", lr=0.05, weight_decay=0.01)


def trained(lab, distill, **training):
    config = lab.distilled(distill=distill, training={"optimizer": SGD} | training)
    lab.execute(config)
    return config


def test_a_baseline_has_none(lab):
    assert build_loss(lab.config(), CPU) is None


def test_every_key_reaches_it(lab):
    distill = DistillConfig(
        loss="dkd",
        beta=2.0,
        alpha=0.7,
        temperature=8.0,
        scale=3.0,
        warmup_epochs=2,
        temperature_schedule="cosine",
        temperature_end=1.0,
    )
    loss = build_loss(lab.distilled(distill=distill, training={"label_smoothing": 0.1, "epochs": 3}), CPU)
    expected = DistillationLoss(
        8.0,
        0.7,
        "dkd",
        0.1,
        scale=3.0,
        schedule=LossSchedule(3, 2, "cosine", 1.0),
        beta=2.0,
    )
    assert repr(loss) == repr(expected)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_scale_is_for_sgd_another_rate_and_weight_decay(lab, momentum):
    """The translation that docs/losses.md gives: rate times scale, weight decay through scale."""
    one = trained(lab, DistillConfig(alpha=0.9, scale=4.0), optimizer=SGD.model_copy(update={"momentum": momentum}))
    other = SGD.model_copy(update={"momentum": momentum, "lr": 0.2, "weight_decay": 0.0025})
    other = trained(lab, DistillConfig(alpha=0.9), optimizer=other)
    assert difference(weights(lab, one), weights(lab, other)) < 1e-5


def test_adam_takes_no_notice_of_a_scale(lab):
    adam = OptimizerConfig(lr=2e-3, eps=1e-12)
    one, other = (trained(lab, DistillConfig(scale=scale), optimizer=adam) for scale in (1.0, 4.0))
    assert difference(weights(lab, one), weights(lab, other)) < 1e-5
    ratios = [
        big.train_loss / small.train_loss
        for small, big in zip(history(lab, one).epochs, history(lab, other).epochs, strict=True)
    ]
    assert ratios == pytest.approx([4.0] * 3, rel=1e-3)


def test_a_warm_up_is_the_alpha_and_scale_of_each_epoch(lab):
    """One epoch with 1/2 of the soft weight: (w, v) = (0.3, 0.4) is scale 0.7 and alpha 3/7."""
    warm = trained(lab, DistillConfig(alpha=0.6, warmup_epochs=2), epochs=1)
    plain = trained(lab, DistillConfig(alpha=3 / 7, scale=0.7), epochs=1)
    assert difference(weights(lab, warm), weights(lab, plain)) < 1e-6
    assert history(lab, warm).epochs[0].temperature is None


@pytest.mark.parametrize("way", ["linear", "cosine"])
def test_the_temperature_of_each_epoch_is_recorded(lab, way):
    config = trained(lab, DistillConfig(temperature=8.0, temperature_schedule=way, temperature_end=2.0))
    assert [epoch.temperature for epoch in history(lab, config).epochs] == pytest.approx([8.0, 5.0, 2.0])


def test_a_learned_temperature_is_the_parameter_of_the_same_optimizer(lab):
    """Against SGD by hand: a training of one epoch and one step, the gradient reversed as in the first epoch."""
    distill = DistillConfig(alpha=0.9, temperature=4.0, temperature_schedule="learned", scale=50.0)
    config = trained(lab, distill, epochs=1, batch_size=90, optimizer=SGD.model_copy(update={"weight_decay": 0.0}))
    (epoch,) = history(lab, config).epochs
    theta = math.log(3 / 17)  # 4 = 1 + 20 · sigmoid(theta)
    later = math.log((epoch.temperature - 1) / (21 - epoch.temperature))
    assert later != theta

    def soft(theta):
        plain = DistillConfig(alpha=0.9, temperature=1 + 20 / (1 + math.exp(-theta)), scale=50.0)
        return history(lab, trained(lab, plain, epochs=1, batch_size=90)).epochs[0].soft_loss

    slope = 50 * 0.9 * (soft(theta + 0.1) - soft(theta - 0.1)) / 0.2
    reversal = -(1 - math.cos(math.pi / 10)) / 2
    assert later - theta == pytest.approx(-0.05 * reversal * slope, rel=0.05)


def test_what_the_loss_learned_is_no_part_of_the_student(lab):
    learned = trained(lab, DistillConfig(temperature=4.0, temperature_schedule="learned"))
    plain = trained(lab, DistillConfig(temperature=4.0))
    assert weights(lab, learned).keys() == weights(lab, plain).keys()


def test_a_loss_that_changed_since_the_sweep_was_started_is_refused(lab):
    name = "users_losses:smooth"
    digest = source_sha256(name)
    assert digest is not None
    lab.execute(lab.distilled(distill=DistillConfig(loss=name, loss_sha256=digest), training={"epochs": 1}))
    config = lab.distilled(distill=DistillConfig(loss=name, loss_sha256="0" * 64))
    write_record(lab.add(config) / "config.json", RunRecord(run_id=run_id(config), config=config))
    with pytest.raises(InputError, match="loss: users_losses:smooth changed since the sweep was started; start the sw"):
        lab.execute(config)


def test_an_own_loss_trains_as_the_built_in_one_that_it_repeats(lab):
    own = trained(lab, DistillConfig(loss="users_losses:plain_kd", alpha=0.7, temperature=3.0))
    built_in = trained(lab, DistillConfig(alpha=0.7, temperature=3.0))
    assert difference(weights(lab, own), weights(lab, built_in)) < 1e-5
    unlike = trained(lab, DistillConfig(alpha=0.0))
    assert difference(weights(lab, own), weights(lab, unlike)) > 1e-3
