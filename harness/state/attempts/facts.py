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
    codes = [attempt.code for attempt in attempts if attempt.code != Code()]  # some never came to say
    commits = {(code.commit, code.diff_sha256) for code in codes if code.commit}
    return len(commits) > 1 or any(code.versions != codes[0].versions for code in codes)


def changed_threads(attempts: Sequence[Attempt]) -> bool:
    """Whether a run on a CPU went on with another number of threads than it began with.

    Sums are then divided in another way, and their last digits differ: the same bytes are promised for one number. Of
    an attempt that none came further than, nothing is left.
    """
    made = [each for each in attempts if each.device == CPU and each.code != Code()]  # some never came to say
    furthest = max((attempt.start_step for attempt in made), default=0)
    return len({each.num_threads for each in made if each is made[-1] or each.start_step < furthest}) > 1
