"""Ratios of two ways of doing the same: measured in turn in one process group, kept as JSON, shown as a table."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"


def in_turn(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each side, round by round: what else the machine does falls on all sides alike."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seconds[name].append(side())
    return seconds


def ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Of each round's seconds: median, smallest, largest."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return {
        "median": round(statistics.median(ratios), 3),
        "smallest": round(min(ratios), 3),
        "largest": round(max(ratios), 3),
    }


def publish(name: str, figures: dict[str, Any], packages: tuple[str, ...] = ("torch",)) -> None:
    """Print the figures and keep them in ``bench/results``, with the machine they were taken on."""
    machine = {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }
    text = json.dumps(figures | {"machine": machine}, indent=2)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n")
    print(text)  # noqa: T201


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
