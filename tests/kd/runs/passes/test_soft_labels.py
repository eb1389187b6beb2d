"""What a teacher's pass tells of its logits."""

from pathlib import Path

import numpy as np
import pytest

from kd.config import AugmentConfig, run_id
from kd.files import read_record
from kd.records import SoftLabels
from kd.runs.passes import soft_labels
from kd.runs.passes.soft_labels import TEMPERATURES, write_soft_labels
from kd.training.teacher.logits import view_path
from tests.kd.run_lab import MIXED, SHIFT, fresh


def test_the_mean_over_images_and_views(tmp_path: Path) -> None:
    for view, shares in enumerate(([[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]])):
        np.save(view_path(tmp_path, view), np.log(shares))
    write_soft_labels(tmp_path, tmp_path, np.array([0, 1]), 2)
    told = read_record(tmp_path / "soft_labels.json", SoftLabels)
    assert told.off_label[0] == pytest.approx((0.1 + 0.2 + 0.4 + 0.7) / 4)
    assert (told.accuracy, told.num_images, told.num_views) == (0.75, 2, 2)
    assert told.temperatures == TEMPERATURES and list(told.off_label) == sorted(told.off_label)


def test_of_many_images_and_views_some_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soft_labels, "MOST_IMAGES", 5)
    for view in range(9):
        np.save(view_path(tmp_path, view), np.zeros((40, 3)))
    write_soft_labels(tmp_path, tmp_path, np.zeros(40, np.int64), 9)
    told = read_record(tmp_path / "soft_labels.json", SoftLabels)
    assert (told.num_images, told.num_views) == (5, soft_labels.MOST_VIEWS)
    assert told.off_label[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(("augment", "is_told"), [(AugmentConfig(), True), (SHIFT, True), (MIXED, False)])
def test_the_pass_tells_it_but_of_mixed_images(lab, augment: AugmentConfig, is_told: bool) -> None:
    config, _ = fresh(lab, augment)
    lab.execute(config)
    path = lab.paths.run(run_id(config)) / "soft_labels.json"
    assert path.exists() == is_told
    if is_told:
        first = path.read_bytes()
        path.unlink()
        (path.parent / "metrics.json").unlink()
        lab.execute(config)
        assert path.read_bytes() == first
