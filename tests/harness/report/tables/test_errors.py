"""The table of classes."""

import csv
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_rows
from harness.report.results.reading.reader import read_results
from tests.support.pages import told


def test_class_table_adds_up(site: Path, finished: Path) -> None:
    """Each arm's class errors, weighted by class size, are its error rate."""
    rows = {row.arm.key: row for row in find_rows(read_results(finished))}
    with (site / "tables" / "classes.csv").open(newline="") as stream:
        classes = list(csv.DictReader(stream))
    sizes = np.array([int(row["num_images"]) for row in classes])
    page = told(site)
    for key in ("teacher", "baseline", "distilled"):
        errors = np.array([float(row[f"{key}_error"]) for row in classes])
        accuracy = rows[key].accuracy
        assert accuracy is not None
        f1 = np.array([float(row[f"{key}_f1"]) for row in classes])
        assert (f1 > 0).all() and (f1 <= 1).all() and not np.allclose(f1, 1 - errors)  # it is no other name of recall
        assert f"F1 {100 * f1[0]:.2f}" in page
        assert (errors @ sizes) / sizes.sum() == pytest.approx(1 - accuracy.mean)
