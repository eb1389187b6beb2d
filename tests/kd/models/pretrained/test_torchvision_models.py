"""torchvision's networks give torchvision's logits, fed by the transforms of their weights."""

import pytest
import torch

from kd.config import ModelTraining
from kd.errors import InputError
from kd.models import build_model
from kd.models.files import card_for, load_model, save_model
from kd.models.pretrained.torchvision_models import load_weights
from kd.models.start import head_names, start_model

NEW = {"pretrained": False}
SHAPE = (3, 40, 40)
NAMES = ["ant", "bee", "cat"]
ARCHITECTURES = [
    "resnet18",
    "mobilenet_v3_small",
    "shufflenet_v2_x0_5",
    "regnet_y_400mf",
    "densenet121",
    "squeezenet1_1",
    "convnext_tiny",
    "swin_t",
    "googlenet",
]
SMALL = "shufflenet_v2_x0_5"


def pixels(*shape):
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def refusal(*words, **options):
    with pytest.raises(InputError) as caught:
        build_model(*words, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.filterwarnings("ignore:The default weight initialization of GoogleNet:FutureWarning")
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_logits_are_those_of_torchvision_and_its_transforms(torchvision, lively, name):
    model = build_model(f"torchvision:{name}", 7, SHAPE, arguments=NEW)
    images = pixels(2, 3, model.resize, model.resize)  # what is resized to: theirs rounds to whole numbers in between
    lively(model.net, model.prepare(images))
    theirs = torchvision.models.get_model(name, weights=None, num_classes=7).eval()
    theirs.load_state_dict(model.net.state_dict())
    fed = torchvision.models.get_model_weights(name).DEFAULT.transforms()(images)
    with torch.no_grad():
        expected, found = theirs(fed), model.eval()(images)
    assert expected.std() > 1e-3, "logits that say something"
    torch.testing.assert_close(model.prepare(images), fed, rtol=0, atol=1e-5)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5 * max(1.0, float(expected.abs().max())))


def test_images_of_another_size_are_resized_as_torchvision_does_but_for_rounding(torchvision):
    model = build_model(f"torchvision:{SMALL}", 3, SHAPE, arguments=NEW)
    transform = torchvision.models.get_model_weights(SMALL).DEFAULT.transforms()
    for height, width in ((300, 300), (40, 40), (60, 90)):
        image = pixels(1, 3, height, width)
        assert (model.prepare(image) - transform(image)).abs().max() < 1.01 / 255 / 0.224


@pytest.fixture
def weights(torchvision, monkeypatch):
    """The default weights of a small network, drawn here in place of the download."""
    found = torchvision.models.get_model_weights(SMALL).DEFAULT
    torch.manual_seed(3)
    drawn = torchvision.models.get_model(SMALL, weights=None).state_dict()
    monkeypatch.setattr(type(found), "get_state_dict", lambda *_, **__: drawn)
    return drawn


def test_weights_are_loaded_and_a_head_of_another_width_is_new(weights):
    model = build_model(f"torchvision:{SMALL}", 3, SHAPE)
    assert model.fresh_weights == ("fc.bias", "fc.weight")
    own = model.net.state_dict()
    assert all(torch.equal(own[name], weights[name]) for name in weights if name not in model.fresh_weights)
    whole = build_model(f"torchvision:{SMALL}", 1000, SHAPE)
    assert whole.fresh_weights == ()
    assert torch.equal(whole.net.state_dict()["fc.weight"], weights["fc.weight"])


def test_weights_of_another_network_are_refused(torchvision):
    class Others:
        @staticmethod
        def get_state_dict(**_):
            return {"layer9.weight": torch.zeros(1)}

    net = torchvision.models.get_model(SMALL, weights=None)
    with pytest.raises(RuntimeError, match="are not this network's: layer9"):
        load_weights(net, Others)


def test_one_that_is_used_as_it_is_needs_the_data_s_classes(torchvision, weights):
    with pytest.raises(InputError, match="has a head of another number of classes than the data's 3"):
        start_model(ModelTraining(model=f"torchvision:{SMALL}", epochs=0), SHAPE, NAMES)
    training = ModelTraining(model=f"torchvision:{SMALL}", epochs=0)
    names = head_names(training)
    assert names[:2] == ["tench", "goldfish"]
    assert start_model(training, SHAPE, names)(pixels(2, *SHAPE)).shape == (2, 1000)
    with pytest.raises(InputError, match=r"its classes are not the data's|tench"):
        start_model(training, SHAPE, [names[1], names[0], *names[2:]])


def test_saved_and_loaded_without_asking_for_weights(torchvision, tmp_path, monkeypatch):
    model = build_model(f"torchvision:{SMALL}", 3, SHAPE, arguments=NEW).eval()
    found = torchvision.models.get_model_weights(SMALL).DEFAULT
    monkeypatch.setattr(type(found), "get_state_dict", lambda *_, **__: pytest.fail("weights were asked for"))
    card = card_for(f"torchvision:{SMALL}", model, SHAPE, NAMES).model_copy(update={"arguments": {}})
    save_model(tmp_path / "out", model, card)
    again = load_model(tmp_path / "out", torch.device("cpu")).eval()
    assert torch.equal(again(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))
    asked = ModelTraining(model=f"torchvision:{SMALL}", checkpoint=str(tmp_path / "out"), epochs=0)
    assert torch.equal(start_model(asked, SHAPE, NAMES).eval()(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))


def test_what_cannot_be_built_is_one_line(torchvision, monkeypatch):
    assert "no such network (did you mean resnet18" in refusal("torchvision:resnet18a", 3, SHAPE)
    assert "unexpected keyword argument 'drop'" in refusal(
        "torchvision:resnet18", 3, SHAPE, arguments=NEW | {"drop": 1}
    )
    said = refusal("torchvision:resnet50", 3, SHAPE, arguments={"weights": "V3"})
    assert "has no weights V3; there are IMAGENET1K_V1, IMAGENET1K_V2, DEFAULT" in said
    assert "progress is no argument of the network" in refusal(
        "torchvision:resnet18", 3, SHAPE, arguments={"progress": True}
    )
    assert "takes 3 channel(s), the images have 2" in refusal("torchvision:resnet18", 3, (2, 8, 8), arguments=NEW)
    found = torchvision.models.get_model_weights("resnet18").DEFAULT

    def fail(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(type(found), "get_state_dict", fail)
    said = refusal("torchvision:resnet18", 3, SHAPE)
    assert "OSError: no route to host; arguments: {pretrained: false} begins with random weights" in said
