"""The test images are read once, by the test run; scores and speed."""

import math
import shutil

import numpy as np
import pytest
import torch

from kd.config import AugmentConfig, TestConfig, run_id
from kd.data.images import open_test
from kd.errors import InputError, InterruptedTrainingError
from kd.files import read_record, write_record
from kd.models.files import load_model
from kd.records import Speed, SplitSize, StoreIndex
from kd.runs.folder.context import UNATTENDED
from kd.scores import score
from tests.kd.run_lab import CPU, stop_at


def blind(lab, tmp_path, how):
    """The lab on a copy of the store in which the test images are noise, or gone."""
    root = tmp_path / "blind"
    digest = lab.data.digest
    shutil.copytree(lab.paths.data / digest, root / digest)
    train_file, test_file = root / digest / "train_images.npy", root / digest / "test_images.npy"
    if how == "gone":
        test_file.unlink()
        return type(lab)(lab.paths._replace(data=root), lab.data)
    file = test_file if test_file.exists() else train_file
    images = np.load(file)
    test_images = open_test(lab.data, lab.paths.data, CPU).images_NCHW.numpy()
    keys = {image.tobytes() for image in test_images}
    is_test = np.array([image.tobytes() in keys for image in images])
    assert is_test.sum() >= len(keys)
    images[is_test] = np.random.default_rng(0).integers(0, 256, images[is_test].shape, dtype=np.uint8)
    np.save(file, images)
    return type(lab)(lab.paths._replace(data=root), lab.data)


def with_own_test_split(lab, tmp_path):
    """The lab on a store that holds a test split of its own."""
    source, root = lab.paths.data / lab.data.digest, tmp_path / "own"
    folder = root / "own-test-split"
    folder.mkdir(parents=True)
    images, labels = np.load(source / "train_images.npy"), np.load(source / "train_labels.npy")
    parts = {"train": np.arange(0, 5000, 10), "test": np.arange(5, 5000, 10)}
    for part, rows in parts.items():
        np.save(folder / f"{part}_images.npy", images[rows])
        np.save(folder / f"{part}_labels.npy", labels[rows])
    index = StoreIndex(
        source="own",
        digest="own-test-split",
        class_names=list("0123456789"),
        splits={part: SplitSize(num_images=500, shape=(1, 28, 28)) for part in parts},
    )
    write_record(folder / "index.json", index)
    data = lab.data.model_copy(update={"digest": "own-test-split", "max_test": None})
    return type(lab)(lab.paths._replace(data=root, sweep=tmp_path / "own-sweep"), data)


@pytest.mark.parametrize(("split", "how"), [("divided", "noise"), ("own", "noise"), ("own", "gone")])
def test_no_training_or_search_run_reads_a_test_image(lab, tmp_path, split, how):
    # Every byte that training and search write is the same on a store without its test images.
    if split == "own":
        lab = with_own_test_split(lab, tmp_path)
    else:
        lab = type(lab)(lab.paths._replace(sweep=tmp_path / "again"), lab.data.model_copy(update={"max_test": None}))
    blinded = blind(lab, tmp_path, how)
    blinded = type(lab)(blinded.paths._replace(sweep=tmp_path / "blind-sweep"), lab.data)
    teacher, logits = lab.teacher(), lab.logits_config(AugmentConfig())
    chain = [teacher, logits, lab.config(), lab.distilled(role="search"), lab.distilled()]
    written = []
    for place in (lab, blinded):
        for config in chain:
            place.execute(config)
        written.append(
            {
                str(path.relative_to(place.paths.sweep)): path.read_bytes()
                for path in place.paths.sweep.rglob("*")
                if path.is_file() and path.name != "history.json"
            }
        )
    assert written[0] == written[1]
    assert any(name.startswith("runs/search-") and name.endswith("metrics.json") for name in written[0])
    # The blinding is real: the test run sees it.
    test = TestConfig(data=lab.data, models=(run_id(lab.config()),))
    seen = lab.execute(test)
    if how == "gone":
        with pytest.raises(FileNotFoundError, match="test_images"):
            blinded.execute(test)
    else:
        assert blinded.execute(test) != seen


