"""A second start of a sweep that is over: the same answer, without a controller, and only where nothing has changed."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from harness.cli.opening import open_sweep
from harness.cluster.profiles import LocalProfile
from harness.cluster.rehearsal import request_of, result_path
from harness.commands import again, check
from harness.commands.again import say_again
from harness.commands.report import STAMP, ReportStamp
from harness.commands.run import declare
from harness.report.made_of import digest_of_results, digest_of_site
from harness.state.files.folder import SweepFolder, last_started
from harness.state.files.records import SweepRecord
from harness.sweep.plan import Plan
from kd.files import write_record
from kd.records import Code, Metrics, Rehearsal, RehearsedModel
from tests.support.command_line import invoke
from tests.support.root import ROOT

ANSWER = "A real gain, as it was found."


class Started(NamedTuple):
    """A sweep as a start resolves it."""

    record: SweepRecord
    plan: Plan
    folder: SweepFolder

    def say(self, cluster: str = "local") -> list[str] | None:
        """What a second start says; None where it leaves it to a controller."""
        console = Console(file=io.StringIO(), width=999)
        is_said = say_again(self.record, self.plan, self.folder, cluster, console)
        said = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
        assert is_said or not said
        return said if is_said else None

    def stamp(self, is_over: bool = True) -> None:
        """Write down that the report is of these results."""
        write_record(
            self.folder.path / STAMP,
            ReportStamp(
                made_of=digest_of_results(self.folder.path, self.folder.data),
                site=digest_of_site(self.folder.path),
                lines=(ANSWER,),
                is_over=is_over,
            ),
        )


@pytest.fixture
def started(lab: Any) -> Started:
    """One that a controller found complete."""
    return start(lab)


def start(lab: Any, overrides: str = "") -> Started:
    """Of its runs it has a training of each model, and no more, which only a controller would miss."""
    found = Started(*open_sweep(str(lab.write()), overrides, lab.results))
    found.folder.create()
    declare(found.record, found.folder, "local")
    for run in (*found.plan.teachers, found.plan.student):
        write_record(found.folder.add(run) / "metrics.json", Metrics(run_id=run.id))
    (found.folder.path / "report").mkdir()
    (found.folder.path / "report" / "index.html").write_text("<html>")
    found.stamp()
    return found


def test_the_answer_and_the_report_are_the_last_lines(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(started.folder.path)
    started.stamp()  # the folder that a command is given in is one of those that are left out of the student's card
    said = started.say()
    assert said is not None and said[-2:] == [ANSWER, "report/index.html"]
    assert f" {started.plan.sweep.name} " in said[0], "how far it is"
    assert (started.folder.path.parent / "index.html").exists(), "the list of all sweeps"


@pytest.mark.parametrize(
    "overrides",
    ["distill.features=[{loss: rkd}]", "distill.loss=own_losses_d:f"],
    ids=["features", "own loss"],
)
def test_the_rehearsals_notes_are_said_as_at_every_start(
    lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overrides: str
) -> None:
    """Of what a training does not show; a rehearsal that is not there is a controller's to make."""
    (tmp_path / "own_losses_d.py").write_text("def f(student_logits, teacher_logits, labels, temperature): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("harness.cluster.rehearsal.FOLDER", f"invented-{tmp_path.name}")  # the data are the session's
    started = start(lab, f"'{overrides}'")
    assert started.say() is None
    profile = LocalProfile()
    request = request_of(started.plan, profile)
    note = "its head names no classes"
    tried = [
        RehearsedModel(
            place=place, model="m", num_parameters=1, fed="28×28", memory_bytes=1, free_bytes=1, notes=[note]
        )
        for place in request.models
    ]
    path = result_path(request, profile, started.folder.data)
    path.parent.mkdir()
    write_record(path, Rehearsal(models=tried))
    said = started.say()
    assert said is not None and said[: len(tried)] == [f"{place}: {note}" for place in request.models]
    assert said[-2] == ANSWER


def test_models_that_were_trained_have_no_notes_left_to_say(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "known_rehearsal", lambda *words: pytest.fail("nobody asks for it"))
    assert started.say() is not None


def test_it_is_the_sweep_that_was_started_last(started: Started, tmp_path: Path) -> None:
    other = started.folder.path.with_name("other")
    other.mkdir()
    shutil.copy(started.folder.path / "sweep.yaml", other)
    os.utime(started.folder.path / "sweep.yaml", (1, 1))
    assert last_started(started.folder.path.parent) == "other"
    assert started.say() is not None
    assert last_started(started.folder.path.parent) == started.plan.sweep.name


@pytest.mark.parametrize(
    "change",
    [
        lambda sweep: (sweep / "report" / "index.html").unlink(),
        lambda sweep: (sweep / "report" / "index.html").write_text("edited"),
        lambda sweep: (sweep / "seeds.json").write_text("{}"),
        lambda sweep: (sweep / "sweep.yaml").write_text("damaged: ["),
        lambda sweep: (sweep / "sweep.yaml").unlink(),
        lambda sweep: (sweep / "provenance.json").unlink(),
        lambda sweep: (sweep / STAMP).unlink(),
        lambda sweep: shutil.rmtree(sweep),
    ],
    ids=["page gone", "page edited", "results", "damaged", "sweep gone", "no program", "no stamp", "all gone"],
)
def test_whatever_changed_a_controller_looks(started: Started, change: Callable[[Path], Any]) -> None:
    change(started.folder.path)
    assert started.say() is None


def test_another_start_is_another_matter(started: Started, lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    more = Started(*open_sweep(str(lab.write(seeds=3)), "", lab.results))
    assert more.say() is None, "another sweep file"
    assert started.say("slurm") is None, "another cluster"
    monkeypatch.setattr(again, "current_code", lambda: Code(commit="another"))
    assert started.say() is None, "another program"


def test_a_sweep_that_no_controller_found_complete_is_left_to_one(started: Started) -> None:
    started.stamp(is_over=False)
    assert started.say() is None


def test_a_folder_of_somebody_else_is_refused(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    if started.folder.path.stat().st_uid == 0:
        monkeypatch.setattr("harness.state.files.ownership._check_owner", _refuse)
    with pytest.raises(PermissionError, match="not yours"):
        started.say()


def _refuse(*words: Any) -> None:
    raise PermissionError("not yours")


def test_failed_runs_are_tried_again_where_that_is_asked_for(
    started: Started, lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def carry_out(*words: Any) -> str:
        asked.append(words)
        return "complete"

    monkeypatch.setattr("harness.commands.run.carry_out", carry_out)
    words = ("sweep", started.record.origin, "--results", str(lab.results))
    assert ANSWER in invoke(*words).output and not asked
    assert invoke(*words, "--retry-failed").exit_code == 0 and len(asked) == 1


def test_it_loads_nothing_that_reckons_or_draws(started: Started, lab: Any) -> None:
    code = (
        "import sys\n"
        "from harness.cli import app\n"
        "app(standalone_mode=False)\n"
        "heavy = {'torch', 'transformers', 'datasets', 'optuna', 'submitit', 'matplotlib', 'seaborn', 'scipy',"
        " 'pandas', 'sklearn', 'jinja2', 'fluent', 'PIL'}\n"
        "sys.exit(f'loaded {heavy & set(sys.modules)}' if heavy & set(sys.modules) else 0)\n"
    )
    words = ["sweep", started.record.origin, "--results", str(lab.results)]
    assert started.say() is not None, "the list of all sweeps is there, too"
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and ANSWER in done.stdout, done.stderr
