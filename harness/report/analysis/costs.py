"""What the teacher and the student cost to keep and to run."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.report.analysis.arms.gains import Row
from harness.report.analysis.chance.statistics import Estimate
from harness.report.analysis.speed_ratio import SpeedRatio, speed_ratio
from harness.report.results.sweep_results import Arm, Results
from harness.sweep.sections.reference import Reference, published_figures
from kd.config import TrainConfig
from kd.model_card import public_title
from kd.records import ModelSize, Speed, Timing


class Cost(NamedTuple):
    """One architecture. ``single``: one image at a time; ``batch``: the largest batch that was timed.

    ``arm`` is the teacher's; any one of the students', which all cost the same. An ensemble has the size of its
    teachers together, and neither a ``model`` nor a timing of its own. The student's ratios are to the teacher, or to
    all teachers one after the other; None where they did not take turns at as many images, as in older files.
    """

    key: str
    arm: Arm
    model: str | None
    size: ModelSize | None
    single: Timing | None
    batch: Timing | None
    single_ratio: SpeedRatio | None = None
    batch_ratio: SpeedRatio | None = None


def find_costs(results: Results, rows: tuple[Row, ...]) -> tuple[Cost, ...]:
    """Of every teacher and, last, of the student, which costs the same however it was trained."""
    teachers = [row for row in rows if row.arm.kind == "teacher"]
    students = [row for row in rows if row.arm.kind != "teacher"]
    student_size = next((row.size for row in students if row.size), None)
    costs = [_cost(row.arm.key, results, row, row.size) for row in teachers]
    student = _cost("student", results, students[0], student_size)
    titles = [title for row in teachers if (title := _title(row)) is not None]
    single, batch = _ratios(results.speed, titles, _title(students[0]))
    return *costs, student._replace(single_ratio=single, batch_ratio=batch)


def _ratios(speed: Speed | None, teachers: Sequence[str], student: str | None) -> tuple[SpeedRatio | None, ...]:
    """Of the student's passes to those of all teachers together: of one image, and of the batch."""
    turns = [one for one in speed.turns if student in one.passes_ms] if speed and student and teachers else []
    found = [
        speed_ratio([one.passes_ms[each] for each in teachers], one.passes_ms[student])
        if student is not None and one.passes_ms.keys() >= set(teachers)
        else None
        for one in turns
    ]
    return found[0] if found else None, found[-1] if len(found) > 1 else None


def _title(row: Row) -> str | None:
    """What the architecture is timed under; an ensemble has none."""
    config = row.arm.runs[0].run.config
    return config.training.title if isinstance(config, TrainConfig) else None


def _cost(key: str, results: Results, row: Row, size: ModelSize | None) -> Cost:
    config = row.arm.runs[0].run.config
    if not isinstance(config, TrainConfig):
        return Cost(key, row.arm, None, size, None, None)
    timings = results.speed.timings.get(config.training.title, ()) if results.speed else ()
    first, last = (timings[0], timings[-1]) if timings else (None, None)
    return Cost(key, row.arm, public_title(config.training), size, first, last)


class Point(NamedTuple):
    """One arm: its accuracy, as measured and as published, and its price; ``spread`` are the quartiles of a latency.

    ``seeds``: the accuracy of each of its models.
    """

    arm: Arm
    accuracy: Estimate
    published: tuple[float, ...]
    price: float
    spread: tuple[float, float] | None
    seeds: tuple[float, ...] = ()


def size_points(rows: Sequence[Row], costs: Sequence[Cost], references: Sequence[Reference]) -> list[Point]:
    """By number of parameters; empty where all models have the same size."""
    return _different([
        Point(row.arm, row.accuracy, _published(row.arm, references), float(cost.size.num_parameters), None,
              row.accuracies)
        for row, cost in _priced(rows, costs)
        if row.accuracy is not None and cost.size is not None
    ])  # fmt: skip


def latency_points(rows: Sequence[Row], costs: Sequence[Cost], references: Sequence[Reference]) -> list[Point]:
    """By milliseconds for one image; an ensemble has no timing of its own and is left out."""
    return _different([
        Point(row.arm, row.accuracy, _published(row.arm, references), cost.single.median_ms, cost.single.quartiles_ms,
              row.accuracies)
        for row, cost in _priced(rows, costs)
        if row.accuracy is not None and cost.single is not None
    ])  # fmt: skip


def _priced(rows: Sequence[Row], costs: Sequence[Cost]) -> list[tuple[Row, Cost]]:
    by_key = {cost.key: cost for cost in costs}
    return [(row, by_key[row.arm.key if row.arm.kind == "teacher" else "student"]) for row in rows]


def _different(points: list[Point]) -> list[Point]:
    return points if len({point.price for point in points}) > 1 else []


def _published(arm: Arm, references: Sequence[Reference]) -> tuple[float, ...]:
    return tuple(published_figures(references, arm.key))
