"""An environment for each peer: what one needs does not load beside another's build of torch, or Optuna."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.figures import ROOT

OURS = ("datasets", "pydantic", "safetensors", "pillow")  # with which the images and the networks are read
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    # torchvision's operators are built against one release of torch
    "torchdistill": ("torchdistill==1.1.5", "torch==2.14.1", "torchvision==0.29.1", *OURS),
    "hydra": (
        "hydra-core==1.3.8",
        "hydra-submitit-launcher==1.2.0",
        "hydra-optuna-sweeper==1.2.0",
        "torch==2.13.0",
        *OURS,
    ),
}


def python_of(peer: str) -> Path:
    """The peer's interpreter, installed at the first call.

    Raises:
        subprocess.CalledProcessError: pip could not install it. The next call begins anew.
    """
    place, wanted = ROOT / ".venv" / "peers" / peer, "\n".join(ENVIRONMENTS[peer])
    python, complete = place / "bin" / "python", place / "complete"
    if not complete.exists() or complete.read_text() != wanted:
        print(f"installing {', '.join(ENVIRONMENTS[peer])} into {place.relative_to(ROOT)}, once", flush=True)  # noqa: T201
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *ENVIRONMENTS[peer]], check=True)
        complete.write_text(wanted)
    return python


def run(peer: str, *words: Any) -> str:
    """What a program of this folder prints there."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [str(python_of(peer)), *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def versions(peer: str) -> dict[str, str]:
    """Of what is measured there."""
    names = [package.partition("==")[0] for package in ENVIRONMENTS[peer] if "==" in package]
    names += ["submitit", "optuna"] if peer == "hydra" else []
    code = (
        "import json, sys; from importlib.metadata import version; print(json.dumps(list(map(version, sys.argv[1:]))))"
    )
    return dict(zip(names, json.loads(run(peer, "-c", code, *names)), strict=True))
