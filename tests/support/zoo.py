"""timm and torchvision in tests: installed apart, and made to load beside a torch that they were not built for."""

import importlib
import importlib.util
import os
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import torch

_OPS: list[torch.library.Library] = []  # a registration lasts as long as its library


def needed(package: str) -> ModuleType:
    """Of timm and torchvision the one; without it the test is skipped, unless REQUIRE_ZOO=1."""
    if importlib.util.find_spec(package) is None:
        if os.environ.get("REQUIRE_ZOO") == "1":
            pytest.fail(f"REQUIRE_ZOO=1, but {package} is not installed")
        pytest.skip(f"{package} is not installed: make test-zoo has it")
    _stand_in_for_ops()
    return importlib.import_module(package)


@cache
def _stand_in_for_ops() -> None:
    """Declare the two operators that torchvision's import wants, where its compiled ones do not load.

    Wheels of torchvision from PyPI are built for torch's CUDA build. Beside a CPU build the file of compiled operators
    does not load, and the import then fails over detection's non-maximum suppression, which no classifier uses.
    """
    spec = importlib.util.find_spec("torchvision")
    assert spec is not None and spec.origin is not None, "timm brings it"
    for path in Path(spec.origin).parent.glob("_C*.so"):
        try:
            torch.ops.load_library(str(path))
        except OSError:
            library = torch.library.Library("torchvision", "DEF")
            for name in ("nms", "qnms"):
                library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            _OPS.append(library)
