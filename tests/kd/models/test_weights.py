"""What training loops put around weights is taken off, and what does not fit is said whole, in one line."""

import pickle
from collections import OrderedDict

import pytest
import torch
from torch import nn

from kd.errors import InputError
from kd.models.weights import load_weights, read_weights


@pytest.fixture
def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))


def prefixed(state, prefix):
    return OrderedDict((prefix + name, tensor) for name, tensor in state.items())


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: state,
        lambda state: {"state_dict": state, "epoch": 3, "optimizer": {"lr": 0.1}},
        lambda state: {"model": state, "args": None},
        lambda state: {"model_state_dict": prefixed(state, "module.")},
        lambda state: {"state_dict": {"model": prefixed(state, "_orig_mod.module.")}},
        lambda state: {"model": prefixed(state, "module._orig_mod."), "best": torch.tensor(0.9)},
        lambda state: {"state_dict": prefixed(state, "net."), "global_step": 7},  # Lightning's, of self.net
    ],
)
def test_the_wrappings_of_training_loops_are_taken_off(tmp_path, net, wrap):
    torch.save(wrap(net.state_dict()), tmp_path / "net.pth")
    other = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    load_weights(other, tmp_path / "net.pth", "users:net")
    assert all(torch.equal(mine, other.state_dict()[name]) for name, mine in net.state_dict().items())


def test_all_that_does_not_fit_is_listed(tmp_path, net):
    state = net.state_dict()
    del state["0.bias"]
    state["2.weight"] = torch.zeros(5, 3)
    state |= {f"head.{number}": torch.zeros(1) for number in range(5)}
    torch.save(state, tmp_path / "net.pth")
    with pytest.raises(InputError) as refused:
        load_weights(net, tmp_path / "net.pth", "users:net")
    assert str(refused.value) == (
        f"checkpoint: {tmp_path}/net.pth: does not fit users:net: 1 missing: 0.bias; 5 unexpected: head.0, head.1, "
        "head.2 and 2 more; 1 of other shapes: 2.weight [5, 3] in the file, [2, 3] in the network; give the factory "
        "that it was trained with"
    )


class Whole(nn.Module):
    pass


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (
            "net.pth",
            Whole(),
            "it holds Python objects, which are not loaded: they could run anything; save the weights",
        ),
        ("net.pth", {"epoch": 3, "lr": 0.1}, "holds no state dict, but epoch, lr; wanted are names and tensors"),
        ("net.pth", {}, "holds no state dict, but ; wanted"),
        ("net.pth", torch.zeros(3), "holds no state dict, but Tensor; wanted"),
    ],
)
def test_what_is_no_state_dict(tmp_path, name, content, says):
    torch.save(content, tmp_path / name)
    with pytest.raises(InputError) as refused:
        read_weights(tmp_path / name)
    assert says in str(refused.value)
    assert "torch.save(model.state_dict(), 'net.pth')" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["net.pth", "net.safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights at all", pickle.dumps({"a": 1})])
def test_a_damaged_file_is_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=r"checkpoint: .*; save the weights alone|holds no state dict") as refused:
        read_weights(tmp_path / name)
    assert "\n" not in str(refused.value)
