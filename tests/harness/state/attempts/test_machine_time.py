"""Machine time: by hand, by a property that holds however runs are packed, and of attempts that said no end."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.state.attempts.deaths import note_death
from harness.state.attempts.facts import device_name
from harness.state.attempts.files import attempt_path, last_attempt, read_attempts
from harness.state.attempts.lease import Hardware, take_lease
from harness.state.attempts.machine_time import MachineTime, machine_time
from harness.state.clock import FORMAT, timestamp
from kd.files import write_record
from kd.records import Attempt, Code

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def at(hours: float) -> str:
    return (BEGUN + timedelta(hours=hours)).strftime(FORMAT)


def attempt(start: float = 0, end: float | None = 1, pid: int = 1, **fields: Any) -> Attempt:
    """One on host h, from hour to hour."""
    until = None if end is None else at(end)
    return Attempt(
        number=1, job_id="1", host="h", pid=pid, process_created=0, started_at=at(start), ended_at=until, **fields
    )


def total(runs: dict[str, list[Attempt]]) -> MachineTime:
    return sum(machine_time(runs).values(), MachineTime())


def test_hours_count_for_each_gpu_and_for_each_thread() -> None:
    found = machine_time({
        "gpus": [attempt(0, 2, pid=1, device="NVIDIA A100", num_devices=4)],
        "cpus": [attempt(0, 2, pid=2, num_devices=2, num_threads=3), attempt(2, 3, pid=2, num_threads=4)],
        "none": [],
    })  # fmt: skip
    assert found["gpus"] == MachineTime({"NVIDIA A100": 8.0}, wall_hours=2.0)
    assert found["gpus"].gpu_hours == 8.0
    assert found["cpus"] == MachineTime(core_hours=16.0, wall_hours=3.0)
    assert found["none"] == MachineTime()


def test_sums_keep_devices_apart() -> None:
    one, other = MachineTime({"T4": 1.0, "A100": 2.0}, num_unknown=1), MachineTime({"A100": 3.0}, core_hours=4.0)
    assert one + other == MachineTime({"A100": 5.0, "T4": 1.0}, core_hours=4.0, num_unknown=1)


def test_eight_packed_runs_of_an_hour_are_one_gpu_hour() -> None:
    runs = {f"run{n}": [attempt(device="NVIDIA H100", num_together=8)] for n in range(8)}
    assert machine_time(runs)["run3"] == MachineTime({"NVIDIA H100": 0.125}, wall_hours=0.125)
    assert total(runs).gpu_hours == 1.0


def test_who_leaves_a_pack_early_leaves_its_share_to_the_others() -> None:
    found = machine_time({"pruned": [attempt(0, 2)], "last": [attempt(0, 4)], "elsewhere": [attempt(0, 4, pid=2)]})
    assert {run_id: time.core_hours for run_id, time in found.items()} == {"pruned": 1, "last": 3, "elsewhere": 4}


spans = st.tuples(st.integers(0, 50), st.integers(0, 20), st.integers(1, 3))


@given(st.lists(st.lists(spans, max_size=3), max_size=8))
def test_all_runs_together_held_what_their_processes_did(runs: list[list[tuple[int, int, int]]]) -> None:
    """However they are packed: an hour in which any attempt of a process is open counts once."""
    made = {
        str(number): [attempt(start, start + hours, pid, device="GPU") for start, hours, pid in run]
        for number, run in enumerate(runs)
    }
    held = {(pid, hour) for run in runs for start, hours, pid in run for hour in range(start, start + hours)}
    assert total(made).gpu_hours == pytest.approx(len(held))
    assert total(made).wall_hours == pytest.approx(len(held))
    assert all(time.wall_hours >= 0 for time in machine_time(made).values())


def test_a_clock_that_was_set_back_takes_nothing_away() -> None:
    assert machine_time({"run": [attempt(5, 3)]}) == {"run": MachineTime()}


@pytest.mark.parametrize(
    ("device", "num_devices", "name"),
    [
        ("cpu", 1, "cpu"),
        ("2 × cpu", 2, "cpu"),
        ("16 × NVIDIA H100 80GB", 16, "NVIDIA H100 80GB"),
        ("T × 4", 1, "T × 4"),
    ],
)
def test_attempts_of_older_programs_are_read(device: str, num_devices: int, name: str) -> None:
    """They hold the number of devices in the name."""
    text = attempt().model_dump_json(exclude={"num_devices"}).replace('"cpu"', f'"{device}"')
    found = Attempt.model_validate_json(text)
    assert (found.device, found.num_devices) == (name, num_devices)
    assert device_name(found) == device


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A run's folder with an attempt that was last seen half an hour after it began, and says no end."""
    folder = tmp_path / "run"
    path = attempt_path(folder, 1)
    for each in (folder / "config.json", path):
        each.parent.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    write_record(path, attempt(0, None))
    os.utime(folder / "config.json", (timestamp(at(0)),) * 2)
    os.utime(path, (timestamp(at(0.5)),) * 2)
    return folder


def test_an_attempt_without_an_end_counts_until_its_last_sign_of_life(killed: Path) -> None:
    assert machine_time({"run": read_attempts(killed)})["run"].wall_hours == 0.5
    assert last_attempt(killed).last_seen_at == at(0.5)  # type: ignore[union-attr]


def test_in_a_copy_with_new_times_its_length_is_not_known(killed: Path) -> None:
    copy = shutil.copytree(killed, killed.parent / "copy", copy_function=shutil.copy)
    assert machine_time({"run": read_attempts(copy)}) == {"run": MachineTime(num_unknown=1)}
    faithful = shutil.copytree(killed, killed.parent / "faithful")
    assert read_attempts(faithful) == read_attempts(killed)


def test_who_died_ended_when_it_was_last_seen(killed: Path) -> None:
    """And not when the controller came to know of it."""
    (open_one,) = read_attempts(killed)
    note_death(killed, open_one, "NODE_FAIL")
    (dead,) = read_attempts(killed)
    assert (dead.end, dead.ended_at, dead.last_seen_at) == ("died", at(0.5), None)


def test_a_lease_says_how_many_devices_it_holds(tmp_path: Path) -> None:
    lease = take_lease(tmp_path, "1", Hardware("NVIDIA H100", 2, 4), Code())
    assert lease is not None
    (made,) = read_attempts(tmp_path)
    assert (made.device, made.num_devices, made.num_threads, made.num_together) == ("NVIDIA H100", 2, 4, 1)
    assert "last_seen_at" not in attempt_path(tmp_path, 1).read_text()
