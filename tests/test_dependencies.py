"""What pyproject.toml asks for is pinned, installed and can be imported, extra by extra."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.shipped import CHECKOUT

assert CHECKOUT is not None
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
EXTRAS = {"": PROJECT["dependencies"]} | PROJECT["optional-dependencies"]
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (CHECKOUT / "constraints.txt").read_text(), re.MULTILINE))
STUBS = re.compile(r"^types-|-stubs$")  # for mypy, and nothing to import


def requirements(extra: str) -> list[Requirement]:
    found = map(Requirement, EXTRAS[extra])
    return [each for each in found if each.name != PROJECT["name"]]


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_tested_version_of_each_is_pinned_and_is_one_that_is_asked_for(extra: str) -> None:
    pins = {canonicalize_name(name): pin for name, pin in PINS.items()}
    for each in requirements(extra):
        assert each.specifier.contains(pins[canonicalize_name(each.name)]), each
        assert each.specifier.contains(version(each.name)), each


@pytest.mark.thorough
@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_what_it_promises(extra: str) -> None:
    wanted = {canonicalize_name(each.name) for each in requirements(extra) if not STUBS.search(each.name)}
    homes = {
        module: {canonicalize_name(name) for name in names} & wanted
        for module, names in packages_distributions().items()
        if module.isidentifier() and not module.startswith("_")
    }
    modules = sorted(module for module, names in homes.items() if names)
    assert set().union(*homes.values()) == wanted, "each has a module"
    code = "".join(f"import {module}\n" for module in modules)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
