"""Machine time: what attempts have held of GPUs and of processors. Reckoned here and nowhere else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.state.attempts.facts import duration
from harness.state.clock import timestamp
from kd.records import CPU, Attempt


@dataclass(frozen=True)
class MachineTime:
    """What a run, or several, have held of the machines, start-up and evaluation included.

    Of what runs held together each has its share, so the times of all runs add up to what they held.

    Args:
        gpu_hours_by_device: Hours times GPUs, by the GPU's name.
        core_hours: Of attempts without a GPU: hours times processes times CPU threads.
        wall_hours: Hours on the clock, whatever the device and however many.
        num_unknown: Attempts that neither said an end nor left a sign of life; they are in no sum.
    """

    gpu_hours_by_device: Mapping[str, float] = field(default_factory=dict)
    core_hours: float = 0.0
    wall_hours: float = 0.0
    num_unknown: int = 0

    @property
    def gpu_hours(self) -> float:
        """On GPUs of any name."""
        return sum(self.gpu_hours_by_device.values(), 0.0)

    def __add__(self, other: "MachineTime") -> "MachineTime":
        mine, theirs = self.gpu_hours_by_device, other.gpu_hours_by_device
        return MachineTime(
            gpu_hours_by_device={
                device: mine.get(device, 0.0) + theirs.get(device, 0.0) for device in sorted({*mine, *theirs})
            },
            core_hours=self.core_hours + other.core_hours,
            wall_hours=self.wall_hours + other.wall_hours,
            num_unknown=self.num_unknown + other.num_unknown,
        )


def machine_time(runs: Mapping[str, Iterable[Attempt]]) -> dict[str, MachineTime]:
    """What each run has held, by its id.

    Runs that train together as one stacked model hold one device. Each moment of their process is divided evenly
    among the attempts that are open in it: ``num_together`` alone does not tell, since a run may leave the others
    early, or go on alone when they are done.

    Args:
        runs: Every attempt of every run. A run left out leaves its share to those it was together with.
    """
    times = {run_id: MachineTime() for run_id in runs}
    by_process: dict[tuple[str, int, float], list[tuple[str, Attempt, float]]] = defaultdict(list)
    for run_id, attempts in runs.items():
        for attempt in attempts:
            seconds = duration(attempt)
            if seconds is None:
                times[run_id] += MachineTime(num_unknown=1)
            else:
                process = attempt.host, attempt.pid, attempt.process_created
                by_process[process].append((run_id, attempt, seconds))
    for members in by_process.values():
        starts = np.array([timestamp(attempt.started_at) for _, attempt, _ in members])
        ends = starts + np.array([seconds for _, _, seconds in members])
        for (run_id, attempt, _), share in zip(members, shares(starts, ends), strict=True):
            times[run_id] += _held(attempt, float(share) / 3600)
    return times


def shares(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each span has of the time that they cover, every moment of it divided evenly among the spans it lies in.

    >>> shares(np.array([0.0, 0.0, 8.0]), np.array([2.0, 6.0, 9.0])).tolist()
    [1.0, 5.0, 1.0]
    """
    edges = np.unique(np.concatenate([starts, ends]))
    num_begun, num_over = (np.searchsorted(np.sort(each), edges[:-1], "right") for each in (starts, ends))
    num_open = np.maximum(num_begun - num_over, 1)  # nobody has what lies between spans
    # What a span would have by each edge, were it open from the first one on.
    had: NDArray[np.float64] = np.append(0.0, np.cumsum(np.diff(edges) / num_open))
    return had[np.searchsorted(edges, ends)] - had[np.searchsorted(edges, starts)]


def _held(attempt: Attempt, hours: float) -> MachineTime:
    device_hours = hours * attempt.num_devices
    if attempt.device == CPU:
        return MachineTime(core_hours=device_hours * attempt.num_threads, wall_hours=hours)
    return MachineTime(gpu_hours_by_device={attempt.device: device_hours}, wall_hours=hours)
