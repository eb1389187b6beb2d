"""timm's networks give timm's logits, fed by timm's own transform; kept in its layout they come back."""

import json

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from kd.config import ModelTraining
from kd.errors import InputError
from kd.model_source import model_sha256
from kd.models import build_model
from kd.models.files import card_for, load_model, save_model
from kd.models.pretrained.processing import Processing, processing_of_timm
from kd.models.pretrained.timm_models import keep
from kd.models.start import head_names, start_model
from kd.training.distributed import ProcessGroup, is_synchronized, synchronized

NEW = {"pretrained": False}
SHAPE = (3, 40, 40)
NAMES = ["ant", "bee", "cat"]
ARCHITECTURES = [
    "resnet18",
    "efficientnet_b0",
    "mobilenetv3_small_100",
    "regnetx_002",
    "convnext_atto",
    "vit_tiny_patch16_224",
    "deit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
    "mobilevit_xxs",
]
SMALL = "test_resnet"  # timm's own for tests


def pixels(*shape):
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def refusal(*words, **options):
    with pytest.raises(InputError) as caught:
        build_model(*words, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["resnet18", "efficientnet_b0", "regnetx_002"])
def test_on_several_gpus_a_network_keeps_the_activations_within_its_normalisations(timm, lively, name, caplog):
    model = build_model(f"timm:{name}", 7, SHAPE, arguments=NEW)
    images = pixels(2, *SHAPE)
    lively(model.net, model.prepare(images))
    expected = model.eval()(images)
    shared = synchronized(model, torch.device("cuda"), ProcessGroup(0, 2))
    assert is_synchronized(shared)
    assert not caplog.records
    torch.testing.assert_close(shared(images), expected, rtol=0, atol=0)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_logits_are_those_of_timm_and_its_transform(timm, lively, name):
    model = build_model(f"timm:{name}", 7, SHAPE, arguments=NEW)
    images = pixels(2, 3, model.resize, model.resize)  # what timm resizes to: Pillow rounds in between
    lively(model.net, model.prepare(images))
    theirs = timm.create_model(name, num_classes=7).eval()
    theirs.load_state_dict(model.net.state_dict())
    transform = timm.data.create_transform(**timm.data.resolve_data_config(theirs.pretrained_cfg))
    fed = torch.stack([transform(Image.fromarray(image.permute(1, 2, 0).numpy())) for image in images])
    with torch.no_grad():
        expected, found = theirs(fed), model.eval()(images)
    assert expected.std() > 1e-3, "logits that say something"
    torch.testing.assert_close(model.prepare(images), fed, rtol=0, atol=1e-5)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5 * max(1.0, float(expected.abs().max())))


def test_images_of_another_size_are_resized_as_timm_does_but_for_pillow_s_rounding(timm):
    model = build_model(f"timm:{SMALL}", 3, SHAPE, arguments=NEW)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(model.net.pretrained_cfg))
    for height, width in ((300, 300), (40, 40), (60, 90)):
        (image,) = pixels(1, 3, height // 20, width // 20).repeat_interleave(20, 2).repeat_interleave(20, 3)
        expected = transform(Image.fromarray(image.permute(1, 2, 0).numpy()))
        found = model.prepare(image[None])[0]
        assert (found - expected).abs().max() < 2.5 / 255 / 0.224


@pytest.fixture
def kept(timm, tmp_path):
    """A network with random weights, as timm pushes one to the Hub."""
    torch.manual_seed(1)
    net = timm.create_model(SMALL, num_classes=3)
    folder = tmp_path / "net"
    timm.models.save_for_hf(net, folder, safe_serialization="both")
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(content | {"label_names": NAMES}))
    (folder / "pytorch_model.bin").unlink()
    return folder, net.eval()


