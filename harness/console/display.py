"""What a person sees while a sweep runs: a calm live table on a terminal, timestamped lines in a file."""

import re
from collections.abc import Iterable
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.console.hints import Hints
from harness.console.plain import bar
from harness.console.plain_console import say
from harness.state.attempts.run_state import SweepState
from harness.state.clock import now
from harness.state.standing.counts import StageProgress
from harness.state.standing.progress import Progress
from harness.sweep.search.params import params_words
from harness.sweep.totals import STAGES

NUM_SHOWN = 8  # running runs in the live table
BAR_WIDTH = 24


class LiveDisplay:
    """A table that is redrawn in place."""

    def __init__(self, title: str, console: Console, hints: Hints) -> None:
        self._title = title
        self._hints = hints
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> "LiveDisplay":
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        """Draw the sweep as it is now."""
        self._live.update(render(progress, self._title, self._hints, self._live.console.encoding), refresh=True)


class LineDisplay:
    """One timestamped line whenever the counts of a stage change, or something else is to be said."""

    def __init__(self, title: str, console: Console, hints: Hints) -> None:
        self._title = title
        self._hints = hints
        self._console = console
        self._last: tuple[list[StageProgress], list[str]] | None = None

    def __enter__(self) -> "LineDisplay":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing to put back."""

    def show(self, progress: Progress) -> None:
        """Print a line if something moved."""
        known = [stage._replace(running=0, queued=0) for stage in progress.stages], _without_numbers(progress.notes)
        if known == self._last:
            return
        self._last = known
        stages = " · ".join(f"{stage.stage} {_finished(stage)}" for stage in progress.stages)
        finished = f"{progress.standing.succeeded}/{progress.total}"
        words = [f"{now()} {self._title} {finished}", stages, *_facts(progress, self._hints)]
        for line in (" | ".join(words), *progress.notes):
            say(self._console, line)


def make_display(title: str, console: Console, hints: Hints) -> LiveDisplay | LineDisplay:
    """The live table where the console is a terminal, lines where it is a file."""
    return (LiveDisplay if console.is_terminal else LineDisplay)(title, console, hints)


def render(progress: Progress, title: str, hints: Hints, encoding: str) -> Group:
    """The sweep as a table of stages, the running runs, and what is known so far, in letters of that encoding."""
    stages = Table(box=None, pad_edge=False, show_header=False)
    for stage in sorted(progress.stages, key=lambda stage: STAGES.index(stage.stage)):
        counts = {"running": stage.running, "waiting in the queue": stage.queued, "failed": stage.failed}
        counts["blocked by a failed run"] = stage.blocked
        notes = [f"{number} {what}" for what, number in counts.items() if number]
        filled = bar(stage.succeeded / stage.total, BAR_WIDTH, encoding)
        stages.add_row(stage.stage, Text(filled), _finished(stage), ", ".join(notes))
    parts: list[Table | Text] = [Text(_head(title, progress)), stages]
    if progress.running:
        parts.append(_running_table(progress))
    if facts := _facts(progress, hints):
        parts.append(Text(" · ".join(facts)))
    return Group(*parts, *map(Text, progress.notes))


def _head(title: str, progress: Progress) -> str:
    """Where the sweep stands, in a sentence."""
    state = {SweepState.FAILED: "has failed", SweepState.STOPPED: "has stopped", SweepState.UNREADABLE: "is damaged"}
    finished = f"{progress.standing.succeeded} of {progress.total} runs finished"
    failed = f", {len(progress.failed)} failed" if progress.failed else ""
    return f"{title} {state.get(progress.state, f'is {progress.state}')}: {finished}{failed}"


def _finished(stage: StageProgress) -> str:
    """How many runs of a stage are finished and, where seeds may be added, how many runs that could make."""
    return f"{stage.succeeded}/{stage.total}" + (f" (up to {stage.most})" if stage.most else "")


def _running_table(progress: Progress) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for run in progress.running[:NUM_SHOWN]:
        epoch = f"epoch {run.epoch}/{run.num_epochs}" if run.num_epochs else ""
        accuracy = "" if run.val_accuracy is None else f"val {100 * run.val_accuracy:.1f} %"
        table.add_row("  " + run.run_id, epoch, accuracy, f"attempt {run.attempt}" if run.attempt > 1 else "")
    if len(progress.running) > NUM_SHOWN:
        table.add_row(f"  and {len(progress.running) - NUM_SHOWN} more")
    return table


def _without_numbers(notes: Iterable[str]) -> list[str]:
    """The notes but for what counts up or down in them, which is no news."""
    return [re.sub(r"\d+", "", note) for note in notes]


def _facts(progress: Progress, hints: Hints) -> list[str]:
    facts = []
    if progress.best is not None and progress.best.trial.value is not None:
        method, trial, student = progress.best
        whose = "".join(f"{name}, " for name in (student, method) if name)
        facts.append(f"best so far {trial.value:.4g} at {whose}{params_words(trial.params)}")
    if progress.failed:
        facts.append(f"{len(progress.failed)} failed: {hints.why(progress.failed[0])}")
    if progress.seconds_left:
        facts.append(f"about {_duration(progress.seconds_left)} left")
    return facts


def _duration(seconds: float) -> str:
    """A rough length of time in words.

    >>> _duration(0.2), _duration(42), _duration(600), _duration(9000)
    ('1 s', '42 s', '10 min', '2.5 h')
    """
    if seconds < 100:
        return f"{max(1.0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