def test_the_test_run_scores_each_model_on_the_test_images(lab):
    models = (run_id(lab.teacher()), run_id(lab.config()))
    lab.execute(lab.config())
    config = TestConfig(data=lab.data, models=models)
    metrics = lab.execute(config)
    test = open_test(lab.data, lab.paths.data, CPU)
    predictions = np.load(lab.paths.run(run_id(config)) / "predictions.npz", allow_pickle=False)
    assert sorted(predictions) == sorted(["labels", *models])
    np.testing.assert_array_equal(predictions["labels"], test.labels_N.numpy())
    for name in models:
        model = load_model(lab.paths.run(name) / "model", CPU).eval()
        with torch.no_grad():
            logits = model(test.images_NCHW).numpy()
        np.testing.assert_array_equal(predictions[name], logits)
        assert metrics.test[name] == score(logits, test.labels_N.numpy())
    assert metrics.val is None


def test_a_stopped_test_run_starts_again_and_ends_the_same(lab):
    config = TestConfig(data=lab.data, models=(run_id(lab.teacher()),))
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, stop_at(0))
    folder = lab.paths.run(run_id(config))
    assert [path.name for path in folder.iterdir()] == ["config.json"]
    assert lab.execute(config, UNATTENDED).test.keys() == {run_id(lab.teacher())}


def models_of(lab):
    """A teacher, two seeds of a student, and the reading of the test images."""
    students = [lab.config(seed=seed, training={"epochs": 1}) for seed in (0, 1)]
    for student in students:
        lab.execute(student)
    teacher = lab.teacher()
    return TestConfig(data=lab.data, models=(run_id(teacher), *(run_id(student) for student in students)))


@pytest.mark.thorough
def test_the_test_run_times_each_architecture_once_beside_its_metrics(lab):
    test = models_of(lab)
    metrics = lab.execute(test)
    folder = lab.paths.run(run_id(test))
    speed = read_record(folder / "speed.json", Speed)
    assert list(speed.timings) == ["mnist_cnn", "mnist_mlp"]
    assert all([timing.batch_size for timing in timings] == [1, 128] for timings in speed.timings.values())
    assert all(timing.median_ms > 0 for timings in speed.timings.values() for timing in timings)
    assert [list(turns.passes_ms) for turns in speed.turns] == [["mnist_cnn", "mnist_mlp"]] * 2
    for turns in speed.turns:
        assert len({len(passes) for passes in turns.passes_ms.values()}) == 1
    assert speed.num_threads == 1
    assert speed.device
    assert speed.precision == "float32"
    assert "ms" not in (folder / "metrics.json").read_text()
    assert metrics.test.keys() == set(test.models)


@pytest.mark.thorough
def test_an_interrupted_test_run_keeps_what_it_measured_and_its_metrics_do_not_change(lab):
    test = models_of(lab)
    lab.execute(test)
    folder = lab.paths.run(run_id(test))
    before = {name: (folder / name).read_bytes() for name in ("metrics.json", "speed.json", "predictions.npz")}
    (folder / "metrics.json").unlink()
    lab.execute(test)
    assert {name: (folder / name).read_bytes() for name in before} == before
    for name in ("metrics.json", "speed.json"):
        (folder / name).unlink()
    lab.execute(test)
    assert (folder / "speed.json").exists()
    assert (folder / "metrics.json").read_bytes() == before["metrics.json"]


def test_a_model_that_gives_no_number_for_some_images_is_named(lab, monkeypatch):
    teacher = run_id(lab.teacher())
    monkeypatch.setattr("kd.runs.passes.final_evaluation.compute_logits", lambda *_: torch.tensor([[1.0], [math.nan]]))
    with pytest.raises(InputError, match=f"{teacher} gives logits that are not finite for 1 of 2 test images"):
        lab.execute(TestConfig(data=lab.data, models=(teacher,)))
