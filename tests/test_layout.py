"""The tests of a module lie where it does."""

from pathlib import Path

import pytest

from tests.support.root import ROOT

WITHOUT_TESTS = {
    "kd/data/listing.py": "two named tuples",
    "kd/errors.py": "names of exceptions, and one line with a doctest",
    "kd/training/hooks.py": "a protocol",
    "kd/runs/folder/context.py": "named tuples, and a switch that is of GPUs alone",
    "harness/report/analysis/words.py": "names of findings: tests/harness/report/text/test_selectors.py",
    "harness/report/results/tidy/columns.py": "a table of names and meanings: test_frames.py beside it",
    "harness/jobs.py": "a name that old pickles hold: tests/harness/test_names_on_disk.py",
    "harness/slurm.py": "a name that old pickles hold: tests/harness/test_names_on_disk.py",
    "harness/report/results/message.py": "a dataclass",
}
"""Modules without a test file of their own, and why."""


def modules() -> list[str]:
    """Every module that could be tested, by its path in the project."""
    found = [path for package in ("kd", "harness") for path in (ROOT / package).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if not path.name.startswith("__"))


def test_file_of(module: str) -> Path:
    """Where the tests of a module lie."""
    path = Path(module)
    return ROOT / "tests" / path.parent / f"test_{path.name}"


test_file_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", modules())
def test_every_module_has_its_tests(module: str) -> None:
    assert test_file_of(module).exists() is (module not in WITHOUT_TESTS), f"{test_file_of(module).relative_to(ROOT)}"


def test_exceptions_are_modules_that_there_are() -> None:
    assert set(WITHOUT_TESTS) <= set(modules())
