"""The few-line library: a tutorial's script as it stands, against the same training written out."""

import copy
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from kd import (
    Callback,
    DistillationLoss,
    DistillationTrainer,
    build_model,
    compare_models,
    plot_training_curves,
    set_seed,
)
from kd.errors import NonFiniteLossError
from kd.trainer import CURVES
from tests.kd.trainer.toy import data, loaders, net, trainer


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


def outcome(training, num_epochs=2):
    history = training.train(num_epochs)
    return history, [parameter.detach() for parameter in training.model.parameters()]


def assert_close(one, other):
    for name in CURVES:
        assert one[0][name] == pytest.approx(other[0][name], rel=1e-5), name
    for parameter, twin in zip(one[1], other[1], strict=True):
        torch.testing.assert_close(parameter, twin)


def without_batch_norm(width=8):
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, width), nn.ReLU(), nn.Linear(width, 3))


def test_a_batch_in_parts_is_the_same_batch():
    assert_close(
        outcome(trainer(student=without_batch_norm())),
        outcome(trainer(student=without_batch_norm(), accumulation_steps=5)),
    )


def test_gradients_are_clipped_to_one_norm():
    student = without_batch_norm()
    before = copy.deepcopy(student)
    optimizer = torch.optim.SGD(student.parameters(), lr=1.0)
    train_loader = DataLoader(data(), batch_size=70)
    trainer(student=student, optimizer=optimizer, clip_grad_norm=0.01, train_loader=train_loader).train(1)
    moved = [one - other for one, other in zip(student.parameters(), before.parameters(), strict=True)]
    assert torch.cat([each.flatten() for each in moved]).norm().item() == pytest.approx(0.01, rel=1e-3)


def test_the_average_of_the_weights_is_measured_and_given():
    averaged, plain = trainer(ema_decay=0.99), trainer()
    history, _ = outcome(averaged)
    other, _ = outcome(plain)
    assert history["train_loss"] == other["train_loss"]
    assert history["val_loss"] != other["val_loss"]
    assert averaged.model is not averaged.student
    images, labels = data(30, seed=1).tensors
    loss = F.cross_entropy(averaged.model.eval()(images), labels).item()
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-5)
    assert plain.model is plain.student


def test_a_scheduler_may_step_with_the_optimizer():
    student = net(8, seed=1)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.4)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    training = trainer(student=student, optimizer=optimizer, scheduler=scheduler, scheduler_interval="step")
    assert training.train(2)["lr"] == [0.4, 0.05]  # three steps an epoch
    assert training.steps_done == 6


def test_a_scheduler_may_look_at_the_val_loss():
    student = net(8, seed=1)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.4)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.999)
    assert trainer(student=student, optimizer=optimizer, scheduler=scheduler).train(3)["lr"] == [0.4, 0.4, 0.2]


class Notes(Callback):
    def __init__(self):
        self.steps, self.epochs = [], []

    def on_step_end(self, trainer, losses):
        self.steps.append((trainer.steps_done, *map(float, losses)))

    def on_epoch_end(self, trainer, epoch):
        self.epochs.append(epoch)
        if len(self.epochs) == 2:
            trainer.stop()


def test_callbacks_are_told_and_may_end_the_training():
    training = trainer(callbacks=[notes := Notes(), Callback()])
    history = training.train(9)
    assert [epoch[name] for name in CURVES for epoch in notes.epochs] == [
        value for name in CURVES for value in history[name]
    ]
    assert [number for number, *_ in notes.steps] == [1, 2, 3, 4, 5, 6]
    sizes = [32, 32, 6]
    total = sum(step[1] * size for step, size in zip(notes.steps, sizes, strict=False)) / 70
    assert total == pytest.approx(history["train_loss"][0])
    assert training.epochs_done == 2
    assert len(training.train(1)["lr"]) == 3  # those that were left are not made up for


@pytest.mark.parametrize("form", ["tuple", "dict", "numbers", "numbers in a dict"])
def test_kept_logits_teach_as_their_teacher_does(form):
    images, labels = data().tensors
    with torch.no_grad():
        kept = net().eval()(images)

    def batch(rows):
        rows = torch.tensor(rows)
        if form == "tuple":
            return images[rows], labels[rows], kept[rows]
        if form == "numbers":
            return images[rows], labels[rows], rows
        said = {"teacher_logits": kept[rows]} if form == "dict" else {"index": rows}
        return {"pixel_values": images[rows], "labels": labels[rows], **said}

    def told():
        loader = DataLoader(range(70), batch_size=32, collate_fn=batch)
        student = net(8, seed=1)
        training = DistillationTrainer(
            kept if form.startswith("numbers") else None,
            student,
            loader,
            loaders()[1],
            DistillationLoss(3.0, 0.7),
            torch.optim.SGD(student.parameters(), lr=0.1, momentum=0.9),
        )
        return outcome(training)

    assert_close(told(), outcome(trainer()))


def test_narrow_numbers_are_for_the_students_training_alone():
    seen = []

    class Spy(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = without_batch_norm()

        def forward(self, images):
            logits = self.inner(images)
            seen.append((self.training, logits.dtype))
            return logits

    def loss(student_logits, teacher_logits, labels):
        assert student_logits.dtype is teacher_logits.dtype is torch.float32
        return DistillationLoss(3.0, 0.7)(student_logits, teacher_logits, labels)

    trainer(net(), Spy(), loss, precision="bf16").train(1)
    assert set(seen) == {(True, torch.bfloat16), (False, torch.float32)}
    seen.clear()
    trainer(net(), Spy(), loss).train(1)  # auto, on a CPU
    assert {dtype for _, dtype in seen} == {torch.float32}


def test_an_image_model_keeps_its_own_precision_in_step():
    student = build_model("plain_conv", 3, (1, 8, 8))
    images = torch.randint(0, 256, (8, 1, 8, 8), dtype=torch.uint8)
    loader = DataLoader(TensorDataset(images, torch.arange(8) % 3), batch_size=4)
    training = trainer(build_model("plain_conv", 3, (1, 8, 8)), student, train_loader=loader, test_loader=loader,
                       precision="bf16", ema_decay=0.5)  # fmt: skip
    assert student.precision == "bf16"
    assert len(training.train(1)["lr"]) == 1
