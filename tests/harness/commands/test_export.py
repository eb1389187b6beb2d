"""The student as an ONNX file by the sweep's name: what is made, what is not made twice, and what is refused."""

import importlib.metadata
import io
import shutil
import subprocess
from pathlib import Path

import onnxruntime
import pytest
from rich.console import Console

from harness.commands.export import export_student
from harness.report.publish.student import publish_student
from harness.report.results.reading.reader import read_results
from harness.state.files.folder import SweepFolder
from kd.errors import InputError
from kd.exports import Export, ExportOrder, Format
from kd.files import read_record, write_record
from kd.runs.export import export as measure
from kd.runs.folder.context import RunPaths
from tests.support.pages import told

pytestmark = pytest.mark.thorough


def export(sweep_dir: Path, form: Format = "fp32", max_drop: float = 5.0) -> tuple[int, str]:
    """The exit code, and what a person reads."""
    console = Console(file=io.StringIO(), width=1000)
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    code = export_student(folder, console, form, max_drop, calibration_images=100)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def outputs_of(path: Path) -> list[str]:
    return [each.name for each in onnxruntime.InferenceSession(path).get_outputs()]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which has torch loaded, and without the report that one test looks at."""

    def carry_out(order: ExportOrder, folder: SweepFolder) -> int:
        measure(order, RunPaths(folder.path, folder.data), lambda line: None)
        return 0

    monkeypatch.setattr("harness.commands.export._carry_out", carry_out)
    monkeypatch.setattr("harness.commands.export.write_report", lambda *_, **__: True)


def written(sweep_dir: Path) -> dict[str, tuple[int, bytes]]:
    paths = [*sweep_dir.glob("model*.onnx"), *sweep_dir.glob("exports/*")]
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def test_int8_is_measured_on_every_student_shown_and_not_made_twice(sweep_dir: Path) -> None:
    code, said = export(sweep_dir, "int8")
    assert code == 0
    assert outputs_of(sweep_dir / "model-int8.onnx") == ["logits"]
    record = read_record(sweep_dir / "exports" / "int8.json", Export)
    assert {key: len(runs) for key, runs in record.request.arms.items()} == {"baseline": 3, "distilled": 3}
    assert record.num_bytes < 0.3 * record.fp32_num_bytes
    for words in ("Measuring 6 students as int8", "This file, as int8:", "Distillation gains", "% of fp32’s"):
        assert words in said
    card = (sweep_dir / "model" / "README.md").read_text()
    assert "`model-int8.onnx`: This file, as int8:" in card and "The test set was read once for it." in card
    assert 'id="exports"' in told(sweep_dir / "report")
    before = written(sweep_dir)
    code, said = export(sweep_dir, "int8")
    assert code == 0 and "already made from these weights in this way" in said and "Measuring" not in said
    assert written(sweep_dir) == before


@pytest.mark.usefixtures("at_once")
def test_another_format_leaves_the_first_one_and_a_changed_file_is_made_again(sweep_dir: Path) -> None:
    assert export(sweep_dir)[0] == 0
    before = written(sweep_dir)
    assert export(sweep_dir, "fp16")[0] == 0
    assert written(sweep_dir).items() > before.items()
    (sweep_dir / "model.onnx").write_bytes(b"of something else")
    assert export(sweep_dir)[0] == 0
    assert outputs_of(sweep_dir / "model.onnx") == ["logits"]
    assert read_record(sweep_dir / "exports" / "fp32.json", Export).num_test_readings == 2


@pytest.mark.usefixtures("at_once")
def test_a_file_that_a_stricter_limit_refuses_is_not_taken_for_done(sweep_dir: Path) -> None:
    export(sweep_dir)
    path = sweep_dir / "exports" / "fp32.json"
    record = read_record(path, Export)
    worse = record.val.model_copy(update={"accuracy": record.val.fp32_accuracy - 0.02})
    write_record(path, record.model_copy(update={"val": worse}))
    assert "already" in export(sweep_dir, max_drop=3.0)[1]
    assert "already" not in export(sweep_dir, max_drop=1.0)[1]


@pytest.mark.usefixtures("at_once")
def test_where_the_runs_weights_are_gone_their_published_copy_is_exported(sweep_dir: Path) -> None:
    publish_student(read_results(sweep_dir))
    for path in sweep_dir.glob("runs/*/model"):
        shutil.rmtree(path)
    code, said = export(sweep_dir)
    assert code == 0 and "Measuring 1 student as fp32." in said
    record = read_record(sweep_dir / "exports" / "fp32.json", Export)
    assert record.request.arms == {"baseline": (), "distilled": (record.request.run_id,)}


def test_without_any_weights_nothing_is_written(sweep_dir: Path) -> None:
    for path in sweep_dir.glob("runs/*/model"):
        shutil.rmtree(path)
    with pytest.raises(InputError, match="holds no trained model"):
        export(sweep_dir)
    assert written(sweep_dir) == {}


def test_a_published_copy_of_other_weights_is_not_exported(sweep_dir: Path) -> None:
    publish_student(read_results(sweep_dir))
    other = next(sweep_dir.glob("runs/baseline-*/model"))
    shutil.copy(other / "model.safetensors", sweep_dir / "model")
    for path in sweep_dir.glob("runs/final-*/model"):
        shutil.rmtree(path)
    with pytest.raises(InputError, match="holds no trained model"):
        export(sweep_dir)


def test_a_sweep_that_goes_on_has_no_student_yet(sweep_dir: Path) -> None:
    shutil.rmtree(next(sweep_dir.glob("runs/test-*")))
    with pytest.raises(InputError, match=r"no tested student to export yet; see how far it is: .* status"):
        export(sweep_dir)
    assert written(sweep_dir) == {}


def test_without_the_images_it_says_how_to_have_them_again(sweep_dir: Path) -> None:
    shutil.rmtree(sweep_dir.parent / ".data")
    with pytest.raises(InputError, match=r"the decoded images .* are gone; decode them again: .* plan"):
        export(sweep_dir)


@pytest.mark.parametrize("points", [-0.1, 100.1, float("nan"), float("inf")])
def test_a_limit_that_means_nothing_is_refused(sweep_dir: Path, points: float) -> None:
    with pytest.raises(InputError, match=r"MAX_DROP: .* give 0 to 100"):
        export(sweep_dir, max_drop=points)


def test_a_process_that_is_killed_is_told_of_in_a_line(sweep_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(words: list[str], check: bool) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.CompletedProcess(words, -9)

    monkeypatch.setattr("harness.commands.export.subprocess.run", killed)
    with pytest.raises(InputError, match="ended by signal 9, perhaps for want of memory"):
        export(sweep_dir)


def test_without_onnx_runtime_one_line_says_how_to_install_it(sweep_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr("harness.commands.export.importlib.metadata.version", missing)
    with pytest.raises(InputError, match=r"needs onnxruntime: pip install 'kd-sweep\[onnx\]'"):
        export(sweep_dir)
