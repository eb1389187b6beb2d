"""Small sweep files, and the one line that a bad one is refused with."""

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.errors import InputError

MINIMAL = """
name: small
data: {source: "embedded:mnist5k"}
teacher: {model: mnist_cnn, epochs: 2}
student: {model: mnist_mlp, epochs: 3}
"""
CNN = "{model: mnist_cnn, epochs: 2}"
MLP = "{model: mnist_mlp, epochs: 2}"


@pytest.fixture
def write_sweep(tmp_path):
    """Writes a sweep file; gives its path."""

    def write(text):
        path = tmp_path / "sweep.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(path, overrides=""):
    """The one line that a sweep is refused with."""
    with pytest.raises(InputError) as caught:
        load_sweep(path, overrides)
    message = str(caught.value)
    assert "\n" not in message
    return message


def several(write_sweep, *teachers):
    """The plan of the minimal sweep with these teachers."""
    text = MINIMAL.replace("teacher: {model: mnist_cnn, epochs: 2}", f"teachers: [{', '.join(teachers)}]")
    return Plan(load_sweep(write_sweep(text)), "0" * 16)
