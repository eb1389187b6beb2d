"""What a study finds, beyond what its parts are tested for."""

import json
from pathlib import Path

import numpy as np

from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study, seed_pairs


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
