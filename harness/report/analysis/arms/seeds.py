"""How many seeds were trained, why no more, and what they cost: of a sweep whose results decide their number."""

from dataclasses import dataclass

from harness.report.results.sweep_results import Results
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import OVER
from harness.state.files.records import SeedLook
from harness.sweep.sections.seeds import SeedCount, SeedsConfig


@dataclass(frozen=True)
class SeedReading:
    """The seeds so far. ``last``: the newest look, None before the first. ``num_runs``: trainings that are over."""

    rule: SeedsConfig
    count: SeedCount
    last: SeedLook | None
    num_runs: int
    machine_time: MachineTime


def read_seeds(results: Results) -> SeedReading | None:
    """None where the number of seeds is given."""
    rule = results.plan.sweep.seed_rule
    if not rule.is_open:
        return None
    runs = [run for arm in results.arms if arm.kind != "teacher" for run in arm.runs if run.state in OVER]
    times = [results.machine_times[run.id] for run in runs if run.id in results.machine_times]
    return SeedReading(
        rule=rule,
        count=results.plan.seeds,
        last=results.looks[-1] if results.looks else None,
        num_runs=len(runs),
        machine_time=sum(times, MachineTime()),
    )
