"""Eight causes, planted one by one: each is named first, by every outlet; a healthy study has none."""

from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import find_answer
from harness.report.analysis.causes import explain
from harness.report.analysis.evidence import find_evidence
from harness.report.build import build_report
from harness.report.index.summary import Summary
from harness.report.publish.student import publish_student
from harness.report.results.reading.reader import read_results
from harness.report.study import read_study
from harness.report.text.findings.causes import reasons
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import LANGUAGES, language
from kd.files import read_record
from tests.support.pages import Texts
from tests.support.planted_causes import PLANTED, REAL, plant_cause, plant_healthy
from tests.support.small_sweep import carry_out


def kinds(folder: Path) -> list[str]:
    results = read_results(folder)
    return [cause.kind for cause in explain(results, find_answer(results))]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_cause_is_named_first(tmp_path: Path, kind: str) -> None:
    assert kinds(plant_cause(tmp_path, kind))[0] == kind


def test_a_healthy_study_has_none(tmp_path: Path) -> None:
    folder = plant_healthy(tmp_path)
    results = read_results(folder)
    answer = find_answer(results)
    assert answer.gain is not None and answer.gain.verdict == "gain" and kinds(folder) == []
    evidence = find_evidence(results, answer, None)
    assert evidence.late and evidence.off_label and evidence.disputed and evidence.on_views  # all of it was looked at


@pytest.mark.parametrize("name", ["soft_labels.json", "claimed.json", "predictions.npz", "history.json"])
def test_without_the_file_or_with_a_damaged_one_the_rest_is_as_it_was(tmp_path: Path, name: str) -> None:
    """Older results have none of the first two."""
    for kind in ("sure-teacher", "other-input", "underfit"):
        folder = plant_cause(tmp_path / kind, kind)
        found = [path for path in folder.glob(f"runs/*/{name}") if not path.parent.name.startswith("test-")]
        for path in found:
            path.write_bytes(b"damaged")
        damaged = kinds(folder)
        for path in found:
            path.unlink()
        assert damaged == kinds(folder) and set(damaged) <= {kind, "small-gain"}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", PLANTED)
def test_every_outlet_says_it_first_in_both_languages(tmp_path: Path, kind: str) -> None:
    folder = plant_cause(tmp_path, kind)
    site = build_report(folder, tmp_path / ".data").parent
    study = read_study(folder, tmp_path / ".data")
    assert read_record(site / "summary.json", Summary).first_cause == kind
    for code in LANGUAGES:
        say = language(code)
        first = reasons(study.answer, study.findings.causes, say)[0]
        html = (site / ("" if code == "en" else code) / "index.html").read_text("utf-8")
        page = "\n".join(Texts(html).texts)
        verdict = page.find(say("answer-points"))
        assert 0 < page.find(first.finding) < verdict
        assert answer_lines(study.answer, say, None, study.findings.causes)[0] == first.line(say)
        assert first.change is None or f'<code>SET="{first.change}"</code>' in html
    assert publish_student(study.results) is None  # there are no weights to publish in an invented study


@pytest.mark.slow
@pytest.mark.parametrize("kind", REAL)
def test_a_study_that_was_carried_out_has_its_cause_first(tmp_path: Path, kind: str) -> None:
    folder = carry_out(REAL[kind], tmp_path)
    assert kinds(folder)[0] == kind


@pytest.mark.slow
def test_a_teacher_that_is_fed_otherwise_than_it_was_trained(tmp_path: Path) -> None:
    first = carry_out(REAL["underfit"] | {"seeds": 2}, tmp_path / "first")
    teacher = read_results(first).teachers[0].id
    checkpoint = {"model": "mnist_cnn", "epochs": 0, "checkpoint": str(first / "runs" / teacher / "model")}
    wrong = {"normalize": {"mean": [0.9], "std": [0.1]}}
    content = REAL["sure-teacher"] | {"teacher": checkpoint | wrong, "student": REAL["underfit"]["student"]}
    results = read_results(carry_out(content, tmp_path / "second"))
    answer = find_answer(results)
    claim = find_evidence(results, answer, None).claim
    assert claim is not None and claim.claimed - claim.here.accuracy > 0.1
    causes = [cause.kind for cause in explain(results, answer)]
    assert "other-input" in causes[:2] and set(causes[: causes.index("other-input")]) <= {"weak-teacher"}
    as_trained = carry_out(content | {"teacher": checkpoint, "name": "right"}, tmp_path / "third")
    assert "other-input" not in kinds(as_trained)
