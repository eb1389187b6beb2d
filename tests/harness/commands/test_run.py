"""What a sweep writes down at its start and says at its end."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.commands.run import declare, write_report
from harness.report.analysis.gains import find_answer
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines
from harness.report.text.language import language
from harness.state.folder import SweepFolder
from harness.state.records import Provenance, read_sweep_record
from kd.files import read_record


def test_what_is_wanted_and_by_which_program_is_written_down(lab: Any) -> None:
    _, folder = lab.open()
    record = read_sweep_record(folder.path).model_copy(update={"overrides": "seeds=2"})
    declare(record, folder, "slurm")
    assert read_sweep_record(folder.path) == record
    provenance = read_record(folder.path / "provenance.json", Provenance)
    assert provenance.cluster == "slurm"
    assert provenance.code.versions["torch"]


def test_at_the_end_there_are_the_answer_the_report_and_the_student(sweep_dir: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(sweep_dir)
    console = Console(file=io.StringIO(), width=300)
    write_report(SweepFolder(sweep_dir.parent, sweep_dir.name), console)
    said = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert said == [*answer_lines(find_answer(read_results(sweep_dir)), language("en")), "report/index.html"]
    assert (sweep_dir / "report" / "index.html").exists()
    assert (sweep_dir / "model" / "model.safetensors").exists()
