"""What training loops put around weights is taken off, and what does not fit is said whole, in one line."""

import gzip
import io
import pickle
import re
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
        lambda state: {"state_dict": prefixed(state, "model.net.") | {"criterion.weight": torch.ones(2)}},
        lambda state: {"net": state, "acc": 93.1, "epoch": 3},
        lambda state: {"ema": prefixed(state, "module.")},
        lambda state: prefixed(state, "module.") | {"n_averaged": torch.tensor(5)},  # of torch's AveragedModel
    ],
)
def test_the_wrappings_of_training_loops_are_taken_off(tmp_path, net, wrap):
    torch.save(wrap(net.state_dict()), tmp_path / "net.pth")
    other = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    load_weights(other, tmp_path / "net.pth", "users:net")
    assert all(torch.equal(mine, other.state_dict()[name]) for name, mine in net.state_dict().items())


@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "lit."])
def test_a_network_may_call_its_own_what_training_loops_put_around(tmp_path, net, prefix):
    own, other = nn.Module(), nn.Module()
    own.module, other.module = net, nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    torch.save(prefixed(own.state_dict(), prefix), tmp_path / "net.pth")
    load_weights(other, tmp_path / "net.pth", "users:net")
    assert all(torch.equal(mine, other.state_dict()[name]) for name, mine in own.state_dict().items())


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


@pytest.mark.parametrize(
    ("wrap", "says"),
    [
        (lambda state: {"net": state, "ema": state}, "holds no state dict, but net, ema; wanted"),
        (lambda state: prefixed(state, "student.") | prefixed(state, "teacher."), "unexpected: student.0.weight"),
    ],
)
def test_of_two_that_fit_none_is_taken(tmp_path, net, wrap, says):
    torch.save(wrap(net.state_dict()), tmp_path / "net.pth")
    with pytest.raises(InputError, match=says):
        load_weights(net, tmp_path / "net.pth", "users:net")


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
        ("net.pth", {}, "holds no state dict, but an empty one; wanted"),
        ("net.pth", torch.zeros(3), "holds no state dict, but Tensor; wanted"),
    ],
)
def test_what_is_no_state_dict(tmp_path, name, content, says):
    torch.save(content, tmp_path / name)
    with pytest.raises(InputError) as refused:
        read_weights(tmp_path / name)
    assert says in str(refused.value)
    assert "torch.save(model.state_dict(), 'net-weights.pth')" in str(refused.value)
    assert "\n" not in str(refused.value)


def scripted(net):
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(net), buffer)
    return buffer.getvalue()


def saved(net, **options):
    buffer = io.BytesIO()
    torch.save(net.state_dict(), buffer, **options)
    return buffer.getvalue()


UNKNOWN = "is no file of weights; give one that torch.save or safetensors wrote"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("net.pth", lambda net: b"", "is empty; take another copy"),
        ("net.safetensors", lambda net: b"", "is empty; take another copy"),
        ("net.pth", lambda net: b"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull fetches them"),
        ("net.safetensors", lambda net: b"version https://git-lfs.github.com/spec/v1", "git lfs pull fetches them"),
        ("net.pth", lambda net: b"no weights at all", UNKNOWN),
        ("net.pth", lambda net: gzip.compress(saved(net)), UNKNOWN),
        ("net.pth", lambda net: b"\x08\x07\x12\x07pytorch", UNKNOWN),  # as a file of ONNX begins
        ("net.pth", lambda net: saved(net)[:700], "is cut short; take another copy"),
        ("net.pth", lambda net: saved(net, _use_new_zipfile_serialization=False)[:700], "is damaged ("),
        ("net.safetensors", lambda net: b"no weights at all", "take another copy"),
        ("net.pth", lambda net: pickle.dumps({"a": 1}), "it holds Python objects"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_that_says_what_it_is(tmp_path, net, name, content, says):
    (tmp_path / name).write_bytes(content(net))
    with pytest.raises(InputError, match=f"checkpoint: .*{re.escape(says)}") as refused:
        read_weights(tmp_path / name)
    assert "\n" not in str(refused.value)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_torchscript_is_said_to_be_what_it_is(tmp_path, net):
    (tmp_path / "net.pt").write_bytes(scripted(net))
    with pytest.raises(InputError, match=r"is a TorchScript archive, which torch\.jit\.load reads"):
        read_weights(tmp_path / "net.pt")