def test_a_folder_in_timm_s_layout_is_fed_as_timm_feeds_it(timm, kept):
    folder, net = kept
    model = build_model(f"hf:{folder}", 3, SHAPE).eval()
    size = model.resize
    images = pixels(2, 3, size, size)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(net.pretrained_cfg))
    fed = torch.stack([transform(Image.fromarray(image.permute(1, 2, 0).numpy())) for image in images])
    with torch.no_grad():
        torch.testing.assert_close(model(images), net(fed), rtol=0, atol=1e-5)
    assert (model.described_by, model.fresh_weights) == ("its pretrained_cfg", ())
    assert head_names(ModelTraining(model=f"hf:{folder}", epochs=0)) == NAMES
    assert start_model(ModelTraining(model=f"hf:{folder}", epochs=0), SHAPE, NAMES)(images).shape == (2, 3)
    with pytest.raises(InputError, match="has 3 classes, the data 2"):
        start_model(ModelTraining(model=f"hf:{folder}", epochs=0), SHAPE, NAMES[:2])


def test_its_run_is_named_by_its_weights(kept):
    folder, _ = kept
    before = model_sha256(f"hf:{folder}")
    assert before is not None
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert model_sha256(f"hf:{folder}") not in (None, before)


def test_its_head_of_another_width_is_new(kept):
    folder, net = kept
    model = build_model(f"hf:{folder}", 5, SHAPE)
    assert model.fresh_weights == ("fc.weight", "fc.bias")
    own, theirs = model.net.state_dict(), net.state_dict()
    assert all(torch.equal(own[name], theirs[name]) for name in theirs if name not in model.fresh_weights)
    assert own["fc.weight"].shape[0] == 5


@pytest.mark.parametrize("told", [{}, {"image_size": (32, 48)}])
def test_kept_again_it_comes_back_and_timm_loads_it(timm, kept, tmp_path, told):
    folder, _ = kept
    model = build_model(f"hf:{folder}", 4, SHAPE, [*NAMES, "dog"], **told).eval()
    save_model(tmp_path / "out", model, card_for(f"hf:{folder}", model, SHAPE, [*NAMES, "dog"]))
    assert not any(str(tmp_path).encode() in path.read_bytes() for path in (tmp_path / "out").iterdir())
    again = load_model(tmp_path / "out", torch.device("cpu")).eval()
    assert torch.equal(again(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))
    theirs = timm.create_model(f"local-dir:{tmp_path / 'out'}", pretrained=True).eval()
    side = (32, 48) if told else (model.resize, model.resize)
    transform = timm.data.create_transform(**timm.data.resolve_data_config(theirs.pretrained_cfg))
    image = pixels(1, 3, *side)
    fed = transform(Image.fromarray(image[0].permute(1, 2, 0).numpy()))[None]
    with torch.no_grad():
        torch.testing.assert_close(theirs(fed), model(image), rtol=0, atol=1e-5)
    assert head_names(ModelTraining(model=f"hf:{tmp_path / 'out'}", epochs=0)) == [*NAMES, "dog"]


@pytest.mark.parametrize(
    ("size", "resize"), [((192, 192), 225), ((48, 48), 59), ((48, 24), (53, 26)), ((24, 48), (26, 53)), ((64, 64), 55)]
)
def test_what_was_cut_off_is_cut_off_again(timm, tmp_path, size, resize):
    model = build_model(f"timm:{SMALL}", 3, SHAPE, arguments=NEW)
    model.input_size, model.resize = size, resize
    keep(tmp_path, model)
    kept = json.loads((tmp_path / "config.json").read_text())["pretrained_cfg"] | {"crop_mode": "center"}
    assert processing_of_timm(kept)._replace(mean=(), std=(), interpolation="") == Processing(
        size, (), (), "", resize=resize
    )


