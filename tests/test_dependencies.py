"""What pyproject.toml asks for is pinned, locked, installed and can be imported, extra by extra."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from harness.shipped import CHECKOUT

assert CHECKOUT is not None
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
PROJECT, BUILD = PYPROJECT["project"], PYPROJECT["build-system"]["requires"]
EXTRAS = {"": PROJECT["dependencies"]} | PROJECT["optional-dependencies"]
PINS = dict(re.findall(r"^([\w.-]+)==(\S+)$", (CHECKOUT / "constraints.txt").read_text(), re.MULTILINE))
LOCKS = {path.stem: path.read_text() for path in (CHECKOUT / "locks").glob("*.txt")}
ENTRY = re.compile(r"^([\w.-]+)==(\S+)(?: ; .*)? \\\n((?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
CUDA = re.compile(r"^(nvidia-.*|cuda-.*|triton)$")  # comes with torch from the index, and not with a build of one's own
APART = {"timm", "torchvision"}  # beside a CPU build of torch they break transformers: make test-zoo has them alone
GROUPS = {"of-a-mark": pytest.mark.xdist_group("of-a-mark"), "slurm": pytest.mark.slurm}
STUBS = re.compile(r"^types-|-stubs$")  # for mypy, and nothing to import


def requirements(extra: str) -> list[Requirement]:
    found = map(Requirement, EXTRAS[extra])
    return [each for each in found if each.name != PROJECT["name"]]


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_tested_version_of_each_is_pinned_and_is_one_that_is_asked_for(extra: str) -> None:
    pins = {canonicalize_name(name): pin for name, pin in PINS.items()}
    for each in requirements(extra):
        assert each.specifier.contains(pins[canonicalize_name(each.name)]), each
        if each.name not in APART:
            assert each.specifier.contains(version(each.name)), each


def test_every_pin_takes_the_oldest_python_that_is_promised() -> None:
    """A version for later ones alone is refused on a system that has 3.11.2, as Debian 12 does."""
    oldest = PROJECT["requires-python"].removeprefix(">=") + ".0"
    pins = {canonicalize_name(name) for name in PINS}
    wants = {each.name: each.metadata["Requires-Python"] for each in distributions()}
    refused = {
        name: python
        for name, python in wants.items()
        if canonicalize_name(name) in pins and python and not SpecifierSet(python).contains(oldest)
    }
    assert refused == {}


@pytest.mark.thorough
@pytest.mark.parametrize("extra", sorted(EXTRAS.keys() - APART))
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


def locked(name: str) -> dict[str, str]:
    """The versions that a lock holds, by name."""
    return {canonicalize_name(package): pin for package, pin, _ in ENTRY.findall(LOCKS[name])}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_entries_with_hashes_alone_and_names_no_index(name: str) -> None:
    head, _, body = LOCKS[name].partition("\n")
    assert head.startswith("# Written by docs/lock.py")
    assert ENTRY.sub("", body) == ""
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", LOCKS[name])


def test_locks_and_constraints_hold_the_same_versions_and_each_package_once() -> None:
    pins = {canonicalize_name(name): pin for name, pin in PINS.items()}
    names = [name for lock in LOCKS for name in locked(lock)]
    assert len(names) == len(set(names))
    assert {name: pin for lock in LOCKS for name, pin in locked(lock).items() if not CUDA.match(name)} == pins


def test_each_lock_holds_what_its_extra_asks_for() -> None:
    """What would be missing is a lock that was not written again after pyproject.toml changed: python docs/lock.py."""
    beside = {"": {"run", "torch"}, "onnx": {"run", "onnx"}, "dev": {"run", "onnx", "dev"}}
    beside |= {extra: {"run", "zoo"} for extra in APART}
    assert beside.keys() == EXTRAS.keys()
    for extra, locks in beside.items():
        held = {name: pin for lock in locks for name, pin in locked(lock).items()}
        for each in requirements(extra):
            assert each.specifier.contains(held[canonicalize_name(each.name)]), each
    build = [Requirement(each) for each in BUILD]
    assert all(each.specifier.contains(locked("run")[each.name]) for each in build)


@pytest.mark.parametrize("group", [pytest.param(name, marks=mark) for name, mark in GROUPS.items()], ids=list(GROUPS))
def test_the_tests_of_a_group_reach_one_process(group: str, request: pytest.FixtureRequest) -> None:
    """Groups can get lost between pytest and pytest-xdist without a word: each process then starts SLURMs."""
    if not request.config.getoption("loadgroup", False):
        pytest.skip("tests of a group are sent to one process by --dist loadgroup alone")
    assert request.node.nodeid.endswith(f"@{group}")
