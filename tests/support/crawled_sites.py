"""A results folder of every kind of report there is, for tests that visit all of its pages."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.build import build_report
from harness.report.index.overview import write_overview
from harness.state.files.records import read_sweep_record
from harness.sweep.plan import Plan
from kd.records import Metrics
from tests.support.failing_studies import STUDIES, plant
from tests.support.invented_exports import invent_export
from tests.support.invented_family import Invented, invent_family
from tests.support.invented_methods import WIDE_SPACE, invent_methods
from tests.support.invented_sets import invent_sets
from tests.support.invented_sweep import UNFRIENDLY_NAMES, invent, write_run
from tests.support.once import make_once

LONG_NAMES = [
    f"class {number:02d}, whose name goes on for longer than any caption is wide"
    if number % 2
    else f"Pneumonoultramicroscopicsilicovolcanoconiosis_{number:02d}"
    for number in range(100)
]
"""As they come: some of many words, some of one that nothing breaks."""


def _planted(kind: str, name: str) -> Callable[[Path], Path]:
    study = STUDIES[kind]
    return lambda results: plant(results, replace(study, sweep={**study.sweep, "name": name}))


def _harm(results: Path) -> Path:
    """The distilled students fall behind, with pictures and a settled number of seeds."""
    study = replace(STUDIES["enough seeds"], baseline=(0.9,) * 6, distilled=(0.7, 0.71, 0.7, 0.72, 0.69, 0.7))
    return plant(results, replace(study, seeds=6, sweep={**study.sweep, "name": "harm"}))


def _hundred(results: Path) -> Path:
    return _complete(invent(results, 100, 1000, LONG_NAMES, name="hundred"))


def _complete(folder: Path) -> Path:
    """With the teacher's answers, which an invented sweep lacks."""
    logits = Plan(read_sweep_record(folder).sweep, "invented").logits
    write_run(folder, logits, Metrics(run_id=logits.id))
    return folder


def _methods(results: Path) -> Path:
    methods = ["kd", "dkd", "hard", "dist"]
    return invent_methods(results, methods, name="methods", search={"num_trials": 6, "space": WIDE_SPACE})


def _family(results: Path) -> Path:
    students = {
        "large": Invented(0.95, 9000, ms=3),
        "a-student-whose-name-is-longer-than-most": Invented(0.93, 3000, ms=2),
        "small": Invented(0.90, 800, ms=1),
    }
    return invent_family(results, students)


def _extras(results: Path) -> Path:
    """Other test sets, corruptions and exports."""
    folder = _complete(invent(results, 3, 60, UNFRIENDLY_NAMES, name="extras"))
    invent_sets(folder, {"sketch": 60, "few": 3}, corruptions=True)
    invent_export(folder, "fp32")
    invent_export(folder, "int8")
    return folder


def _controls(results: Path) -> Path:
    controls = ["shuffled_dark", "smoothed_labels"]
    return invent_methods(results, ["kd"], name="controls", controls=controls, search={"num_trials": 3})


SITES: dict[str, Callable[[Path], Path]] = {
    "useless": _planted("useless teacher", "useless"),
    "harm": _harm,
    "interrupted": _planted("interrupted", "interrupted"),
    "failed": _planted("failed teacher", "failed"),
    "nothing": _planted("nothing", "nothing"),
    "hundred": _hundred,
    "methods": _methods,
    "controls": _controls,
    "family": _family,
    "extras": _extras,
}
"""What invents a sweep of each kind, by its name."""
REAL = "small"
OVERVIEW = "overview"
"""The sweep that was carried out, and the pages above all sweeps."""
EVERYWHERE = (REAL, *SITES, OVERVIEW)


def make_sites(results: Path, real: Path) -> None:
    """Reports and overview as they lie in a results folder. ``real``: the folder of the sweep that was carried out.

    The invented sweeps' data, of which each has its own, do not stay.
    """
    for name, invented in SITES.items():
        workshop = results / f".{name}"
        workshop.mkdir()
        sweep = invented(workshop)
        build_report(sweep, workshop / ".data")
        shutil.move(sweep, results / name)
        shutil.rmtree(workshop)
    shutil.copytree(real, results / REAL)
    write_overview(results)


def pages_of(results: Path, site: str) -> list[Path]:
    """Every page of a sweep's report, or of the overview."""
    found = results.glob("*.html") if site == OVERVIEW else (results / site / "report").rglob("*.html")
    return sorted(found)


@pytest.fixture(scope="session")
def sites(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results folder with all of them. Read it, never change it."""
    return make_once(tmp_path_factory, "sites", lambda results: make_sites(results, site.parent))
