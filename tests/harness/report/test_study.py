"""What a study finds, beyond what its parts are tested for."""

import json
from pathlib import Path

import numpy as np
import pytest

from harness.report import study
from harness.report.analysis.search.reading import SearchReading, read_search
from harness.report.build import report_files
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import MethodResult, Results
from harness.report.study import Study, read_study, seed_pairs
from harness.report.tables.arms.methods import page_of
from harness.report.text.failed_parts import collecting
from tests.support.invented_methods import invent_methods


def test_seeds_are_paired_on_the_same_images(invented: Path) -> None:
    results = read_results(invented)
    assert results.test is not None and results.test.labels_N is not None
    baseline, distilled = (results.arm(key) for key in ("baseline", "distilled"))
    assert baseline is not None and distilled is not None
    pairs = seed_pairs(results)
    assert [pair.seed for pair in pairs] == [0, 1]
    for pair, theirs, mine in zip(pairs, baseline.runs, distilled.runs, strict=True):
        before, after = (results.test.logits[run.id].argmax(1) == results.test.labels_N for run in (theirs, mine))
        assert (pair.baseline, pair.distilled) == (before.mean(), after.mean())
        assert (pair.fixed, pair.broken) == (int((after & ~before).sum()), int((before & ~after).sum()))


def test_without_one_side_nothing_is_paired(invented: Path) -> None:
    for path in invented.glob("runs/final-*/metrics.json"):
        path.unlink()
    for path in invented.glob("runs/test-*/predictions.npz"):
        arrays = dict(np.load(path))
        np.savez(path, **{name: array for name, array in arrays.items() if not name.startswith("final-")})
    assert seed_pairs(read_results(invented)) == []


def test_pictures_of_other_images_are_not_shown(invented: Path) -> None:
    data = invented.parent / ".data"
    whole: Study = read_study(invented, data)
    assert whole.pictures is not None and whole.picture_problem is None
    store = data / "invented"
    index = json.loads((store / "index.json").read_text())
    index["splits"]["test"]["num_images"] = 30
    (store / "index.json").write_text(json.dumps(index))
    for name in ("images", "labels"):
        np.save(store / f"test_{name}.npy", np.load(store / f"test_{name}.npy")[:30])
    fewer = read_study(invented, data)
    assert fewer.pictures is None
    assert fewer.picture_problem is not None and fewer.picture_problem.name == "pictures-other-number"


def test_a_search_that_cannot_be_read_costs_its_method_s_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = invent_methods(tmp_path / "results", ["kd", "dkd"])
    results = read_results(folder)
    (other,) = (one.method.key for one in results.methods if one.arm != "distilled")

    def read(of: Results, found: MethodResult) -> SearchReading | None:
        if found.method.key == other:
            raise ValueError("planted")
        return read_search(of, found)

    monkeypatch.setattr(study, "read_search", read)
    with collecting() as failed:
        files = report_files(folder, tmp_path / ".data")
    assert [(part.kind, part.name) for part in failed.values()] == [("page", page_of(other))]
    assert "planted" in str(files[page_of(other)]) and "planted" not in str(files["index.html"])
