"""A model that comes trained is told from one that knows nothing, and from one that knows train by heart."""

import pytest
import torch

from kd.config import ModelTraining, run_id
from kd.data.images import Split, TrainingData, open_training
from kd.errors import InputError
from kd.models import ImageModel, build_model
from kd.models.files import card_for, save_model
from kd.runs.pretrained.accuracy import inspect_trained

CPU = torch.device("cpu")
DIGITS = [*"0123456789"]


class Memory(torch.nn.Module):
    """Knows the labels of some images by heart, and of the others every second one."""

    def __init__(self, known: Split, half_known: Split) -> None:
        super().__init__()
        self.labels = {key(image): label for image, label in zip(*known, strict=True)}
        for row, (image, label) in enumerate(zip(*half_known, strict=True)):
            self.labels[key(image)] = label if row % 2 else (label + 1) % 10

    def forward(self, images):
        labels = [self.labels[key((image * 255).round().to(torch.uint8))] for image in images]
        return torch.nn.functional.one_hot(torch.stack(labels), 10).float()


def key(image):
    return image.numpy().tobytes()


@pytest.fixture
def data(digits, store_root):
    return open_training(digits, store_root, CPU)


def given(tmp_path, names=DIGITS):
    """A model that knows nothing, in a folder that names its classes so."""
    torch.manual_seed(0)
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    save_model(tmp_path / "net", model, card_for("mnist_mlp", model, (1, 28, 28), names))
    return model, ModelTraining(model="mnist_mlp", epochs=0, checkpoint=str(tmp_path / "net"))


def test_one_that_knows_nothing_stops_the_sweep_or_is_accepted(data, tmp_path):
    model, training = given(tmp_path)
    with pytest.raises(InputError, match=r"tells 4 of 30 val .* \(13.3 %\), which .* from chance \(10") as refused:
        inspect_trained("teacher", model, training, data, "28×28, mean 0, std 1")
    assert "now 28×28, mean 0, std 1; teacher.normalize and" in str(refused.value)
    assert "are its classes in this order (0, 1, 2, 3, 4, …)?" in str(refused.value)
    (note,) = inspect_trained("teacher", model, training, data, "28×28", accept_weak=True)
    assert note.startswith("it is used as it is and tells 4 of 30 val images right")
    blind = ImageModel(Memory(data.val._replace(labels_N=(data.val.labels_N + 1) % 10), data.train))
    with pytest.raises(InputError, match=r"tells 0 of 30 val images right \(0.0 %\), no more than chance \(10.0 %\)"):
        inspect_trained("teacher", blind, training, data, "28×28")


def test_of_few_images_it_is_not_said_that_chance_does_as_well(data, tmp_path):
    _, training = given(tmp_path)
    images, none = data.val.images_NCHW[:8], Split(data.val.images_NCHW[:0], data.val.labels_N[:0])
    few = data._replace(val=Split(images, torch.tensor([0, 0, 0, 1, 1, 2, 2, 3])))
    model = ImageModel(Memory(Split(images, torch.tensor([0, 0, 0, 1, 0, 0, 0, 0])), none))
    with pytest.raises(
        InputError, match=r"tells 4 of 8 .* \(50.0 %\), which so few images cannot tell from chance \(37"
    ):
        inspect_trained("teacher", model, training, few, "28×28")


def test_one_that_knows_the_small_classes_is_not_at_chance(data, tmp_path):
    _, training = given(tmp_path)
    images, none = data.val.images_NCHW[:20], Split(data.val.images_NCHW[:0], data.val.labels_N[:0])
    uneven = Split(images, torch.tensor([0] * 12 + [1, 2, 3, 4, 5, 6, 7, 8]))
    model = ImageModel(Memory(Split(images, torch.tensor([0] * 4 + [9] * 8 + [1, 2, 3, 4, 5, 6, 7, 8])), none))
    assert inspect_trained("teacher", model, training, data._replace(train=uneven, val=uneven), "28×28") == []


def test_one_that_knows_train_by_heart_is_said_to(data):
    training = ModelTraining(model="mnist_mlp", epochs=0, checkpoint="x", match_classes=False)
    model = ImageModel(Memory(data.train, data.val))
    _, note = inspect_trained("teacher", model, training, data, "28×28")
    assert note.startswith("it tells 100.0 % of train right and 50.0 % of val: it has memorised these training images")
    fair = TrainingData(data.val, data.val, data.class_names)
    assert len(inspect_trained("teacher", model, training, fair, "28×28")) == 1


def test_what_is_taken_on_trust_is_said(data, tmp_path, taught):
    unnamed, training = given(tmp_path, [f"LABEL_{number}" for number in range(10)])
    notes = inspect_trained("teacher", unnamed, training, data, "", accept_weak=True)
    assert notes[0].startswith("its head names no classes (LABEL_0 …)")
    free = training.model_copy(update={"match_classes": False})
    assert inspect_trained("teacher", unnamed, free, data, "", accept_weak=True)[0].startswith(
        "its classes' names are n"
    )
    factory = ModelTraining(model="users_nets:dropout_net", epochs=0)
    notes = inspect_trained("teacher", unnamed, factory, data, "", accept_weak=True)
    assert notes[0].startswith("used as it is, with the weights that its factory gives it")
    assert notes[1].startswith("its weights name no classes: that they are the data's, in order (0, 1, 2, 3, 4, …)")


def test_a_run_of_one_keeps_what_it_knows_of_train(lab):
    model = lab.paths.run(run_id(lab.teacher())) / "model"
    as_it_is = {"model": "mnist_cnn", "epochs": 0, "checkpoint": str(model)}
    metrics = lab.execute(lab.config(role="teacher", training=as_it_is))
    assert metrics.train.num_images == metrics.val.num_images == 30
    assert lab.execute(lab.teacher()).train is None


def test_a_run_of_one_that_gives_no_number_for_some_images_says_so(lab, monkeypatch):
    model = lab.paths.run(run_id(lab.teacher())) / "model"
    as_it_is = {"model": "mnist_cnn", "epochs": 0, "checkpoint": str(model)}
    monkeypatch.setattr("kd.training.loop.compute_logits", lambda *_: torch.tensor([[1.0], [torch.inf]]))
    with pytest.raises(InputError, match="mnist_cnn gives logits that are not finite for 1 of 2 val images"):
        lab.execute(lab.config(role="teacher", training=as_it_is))
