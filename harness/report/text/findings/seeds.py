"""Why there are as many seeds as there are, in words."""

from harness.report.analysis.arms.seeds import SeedReading
from harness.report.text.language import Language
from harness.report.text.numbers import percent, signed_points
from harness.state.attempts.machine_time import MachineTime
from harness.state.files.records import SeedLook
from harness.sweep.sections.seeds import SeedsConfig


def seeds_text(reading: SeedReading, say: Language) -> str:
    """How many seeds, why no more, and their cost; while it is not decided, how many there may be."""
    number, most = reading.count.number, reading.rule.most
    if reading.last is None or not reading.count.is_decided:
        return say("seeds-open", number=number, most=most)
    why = _why(reading.rule, reading.last, say)
    num_looks = reading.rule.looks.index(reading.last.num_seeds) + 1
    cost = {"runs": reading.num_runs, "hours": _hours(reading.machine_time, say)}
    return say("seeds-decided", number=number, most=most, why=why, looks=num_looks, **cost)


def _why(rule: SeedsConfig, last: SeedLook, say: Language) -> str:
    return say(
        "seeds-why",
        why=(last.enough or "max").replace("_", "-"),
        gain=signed_points(last.gain or 0.0),
        low=signed_points(last.low or 0.0),
        high=signed_points(last.high or 0.0),
        half=percent(last.half_width or 0.0),
        wanted=f"{rule.half_width or 0:.2f}",
        margin=f"{rule.margin or 0:.2f}",
    )


def _hours(time: MachineTime, say: Language) -> str:
    """On GPUs, on processors, or on both."""
    gpus, cores = time.gpu_hours, time.core_hours
    said = [say("seeds-gpu-hours", hours=f"{gpus:.2f}")] if gpus else []
    return say.join([*said, *([say("seeds-core-hours", hours=f"{cores:.2f}")] if cores or not said else [])])
