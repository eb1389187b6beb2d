"""The examples in docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import harness
import kd

MODULES = sorted(
    module.name
    for package in (kd, harness)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
