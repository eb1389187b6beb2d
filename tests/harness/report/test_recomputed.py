"""The numbers that leave the program, reckoned once more from the predictions alone, with formulas of this file."""

import csv
import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss

from harness.report.results.sweep_results import Results
from harness.report.study import read_study
from harness.report.tables.files import table_files
from harness.sweep.sections.metric import METRICS, Metric
from tests.support.invented_methods import invent_methods

SIZES = (900, 300, 250, 50)
Floats = NDArray[np.float64]
Rows = list[dict[str, Any]]


class Exported:
    """What a study's CSV files say, and the answers that lie in its test run's predictions.

    Args:
        results: Where the study is invented.
        metric: That it is judged by.
    """

    def __init__(self, results: Path, metric: Metric) -> None:
        folder = invent_methods(
            results, ["kd", "dkd"], strength={"kd": 2.9, "dkd": 2.7, "shuffled_dark": 2.5}, sizes=SIZES, metric=metric,
            seeds=4, search={"num_trials": 2}, controls=["smoothed_labels", "shuffled_dark"],
        )  # fmt: skip
        study = read_study(folder, results / ".data")
        self.metric, self.files = metric, table_files(study)
        arrays = dict(np.load(next(folder.glob("runs/test-*/predictions.npz"))))
        self.labels = arrays.pop("labels")
        self.logits = _by_arm(study.results, arrays)
        self.said = {arm: np.array([one.argmax(1) for one in found]) for arm, found in self.logits.items()}
        self.right = {arm: (said == self.labels).astype(float) for arm, said in self.said.items()}

    def rows(self, name: str) -> Rows:
        """A table's, with numbers as numbers and holes as NaN."""
        return [
            {key: _number(value) for key, value in row.items()} for row in csv.DictReader(io.StringIO(self.files[name]))
        ]

    def mean(self, values_SN: Floats) -> Floats:
        """Each seed's mean in the metric."""
        if self.metric == "accuracy":
            return values_SN.mean(axis=1)
        return np.array([[row[self.labels == c].mean() for c in range(len(SIZES))] for row in values_SN]).mean(axis=1)

    def interval(self, values_SN: Floats, is_share: bool) -> tuple[float, float, float, float]:
        """Mean, ends and p, for another training and other images, as docs/design/0005 has them."""
        num_seeds, by_seed, by_image = len(values_SN), self.mean(values_SN), values_SN.mean(axis=0)
        of_seeds = by_seed.var(ddof=1) / num_seeds
        if self.metric == "accuracy":
            of_images, degrees = by_image.var(ddof=1) / len(by_image), len(by_image) - 1
        else:
            of_images, degrees = _stratified([by_image[self.labels == c] for c in range(len(SIZES))], is_share)
        variance, mean = of_seeds + of_images, float(by_seed.mean())
        both = variance**2 / (of_seeds**2 / (num_seeds - 1) + of_images**2 / degrees)  # Satterthwaite
        half = stats.t.ppf(0.975, both) * np.sqrt(variance)
        return mean, mean - half, mean + half, 2 * stats.t.sf(abs(mean) / np.sqrt(variance), both)


def _by_arm(results: Results, arrays: dict[str, Floats]) -> dict[str, list[Floats]]:
    return {arm.key: [arrays[run.id] for run in arm.runs] for arm in results.arms}


def _number(text: str) -> Any:
    try:
        return float(text or "nan")
    except ValueError:
        return text


def _stratified(classes: list[Floats], is_share: bool) -> tuple[float, int]:
    """The variance of a mean over classes, and its degrees of freedom.

    Of a share each class has one image more that is right and one that is wrong; of a difference it borrows two images'
    worth of the variance that all classes have in common, weighed by how small they are, with one image that differs.
    """
    counts = np.array([len(one) for one in classes])
    if is_share:
        variances, degrees = np.array([np.append(one, [0, 1]).var(ddof=1) for one in classes]), counts + 1
    else:
        squares = np.array([one.var() * len(one) for one in classes])
        common = min(1.0, float(((squares / counts).sum() + 1 / counts.min()) / (1 - 1 / counts).sum()))
        degrees = counts + 1
        variances = (squares + 2 * common) / degrees
    parts = variances / (len(counts) ** 2 * counts)
    return float(parts.sum()), int(parts.sum() ** 2 / (parts**2 / degrees).sum())


