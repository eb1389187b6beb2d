"""Cards of trained models: what the Hub reads, what a person reads, and nothing of the machine."""

import pytest
import torch
from huggingface_hub import ModelCard as HubCard

from kd.config import ModelTraining, run_id
from kd.data.images import open_training
from kd.model_card import front_matter, loading_text, public_title, training_card, training_text
from kd.records import ModelCard, Scores
from kd.scores import score, share_interval

SCORES = Scores(num_images=200, accuracy=0.9, nll=0.3, confusion=[], ece=0.04)


def hub_card(text: str) -> HubCard:
    return HubCard(text, ignore_metadata_errors=False)


def test_a_trained_model_lies_beside_its_card(lab):
    config = lab.distilled(alpha=0.25, temperature=3.0, training={"epochs": 1})
    metrics = lab.execute(config)
    folder = lab.paths.run(run_id(config)) / "model"
    card = hub_card((folder / "README.md").read_text())
    assert card.data.library_name == "kd-sweep"
    assert "knowledge-distillation" in card.data.tags
    assert card.data.license is None
    assert card.data.datasets is None
    results = {result.metric_type: result for result in card.data.eval_results}
    assert results["accuracy"].metric_value == metrics.val.accuracy
    assert results["nll"].metric_value == metrics.val.nll
    assert results["top5_accuracy"].metric_value == metrics.val.top5
    assert results["accuracy"].dataset_split == "validation"
    assert results["accuracy"].dataset_name == "mnist5k"
    low, high = share_interval(round(metrics.val.accuracy * metrics.val.num_images), metrics.val.num_images)
    assert f"{100 * metrics.val.accuracy:.2f} % (95 % interval {100 * low:.2f} to {100 * high:.2f};" in card.text
    assert "loss kd, alpha 0.25, temperature 3" in card.text


def test_the_card_names_what_was_learned_from_features(lab):
    config = lab.featured({"loss": "at", "teacher": "a_.1", "student": "3"}, {"loss": "rkd"}, alpha=0.0)
    card = ModelCard(model="mnist_cnn", num_classes=10, input_shape=(1, 28, 28), class_names=[])
    text = training_card("final-1", config, card, SCORES)
    assert "(loss kd, alpha 0, temperature 2; at a\\_.1 to 3, weight 1000; rkd of the last features, weight 1)" in text


def test_the_card_of_an_undistilled_model_does_not_claim_a_teacher(lab):
    config = lab.config(training={"epochs": 1})
    lab.execute(config)
    card = hub_card((lab.paths.run(run_id(config)) / "model" / "README.md").read_text())
    assert card.data.tags == ["image-classification"]
    assert "on the labels alone" in card.text


def test_a_card_says_of_weights_that_were_averaged_or_came_so_that_they_were(lab):
    card = ModelCard(model="mnist_cnn", num_classes=10, input_shape=(1, 28, 28), class_names=[])
    plain, averaged = (training_text(lab.config(training={"ema_decay": decay}), card) for decay in (None, 0.99))
    assert plain.endswith("seed 0. These are the weights after the last epoch.")
    assert averaged.endswith("These weights are their running average (decay 0.99) after the last epoch.")
    came = lab.config(training={"epochs": 0, "checkpoint": "somewhere"})
    assert training_text(came, card).endswith("(1×28×28 images), as it came: nothing of it was trained here.")


def test_the_lines_that_load_a_model_do_load_it(lab, monkeypatch):
    config = lab.config(training={"epochs": 1})
    metrics = lab.execute(config)
    monkeypatch.chdir(lab.paths.run(run_id(config)) / "model")
    text = (lab.paths.run(run_id(config)) / "model" / "README.md").read_text()
    lines = text.partition("```python\n")[2].partition("```")[0]
    val = open_training(config.data, lab.paths.data, torch.device("cpu")).val
    names = {"images": val.images_NCHW}
    exec(lines, names)
    assert score(names["logits"].detach().numpy(), val.labels_N.numpy()).accuracy == metrics.val.accuracy


@pytest.mark.parametrize(
    ("source", "datasets", "name"),
    [
        ("ylecun/mnist", ["ylecun/mnist"], "ylecun/mnist"),
        ("folder:/home/someone/pets", None, "pets"),
        ("/data/someone/flowers", None, "flowers"),
        ("../someone/flowers", None, "flowers"),
    ],
)
def test_a_card_names_data_of_the_hub_and_no_place_on_this_machine(lab, source, datasets, name):
    data = lab.data.model_copy(update={"source": source})
    config = lab.config(data=data, training={"model": "hf:/home/someone/nets/tiny-vit"}, distill=None)
    card = ModelCard(
        model="hf:/home/someone/nets/tiny-vit", num_classes=3, input_shape=(3, 8, 8), class_names=["a", "b", "c"]
    )
    text = training_card("final-1", config, card, SCORES)
    assert "someone" not in text
    assert "tiny-vit" in text
    read = hub_card(text).data
    assert read.datasets == datasets
    assert read.eval_results[0].dataset_type == name
    assert read.base_model is None
    assert read.library_name == "transformers"


def test_a_model_of_the_hub_is_named_as_the_base(lab):
    config = lab.config(training={"model": "hf:google/vit-base@main"}, distill=None)
    assert hub_card(front_matter('quote"s: é', config, "test", SCORES) + "\n").data.base_model == "google/vit-base"
    assert hub_card(front_matter('quote"s: é', config, "test", SCORES) + "\n").data.model_name == 'quote"s: é'


def test_a_model_by_import_path_says_so():
    card = ModelCard(model="nets.own:small", num_classes=3, input_shape=(3, 8, 8), class_names=["a", "b", "c"])
    assert loading_text(card).startswith("`nets.own:small` has to be importable.")
    assert 'load_model(Path("."), torch.device("cpu"), factory="nets.own:small")' in loading_text(card)


def test_a_title_says_the_arguments_and_not_where_a_folder_lies():
    training = ModelTraining(model="hf:/home/me/nets/vit", arguments={"hidden_dropout_prob": 0.1}, epochs=1)
    assert public_title(training) == "vit(hidden_dropout_prob=0.1)"
    assert public_title(ModelTraining(model="mnist_mlp", epochs=1)) == "mnist_mlp"
