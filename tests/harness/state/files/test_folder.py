"""A sweep's folder: one controller at a time, and the part of a log that is a run's own."""

from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from harness.command_line import command_line
from harness.state.files.folder import LOG_LINES, SweepFolder, end_of_log, find_logs
from harness.state.files.records import ControllerRecord
from kd.errors import InputError
from kd.files import read_record, write_record
from kd.records import Failure, RunRecord


def test_a_second_controller_is_told_who_is_at_work(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path, "mini")
    folder.create()
    with folder.controlled(2):
        at_work = folder.read_controller()
        assert at_work is not None and at_work.num_slots == 2
        with pytest.raises(InputError, match=rf"mini is already being run by process {at_work.pid} on {at_work.host}"):
            SweepFolder(tmp_path, "mini").controlled(1).__enter__()
    assert folder.read_controller() is None
    with folder.controlled(1):
        pass


def test_what_a_controller_tells_is_read_as_long_as_it_is_at_work(tmp_path: Path) -> None:
    folder, reader = SweepFolder(tmp_path, "mini"), SweepFolder(tmp_path, "mini")
    folder.create()
    with folder.controlled(2):
        assert reader.read_told() == ()
        folder.tell("SLURM takes no more jobs now")
        assert reader.read_told() == ("SLURM takes no more jobs now",)
        folder.tell()
        assert reader.read_told() == ()
        folder.tell("SLURM takes no more jobs now")
    assert reader.read_told() == ()
    folder.tell("nothing")  # without a controller there is no record
    assert not (folder.path / "controller.json").exists()