def _holm(p_values: list[float]) -> list[float]:
    ranked = sorted(p_values)
    steps = {p: min(1.0, p * (len(ranked) - place)) for place, p in reversed(list(enumerate(ranked)))}
    return [max(step for p, step in steps.items() if p <= one) for one in p_values]


def _calibration_error(logits: Floats, labels: NDArray[np.int64]) -> float:
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = (probabilities / probabilities.sum(axis=1, keepdims=True)).max(axis=1)
    right, edges = logits.argmax(axis=1) == labels, np.arange(16) / 15
    inside = [(confidence > low) & (confidence <= high) for low, high in pairwise(edges)]
    return float(sum(abs(right[one].mean() - confidence[one].mean()) * one.mean() for one in inside if one.any()))


@pytest.fixture(scope="module", params=METRICS)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return Exported(tmp_path_factory.mktemp(request.param), request.param)


def _ends(row: dict[str, Any], key: str) -> tuple[float, float, float]:
    return row[key], row[f"{key}_low"], row[f"{key}_high"]


def test_the_main_table(exported: Exported) -> None:
    rows = {row["arm"]: row for row in exported.rows("table.csv")}
    assert rows.keys() == exported.right.keys()
    teacher, alone = exported.right["teacher"], exported.right["baseline"]
    for arm, row in rows.items():
        right, said, logits = exported.right[arm], exported.said[arm], exported.logits[arm]
        by_seed = exported.mean(right)
        if exported.metric == "balanced_accuracy":
            assert by_seed == pytest.approx([balanced_accuracy_score(exported.labels, one) for one in said])
            assert row["test_accuracy"] == pytest.approx(right.mean())
        assert row["test_macro_f1"] == pytest.approx(
            np.mean([f1_score(exported.labels, one, average="macro") for one in said])
        )
        assert row["num_seeds"] == len(right) and row[f"test_{exported.metric}"] == pytest.approx(by_seed.mean())
        kept = by_seed.mean() / exported.mean(teacher).mean()
        assert row[f"share_of_teacher_{exported.metric}"] == pytest.approx(kept, abs=0, rel=1e-12)
        probabilities = [np.exp(one - one.max(axis=1, keepdims=True)) for one in logits]
        losses = [log_loss(exported.labels, one / one.sum(axis=1, keepdims=True)) for one in probabilities]
        assert row["test_nll"] == pytest.approx(np.mean(losses), rel=1e-5)
        errors = [_calibration_error(one.astype(float), exported.labels) for one in logits]
        assert row["test_ece"] == pytest.approx(np.mean(errors))
        if arm != "teacher":
            assert _ends(row, f"test_{exported.metric}") == pytest.approx(exported.interval(right, True)[:3])
            alike = said == exported.said["teacher"]
            assert row["agreement_with_teacher"] == pytest.approx(alike.mean())
            assert row["share_wrong_alike"] == pytest.approx((alike & (right == 0)).mean())
            assert row["share_student_alone"] == pytest.approx((right * (1 - teacher)).mean())
        if arm not in ("teacher", "baseline"):
            *ends, p = exported.interval(right - alone, False)
            assert _ends(row, "gain") == pytest.approx(tuple(ends)) and row["gain_p"] == pytest.approx(p)
            assert row["verdict"] == ("gain" if ends[1] > 0 else "loss" if ends[2] < 0 else "no clear difference")


