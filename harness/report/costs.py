"""What the teacher and the student cost to keep and to run."""

from typing import Literal, NamedTuple

from harness.report.answer import Row
from harness.report.results import Results
from harness.report.text import count
from kd.cards import public_model_name
from kd.config import TrainConfig
from kd.records import ModelSize, Speed, Timing


class Cost(NamedTuple):
    """One architecture. ``single``: one image at a time; ``batch``: the largest batch that was timed."""

    key: Literal["teacher", "student"]
    name: str
    size: ModelSize | None
    single: Timing | None
    batch: Timing | None


def find_costs(results: Results, rows: tuple[Row, ...]) -> tuple[Cost, Cost]:
    """Of the teacher and of the student, which costs the same however it was trained."""
    teacher, baseline = rows[0], rows[1]
    student_size = next((row.size for row in rows[1:] if row.size), None)
    return _cost("teacher", results, teacher, teacher.size), _cost("student", results, baseline, student_size)


def hardware_text(speed: Speed) -> str:
    """What the speed was measured on."""
    return f"{speed.device}, {count(speed.num_threads, 'CPU thread')}, {speed.precision}, {speed.measured_at[:10]}"


def _cost(key: Literal["teacher", "student"], results: Results, row: Row, size: ModelSize | None) -> Cost:
    config = row.arm.runs[0].run.config
    assert isinstance(config, TrainConfig)
    model = config.training.model
    timings = results.speed.timings.get(model, ()) if results.speed else ()
    return Cost(key, public_model_name(model), size, timings[0] if timings else None, timings[-1] if timings else None)
