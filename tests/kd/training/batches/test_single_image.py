"""Batches of one image: a model that normalises over the batch is given a second one, others are not."""

import pytest
import torch
from torch import nn

from kd import DistillationLoss, DistillationTrainer
from kd.config import AugmentConfig
from kd.training.batches.single_image import needs_second_image

ONE = torch.rand(1, 1, 4, 4)


def flat_norm():
    return nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 10))


def spread_norm():
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.Dropout(), nn.Flatten(), nn.Linear(32, 10))


@pytest.mark.parametrize(("make", "needed"), [(flat_norm, True), (spread_norm, False)])
def test_which_model_needs_a_second_image_and_is_left_as_it_was(make, needed):
    model = make().eval()
    before, random = {name: tensor.clone() for name, tensor in model.state_dict().items()}, torch.get_rng_state()
    assert needs_second_image(model, ONE) is needed
    assert not model.training
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("has_ranks", [False, True])
def test_what_normalises_over_all_ranks_is_not_tried_on_one(monkeypatch, has_ranks):
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: has_ranks)
    model = nn.SyncBatchNorm.convert_sync_batchnorm(flat_norm())
    assert needs_second_image(model, ONE) is not has_ranks
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize(
    "training",
    [
        {"batch_size": 89},  # 90 images: the last batch is of one
        {"batch_size": 90, "accumulation_steps": 45, "gpus": 1},
        {"batch_size": 45, "accumulation_steps": 45},  # every part is of one
        {"batch_size": 1, "epochs": 1},
    ],
)
@pytest.mark.parametrize("augment", [AugmentConfig(), AugmentConfig(shift=1, mixup=0.5)])
def test_a_model_with_batch_normalisation_trains_on_every_image(lab, training, augment):
    changes = {"model": "users_nets:dropout_net", **training}
    metrics = lab.execute(lab.config(training=changes, augment=augment))
    assert metrics.epochs == training.get("epochs", 3)


def test_the_second_image_counts_in_nothing_but_the_normalisation(lab, monkeypatch):
    # Without batch normalisation the second image must not change what is learnt, down to rounding.
    config = lab.config(training={"batch_size": 89, "epochs": 1})
    alone = lab.execute(config)
    monkeypatch.setattr("kd.training.gradients.needs_second_image", lambda model, images: True)
    other = lab.elsewhere(lab.paths.sweep.with_name("again"))
    accompanied = other.execute(config)
    assert accompanied.val.nll == pytest.approx(alone.val.nll, rel=1e-5)


class KeepingNet(nn.Module):
    """Keeps its features for a loss of its owner's, as many do."""

    def __init__(self):
        super().__init__()
        self.net = flat_norm()
        self.features, self.all_features = None, {}

    def forward(self, images):
        self.features = self.net[:2](images)
        self.all_features["last"] = [self.features, self.net[:4](images)]
        return self.net(images)


@pytest.mark.parametrize("make", [flat_norm, KeepingNet])
def test_the_library_trains_a_last_batch_of_one(make):
    images, labels = torch.rand(5, 1, 4, 4), torch.arange(5)
    for loader in ([(images[:4], labels[:4]), (images[4:], labels[4:])], [(images[:1], labels[:1])]):
        student = make()
        optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
        trainer = DistillationTrainer(flat_norm(), student, loader, loader, DistillationLoss(2.0, 0.5), optimizer)
        history = trainer.train(1)
        assert history["train_loss"][0] > 0