def test_every_seed(exported: Exported) -> None:
    before, after = exported.right["baseline"], exported.right["distilled"]
    for seed, row in enumerate(exported.rows("tables/seeds.csv")):
        assert row[f"baseline_{exported.metric}"] == pytest.approx(exported.mean(before)[seed])
        assert row[f"distilled_{exported.metric}"] == pytest.approx(exported.mean(after)[seed])
        assert row["gain"] == pytest.approx((exported.mean(after) - exported.mean(before))[seed])
        fixed, broken = (int((one[seed] > other[seed]).sum()) for one, other in ((after, before), (before, after)))
        assert (row["num_fixed"], row["num_broken"]) == (fixed, broken)
        tail = stats.binom.cdf(min(fixed, broken), fixed + broken, 0.5)  # McNemar's, exact
        assert row["mcnemar_p"] == pytest.approx(min(1.0, 2 * tail))


@pytest.mark.parametrize(("table", "key", "other"), [("variants", "change", "distilled"), ("methods", "lead", None)])
def test_many_differences_are_adjusted_together(exported: Exported, table: str, key: str, other: str | None) -> None:
    rows = exported.rows(f"tables/{table}.csv")
    other = other or next(row["arm"] for row in rows if row["is_yardstick"] == "True")
    asked = [row for row in rows if row["arm"] != other]
    found = [exported.interval(exported.right[row["arm"]] - exported.right[other], False) for row in asked]
    for row, (*ends, p), adjusted in zip(asked, found, _holm([one[3] for one in found]), strict=True):
        assert _ends(row, key) == pytest.approx(tuple(ends))
        assert (row[f"{key}_p"], row[f"{key}_p_holm"]) == pytest.approx((p, adjusted))


def test_every_class_and_confusion(exported: Exported) -> None:
    rows, labels = exported.rows("tables/classes.csv"), exported.labels
    for place, row in enumerate(rows):
        inside = labels == place
        assert row["num_images"] == inside.sum() == SIZES[place]
        for arm in ("teacher", "baseline", "distilled"):
            assert row[f"{arm}_error"] == pytest.approx(1 - exported.right[arm][:, inside].mean())
            f1 = [f1_score(labels == place, said == place) for said in exported.said[arm]]
            assert row[f"{arm}_f1"] == pytest.approx(np.mean(f1))
        change = exported.right["distilled"] - exported.right["baseline"]
        assert row["gain"] == pytest.approx(change[:, inside].mean())
    assert [row["gain_p_holm"] for row in rows] == pytest.approx(_holm([row["gain_p"] for row in rows]))
    for row in exported.rows("tables/confusions.csv"):
        for arm in ("baseline", "distilled"):
            counts = ((exported.said[arm] == row["said_index"]) & (labels == row["true_index"])).sum(axis=1)
            assert row[f"{arm}_images"] == pytest.approx(counts.mean())


def test_no_column_calls_the_balanced_one_accuracy(exported: Exported) -> None:
    """What a column says without "balanced" is plain accuracy, whatever the study is judged by."""
    for name in [name for name in exported.files if name.endswith(".csv")]:
        for row in exported.rows(name):
            plain = {key for key in row if "accuracy" in key and "balanced" not in key and not key.startswith("val_")}
            if exported.metric == "balanced_accuracy":
                assert plain <= {"test_accuracy", "test_accuracy_low", "test_accuracy_high"}, name


def test_a_variant_is_named_wherever_its_arm_is(exported: Exported) -> None:
    variants = {row["arm"]: row["variant"] for row in exported.rows("tables/variants.csv")}
    assert set(variants.values()) == {"smoothed_labels", "shuffled_dark"}
    assert {row["compared_with"] for row in exported.rows("tables/variants.csv")} == {"distilled"}
    for name in ("table.csv", "tables/beyond_accuracy.csv", "tables/agreement.csv", "tables/runs.csv"):
        told = {row["arm"]: row["variant"] for row in exported.rows(name) if str(row["arm"]).startswith("variant")}
        assert told == variants, name
