"""What is left of a sweep, in hours of the device and on the clock."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from harness.state.estimate.cards import PASSES
from harness.state.estimate.rates import Kind, Rate, find_rate
from harness.state.stages.graph import is_final_lone
from harness.state.standing.progress import STUDENTS
from harness.state.standing.snapshot import Snapshot
from harness.sweep.plan import Plan
from harness.sweep.runs import VIEWS_OF_A_PART
from harness.sweep.totals import stage_totals
from kd.config import LogitsConfig, ModelTraining, TrainConfig
from kd.records import CPU

Macs = Mapping[str, int]
"""Multiply-accumulates of one image's forward pass, by the model's title."""
Room = Callable[[int, int | None], int]
"""What a run has, by its GPUs and by how many stand abreast with it (``Step.num_abreast``)."""


class Estimate(NamedTuple):
    """Hours that are left; None of what is not known.

    Args:
        device_hours: Of all GPUs together; without GPUs, of all cores.
        wall_hours: On the clock, with as many jobs at a time as there is room for, and none waiting.
        rates: By the model, where they are from.
        unknown: Models of which nothing is known.
    """

    device_hours: float | None
    wall_hours: float | None
    rates: dict[str, Rate]
    unknown: tuple[str, ...]


class _Work(NamedTuple):
    """Runs alike: their stage, how many, what each trains, on how many images in all, and how many at a time."""

    stage: str
    kind: Kind
    num_runs: float
    num_images: float
    num_jobs: int


class _Place(NamedTuple):
    """Where the runs are carried out."""

    device: str
    jobs_for: Room
    threads_for: Room

    def kind(self, training: ModelTraining, plan: Plan, num_abreast: int | None, is_online: bool = False) -> Kind:
        """Trainings of a model here; their threads tell nothing where a GPU computes."""
        threads = self.threads_for(training.gpus, num_abreast) if self.device == CPU else None
        return Kind(training, is_online, plan.data.digest, self.device, threads)


def estimate_left(
    now: Snapshot, device: str, num_images: int, macs: Macs, jobs_for: Room, threads_for: Room
) -> Estimate:
    """Trainings and the teacher's pass; not what a job takes to start, nor the reading of the test images.

    Args:
        now: The sweep.
        device: The card's name, or ``cpu``.
        num_images: That a model is trained on.
        macs: Of models, where they are known.
        jobs_for: How many runs such as this one there is room for at a time.
        threads_for: Of each process on a CPU: runs that all others wait for have several slots' (``docs/design/0045``).
    """
    place = _Place(device, jobs_for, threads_for)
    works = [*_teachers(now, place, num_images), *_students(now, place, num_images)]
    rates: dict[str, Rate] = {}
    unknown: list[str] = []
    device_s = 0.0
    seconds_of: defaultdict[tuple[str, int], float] = defaultdict(float)  # of runs that fill the same slots
    num_runs_of: defaultdict[tuple[str, int], float] = defaultdict(float)
    found: dict[Kind, Rate | None] = {}
    for work in works:
        title = work.kind.training.title
        if work.kind not in found:
            found[work.kind] = find_rate(work.kind, now.folder.path, macs.get(title))
        rate = found[work.kind]
        if rate is None:
            unknown.append(title)
            continue
        seconds = work.num_runs * work.num_images / rate.images_per_s
        device_s += seconds * work.kind.training.gpus * (work.kind.num_threads or 1)
        seconds_of[work.stage, work.num_jobs] += seconds
        num_runs_of[work.stage, work.num_jobs] += work.num_runs
        rates[f"{_name(work.kind)}{', the teacher at its side' if work.kind.is_online else ''}"] = rate
    if unknown:
        return Estimate(None, None, rates, tuple(dict.fromkeys(unknown)))
    wall_s = sum(seconds / max(1, min(group[1], num_runs_of[group])) for group, seconds in seconds_of.items())
    return Estimate(device_s / 3600, wall_s / 3600, rates, ())


def _name(kind: Kind) -> str:
    many = f" with {kind.num_threads} threads" if kind.num_threads is not None and kind.num_threads > 1 else ""
    return f"{kind.training.title}{many}"


def _teachers(now: Snapshot, place: _Place, num_images: int) -> Iterator[_Work]:
    """Their trainings, and their passes on one GPU: of these each image is a third of one that is learned from."""
    works: Counter[tuple[str, ModelTraining, int | None, float]] = Counter()
    for step in now.steps:
        config = step.run.config
        if now.is_over(step.run.id):
            continue
        if isinstance(config, TrainConfig) and step.stage == "teacher":
            works[step.stage, config.training, step.num_abreast, config.training.epochs * num_images] += 1
        elif isinstance(config, LogitsConfig) and (config.part_of or config.num_views <= VIEWS_OF_A_PART):
            images = config.num_views * _images_of_pass(config, now.plan, num_images) / PASSES
            for teacher in now.plan.sweep.all_teachers:
                works[step.stage, teacher.model_copy(update={"gpus": 1}), step.num_abreast, images] += 1
    for (stage, training, num_abreast, images), number in works.items():
        if images:
            num_jobs = place.jobs_for(training.gpus, num_abreast)
            yield _Work(stage, place.kind(training, now.plan, num_abreast), number, images, num_jobs)


def _images_of_pass(config: LogitsConfig, plan: Plan, num_images: int) -> int:
    """Of the training images, or of those without labels where the pass is over them."""
    unlabeled = plan.sweep.unlabeled
    if config.unlabeled is None or unlabeled is None:
        return num_images
    assert unlabeled.num_images is not None, "they were counted when the sweep was read"
    return unlabeled.num_images


def _students(now: Snapshot, place: _Place, num_images: int) -> Iterator[_Work]:
    """What is left of each stage, shared evenly by the students where there are several."""
    over = [step.stage for step in now.steps if now.is_over(step.run.id)]
    plan = now.plan
    for stage, total in stage_totals(plan).items():
        left = total - over.count(stage)
        if stage not in STUDENTS or left <= 0:
            continue
        is_online = plan.is_online and stage not in ("baseline", "tuning")
        for member in plan.members:
            student = member.sweep.student
            num_abreast = 1 if stage == "final" and is_final_lone(member) else None
            kind = place.kind(student, plan, num_abreast, is_online)
            num_jobs = place.jobs_for(student.gpus, num_abreast)
            images = student.epochs * num_images + (_images_beside(member, num_images) if stage == "variant" else 0)
            yield _Work(stage, kind, left / len(plan.members), images, num_jobs)


def _images_beside(plan: Plan, num_images: int) -> float:
    """Images without labels that a variant's training learns from, on the average of all variants."""
    unlabeled = plan.sweep.unlabeled
    if unlabeled is None:
        return 0
    arms = len(unlabeled.arms())
    drawn = unlabeled.taught_by(None).num_drawn(plan.sweep.student.epochs * num_images)
    return drawn * arms / (arms + len(plan.sweep.controls) + len(plan.other_teachings))
