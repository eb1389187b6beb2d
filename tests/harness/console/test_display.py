"""Lines in a file, a table on a terminal: both of the same counts."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.console.display import NUM_SHOWN, LineDisplay, LiveDisplay, make_display, render
from harness.console.hints import Hints
from harness.state.files.folder import SweepFolder
from harness.state.files.records import TrialRecord
from harness.state.standing.counts import StageProgress, Standing
from harness.state.standing.progress import BestTrial, Progress, RunningRun

TEACHER = StageProgress("teacher", total=1, done=1, running=0, queued=0, failed=0, blocked=0)
SEARCH = StageProgress("search", total=8, done=2, running=1, queued=3, failed=1, blocked=0)
HINTS = Hints(SweepFolder(Path("results"), "mini"))
BEST = BestTrial(
    "", TrialRecord(number=3, run_id="search-3", alpha=0.5, temperature=4.0, state="complete", value=0.9876)
)


def at(*stages: StageProgress, failed: tuple[str, ...] = (), **changes: Any) -> Progress:
    return Progress(Standing(list(stages), list(failed), False, False), [], None, None)._replace(**changes)


def on_paper(width: int = 120) -> Console:
    return Console(file=io.StringIO(), width=width)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_line_is_written_where_counts_move_and_only_there() -> None:
    console = on_paper()
    with LineDisplay("mini", console, HINTS) as display:
        display.show(at(TEACHER, SEARCH))
        display.show(at(TEACHER, SEARCH._replace(running=4, queued=0)))
        display.show(at(TEACHER, SEARCH._replace(done=3)))
    first, second = text_of(console).splitlines()
    assert first.endswith(" mini 2/9 | teacher 1/1 · search 1/8")
    assert second.endswith(" mini 3/9 | teacher 1/1 · search 2/8")


def test_a_line_says_what_is_known_so_far() -> None:
    console = on_paper()
    LineDisplay("mini", console, HINTS).show(at(TEACHER, best=BEST, failed=("final-x-s0",), seconds_left=600))
    line = text_of(console).rstrip()
    assert "best so far 0.9876 at alpha 0.5, T 4 | 1 failed: make why SWEEP=mini RUN=final-x-s0 | about" in line
    assert line.endswith(" | about 10 min left")


def test_the_table_counts_runs_by_what_they_wait_for() -> None:
    console = on_paper()
    blocked = StageProgress("final", total=2, done=0, running=0, queued=0, failed=0, blocked=2)
    console.print(render(at(blocked, SEARCH, TEACHER, failed=("search-1",)), "mini", HINTS, "utf-8"))
    title, *rows = text_of(console).splitlines()
    assert title.strip() == "mini is running: 2 of 11 runs finished, 1 failed"
    assert [row.split()[0] for row in rows[:3]] == ["teacher", "search", "final"]  # in the order of the stages
    assert "1/8" in rows[1] and "1 running, 3 waiting in the queue, 1 failed" in rows[1]
    assert "2 blocked by a failed run" in rows[2]


def test_of_many_runs_at_work_the_first_are_shown_and_the_rest_counted() -> None:
    console = on_paper()
    running = [RunningRun(f"search-{n}", 2, 5, 0.5, "", 2 if n == 0 else 1) for n in range(NUM_SHOWN + 3)]
    console.print(render(at(SEARCH, running=running), "mini", HINTS, "utf-8"))
    lines = text_of(console).splitlines()
    assert sum("epoch 2/5" in line for line in lines) == NUM_SHOWN
    assert next(line for line in lines if "attempt 2" in line).split()[0] == "search-0"
    assert lines[-1].strip() == "and 3 more"


def test_why_jobs_wait_is_said_once_though_the_number_moves() -> None:
    console = on_paper()
    display = LineDisplay("mini", console, HINTS)
    for number, why in ((3, "for free nodes"), (2, "for free nodes"), (2, "held")):
        display.show(at(TEACHER, SEARCH, notes=(f"{number} job(s) wait {why}",)))
    assert text_of(console).splitlines()[1::2] == ["3 job(s) wait for free nodes", "2 job(s) wait held"]


def test_a_terminal_gets_the_table_and_a_file_lines() -> None:
    assert isinstance(make_display("mini", Console(file=io.StringIO(), force_terminal=True), HINTS), LiveDisplay)
    assert isinstance(make_display("mini", on_paper(), HINTS), LineDisplay)
