"""What the kit runs on."""

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import torch

from kd.evaluation.speed import describe_hardware

PACKAGES = ("torch", "triton", "transformers", "numpy")
OF_THE_CARD = ("card", "num_cards", "has_bf16", "cuda", "compiler")


def read_machine() -> dict[str, Any]:
    """Card, processor, versions; touches the card."""
    has_card = torch.cuda.is_available()
    found: dict[str, Any] = {
        "processor": describe_hardware(torch.device("cuda" if has_card else "cpu")),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "python": platform.python_version(),
    }
    found |= {package: number for package in PACKAGES if (number := _version(package))}
    compiler = next(
        (name for name in (os.environ.get("CXX"), "c++", "g++", "clang++") if name and shutil.which(name)), None
    )
    return found | {
        "card": torch.cuda.get_device_name() if has_card else None,
        "num_cards": torch.cuda.device_count() if has_card else 0,
        "has_bf16": torch.cuda.is_bf16_supported(including_emulation=False) if has_card else None,
        "cuda": torch.version.cuda,
        "compiler": compiler,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def describe(machine: dict[str, Any]) -> str:
    """In a line, with what it lacks."""
    lacks = []
    if machine["card"] is None:
        lacks.append("no card")
    elif not machine["has_bf16"]:
        lacks.append("a card without bfloat16, which is imitated")
    if machine["compiler"] is None:
        lacks.append("no C++ compiler")
    where = f"{machine['processor']}, {machine['cores']} cores, torch {machine['torch']}"
    return f"{where} ({', '.join(lacks)})" if lacks else where
