"""The few-line library: a tutorial's script as it stands, against the same training written out."""

import copy
import math
import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from kd import DistillationLoss, DistillationTrainer, compare_models, plot_training_curves, set_seed
from kd.errors import NonFiniteLossError
from kd.trainer import CURVES


def data(num=70, seed=0):
    """Images whose brightest corner is their class."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = torch.randn(num, 1, 4, 4, generator=generator), torch.arange(num) % 3
    for image, label in zip(images, labels, strict=True):
        image[0, label, label] += 4
    return TensorDataset(images, labels)


def net(width=16, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))


def loaders():
    return DataLoader(data(), batch_size=32), DataLoader(data(30, seed=1), batch_size=16)


def trainer(teacher=None, student=None, loss=None, lr=0.1, **changes):
    student = student or net(8, seed=1)
    train_loader, test_loader = loaders()
    return DistillationTrainer(
        teacher_model=teacher or net(),
        student_model=student,
        train_loader=train_loader,
        test_loader=test_loader,
        distillation_loss=loss or DistillationLoss(temperature=3.0, alpha=0.7),
        **({"optimizer": torch.optim.SGD(student.parameters(), lr=lr, momentum=0.9)} | changes),
    )


def test_the_tutorials_script(tmp_path, capsys):
    set_seed(42)
    train_loader = DataLoader(data(), batch_size=32, shuffle=True)
    test_loader = DataLoader(data(30, seed=1), batch_size=16)
    device = torch.device("cpu")
    teacher_model, student_model = net(64).to(device), net(8).to(device)
    distillation_loss = DistillationLoss(temperature=3.0, alpha=0.7)
    optimizer = torch.optim.SGD(student_model.parameters(), lr=0.1, momentum=0.9)
    trainer = DistillationTrainer(
        teacher_model=teacher_model,
        student_model=student_model,
        train_loader=train_loader,
        test_loader=test_loader,
        distillation_loss=distillation_loss,
        optimizer=optimizer,
        device=device,
    )
    history = trainer.train(num_epochs=3)
    plot_training_curves(history, save_path=tmp_path / "results" / "training_curves.png")
    comparison = compare_models(teacher_model, student_model)
    assert {name: len(values) for name, values in history.items()} == dict.fromkeys(CURVES, 3)
    assert (tmp_path / "results" / "training_curves.png").read_bytes().startswith(b"\x89PNG")
    assert comparison.teacher_parameters == 16 * 64 + 64 + 128 + 64 * 3 + 3
    assert capsys.readouterr().out == f"{comparison}\n"


def test_training_is_the_textbook_loop():
    teacher, student = net(), net(8, seed=1)
    by_hand = copy.deepcopy(student)
    history = trainer(teacher, student).train(2)
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9)
    frozen, losses, test = net().eval(), [], loaders()[1].dataset
    for epoch in range(2):
        total = 0.0
        by_hand.train()
        for images, labels in loaders()[0]:
            p, logits = F.softmax(frozen(images) / 3, 1).detach(), by_hand(images)
            soft = 9 * (p * (p.log() - F.log_softmax(logits / 3, 1))).sum(1).mean()
            loss = 0.7 * soft + 0.3 * F.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        losses.append(total / 70)
        by_hand.eval()
        images, labels = test.tensors
        logits = by_hand(images)
        assert history["val_loss"][epoch] == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)
        assert history["val_accuracy"][epoch] == pytest.approx((logits.argmax(1) == labels).float().mean().item())
    assert history["train_loss"] == pytest.approx(losses, rel=1e-5)
    for one, other in zip(student.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_the_teacher_is_not_changed_by_teaching():
    teacher = net().train()
    before = copy.deepcopy(teacher.state_dict())
    trainer(teacher).train(1)
    assert all(torch.equal(before[name], value) for name, value in teacher.state_dict().items())
    assert all(parameter.grad is None for parameter in teacher.parameters())


def test_mixed_batches_are_learned_as_they_come():
    # As torchvision's MixUp leaves them: images blended, labels as weights. The teacher sees the same images.
    def mixed(batch):
        images, labels = map(torch.stack, zip(*batch, strict=True))
        weights = F.one_hot(labels, 3).float()
        return 0.7 * images + 0.3 * images.roll(1, 0), 0.7 * weights + 0.3 * weights.roll(1, 0)

    mixing = trainer(student=(student := net(8, seed=1)), lr=0.05)
    mixing._train_loader = DataLoader(data(), batch_size=70, collate_fn=mixed)
    history = mixing.train(1)
    by_hand = net(8, seed=1).train()
    images, labels = data().tensors
    images, partners = 0.7 * images + 0.3 * images.roll(1, 0), labels.roll(1)
    logits, p = by_hand(images), F.softmax(net().eval()(images) / 3, 1).detach()
    soft = 9 * (p * (p.log() - F.log_softmax(logits / 3, 1))).sum(1).mean()
    hard = 0.7 * F.cross_entropy(logits, labels) + 0.3 * F.cross_entropy(logits, partners)
    loss = 0.7 * soft + 0.3 * hard
    loss.backward()
    torch.optim.SGD(by_hand.parameters(), lr=0.05, momentum=0.9).step()
    assert history["train_loss"] == pytest.approx([loss.item()], rel=1e-5)
    assert history["train_accuracy"] == pytest.approx([(logits.argmax(1) == labels).float().mean().item()])
    for one, other in zip(student.parameters(), by_hand.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_several_teachers_are_averaged():
    teachers = [net(seed=2).eval(), net(seed=3).eval()]

    class Mean(nn.Module):
        def forward(self, images):
            return torch.stack([teacher(images) for teacher in teachers]).mean(0)

    assert trainer(teachers).train(1) == trainer(Mean()).train(1)
    assert trainer(teachers).train(1) != trainer(teachers[0]).train(1)


def test_training_goes_on_where_it_was():
    one, other = trainer(), trainer()
    one.train(1)
    assert one.train(2) == other.train(3)


def test_a_student_learns():
    history = trainer(loss=DistillationLoss(3.0, 0.0)).train(8)
    assert history["val_accuracy"][-1] > 0.8
    assert history["train_loss"] == history["hard_loss"]


def test_a_scheduler_steps_once_an_epoch():
    student = net(8, seed=1)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    assert trainer(student=student, optimizer=optimizer, scheduler=scheduler).train(3)["lr"] == [0.4, 0.2, 0.1]


def test_models_may_return_an_object_with_logits():
    class Wrapped(nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, images):
            return SimpleNamespace(logits=self.inner(images))

    assert trainer(Wrapped(net()), Wrapped(net(8, seed=1))).train(1) == trainer().train(1)


def test_a_loss_that_is_no_number_ends_the_training():
    with pytest.raises(NonFiniteLossError, match="in epoch 1"):
        trainer(lr=1e38).train(1)


def test_what_cannot_train_is_refused():
    with pytest.raises(ValueError, match="the optimizer holds none of the student's parameters"):
        trainer(optimizer=torch.optim.SGD(net().parameters(), lr=0.1))
    exhausted = trainer()
    exhausted._train_loader = iter(loaders()[0])
    with pytest.raises(ValueError, match="train_loader gave no batch"):
        exhausted.train(2)


def test_the_seed_is_of_every_generator():
    def drawn():
        set_seed(7)
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    assert drawn() == drawn()
    first = drawn()
    set_seed(8)
    assert torch.rand(1).item() != first[2]


def test_sizes_side_by_side(capsys):
    comparison = compare_models(nn.Linear(1023, 1000), nn.Linear(63, 1000).half())
    assert comparison == (1_024_000, 64_000, 4_096_000, 128_000)
    assert comparison.compression == 16
    assert "student         64,000     0.12           16.0" in capsys.readouterr().out


def test_curves_that_are_missing_are_left_out():
    figure = plot_training_curves({"train_loss": [3.0, 2.0], "val_accuracy": [0.1, 0.4], "soft_loss": []})
    drawn = [{line.get_label(): list(line.get_ydata()) for line in axes.lines} for axes in figure.axes]
    assert drawn == [{"training, total": [3.0, 2.0]}, {"validation": [0.1, 0.4]}]
    assert not math.isnan(figure.axes[0].dataLim.x1)