def test_a_trained_one_is_saved_and_loaded_without_asking_for_weights(timm, tmp_path, monkeypatch):
    model = build_model(f"timm:{SMALL}", 3, SHAPE, arguments=NEW | {"drop_rate": 0.5}).eval()
    monkeypatch.setattr("timm.models._builder.load_pretrained", lambda *_, **__: pytest.fail("weights were loaded"))
    card = card_for(f"timm:{SMALL}", model, SHAPE, NAMES)
    card = card.model_copy(update={"arguments": {"drop_rate": 0.5}})  # as of one that began with timm's weights
    save_model(tmp_path / "out", model, card)
    again = load_model(tmp_path / "out", torch.device("cpu")).eval()
    assert torch.equal(again(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))
    assert again.net.drop_rate == 0.5
    asked = ModelTraining(model=f"timm:{SMALL}", checkpoint=str(tmp_path / "out"), epochs=0)
    assert torch.equal(start_model(asked, SHAPE, NAMES).eval()(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))
    weights = asked.model_copy(update={"checkpoint": str(tmp_path / "weights.pth")})
    torch.save(load_file(tmp_path / "out" / "model.safetensors"), tmp_path / "weights.pth")
    assert torch.equal(start_model(weights, SHAPE, NAMES).eval()(pixels(2, *SHAPE)), model(pixels(2, *SHAPE)))


def test_weights_are_timm_s_unless_it_is_told(timm, monkeypatch):
    asked = []
    real = timm.create_model
    monkeypatch.setattr("timm.create_model", lambda *_, **given: asked.append(given) or real(SMALL, num_classes=3))
    build_model("timm:resnet18", 3, SHAPE, arguments={"drop_rate": 0.1})
    assert asked == [{"pretrained": True, "num_classes": 3, "drop_rate": 0.1}]


def test_channels_and_size_follow_the_arguments(timm):
    grey = build_model(f"timm:{SMALL}", 3, (1, 28, 28), arguments=NEW | {"in_chans": 1})
    assert grey(pixels(2, 1, 28, 28)).shape == (2, 3)
    assert grey.mean.numel() == 1
    vit = build_model("timm:test_vit", 3, (1, 28, 28), arguments=NEW | {"img_size": 64})
    assert vit.prepare(pixels(2, 1, 28, 28)).shape == (2, 3, 64, 64)  # grey is repeated


def test_what_cannot_be_built_is_one_line(timm):
    assert "no such network (did you mean resnet18" in refusal("timm:resnet18a", 3, SHAPE, arguments=NEW)
    assert "unexpected keyword argument 'drop_rat'" in refusal(
        "timm:resnet18", 3, SHAPE, arguments=NEW | {"drop_rat": 1}
    )
    assert "Invalid pretrained tag (none)" in refusal("timm:resnet18.none", 3, SHAPE)
    assert "takes 1 channel(s), the images have 3" in refusal(
        f"timm:{SMALL}", 3, SHAPE, arguments=NEW | {"in_chans": 1}
    )
    for name, arguments in (("hf-hub:timm/resnet18", {}), ("resnet18", {"checkpoint_path": "/tmp/trap.pt"})):
        assert "asked for other files" in refusal(f"timm:{name}", 3, SHAPE, arguments=NEW | arguments)
    assert "asks for num_layers 100,000" in refusal("timm:resnet18", 3, SHAPE, arguments=NEW | {"num_layers": 10**5})


def test_weights_that_cannot_be_had_are_one_line(timm, monkeypatch):
    def fail(*_, **__):
        raise OSError("no route to host\nand more")

    monkeypatch.setattr("timm.models._builder.load_pretrained", fail)
    said = refusal("timm:resnet18", 3, SHAPE)
    assert "model: timm:resnet18 cannot be built: OSError: no route to host; arguments: {pretrained: false}" in said


def test_one_that_is_used_as_it_is_needs_the_data_s_classes(timm, monkeypatch):
    monkeypatch.setattr("timm.models._builder.load_pretrained", lambda *_, **__: None)
    with pytest.raises(InputError, match="has a head of another number of classes than the data's 3"):
        start_model(ModelTraining(model=f"timm:{SMALL}", epochs=0), SHAPE, NAMES)
