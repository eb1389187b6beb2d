"""What importing the core costs, and what it needs."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import kd
from kd.config import MODELS

MODULES = sorted(module.name for module in pkgutil.walk_packages(kd.__path__, "kd."))
WITHOUT_TORCH = ["kd", "kd.config", "kd.errors", "kd.files", "kd.records", "kd.scores", "kd.data.splits"]
WITHOUT_TORCH += ["kd.data.decoding", "kd.data.hub", "kd.data.sources", "kd.data.store"]
NOT_NEEDED = ["datasets", "transformers", "mlxtend", "sklearn", "pandas", "optuna", "submitit", "scipy", "matplotlib"]


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


def test_every_module_imports_without_what_the_core_does_not_need():
    print_models = "from kd.models import BUILT_IN; print(*sorted(BUILT_IN))"
    block = f"import sys\nfor name in {NOT_NEEDED}: sys.modules[name] = None\n"
    assert python(f"{block}import {', '.join(MODULES)}\n{print_models}") == " ".join(sorted(MODELS))


@pytest.mark.parametrize("name", kd.__all__)
def test_public_names_exist_and_are_documented(name):
    assert getattr(kd, name).__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="module 'kd' has no attribute 'losss'"):
        _ = kd.losss


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
