"""Val logits are read where they are whole, and else not at all."""

from pathlib import Path

import numpy as np
import pytest

from harness.report.results.val_logits import read_val_logits


def test_they_are_read_with_their_labels(tmp_path: Path) -> None:
    (tmp_path / "runs" / "one").mkdir(parents=True)
    np.savez(tmp_path / "runs" / "one" / "predictions.npz", val=np.eye(3), labels=np.arange(3))
    found = read_val_logits(tmp_path, "one")
    assert found is not None and found.logits_NC.tolist() == np.eye(3).tolist() and found.labels_N.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"damaged",
        {"labels": np.arange(3)},
        {"val": np.eye(3), "labels": np.arange(2)},
        {"val": np.zeros((0, 3)), "labels": np.arange(0)},
        {"val": np.full((3, 3), np.nan), "labels": np.arange(3)},
        {"val": np.array([{}, {}, {}]), "labels": np.arange(3)},
    ],
)
def test_what_is_missing_damaged_or_no_number_is_not(tmp_path: Path, content: object) -> None:
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    if isinstance(content, bytes):
        (folder / "predictions.npz").write_bytes(content)
    elif isinstance(content, dict):
        np.savez(folder / "predictions.npz", **content)
    assert read_val_logits(tmp_path, "one") is None
