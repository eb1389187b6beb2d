"""A study whose classes differ much in size: every outlet gives its answer in balanced accuracy, and says so."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from harness.report.analysis.arms.gains import find_rows
from harness.report.build import report_files
from harness.report.index.pages import overview_files
from harness.report.index.summary import Summary
from harness.report.index.sweeps import find_sweeps
from harness.report.publish.paper import paper_files
from harness.report.publish.student import card_text
from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study
from harness.report.tables.arms.students import beyond_accuracy, main_table
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from kd.records import ModelCard, Scores
from tests.support.invented_family import Invented, invent_family
from tests.support.invented_sweep import invent
from tests.support.pages import told

SIZES = (200, 40, 3)
NAMES = ["common", "rare", "rarest"]
EN, ZH = (language(code, "balanced_accuracy") for code in ("en", "zh"))
PLAIN_WORDS = {
    "en": re.compile(r"(?<![Bb]alanced )[Tt]est accuracy"),
    "zh": re.compile(r"测试集?准确率"),
}


def invented(results: Path, **changes: Any) -> Path:
    return invent(results, 3, sum(SIZES), NAMES, seeds=3, sizes=SIZES, **changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return invented(tmp_path_factory.mktemp("unequal"))


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return read_study(folder, folder.parent / ".data")


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, str | bytes]:
    return dict(report_files(folder, folder.parent / ".data"))


def test_the_answer_is_the_mean_over_classes(study: Study) -> None:
    test, gain = study.results.test, study.answer.gain
    assert test is not None and test.labels_N is not None and gain is not None
    assert study.results.metric == "balanced_accuracy"
    for row in study.rows:
        said = [test.logits[run.id].argmax(1) for run in row.arm.runs]
        expected = [balanced_accuracy_score(test.labels_N, one) for one in said]
        assert row.accuracies == pytest.approx(expected)
        assert row.accuracy is not None and row.accuracy.mean == pytest.approx(np.mean(expected))
        assert row.accuracy.low < row.accuracy.mean < row.accuracy.high
        assert row.unequal is not None and row.unequal.accuracy is not None and row.unequal.macro_f1 is not None
        assert row.unequal.accuracy.mean == pytest.approx(np.mean([np.mean(test.labels_N == one) for one in said]))
        assert row.unequal.macro_f1.mean == pytest.approx(
            np.mean([f1_score(test.labels_N, one, average="macro") for one in said])
        )
        assert row.unequal.balanced_accuracy == row.accuracy
    assert gain.before == pytest.approx(np.mean(study.answer.baseline.accuracies))
    assert gain.after - gain.before == pytest.approx(gain.both.mean)
    plain = study.answer.baseline.unequal
    assert plain is not None and plain.accuracy is not None and plain.accuracy.mean != pytest.approx(gain.before)


def test_the_rarest_class_makes_the_interval_wide(study: Study, tmp_path: Path) -> None:
    forced = find_rows(read_results(invented(tmp_path, metric="accuracy")))
    plain = next(row.gain for row in forced if row.arm.key == "distilled")
    assert plain is not None and study.answer.gain is not None
    assert study.answer.gain.both.half_width > 2 * plain.both.half_width


def test_the_lines_of_the_terminal_say_so(study: Study) -> None:
    said = "\n".join(answer_lines(study.answer, EN))
    assert "than the student alone: balanced accuracy" in said and "changes balanced test accuracy by" in said
    assert "has a higher balanced test accuracy than" in said
    said = "\n".join(answer_lines(study.answer, ZH))
    assert "：平衡准确率" in said and "蒸馏使测试平衡准确率变化" in said and "的测试平衡准确率高于" in said


@pytest.mark.thorough
@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_outlet_calls_it_plain_accuracy(
    files: dict[str, str | bytes], study: Study, folder: Path, code: str
) -> None:
    say = {"en": EN, "zh": ZH}[code]
    front = files["index.html" if code == "en" else "zh/index.html"]
    paper = {name: text.decode() for name, text in paper_files(study, say).items() if name.endswith(".tex")}
    own = {
        name: text
        for name, text in files.items()
        if name.endswith((".md", ".tex")) and name.startswith("zh/") == (code == "zh")
    }
    for name, text in {"front": front, **own, **paper}.items():
        found = PLAIN_WORDS[code].search(str(text))
        assert found is None, f"{name}: {str(text)[found.start() - 80 : found.end() + 40]}"
    word = {"en": "alanced test accuracy", "zh": "测试平衡准确率"}[code]
    assert (
        word in str(front) and word in "".join(paper.values()) and word in str(own[f"{'zh/' * (code == 'zh')}table.md"])
    )


def test_pages_say_what_it_is_and_what_plain_accuracy_would_say(files: dict[str, str | bytes]) -> None:
    assert "because classes have between 3 and 200 test images each. Plain accuracy, which mostly" in str(told(files))
    assert "各类别的测试图像从 3 张到 200 张不等" in told(files, "zh/")


def test_a_page_of_a_run_says_both(files: dict[str, str | bytes], study: Study) -> None:
    test, run = study.results.test, study.answer.baseline.arm.runs[0]
    assert test is not None
    expected = f"{100 * balanced_accuracy_score(test.labels_N, test.logits[run.id].argmax(1)):.2f}"
    for page, word in ((f"runs/{run.id}.html", "Balanced accuracy, %"), (f"zh/runs/{run.id}.html", "平衡准确率")):
        assert re.search(rf"{word}.{{0,40}}{expected}", str(files[page]), re.DOTALL)


def rows_of(text: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode() if isinstance(text, bytes) else text)))


def test_files_for_programs_name_the_column(files: dict[str, str | bytes]) -> None:
    table = json.loads(files["table.json"])["table"]
    for record in [*rows_of(files["table.csv"]), *table]:
        assert "test_balanced_accuracy" in record and "test_macro_f1" in record and "test_accuracy" in record
        assert float(record["test_balanced_accuracy"]) != float(record["test_accuracy"])
        assert float(record["test_balanced_accuracy_low"]) < float(record["test_balanced_accuracy"])
        assert float(record["test_macro_f1_low"]) < float(record["test_macro_f1_high"])
    assert "balanced test accuracy" in " ".join(json.loads(files["table.json"])["answer"])
    assert Summary.model_validate_json(files["summary.json"]).metric == "balanced_accuracy"


def test_what_lies_beyond_has_the_other_accuracy_and_the_f1(study: Study) -> None:
    columns = {column.key: column.head for column in beyond_accuracy(study, EN).columns}
    assert columns["test_accuracy"] == "Plain accuracy, %" and columns["test_macro_f1"] == "Macro F1, %"
    assert "test_balanced_accuracy" not in columns
    assert next(column.head for column in main_table(study, EN).columns if column.key.startswith("test_")) == (
        "Balanced test accuracy, %"
    )


@pytest.mark.thorough
def test_the_list_of_sweeps_and_the_comparison_say_whose_accuracies_are_balanced(folder: Path) -> None:
    (folder / "report").mkdir()
    for name, content in report_files(folder, folder.parent / ".data").items():
        path = folder / "report" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    pages = overview_files(find_sweeps(folder.parent))
    for name, words in (
        ("index.html", "balanced accuracy, like all accuracies of this sweep"),
        ("index.zh.html", "平衡准确率"),
    ):
        assert words in pages[name]


def test_the_card_says_so(study: Study) -> None:
    run = next(arm.runs[0] for arm in study.results.arms if arm.key == "distilled")
    test = study.results.test
    assert run.metrics is not None and test is not None
    val = Scores(num_images=9, accuracy=6 / 9, nll=1.0, confusion=[[6, 0, 0], [2, 0, 0], [1, 0, 0]])
    run = type(run)(run.run, run.state, metrics=run.metrics.model_copy(update={"val": val}))
    card = ModelCard(model="mnist_mlp", num_classes=3, input_shape=(3, 8, 8), class_names=NAMES)
    text = card_text(study.results, study.rows, study.answer, run, card, test.scores[run.id])
    expected = balanced_accuracy_score(test.labels_N, test.logits[run.id].argmax(1))
    assert f"Balanced test accuracy of these weights: **{100 * expected:.2f} %**, the mean over 3 classes" in text
    assert "changes balanced test accuracy by" in text
    assert "type: balanced_accuracy" in text or '"balanced_accuracy"' in text


@pytest.fixture(scope="module")
def forced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    folder = invented(tmp_path_factory.mktemp("forced"), metric="accuracy")
    yield read_study(folder, folder.parent / ".data")


def test_metric_accuracy_gives_the_other_and_shows_both(forced: Study) -> None:
    assert forced.results.metric == "accuracy"
    row = forced.answer.baseline
    assert row.unequal is not None and row.accuracy == row.unequal.accuracy
    keys = [column.key for column in beyond_accuracy(forced, language("en")).columns]
    assert "test_balanced_accuracy" in keys and "test_macro_f1" in keys
    assert "changes test accuracy by" in " ".join(answer_lines(forced.answer, language("en")))


def test_metric_balanced_accuracy_is_given_of_even_classes_too(tmp_path: Path) -> None:
    folder = invent(tmp_path, 3, 60, NAMES, metric="balanced_accuracy")
    found = read_study(folder, tmp_path / ".data")
    test = found.results.test
    assert found.results.metric == "balanced_accuracy" and test is not None
    even = found.answer.baseline
    assert even.accuracies == pytest.approx([test.scores[run.id].accuracy for run in even.arm.runs])


@pytest.mark.thorough
def test_of_even_classes_nothing_is_said_of_it(tmp_path: Path) -> None:
    folder = invent(tmp_path, 3, 60, NAMES)
    files = report_files(folder, tmp_path / ".data")
    assert all("alanced" not in str(text) and "平衡准确率" not in str(text) for text in files.values())
    assert "metric" not in json.loads(files["summary.json"]) and "test_macro_f1" not in str(files["table.json"])


def test_without_the_predictions_the_confusions_tell_the_sizes(tmp_path: Path) -> None:
    folder = invented(tmp_path)
    for path in (folder / "runs").glob("test-*/predictions.npz"):
        path.unlink()
    results = read_results(folder)
    assert results.metric == "balanced_accuracy" and results.classes_N is None
    rows = find_rows(results)
    assert all(row.gain is None and row.accuracy is not None and row.unequal is not None for row in rows)


def test_before_test_is_read_nothing_is_known_of_its_sizes(tmp_path: Path) -> None:
    folder = invented(tmp_path)
    for path in (folder / "runs").glob("test-*/metrics.json"):
        path.unlink()
    assert read_results(folder).metric == "accuracy"


@pytest.mark.parametrize("sizes", [(50, 5, 1), (3, 1, 1), (1000, 1)], ids=str)
def test_classes_of_one_image_leave_an_interval_that_is_one(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    folder = invent(
        tmp_path, len(sizes), sum(sizes), NAMES[: len(sizes)], seeds=2, sizes=sizes, metric="balanced_accuracy"
    )
    for row in find_rows(read_results(folder)):
        assert row.accuracy is not None and 0 <= row.accuracy.low < row.accuracy.high <= 1
        if row.gain is not None:
            assert -1 <= row.gain.both.low <= row.gain.both.mean <= row.gain.both.high <= 1
            assert row.gain.both.half_width > 0.2 / len(sizes)


def test_figures_data_say_which_accuracy_they_hold(files: dict[str, str | bytes], tmp_path: Path) -> None:
    family = invent_family(tmp_path, {"a": Invented(0.95), "b": Invented(0.9, 500)}, metric="balanced_accuracy")
    of_family = {f"family/{name}": text for name, text in report_files(family, tmp_path / ".data").items()}
    heads = {
        name: str(text).partition("\n")[0].split(",")
        for name, text in {**files, **of_family}.items()
        if "figures/" in name and name.endswith(".csv")
    }
    balanced = {name for name, head in heads.items() if "balanced_accuracy_percent" in head}
    plain = {name for name, head in heads.items() if "accuracy_percent" in head}
    assert {"figures/accuracies.csv", "family/figures/students-bytes.csv"} <= balanced
    assert plain <= {"figures/calibration.csv", *(name for name in heads if name.endswith("/figures/calibration.csv"))}
