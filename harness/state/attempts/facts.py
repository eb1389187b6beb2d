"""What follows from the records of attempts: how long, on what, and whether the run went on as it had begun."""

from collections.abc import Sequence

from harness.state.clock import seconds_between
from kd.records import CPU, Attempt, Code


def duration(attempt: Attempt) -> float | None:
    """Seconds that an attempt took, without an end up to its last sign of life; None where neither is known.

    Never negative, though the clock may have been set back meanwhile.
    """
    until = attempt.ended_at or attempt.last_seen_at
    return max(0.0, seconds_between(attempt.started_at, until)) if until else None


def device_name(attempt: Attempt) -> str:
    """What an attempt ran on, for people: ``cpu``, ``NVIDIA H100``, ``2 × NVIDIA H100``."""
    return attempt.device if attempt.num_devices == 1 else f"{attempt.num_devices} × {attempt.device}"


def changed_code(attempts: Sequence[Attempt]) -> bool:
    """Whether a run went on with other code than it began with: its numbers then belong to neither.

    Of an attempt that could not ask git, the commit is not known, which is no difference.
    """
    codes = [attempt.code for attempt in _that_left_something(attempts)]
    commits = {(code.commit, code.diff_sha256) for code in codes if code.commit}
    return len(commits) > 1 or any(code.versions != codes[0].versions for code in codes)


def hardware_name(attempt: Attempt) -> str:
    """What decides the last digits of an attempt's numbers, for people."""
    if attempt.device != CPU:
        return device_name(attempt)
    threads = f"{device_name(attempt)} × {attempt.num_threads} thread(s)"
    return f"{threads} of {attempt.processor}" if attempt.processor else threads


def changed_hardware(attempts: Sequence[Attempt]) -> bool:
    """Whether a run went on with another GPU, CPU or number of CPU threads than it began with.

    Sums are then divided in another way, and their last digits differ: the same bytes are promised for one kind of
    hardware. Of older attempts the processor is not known, which is no difference.
    """
    made = _that_left_something(attempts)
    on_cpu = [each for each in made if each.device == CPU]
    processors = {each.processor for each in on_cpu if each.processor}
    return (
        len({device_name(each) for each in made}) > 1
        or len({each.num_threads for each in on_cpu}) > 1
        or len(processors) > 1
    )


def _that_left_something(attempts: Sequence[Attempt]) -> list[Attempt]:
    """Without those that none came further than, of which nothing is left, and those that never came to say."""
    made = [each for each in attempts if each.code != Code()]
    furthest = max((attempt.start_step for attempt in made), default=0)
    return [each for each in made if each is made[-1] or each.start_step < furthest]
