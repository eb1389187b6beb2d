"""What a job writes down when a run ends badly."""

import errno
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from harness.cluster.job import RunsJob
from harness.cluster.stop_flag import StopFlag
from harness.state.attempts.files import last_attempt
from harness.state.attempts.run_state import read_failure, run_state
from kd.files import write_record
from kd.records import RunRecord
from tests.support.broken_net import FAILS_IN_TRAINING


def submit(lab: Any, **changes: Any) -> tuple[Any, RunsJob]:
    """The folder of the first baseline, configured, and the job that would run it."""
    plan, folder = lab.open(**changes)
    run = plan.baselines()[0]
    folder.run(run.id).mkdir()
    write_record(folder.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
    return folder.run(run.id), RunsJob((run.id,), folder.path, folder.data, 1)


def test_a_code_error_is_written_down_and_not_repeated(lab: Any, add_module: Callable[[str, str], None]) -> None:
    add_module("raises_once", FAILS_IN_TRAINING)
    folder, job = submit(lab, student={"model": "raises_once:build", "epochs": 1})
    job.work("1", StopFlag())
    assert read_failure(folder).reason == "KeyError: 'head'"
    assert last_attempt(folder).end == "failed"
    job.work("2", StopFlag())
    assert last_attempt(folder).number == 1


def test_a_diverging_run_fails_with_its_cause(lab: Any) -> None:
    folder, job = submit(lab, student={"model": "mnist_mlp", "epochs": 3, "optimizer": {"name": "sgd", "lr": 1e30}})
    job.work("1", StopFlag())
    assert read_failure(folder).kind == "non-finite loss"
    assert run_state(folder) == "failed"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR2])
def test_a_signal_stops_at_the_next_step_and_the_next_attempt_goes_on(lab: Any, number: signal.Signals) -> None:
    folder, job = submit(lab)
    stop = StopFlag()
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGUSR2)}
    try:
        stop.install()
        os.kill(os.getpid(), number)
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    assert stop.reason == number.name
    answers = iter([False, False, True])  # before the run, before its first step, before its second
    stop.is_set = lambda: next(answers)
    job.work("1", stop)
    attempt = last_attempt(folder)
    assert (attempt.end, run_state(folder)) == ("preempted", "interrupted")
    assert attempt.reason.startswith(f"{number.name}: stopped after step 1")
    job.work("2", StopFlag())
    assert run_state(folder) == "complete"


def test_a_full_disk_loses_nothing(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job ends with the error, the run stays open, and there is room the next time."""
    folder, job = submit(lab)
    real = os.fsync

    def full(descriptor: int) -> None:
        if (folder / "attempts").exists() and any((folder / "attempts").glob("[0-9]*.json")):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            job.work("1", StopFlag())
    assert not (folder / "failure.json").exists()
    dead = last_attempt(folder).model_copy(update={"pid": 1, "process_created": 0.0})
    write_record(folder / "attempts" / "0001.json", dead)
    job.work("2", StopFlag())
    assert run_state(folder) == "complete"


HUNGRY = """
from torch import nn

LARGEST = {largest}

class Hungry(nn.Sequential):
    def forward(self, images):
        if self.training and len(images) > LARGEST:
            raise MemoryError(f"no room for {{len(images)}} images")
        return super().forward(images)

def build(num_classes, input_shape):
    return Hungry(nn.Flatten(), nn.Linear(784, num_classes))
"""


def test_out_of_memory_is_tried_once_more_in_twice_as_many_parts(
    lab: Any, add_module: Callable[[str, str], None]
) -> None:
    add_module("hungry_once", HUNGRY.format(largest=16))
    folder, job = submit(lab, student={"model": "hungry_once:build", "epochs": 1, "batch_size": 32})
    job.work("1", StopFlag())
    assert (last_attempt(folder).end, run_state(folder)) == ("out of memory", "interrupted")
    assert last_attempt(folder).reason == "no room for 32 images"
    job.work("2", StopFlag())
    assert run_state(folder) == "complete"


def test_out_of_memory_twice_is_a_failure(lab: Any, add_module: Callable[[str, str], None]) -> None:
    add_module("hungry_twice", HUNGRY.format(largest=8))
    folder, job = submit(lab, student={"model": "hungry_twice:build", "epochs": 1, "batch_size": 32})
    job.work("1", StopFlag())
    job.work("2", StopFlag())
    assert run_state(folder) == "failed"
    assert (read_failure(folder).kind, read_failure(folder).reason) == ("out of memory", "no room for 16 images")


def test_an_attempt_that_was_overtaken_does_not_fail_its_successor_s_run(
    lab: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder, job = submit(lab)
    real = os.fsync

    def removed(descriptor: int) -> None:
        """The newer attempt has removed the file that is being written."""
        first = folder / "attempts" / "0001.json"
        if first.exists() and os.fstat(descriptor).st_size > 50_000:
            write_record(folder / "attempts" / "0002.json", last_attempt(folder).model_copy(update={"number": 2}))
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", removed)
    job.work("1", StopFlag())
    assert not (folder / "failure.json").exists()
    assert "overtaken" in caplog.text


def test_a_quota_with_room_for_a_few_bytes_is_told_from_a_failure(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, job = submit(lab)
    real = os.fsync

    def limited(descriptor: int) -> None:
        if os.fstat(descriptor).st_size > 50_000:
            raise OSError(errno.EDQUOT, "Disk quota exceeded", "model.safetensors")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", limited)
        with pytest.raises(OSError, match="quota exceeded"):
            job.work("1", StopFlag())
    attempt = last_attempt(folder)
    assert (attempt.end, attempt.reason) == ("disk full", "Disk quota exceeded: model.safetensors")
    assert run_state(folder) == "interrupted"
    job.work("2", StopFlag())
    assert run_state(folder) == "complete"
