"""Sweeps and reports that the tests of the report share."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.errors.errors import ErrorAnalysis, find_errors
from harness.report.publish.paper import paper_files
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.study import Study, read_study
from harness.report.text.language import language
from tests.support.invented_methods import WIDE_SPACE, invent_methods
from tests.support.invented_search import Make, make_results
from tests.support.invented_sweep import UNFRIENDLY_NAMES
from tests.support.measured_costs import Measured, measure
from tests.support.once import make_once
from tests.support.troubled_sweep import trouble


@pytest.fixture
def results(invented: Path) -> Results:
    return read_results(invented)


@pytest.fixture
def errors(results: Results) -> ErrorAnalysis:
    found = find_errors(results, UNFRIENDLY_NAMES)
    assert found is not None
    return found


@pytest.fixture
def crowd(tmp_path: Path, invent: Callable[..., Path]) -> Path:
    """Thirty classes, of which 10 and 21, and 4 and 5, are taken for one another."""
    folder = invent(tmp_path / "crowd", 30, 600, [f"kind {n}" for n in range(30)])
    path = next(folder.glob("runs/test-*/predictions.npz"))
    arrays = dict(np.load(path))
    labels = arrays["labels"]
    mate = np.arange(30)
    mate[[10, 21, 4, 5]] = [21, 10, 5, 4]
    for name in set(arrays) - {"labels"}:
        arrays[name][np.arange(600), mate[labels]] += np.where(mate[labels] != labels, 4, 0)
    np.savez(path, **arrays)
    return folder


@pytest.fixture
def troubled(invented: Path) -> Path:
    """A sweep with failed, preempted and open runs."""
    return trouble(invented)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes the results of a sweep with given trials and students."""
    return make_results(tmp_path)


@pytest.fixture(scope="session")
def study(finished: Path) -> Study:
    """All that the report says of the finished sweep."""
    return read_study(finished, finished.parent / ".data")


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Three methods, each searched over four dimensions, two of them of the student: dkd is clearly the best."""
    results = tmp_path_factory.mktemp("several")
    search = {"num_trials": 24, "repeats": 0, "space": WIDE_SPACE}
    folder = invent_methods(results, ["kd", "dkd", "dist"], strength={"dkd": 3.1}, search=search)
    return read_study(folder, results / ".data")


@pytest.fixture(scope="session")
def contest(several: Study) -> Path:
    """Its folder."""
    return several.results.folder


@pytest.fixture(scope="session")
def paper(study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the finished sweep's folder for a paper."""

    def write(folder: Path) -> None:
        (folder / "files").write_bytes(pickle.dumps(paper_files(study, language("en"))))

    files: dict[str, bytes] = pickle.loads((make_once(tmp_path_factory, "paper", write) / "files").read_bytes())
    return files


@pytest.fixture(scope="session")
def single(finished: Path) -> Measured:
    """The finished sweep and its costs."""
    return measure(finished)
