"""How long a plan will take, as a person is told."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from rich.console import Console

from harness.cluster.profiles import Profile, SlurmProfile, gpu_name, jobs_for, student_jobs
from harness.cluster.rehearsal import read_rehearsal, request_of, result_path
from harness.console.plain_console import say
from harness.state.estimate.cards import TERAFLOPS
from harness.state.estimate.estimate import Estimate, estimate_left
from harness.state.standing.snapshot import Snapshot
from harness.sweep.preparation.compiling import compiling_notes
from harness.sweep.totals import stage_limits, stage_totals
from kd.data.division.splits import open_division
from kd.records import CPU


def print_estimate(now: Snapshot, profile: Profile, console: Console) -> None:
    """Hours that are left and where the rates are from; what is not known, and how it would be."""
    plan, device = now.plan, find_device(profile, now)
    num_images = count_images(now)
    for note in compiling_notes(plan.sweep, num_images, device):
        say(console, note)
    left = num_left(now)
    if not left:
        return
    if device is None:
        say(
            console,
            "Time: not known, as the jobs' card is not, before the first ran: gpu_type in the profile names it.",
        )
        return
    found = find_estimate(now, profile, device, num_images)
    for title, rate in found.rates.items():
        say(console, f"Time: {title} on {device}: {rate.images_per_s:,.0f} images/s, {rate.source}.")
    if found.device_hours is None or found.wall_hours is None:
        say(console, f"Time: not known, as nobody has trained {', '.join(found.unknown)} on {device} here yet.")
        return
    whose = "cores" if device == CPU else "GPUs"
    more = sum(stage_limits(plan).values()) - sum(stage_totals(plan).values())
    seeds = f" Up to {more} runs more are made if all seeds are needed." if more else ""
    jobs = student_jobs(profile, plan.sweep)
    whole = (
        f"{span(found.wall_hours)} with {jobs} job(s) at a time, {span(found.device_hours)} of {whose}, for {left} runs"
    )
    say(console, f"Time: about {whole}; what jobs take to start, and the test, are not counted.{seeds}")


def span(hours: float) -> str:
    """Two digits, in the unit that suits.

    >>> span(30.2), span(0.5), span(0.003), span(0.0001)
    ('30 h', '30 min', '11 s', '1 s')
    """
    unit, size = next(
        (unit, size) for unit, size in (("h", 1.0), ("min", 60.0), ("s", 3600.0)) if hours * size >= 1 or unit == "s"
    )
    number = max(1.0, hours * size) if hours else 0.0
    return f"{number:.0f} {unit}" if number >= 10 or unit == "s" else f"{number:.2g} {unit}"


def num_left(now: Snapshot) -> int:
    """Runs that are not over, as far as the plan knows of them."""
    return sum(stage_totals(now.plan).values()) - sum(now.is_over(step.run.id) for step in now.steps)


def count_images(now: Snapshot) -> int:
    """That a model is trained on."""
    return len(open_division(now.plan.data, now.folder.data)[0].train)


def find_estimate(now: Snapshot, profile: Profile, device: str, num_images: int) -> Estimate:
    """With the operations of models that were rehearsed."""
    request = request_of(now.plan, profile)
    rehearsed = read_rehearsal(result_path(request, profile, now.folder.data), request)
    tried = rehearsed.models if rehearsed is not None else []
    macs = {request.models[each.place].title: each.macs for each in tried if each.macs is not None}
    return estimate_left(now, device, num_images, macs, partial(jobs_for, profile), profile.threads_for)


def find_device(profile: Profile, now: Snapshot) -> str | None:
    """What the jobs compute on: a card's name, ``cpu``, or None where nobody knows before the first one ran."""
    if not isinstance(profile, SlurmProfile):
        return gpu_name() or CPU
    if profile.gpus_per_run == 0:
        return CPU
    seen = Counter(attempt.device for step in now.steps for attempt in now.attempts(step.run.id))
    del seen[CPU]
    if seen:
        return seen.most_common(1)[0][0]
    asked = re.split(r"[^A-Z0-9]+", (profile.gpu_type or "").upper())
    return next(
        (name for name in TERAFLOPS if set(name.upper().split()) <= {*asked, *_with_letters_apart(asked)}), None
    )


def _with_letters_apart(words: Iterable[str]) -> Iterator[str]:
    """Of ``RTX4090`` also ``RTX`` and ``4090``, as a card's name has them."""
    for word in words:
        if parts := re.fullmatch(r"([A-Z]{3,})(\d+)", word):
            yield from parts.groups()