@pytest.mark.parametrize("changes", [{"process_created": 0.0}, {"host": "elsewhere"}])
def test_a_controller_that_died_or_is_elsewhere_is_not_at_work_here(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = SweepFolder(tmp_path, "mini")
    folder.create()
    with folder.controlled(2):
        record = folder.read_controller()
        assert record is not None
        write_record(folder.path / "controller.json", ControllerRecord.model_validate(record.model_dump() | changes))
        assert folder.read_controller() is None


def test_a_run_starts_with_the_places_that_the_sweep_file_has_now(lab: Any) -> None:
    plan, folder = lab.open()
    path = folder.add(plan.teachers[0]) / "config.json"
    moved = plan.teachers[0].config.data.model_copy(update={"source": "folder:/moved"})
    run = plan.teachers[0]._replace(config=plan.teachers[0].config.model_copy(update={"data": moved}))
    folder.add(run)
    assert read_record(path, RunRecord) == RunRecord(run_id=run.id, config=run.config)
    path.write_text("{")
    folder.add(run)
    assert read_record(path, RunRecord).config == run.config


def test_a_run_keeps_the_configuration_that_it_began_with(lab: Any) -> None:
    plan, folder = lab.open()
    path = folder.add(plan.teachers[0]) / "config.json"
    before = path.read_bytes(), path.stat().st_mtime_ns
    folder.add(plan.teachers[0])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_logs_are_found_by_job_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for name in ("7_1_0_log.out", "7_0_1_log.out", "7_0_0_log.out", "8_0_log.err", "8_submitted.pkl", "controller.log"):
        (tmp_path / "logs" / name).touch()
    logs = {job: [path.name for path in paths] for job, paths in find_logs(tmp_path).items()}
    assert logs == {"7_0": ["7_0_0_log.out", "7_0_1_log.out"], "7_1": ["7_1_0_log.out"], "8": ["8_0_log.err"]}


def test_of_a_log_a_run_has_what_was_written_while_it_was_at_work(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("torch\nINFO a: started\none\nINFO b: started\ntwo\nINFO a: started\nthree\n")
    assert end_of_log(log, "a") == ["INFO a: started", "three"]  # its newest attempt
    assert end_of_log(log, "b") == ["INFO b: started", "two"]
    assert end_of_log(log, "c") == log.read_text().splitlines()
    log.write_text("INFO a: started\n" + "line\n" * 100)
    assert end_of_log(log, "a") == ["line"] * LOG_LINES


def test_a_job_record_that_cannot_be_read_stops_nothing_and_names_the_way_out(lab: Any) -> None:
    controller = lab.controller()
    folder = controller.folder
    folder.job_path("7").write_text('{"job_id": "7", "run_')
    folder.false_start_path("8").write_text("")
    assert folder.read_jobs() == folder.read_false_starts() == []
    line, note = folder.unreadable()
    assert note.startswith(f"{folder.false_start_path('8')}: ") and note.endswith(
        "; delete it: it is a note of a job that ended"
    )
    assert str(folder.job_path("7")) in line
    assert line.endswith("; delete it: a run at work is known without")
    again = lab.controller()
    assert again.notes() == [line, note]
    assert again.run()


def test_failures_of_one_kind_are_forgotten_alone(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path, "mini")
    folder.create()
    for name, kind in (("a", "bad input"), ("b", "code error")):
        folder.run(name).mkdir()
        write_record(folder.run(name) / "failure.json", Failure(kind=kind, reason="made so"))
    folder.forget_failures(kind="bad input")
    assert [path.parent.name for path in folder.path.glob("runs/*/failure.json")] == ["b"]
    folder.forget_failures()
    assert not list(folder.path.glob("runs/*/failure.json"))


def test_a_start_that_is_refused_before_its_first_job_leaves_no_folder(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path, "mini")
    with pytest.raises(InputError, match="no such QOS"), folder.created():
        folder.run("teacher-1").mkdir()
        raise InputError("no such QOS")
    assert not folder.path.exists()


@pytest.mark.parametrize("kept", ["jobs/7.json", "jobs/never-began/7.json", "runs/teacher-1/attempts/0001.json"])
def test_what_a_job_was_submitted_for_stays_where_a_later_one_is_refused(tmp_path: Path, kept: str) -> None:
    folder = SweepFolder(tmp_path, "mini")
    with pytest.raises(InputError), folder.created():
        (folder.path / kept).parent.mkdir(parents=True, exist_ok=True)
        (folder.path / kept).touch()
        raise InputError("no such QOS")
    assert (folder.path / kept).exists()


def test_a_folder_that_was_there_or_that_another_controller_holds_stays(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path, "mini")
    lock = FileLock(folder.path / "controller.lock")
    with pytest.raises(InputError), folder.created():
        lock.acquire()
        raise InputError("it is being run")
    assert folder.path.exists()
    lock.release()
    with pytest.raises(InputError), SweepFolder(tmp_path, "mini").created():
        raise InputError("no such QOS")
    assert folder.path.exists()


@pytest.mark.parametrize(
    ("name", "started", "said"),
    [
        ("quickstart", ["mini"], "; start it with {command}"),
        ("minni", ["mini", "other"], " (did you mean mini?); there are mini, other"),
        ("else", ["mini", "other"], "; there are mini, other"),
        ("else", [], "; start one with {command}"),
    ],
)
def test_a_sweep_without_results_names_the_way_on(tmp_path: Path, name: str, started: list[str], said: str) -> None:
    for each in started:
        (tmp_path / each).mkdir()
        (tmp_path / each / "sweep.yaml").touch()
    with pytest.raises(InputError) as caught:
        SweepFolder(tmp_path, name).read_sweep()
    command = command_line("sweep", "quickstart" if name == "quickstart" else "NAME", results=str(tmp_path))
    assert str(caught.value) == f"SWEEP: {name} has no results in {tmp_path}{said.format(command=command)}"


@pytest.mark.parametrize("start", ["", "make sweep SWEEP=mini.yaml"])
def test_runs_whose_sweep_is_lost_are_said_to_be_there(tmp_path: Path, start: str) -> None:
    folder = SweepFolder(tmp_path, "mini")
    folder.run("teacher-1").mkdir(parents=True)
    with pytest.raises(InputError) as caught:
        folder.check_started(start)
    record = folder.path / "sweep.yaml"
    said = f"SWEEP: the runs of mini are there, but not {record}; start the sweep again from its file, which writes it "
    said += "anew"
    assert str(caught.value) == (f"{said}: {start}" if start else said)
