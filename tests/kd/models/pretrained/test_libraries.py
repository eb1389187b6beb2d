"""An optional package that is not there, or does not load, is one line that says what to do."""

import sys
from types import ModuleType

import pytest

from kd.errors import InputError
from kd.models import build_model
from kd.models.pretrained.libraries import check_channels, check_known, import_library, without_weights

SHAPE = (3, 8, 8)


@pytest.mark.parametrize("package", ["timm", "torchvision"])
def test_what_is_not_installed_is_named_with_the_command(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError) as caught:
        build_model(f"{package}:resnet18", 3, SHAPE)
    command = f"pip install 'kd-sweep[{package}]'"
    assert str(caught.value) == f"model: {package}:resnet18 needs the package {package}: {command}"


def test_a_build_that_does_not_fit_is_said(package):
    package("users_library", "raise RuntimeError('operator torchvision::nms does not exist\\nand more')")
    with pytest.raises(InputError) as caught:
        import_library("users_library", "users_library:net")
    assert "cannot be imported: RuntimeError: operator torchvision::nms does not exist; install" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_package_that_is_there_is_given(package):
    package("users_library", "answer = 42")
    found = import_library("users_library", "users_library:net")
    assert isinstance(found, ModuleType) and found.answer == 42


def test_names_and_channels_are_looked_at():
    check_known("timm:", "resnet18", ["resnet18"])
    with pytest.raises(InputError, match=r"timm:resnet81: the installed timm has no such network \(did you mean"):
        check_known("timm:", "resnet81", ["resnet18"])
    check_channels("timm:resnet18", 3, 1)
    with pytest.raises(InputError, match=r"takes 3 channel\(s\), the images have 4"):
        check_channels("timm:resnet18", 3, 4)


def test_arguments_without_weights_keep_the_others():
    assert without_weights({"drop_rate": 0.5, "pretrained": True}) == {"drop_rate": 0.5, "pretrained": False}
