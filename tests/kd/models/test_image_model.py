"""What a model does around its net: pixels, normalisation, memory layout."""

import pytest
import torch
from torch import nn

from kd.models import ImageModel, build_model
from kd.models.image_model import copied
from kd.training.optimization.ema import WeightAverage

SHAPE = (1, 28, 28)


def images(num=4, shape=SHAPE):
    return torch.randint(0, 256, (num, *shape), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("flatten", ["flatten(1)", "view(images.shape[0], -1)"])
def test_convolutions_are_computed_channels_last_unless_the_net_cannot(package, flatten):
    package(
        "users_conv",
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self, num_classes, input_shape):\n"
        "        super().__init__()\n"
        "        self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4 * 6 * 6, num_classes)\n"
        "    def forward(self, images):\n"
        f"        return self.head(self.conv(images).{flatten})\n",
    )
    model = build_model("users_conv:Net", 10, (3, 8, 8))
    assert model.net.conv.weight.is_contiguous(memory_format=torch.channels_last) == (flatten == "flatten(1)")
    assert model.training
    model(images(4, (3, 8, 8))).sum().backward()


def test_pixels_are_between_0_and_1_where_the_net_says_nothing():
    seen = ImageModel(nn.Identity())(images())
    torch.testing.assert_close(seen, images().float() / 255)


def test_a_net_gets_its_own_normalisation(package):
    package(
        "users_normal",
        "from torch import nn\n"
        "def make(num_classes, input_shape):\n"
        "    net = nn.Flatten()\n"
        "    net.image_mean, net.image_std = (0.5, 0.25, 0.0), (0.5, 0.25, 1.0)\n"
        "    return net\n",
    )
    pixels = images(2, (3, 4, 4))
    seen = build_model("users_normal:make", 48, (3, 4, 4))(pixels).view(2, 3, 4, 4)
    expected = torch.stack(
        [(pixels[:, k] / 255 - mean) / std for k, (mean, std) in enumerate([(0.5, 0.5), (0.25, 0.25), (0.0, 1.0)])],
        dim=1,
    )
    torch.testing.assert_close(seen, expected)


@pytest.mark.parametrize(
    ("resize", "shape", "resized"),
    [
        (6, (6, 6), (6, 6)),
        (6, (12, 18), (6, 9)),
        (6, (9, 6), (9, 6)),
        ((6, 8), (12, 24), (6, 8)),
        (None, (12, 24), (4, 4)),
    ],
)
def test_the_middle_is_cut_out_of_what_is_resized(resize, shape, resized):
    pixels = torch.randint(0, 256, (1, 3, *shape), dtype=torch.uint8)
    whole = ImageModel(torch.nn.Identity(), input_size=resized).prepare(pixels)
    top, left = ((side - 4) // 2 for side in resized)
    model = ImageModel(torch.nn.Identity(), input_size=(4, 4), resize=resize)
    assert model._resized(*shape) == resized
    if (resized[0] - 4) % 2 == (resized[1] - 4) % 2 == 0:  # an odd margin is rounded to the even half
        assert torch.equal(model.prepare(pixels), whole[:, :, top : top + 4, left : left + 4])
    assert model.prepare(pixels).shape == (1, 3, 4, 4)


@pytest.mark.parametrize(("resize", "shape"), [(3, (6, 6)), (3, (3, 9)), ((3, 8), (3, 8))])
def test_what_is_resized_to_less_than_the_network_takes_gets_a_black_edge(resize, shape):
    pixels = torch.randint(1, 256, (1, 3, *shape), dtype=torch.uint8)
    model = ImageModel(torch.nn.Identity(), input_size=(6, 6), resize=resize)
    whole = ImageModel(torch.nn.Identity(), input_size=model._resized(*shape)).prepare(pixels)
    expected = torch.zeros(1, 3, 6, 6)
    top, left = 1, max((6 - whole.shape[3]) // 2, 0)  # of an odd edge the smaller half, as torchvision's CenterCrop
    middle = whole[:, :, :, max(round((whole.shape[3] - 6) / 2), 0) :][..., :6]
    expected[:, :, top : top + 3, left : left + middle.shape[3]] = middle
    assert torch.equal(model.prepare(pixels), expected)


@pytest.mark.filterwarnings("ignore:.*weight_norm:FutureWarning")
def test_a_copy_leaves_out_what_is_kept_of_the_last_pass():
    model = torch.nn.utils.weight_norm(torch.nn.Linear(3, 2))
    images = torch.rand(4, 3)
    model.features = (model(images), {"more": [model(images)]})
    other = copied(model)
    assert torch.equal(other(images), model(images))
    assert other.weight_v is not model.weight_v
    assert not other.features[0].requires_grad
    assert torch.equal(WeightAverage(model, 0.9).model(images), model(images))
    other.weight_v.data.zero_()
    assert model.weight_v.any()
