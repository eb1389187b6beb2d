"""What the teacher and the student cost to keep and to run."""

from typing import NamedTuple

from harness.report.answer import Row
from harness.report.results import Results
from harness.report.text import count
from kd.cards import public_model_name
from kd.config import TrainConfig
from kd.records import ModelSize, Speed, Timing


class Cost(NamedTuple):
    """One architecture. ``single``: one image at a time; ``batch``: the largest batch that was timed.

    An ensemble has the size of its teachers together, and no timing of its own.
    """

    key: str
    label: str
    name: str
    size: ModelSize | None
    single: Timing | None
    batch: Timing | None


def find_costs(results: Results, rows: tuple[Row, ...]) -> tuple[Cost, ...]:
    """Of every teacher and, last, of the student, which costs the same however it was trained."""
    teachers = [row for row in rows if row.arm.kind == "teacher"]
    students = [row for row in rows if row.arm.kind != "teacher"]
    student_size = next((row.size for row in students if row.size), None)
    costs = [_cost(row.arm.key, row.arm.label, results, row, row.size) for row in teachers]
    return *costs, _cost("student", "Student", results, students[0], student_size)


def hardware_text(speed: Speed) -> str:
    """What the speed was measured on."""
    return f"{speed.device}, {count(speed.num_threads, 'CPU thread')}, {speed.precision}, {speed.measured_at[:10]}"


def _cost(key: str, label: str, results: Results, row: Row, size: ModelSize | None) -> Cost:
    config = row.arm.runs[0].run.config
    if not isinstance(config, TrainConfig):
        return Cost(key, label, row.arm.detail, size, None, None)
    model = config.training.model
    timings = results.speed.timings.get(model, ()) if results.speed else ()
    first, last = (timings[0], timings[-1]) if timings else (None, None)
    return Cost(key, label, public_model_name(model), size, first, last)
