"""Ratios of two ways of doing the same: measured in turn in one process group, kept as JSON, shown as a table."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kd.cores import processor_name

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
ABOUT_GPU = ROOT / "bench" / "gpu" / "about.md"
TABLE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Ratios of two ways of doing the same, measured in turn in one process group, round by round: what else the machine does
falls on both. Where there is nothing to compare with, amounts. `make bench` measures, keeps the figures in
`bench/results` and writes this table. `search` is simulated, with fixed seeds: its rounds are studies of each surface,
its regrets points of accuracy ([how](design/0029-search-what-matters.md)). `imbalance` is one study done four ways; its
rounds are seeds ([what follows](imbalance.md)). `labels` flips 3 % of the labels and counts how many are found
([how](design/0037-labels-worth-a-second-look.md)). `seeds` is simulated like `search`; its rounds are studies
([how](design/0032-enough-seeds.md)). `floor` is a whole search beside bare loops whose teacher has all cores
(`python -m bench.speed DATA 3 search`): once the strict floor, a teacher and 16 students, and once as many trainings as
the search has, which trains a baseline and a final student beside its trials. `peers` is an epoch and a search beside
other programs, each in an environment of its own (`python -m bench.peers DATA`).
"""
COLUMNS = "| what | wanted | median | smallest – largest |\n| --- | --- | ---: | ---: |"


def in_turn(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each side, round by round: what else the machine does falls on all sides alike."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            seconds[name].append(side())
    return seconds


def ratio(above: list[float], below: list[float], what: str, wanted: str = "") -> dict[str, Any]:
    """Of each round's seconds: median, smallest, largest; ``what`` it is, and what would be good."""
    ratios = [mine / other for mine, other in zip(above, below, strict=True)]
    return {
        "what": what,
        "wanted": wanted,
        "median": round(statistics.median(ratios), 3),
        "smallest": round(min(ratios), 3),
        "largest": round(max(ratios), 3),
    }


def amount(values: list[float], what: str, unit: str, wanted: str = "") -> dict[str, Any]:
    """Of each round: median, smallest, largest, in ``unit``."""
    return {
        "what": what,
        "wanted": wanted,
        "unit": unit,
        "median": float(f"{statistics.median(values):.3g}"),
        "smallest": float(f"{min(values):.3g}"),
        "largest": float(f"{max(values):.3g}"),
    }


def publish(name: str, figures: dict[str, Any], packages: tuple[str, ...] = ("torch",)) -> None:
    """Print the figures and keep them in ``bench/results``, with the machine they were taken on."""
    machine = {
        "processor": processor_name(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }
    text = json.dumps(figures | {"machine": machine}, indent=2)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(text + "\n")
    print(text)  # noqa: T201
    write_table()


def write_table() -> None:
    """Show what is kept."""
    TABLE.write_text(table(), encoding="utf-8")


def table() -> str:
    """All kept ratios and amounts as Markdown, with the machine of each."""
    parts = [HEAD, ABOUT_GPU.read_text(encoding="utf-8")]
    if not (RESULTS / "gpu.json").exists():
        parts.append("**No GPU has answered yet.** All figures below are of CPUs.\n")
    for path in sorted(RESULTS.glob("*.json")):
        figures = json.loads(path.read_text())
        machine = figures.pop("machine")
        where = f"{machine.pop('processor')}, {machine.pop('cores')} cores, "
        where += ", ".join(f"{name} {number}" for name, number in machine.items())
        parts.append(f"## {path.stem}\n\n{where}. {figures['rounds']} rounds.\n\n" + _body(figures) + "\n")
    return "\n".join(parts)


def _body(figures: dict[str, Any]) -> str:
    """Ratios and amounts under the common head, or a table with columns of its own."""
    if "rows" not in figures:
        return "\n".join([COLUMNS, *map(_row, _entries(figures))])
    head, rule = figures["columns"], ["---", *["---:"] * (len(figures["columns"]) - 1)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (head, rule, *figures["rows"]))


def _row(entry: dict[str, Any]) -> str:
    median = f"{entry['median']:g} {entry.get('unit', '')}".rstrip()
    return f"| {entry['what']} | {entry['wanted']} | {median} | {entry['smallest']:g} – {entry['largest']:g} |"


def _entries(figures: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in figures.values():
        if isinstance(value, dict):
            yield from [value] if "what" in value else _entries(value)
