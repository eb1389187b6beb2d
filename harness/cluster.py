"""Cluster profiles: where jobs run and how much of it they may use."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Literal

from pydantic import Field

from harness.sweep import read_yaml, validate
from kd.config import Config
from kd.errors import InputError

CLUSTERS = Path("sweeps") / "clusters"


class LocalProfile(Config):
    """This machine. A slot is one GPU where there are any, otherwise an equal share of the cores."""

    kind: Literal["local"] = "local"
    slots: int | None = Field(None, ge=1, description="jobs at a time; null: one a GPU, or one a core")
    runs_per_job: int = Field(4, ge=1, description="runs that share one interpreter and one copy of the data")

    @property
    def num_slots(self) -> int:
        """Jobs at a time."""
        return self.slots or len(visible_gpus()) or num_cores()

    @property
    def threads_per_slot(self) -> int:
        """CPU threads a job owns."""
        return max(1, num_cores() // self.num_slots)


def load_cluster(name: str) -> LocalProfile:
    """The profile of ``sweeps/clusters/NAME.yaml``, or of a path.

    Raises:
        InputError: There is no such profile, or it does not validate.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else CLUSTERS / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(entry.stem for entry in CLUSTERS.glob("*.yaml")))
        raise InputError(f"CLUSTER: no file {path}; there are {known or 'none'}")
    return validate(LocalProfile, read_yaml(path), str(path))


def num_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def visible_gpus() -> list[int]:
    """Numbers of the NVIDIA GPUs this process may use, without loading torch."""
    limited = os.environ.get("CUDA_VISIBLE_DEVICES")
    if limited is not None:
        return [int(word) for word in limited.split(",") if word.strip().isdigit()]
    if shutil.which("nvidia-smi") is None:
        return []
    listing = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False).stdout
    return list(range(sum(line.startswith("GPU ") for line in listing.splitlines())))
