"""A training with features against the same written out; what is learned beside a student is no part of it."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from kd.augment.transforms import epoch_order
from kd.config import PUBLISHED_WEIGHTS, FeatureConfig, OptimizerConfig, pack_key, run_id
from kd.data.images import open_training
from kd.errors import InputError
from kd.evaluation.logits import measure_size
from kd.files import read_record
from kd.losses import FEATURE_LOSSES
from kd.losses.features import attention_distance, similarity_distance
from kd.models import ImageModel, build_model
from kd.records import Metrics
from kd.runs.folder.results import load_run_model
from kd.training.teacher.features import FeatureLearning
from tests.kd import pretrained
from tests.kd.run_lab import CPU, difference, history, same_weights, stop_at, weights

SGD = OptimizerConfig(name="sgd", lr=0.02, weight_decay=1e-2)
HINT = {"loss": "fitnet", "teacher": "5", "student": "2", "weight": 3.0}  # after both ReLUs: 32 and 16 channels


def up_to(model, images, end):
    """What a stack of layers gives after layer ``end``."""
    return model.net[: end + 1](model.prepare(images))


@pytest.mark.parametrize("alpha", [0.0, 0.5])
def test_a_training_with_features_is_the_same_written_out(lab, alpha):
    features = (HINT, {"loss": "at", "teacher": "2", "student": "5"}, {"loss": "sp", "teacher": "5", "student": "5"})
    config = lab.featured(*features, alpha=alpha, training={"optimizer": SGD, "clip_grad_norm": 1.0})
    lab.execute(config)

    data = open_training(config.data, lab.paths.data, CPU)
    teacher = load_run_model(lab.paths.run(config.teachers[0]), CPU).eval()
    torch.manual_seed(config.seed)
    model = build_model("mnist_cnn", 10, (1, 28, 28)).train()
    torch.manual_seed(config.seed)
    regressor = nn.Conv2d(16, 32, 1)
    layers = [*model.parameters(), *regressor.parameters()]
    decayed = [layer for layer in layers if layer.ndim > 1]
    groups = [{"params": decayed}, {"params": [layer for layer in layers if layer.ndim < 2], "weight_decay": 0.0}]
    optimizer = torch.optim.SGD(groups, SGD.lr, momentum=0.9, weight_decay=SGD.weight_decay)
    sums = []
    for batch in (each for epoch in range(3) for each in torch.split(epoch_order(config.seed, epoch, 90), 32)):
        images, labels = data.train.images_NCHW[batch], data.train.labels_N[batch]
        with torch.no_grad():
            of_teacher, soft_labels = (up_to(teacher, images, end) for end in (5, 7))
            early = up_to(teacher, images, 2)
        logits = model(images)
        hint = F.mse_loss(F.adaptive_avg_pool2d(regressor(up_to(model, images, 2)), 7), of_teacher)
        learned = (
            3.0 * hint
            + 1000 * attention_distance(up_to(model, images, 5), early)
            + 3000 * similarity_distance(up_to(model, images, 5), of_teacher)
        )
        soft = F.kl_div(F.log_softmax(logits / 2, 1), F.softmax(soft_labels / 2, 1), reduction="batchmean")
        loss = alpha * 4 * soft + (1 - alpha) * F.cross_entropy(logits, labels) + learned
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimizer.step()
        sums.append((learned.item() * len(batch), loss.item() * len(batch)))
    assert difference(weights(lab, config), model.net.state_dict()) < 1e-5
    epochs = history(lab, config).epochs
    for number, epoch in enumerate(epochs):
        means = [sum(each) / 90 for each in zip(*sums[3 * number : 3 * number + 3], strict=True)]
        assert [epoch.feature_loss, epoch.train_loss] == pytest.approx(means, rel=1e-4)
    assert epochs[-1].feature_loss < epochs[0].feature_loss


def test_what_is_learned_beside_a_student_is_no_part_of_it(lab):
    """Not of its first weights, its average, its size or its files."""
    plain = lab.distilled(training={"model": "mnist_cnn", "epochs": 1, "ema_decay": 0.9})
    featured = lab.featured(HINT, {"loss": "pooled"}, training={"epochs": 1, "ema_decay": 0.9})
    lab.execute(plain), lab.execute(featured)
    assert weights(lab, plain).keys() == weights(lab, featured).keys()
    sizes = [read_record(lab.paths.run(run_id(each)) / "metrics.json", Metrics).size for each in (plain, featured)]
    assert sizes[0] == sizes[1]
    saved = load_run_model(lab.paths.run(run_id(featured)), CPU)
    assert measure_size(saved, (1, 28, 28)).num_parameters == sizes[0].num_parameters


def test_a_student_begins_as_it_would_without_features(lab):
    """Its first weights, and the numbers that its dropout draws: with a weight of next to nothing all is the same."""
    changes = {"model": "users_nets:dropout_net", "optimizer": OptimizerConfig(name="sgd", lr=0.05)}
    teachers = lab.featured(HINT).teachers
    without = lab.distilled(training=changes, logits=None, teachers=teachers)
    beside = lab.featured({"loss": "pooled", "weight": 1e-30}, training=changes)
    lab.execute(without), lab.execute(beside)
    assert same_weights(weights(lab, without), weights(lab, beside))
    assert [epoch.feature_loss for epoch in history(lab, without).epochs] == [None] * 3


def test_the_learned_layers_are_in_the_checkpoint(lab):
    config = lab.featured(HINT, {"loss": "at", "teacher": "1", "student": "1"})
    with pytest.raises(Exception, match="stopped after step 4"):
        lab.execute(config, stop_at(4))
    (path,) = (lab.paths.run(run_id(config)) / "checkpoint").glob("step-000000004-*.pt")
    state = torch.load(path, weights_only=True)
    assert {name: list(each.shape) for name, each in state["features"].items()} == {
        "0.weight": [32, 16, 1, 1],
        "0.bias": [32],
    }
    assert not any("regress" in name or "learned" in name for name in state["model"])
    assert len(state["optimizer"]["state"]) == len(state["model"]) + 2


@pytest.mark.parametrize("loss", PUBLISHED_WEIGHTS)
def test_every_loss_trains_in_bfloat16_and_on_an_image_alone(lab, loss):
    """The student's features are narrow, the teacher's are not; the last batch of an epoch is of one image."""
    places = {"teacher": "4", "student": "4"} if loss in ("fitnet", "at", "sp") else {}
    training = {"precision": "bf16", "batch_size": 89, "epochs": 2, "optimizer": OptimizerConfig(lr=1e-3)}
    config = lab.featured({"loss": loss, **places}, training=training)
    lab.execute(config)
    first, second = (epoch.feature_loss for epoch in history(lab, config).epochs)
    assert 0 < second < first


@pytest.mark.parametrize("loss", ["pooled", "rkd"])
def test_the_company_of_an_image_alone_counts_in_no_feature(lab, loss):
    """The last batch is of one image, and a norm over the batch needs two: the other one changes nothing else."""
    training = {"model": "users_nets:dropout_net", "batch_size": 89, "epochs": 1, "optimizer": SGD}
    config = lab.featured({"loss": loss}, training=training)
    lab.execute(config)
    (epoch,) = history(lab, config).epochs
    parts = 0.5 * epoch.soft_loss + 0.5 * epoch.hard_loss + epoch.feature_loss
    assert epoch.train_loss == pytest.approx(parts, rel=1e-6)
    rows = torch.arange(2)
    student = build_model(training["model"], 10, (1, 28, 28))
    teacher = load_run_model(lab.paths.run(config.teachers[0]), CPU).eval()
    pictures = open_training(config.data, lab.paths.data, CPU).train.images_NCHW[rows]
    learning = FeatureLearning({"key": config.distill.features[0]}, student, teacher, pictures, seed=0)
    with learning.listening():
        teacher(pictures)
    _, features = learning.student(pictures)
    alone = FEATURE_LOSSES[loss].compute(features[0][1:], teacher.net[:7](teacher.prepare(pictures))[1:])
    assert learning.loss(features, num_first=1).item() == pytest.approx(
        config.distill.features[0].factor * alone.item()
    )


def test_runs_with_features_are_trained_alone(lab):
    assert pack_key(lab.featured(HINT)) is None
    assert pack_key(lab.distilled()) is not None


class Net(nn.Module):
    """Gives what each of some functions makes of the images' mean [B], and a linear layer's logits."""

    def __init__(self, **makers):
        super().__init__()
        for name, make in makers.items():
            self.add_module(name, Given(make))
        self.unused = nn.Linear(2, 2)
        self.head = nn.Linear(6, 10)

    def forward(self, images):
        for name, module in self.named_children():
            if name not in ("unused", "head"):
                module(images.mean((1, 2, 3)))
        return self.head(images.mean((1, 2, 3))[:, None].expand(-1, 6))


class Given(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.make = make

    def forward(self, means_B):
        return self.make(means_B)


def ones(*shape):
    return lambda means_B: torch.ones(len(means_B), *shape)


def learn(config, student=None, teacher=None):
    nets = [
        ImageModel(
            Net(vector=ones(5), tokens=ones(7, 3), few=ones(4, 3), map=ones(8, 4, 4), odd=ones())
            if net is None
            else net
        )
        for net in (student, teacher)
    ]
    images = torch.zeros(2, 1, 8, 8, dtype=torch.uint8)
    return FeatureLearning({"distill.features.0": FeatureConfig(**config)}, *nets, images, seed=0)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (
            {"loss": "sp", "teacher": "mop", "student": "map"},
            "distill.features.0.teacher: the teacher has no module mop (did you mean map?); kd-sweep layers",
        ),
        (
            {"loss": "sp", "teacher": "map", "student": "map.conv.3"},
            "distill.features.0.student: the student has no module map.conv.3; kd-sweep layers lists its modules",
        ),
        (
            {"loss": "sp", "teacher": "map", "student": "unused"},
            "distill.features.0.student: the student does not call unused while it computes: name another module;",
        ),
        (
            {"loss": "sp", "teacher": "odd", "student": "map"},
            "distill.features.0.teacher: the teacher has no features at odd: its output is float32 [2] for 2 images;",
        ),
        (
            {"loss": "at", "teacher": "map", "student": "tokens"},
            "distill.features.0: at compares maps [channels, height, width]: the teacher gives [8, 4, 4] at map, the "
            "student gives [7, 3] at tokens; name other places (kd-sweep layers lists them), or take sp, rkd, pkt",
        ),
        (
            {"loss": "fitnet", "teacher": "map", "student": "vector"},
            "distill.features.0: fitnet compares features of one form, vectors, tokens or maps: the teacher gives "
            "[8, 4, 4] at map, the student gives [5] at vector; name other places",
        ),
        (
            {"loss": "fitnet", "teacher": "tokens", "student": "few"},
            "compares equal numbers of tokens: the teacher gives [7, 3] at tokens, the student gives [4, 3] at few",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_one_line(config, says):
    with pytest.raises(InputError, match=re.escape(says)) as caught:
        learn(config)
    assert "\n" not in str(caught.value)


def test_a_network_without_a_linear_end_needs_a_place():
    net = nn.Sequential(nn.Conv2d(1, 10, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    with pytest.raises(
        InputError, match=r"0\.student: the student has no linear layer at its end, whose input would be"
    ):
        learn({"loss": "pooled"}, student=net)
    inside = nn.Sequential(
        nn.Flatten(), nn.Linear(64, 3), nn.Unflatten(1, (3, 1, 1)), nn.Conv2d(3, 10, 1), nn.Flatten()
    )
    with pytest.raises(InputError, match=r"0\.teacher: the teacher has no linear layer at its end"):
        learn({"loss": "pooled"}, teacher=inside)
    learn({"loss": "pooled", "teacher": "1"}, teacher=inside)


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        ({"loss": "fitnet", "teacher": "map", "student": "map"}, nn.Conv2d(8, 8, 1)),
        ({"loss": "fitnet", "teacher": "tokens", "student": "tokens"}, nn.Linear(3, 3)),
        ({"loss": "pooled", "teacher": "vector", "student": "map"}, nn.Linear(8, 5)),
        ({"loss": "pooled", "teacher": "tokens", "student": "vector"}, nn.Linear(5, 3)),
        ({"loss": "pooled"}, nn.Linear(6, 6)),
        ({"loss": "sp", "teacher": "tokens", "student": "map"}, nn.Identity()),
    ],
)
def test_the_learned_layer_goes_from_the_students_channels_to_the_teachers(config, layer):
    (found,) = learn(config).student.learned
    assert repr(found) == repr(layer)


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        ({"loss": "pooled", "teacher": "vit.layernorm", "student": "resnet.encoder"}, nn.Linear(16, 16)),
        ({"loss": "rkd"}, nn.Identity()),
        ({"loss": "sp", "teacher": "vit", "student": "resnet"}, nn.Identity()),
    ],
)
def test_networks_of_transformers_teach_and_learn(tmp_path, config, layer):
    """Both resize the images, and give objects with several outputs."""
    teacher, student = (
        build_model(f"hf:{pretrained.make(tmp_path / kind, kind)}", 3, pretrained.SHAPE) for kind in ("vit", "resnet")
    )
    pictures = pretrained.images(4)
    learning = FeatureLearning(
        {"distill.features.0": FeatureConfig(**config)}, student, teacher.eval(), pictures, seed=0
    )
    assert [repr(each) for each in learning.student.learned] == [repr(layer)]
    with torch.no_grad(), learning.listening():
        teacher(pictures)
    logits, features = learning.student(pictures)
    learning.loss(features).backward()
    assert torch.equal(logits, student(pictures))
    assert any(parameter.grad is not None and parameter.grad.any() for parameter in student.parameters())
