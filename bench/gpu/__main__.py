"""Ask all of it: ``python -m bench.gpu [--stages speed,packs] [--budget-s 540] [--out DIR] [--small]``.

Each stage has a process of its own: a kernel that fails takes no other stage along, and one that hangs is ended when
the time is up. On a machine without a card everything is asked at a small size, as a test that the kit works.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch  # here, once: the stages are forked from this process, which itself touches no card

from bench.figures import RESULTS, write_table
from bench.gpu.asking import Setting, Told
from bench.gpu.forks import FORK
from bench.gpu.machine import describe, read_machine
from bench.gpu.record import NAME, Record
from bench.gpu.stages import STAGES, Stage

BUDGET_S = 540.0
RESERVE_S = 5.0  # for ending a stage and saying what was found


def main(words: list[str] | None = None) -> int:
    """Ask, print, and keep; 1 where something is not as wanted."""
    given = _parser().parse_args(words)
    deadline = time.monotonic() + given.budget_s
    machine = _in_fork(read_machine)
    device = torch.device("cuda" if machine["card"] else "cpu")
    small = given.small or device.type == "cpu"
    out = given.out or (RESULTS if not small else None)
    names = given.stages.split(",") if given.stages else list(STAGES)
    questions = {question: what for name in names for question, what in STAGES[name].questions.items()}
    with tempfile.TemporaryDirectory(prefix="kd-gpu-", ignore_cleanup_errors=True) as room:
        record = Record((out or Path(room)) / NAME, machine, small, questions)
        _say(describe(machine) + (", at a small size" if small else ""))
        for name in names:
            _carry_out(name, record, device, Path(room) / name, deadline - RESERVE_S)
    if out == RESULTS:
        write_table()
    _sum_up(record, out)
    return 1 if record.unmet else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench.gpu", description=__doc__)
    parser.add_argument("--budget-s", type=float, default=BUDGET_S, help="for everything, in seconds (%(default)g)")
    parser.add_argument("--stages", type=_stages, help=f"some of {', '.join(STAGES)}, parted by commas")
    parser.add_argument("--out", type=Path, help=f"where {NAME} goes; on a card bench/results unless given")
    parser.add_argument("--small", action="store_true", help="at the size that is asked without a card")
    return parser


def _stages(text: str) -> str:
    if unknown := [name for name in text.split(",") if name not in STAGES]:
        raise argparse.ArgumentTypeError(f"no stage {unknown[0]!r}; there are {', '.join(STAGES)}")
    return text


def _carry_out(name: str, record: Record, device: torch.device, room: Path, deadline: float) -> None:
    """One stage, in its process, until it is over or its time is up."""
    stage, began = STAGES[name], time.monotonic()
    left_s = deadline - began
    if left_s < (0 if record.small else stage.least_s):
        record.end_stage(name, "not begun", 0, f"{max(0, left_s):.0f} s are left, and it needs {stage.least_s:.0f}")
        _say(f"— {name}: not begun, {max(0, left_s):.0f} s are left")
        return
    _say(f"— {name}")
    room.mkdir()
    theirs = _Stage(stage, device, record, room)
    # At a small size nothing is left out: what is asked is whether the kit works, on a machine of any speed.
    for told in theirs.said(deadline if record.small else min(deadline, began + stage.most_s)):
        if line := record.note(told):
            _say(f"  {line}")
    state, why = theirs.end()
    record.end_stage(name, state, time.monotonic() - began, why)
    _say(f"  {state} after {record.stages[name]['seconds']:g} s{f': {why}' if why else ''}")


class _Stage:
    """A stage in a process of its own, which leads a group with all that it starts."""

    def __init__(self, stage: Stage, device: torch.device, record: Record, room: Path) -> None:
        self._ours, theirs = FORK.Pipe(duplex=False)
        setting = Setting(device, record.machine["num_cards"], record.small, room, theirs.send)
        self._process = FORK.Process(target=_ask, args=(stage, setting))
        self._process.start()
        theirs.close()

    def said(self, deadline: float) -> Iterator[Told]:
        """What it says, as it says it, until it ends or the time is up."""
        try:
            while self._ours.poll(max(0.0, deadline - time.monotonic())):
                yield self._ours.recv()
        except EOFError:
            self._process.join()

    def end(self) -> tuple[str, str]:
        """How it ended, and of what if not by itself; what it started ends with it."""
        is_late = self._process.exitcode is None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid or 0, signal.SIGKILL)
        self._process.join()
        if is_late:
            return "cut", "the time is up"
        return ("done", "") if self._process.exitcode == 0 else ("failed", f"exit status {self._process.exitcode}")


def _ask(stage: Stage, setting: Setting) -> None:
    os.setsid()
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(setting.room / "compiled")  # what compiling costs the first time
    stage.ask(setting)


def _in_fork(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What it gives, in a process that may touch the card."""
    ours, theirs = FORK.Pipe(duplex=False)
    process = FORK.Process(target=lambda: theirs.send(work()))
    process.start()
    theirs.close()
    found: dict[str, Any] = ours.recv()
    process.join()
    return found


def _sum_up(record: Record, out: Path | None) -> None:
    _say("— answers")
    _say(f"  {len(record.answers)} of {len(record.questions)} questions are answered")
    for name in record.unmet:
        _say(f"  not as wanted: {record.questions[name]}")
    for name, why in record.open_questions.items():
        _say(f"  open: {record.questions[name]} ({why})")
    if out is not None:
        _say(f"  kept in {out / NAME}")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
