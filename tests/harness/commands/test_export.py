"""The student as ONNX by the sweep's name: where it is written, and what is imported for it."""

import shutil
from pathlib import Path

import onnxruntime
import pytest

from harness.commands.export import export_student
from harness.report.publish.student import publish_student
from harness.report.results.reader import read_results
from harness.state.folder import SweepFolder

pytestmark = pytest.mark.thorough


def test_the_published_student_is_written_beside_its_folder(sweep_dir: Path) -> None:
    results = read_results(sweep_dir)
    publish_student(results)
    assert export_student(results.plan, SweepFolder(sweep_dir.parent, sweep_dir.name)) == 0
    session = onnxruntime.InferenceSession(sweep_dir / "model.onnx")
    assert [each.name for each in session.get_outputs()] == ["logits"]


def test_without_a_student_nothing_is_written(sweep_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(sweep_dir / "model", ignore_errors=True)
    plan = read_results(sweep_dir).plan
    assert export_student(plan, SweepFolder(sweep_dir.parent, sweep_dir.name)) == 2
    assert "holds no trained model" in capfd.readouterr().err
    assert not (sweep_dir / "model.onnx").exists()
