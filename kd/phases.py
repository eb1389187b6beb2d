"""Where a run's time goes: phases that are marked in the code, and a stopwatch that can be put on them.

Nobody pays for the marks while nobody measures. A step of ``mnist_mlp`` (64 images, one CPU core) takes 0.6 ms; its six
marks take 1 to 2 µs of that, six ``torch.profiler.record_function`` 60 to 110 µs (torch 2.13), whether somebody
profiles or not.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager
from types import TracebackType


class Phase(ContextDecorator):
    """A phase of a run: ``with FORWARD:`` around some lines, or ``@VIEWS`` on a function that is nothing else.

    Phases that are entered within another count as part of the outer one.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        if _stopwatch is not None:
            _stopwatch.enter(self.name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if _stopwatch is not None:
            _stopwatch.leave()


START_UP = Phase("start-up")
DATA = Phase("data")
VIEWS = Phase("views")
TEACHER = Phase("teacher's logits")
FORWARD = Phase("forward")
LOSS = Phase("loss")
BACKWARD = Phase("backward")
OPTIMIZER = Phase("optimizer")
EVALUATION = Phase("evaluation")
CHECKPOINT = Phase("checkpoint")
RESULTS = Phase("results")
PHASES = (START_UP, DATA, VIEWS, TEACHER, FORWARD, LOSS, BACKWARD, OPTIMIZER, EVALUATION, CHECKPOINT, RESULTS)


class Stopwatch:
    """Seconds by phase.

    Args:
        wait: Called before a look at the clock: until a device has done what it was given.
        clock: Gives seconds.
    """

    def __init__(self, wait: Callable[[], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds = {phase.name: 0.0 for phase in PHASES}
        self._wait = wait
        self._clock = clock
        self._entered: list[str] = []
        self._began = 0.0

    def enter(self, phase: str) -> None:
        """A phase begins."""
        self._entered.append(phase)
        if len(self._entered) == 1:
            self._began = self._now()

    def leave(self) -> None:
        """The phase that was entered last is over."""
        phase = self._entered.pop()
        if not self._entered:
            self.seconds[phase] += self._now() - self._began

    def _now(self) -> float:
        self._wait()
        return self._clock()


_stopwatch: Stopwatch | None = None


@contextmanager
def timed_by(stopwatch: Stopwatch) -> Iterator[None]:
    """Phases in this process are timed meanwhile; in one thread, as a run is trained."""
    global _stopwatch
    _stopwatch = stopwatch
    try:
        yield
    finally:
        _stopwatch = None
