"""What the teacher and the student cost to keep and to run."""

from typing import NamedTuple

from harness.report.answer import Row
from harness.report.language import Language
from harness.report.names import arm_name, arm_note
from harness.report.results import Arm, Results
from kd.cards import public_model_name
from kd.config import TrainConfig
from kd.records import ModelSize, Speed, Timing


class Cost(NamedTuple):
    """One architecture. ``single``: one image at a time; ``batch``: the largest batch that was timed.

    ``arm`` is the teacher's; any one of the students', which all cost the same. An ensemble has the size of its
    teachers together, and neither a ``model`` nor a timing of its own.
    """

    key: str
    arm: Arm
    model: str | None
    size: ModelSize | None
    single: Timing | None
    batch: Timing | None


def find_costs(results: Results, rows: tuple[Row, ...]) -> tuple[Cost, ...]:
    """Of every teacher and, last, of the student, which costs the same however it was trained."""
    teachers = [row for row in rows if row.arm.kind == "teacher"]
    students = [row for row in rows if row.arm.kind != "teacher"]
    student_size = next((row.size for row in students if row.size), None)
    costs = [_cost(row.arm.key, results, row, row.size) for row in teachers]
    return *costs, _cost("student", results, students[0], student_size)


def cost_name(cost: Cost, say: Language) -> str:
    """Student, or the teacher's name."""
    return say("arm", kind="student") if cost.key == "student" else arm_name(cost.arm, say)


def cost_note(cost: Cost, say: Language) -> str:
    """Which model it is."""
    return cost.model or arm_note(cost.arm, say)


def hardware_text(speed: Speed, say: Language) -> str:
    """What the speed was measured on."""
    return say(
        "hardware",
        device=speed.device,
        num_threads=speed.num_threads,
        precision=speed.precision,
        date=speed.measured_at[:10],
    )


def _cost(key: str, results: Results, row: Row, size: ModelSize | None) -> Cost:
    config = row.arm.runs[0].run.config
    if not isinstance(config, TrainConfig):
        return Cost(key, row.arm, None, size, None, None)
    model = config.training.model
    timings = results.speed.timings.get(model, ()) if results.speed else ()
    first, last = (timings[0], timings[-1]) if timings else (None, None)
    return Cost(key, row.arm, public_model_name(model), size, first, last)
