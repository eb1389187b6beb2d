"""Other test sets and the corrupted test images are read once by every model, after all training."""

import shutil

import numpy as np
import pytest
import torch

from kd.config import ExtraTestConfig, run_id
from kd.data.corruptions import ALL, VERSION, corrupt
from kd.data.images import open_test, open_training
from kd.errors import InputError, InterruptedTrainingError
from kd.evaluation.logits import compute_logits
from kd.files import write_record
from kd.records import SplitSize, StoreIndex
from kd.runs.folder.results import load_run_model
from tests.kd.run_lab import CPU, stop_at


@pytest.fixture
def models(lab):
    lab.execute(lab.config())
    return run_id(lab.teacher()), run_id(lab.config())


def arrays_of(lab, config):
    with np.load(lab.paths.run(run_id(config)) / "answers.npz") as found:
        return dict(found)


def write_set(lab, images_NCHW, labels_N):
    """A decoded set; the name of its store."""
    folder = lab.paths.data / "other-set"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    np.save(folder / "test_images.npy", images_NCHW)
    np.save(folder / "test_labels.npy", labels_N)
    size = SplitSize(num_images=len(labels_N), shape=images_NCHW.shape[1:])
    names = [str(digit) for digit in range(10)]
    write_record(
        folder / "index.json", StoreIndex(source="other", digest="other-set", class_names=names, splits={"test": size})
    )
    return "other-set"


def test_every_model_answers_to_every_image_and_those_of_train_are_marked(lab, models):
    train = open_training(lab.data, lab.paths.data, CPU).train
    test = open_test(lab.data, lab.paths.data, CPU)
    images = np.concatenate([test.images_NCHW[:3].numpy(), train.images_NCHW[:2].numpy()])
    config = ExtraTestConfig(data=lab.data, models=models, digest=write_set(lab, images, np.zeros(5, np.int64)))
    metrics = lab.execute(config)
    assert metrics.test == {}
    found = arrays_of(lab, config)
    assert found["in_train"].tolist() == [False, False, False, True, True]
    for run in models:
        logits = compute_logits(load_run_model(lab.paths.run(run), CPU), test.images_NCHW[:3])
        assert found[f"images/{run}"][:3].tolist() == logits.argmax(1).tolist()


def test_corrupted_images_are_the_test_images_changed(lab, models):
    config = ExtraTestConfig(data=lab.data, models=models, corruptions=VERSION)
    lab.execute(config)
    found, test = arrays_of(lab, config), open_test(lab.data, lab.paths.data, CPU)
    assert len(found) == 1 + len(ALL) * len(models)
    np.testing.assert_array_equal(found["labels"], test.labels_N.numpy())
    import torch

    changed = torch.from_numpy(corrupt(test.images_NCHW.numpy(), ALL[2]))
    logits = compute_logits(load_run_model(lab.paths.run(models[0]), CPU), changed)
    np.testing.assert_array_equal(found[f"{ALL[2].name}/{models[0]}"], logits.argmax(1).numpy())


def test_several_teachers_answer_together_too(lab, models):
    config = ExtraTestConfig(
        data=lab.data, models=models, ensemble="logits-1", teachers=models,
        digest=write_set(lab, open_test(lab.data, lab.paths.data, CPU).images_NCHW[:4].numpy(), np.zeros(4, np.int64)),
    )  # fmt: skip
    lab.execute(config)
    assert f"images/{'logits-1'}" in arrays_of(lab, config)


def test_an_interrupted_reading_leaves_nothing_and_ends_the_same(lab, models):
    config = ExtraTestConfig(data=lab.data, models=models, corruptions=VERSION)
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, stop_at(5))
    assert [path.name for path in lab.paths.run(run_id(config)).iterdir()] == ["config.json"]
    lab.execute(config)
    assert len(arrays_of(lab, config)) == 1 + len(ALL) * len(models)


def test_decoded_images_that_are_gone_are_named(lab, models):
    config = ExtraTestConfig(data=lab.data, models=models, digest="gone")
    with pytest.raises(InputError, match=r"extra_tests: the decoded images .*gone are gone; the same command"):
        lab.execute(config)


def test_a_model_that_gives_no_number_for_some_images_is_named(lab, models, monkeypatch):
    config = ExtraTestConfig(data=lab.data, models=models, digest=write_set(lab, *some_images(lab)))
    monkeypatch.setattr("kd.runs.passes.extra_tests.compute_logits", lambda *_: torch.tensor([[1.0], [torch.nan]]))
    with pytest.raises(InputError, match=f"{models[0]} gives logits that are not finite for 1 of 2 images"):
        lab.execute(config)


def some_images(lab):
    return open_test(lab.data, lab.paths.data, CPU).images_NCHW[:2].numpy(), np.zeros(2, np.int64)
