"""What a plan is made of: a run with its name, who teaches, and what is changed about the distilled student."""

from typing import NamedTuple

from kd.config import DistillConfig, LogitsConfig, RunConfig, TrainConfig, run_id

VIEWS_OF_A_PART = 8  # a teacher's pass over more views is divided, so that several jobs share it
TEACHER_SEED = "teacher_seed"  # the name of a variant, before its number


class Run(NamedTuple):
    """A run's name and what it is."""

    id: str
    config: RunConfig

    @property
    def gpus(self) -> int:
        """How many carry it out together."""
        return self.config.training.gpus if isinstance(self.config, TrainConfig) else 1


def planned(config: RunConfig) -> Run:
    """A run with the name that its configuration has."""
    return Run(run_id(config), config)


def parts_of(logits: Run) -> list[Run]:
    """A pass in parts, each for any job, before the whole seals it; none of a pass over few views."""
    whole = logits.config
    assert isinstance(whole, LogitsConfig)
    starts = range(0, whole.num_views, VIEWS_OF_A_PART) if whole.num_views > VIEWS_OF_A_PART else ()
    return [
        planned(
            whole.model_copy(
                update={
                    "part_of": logits.id,
                    "first_view": start,
                    "num_views": min(VIEWS_OF_A_PART, whole.num_views - start),
                }
            )
        )
        for start in starts
    ]


class Teaching(NamedTuple):
    """Who teaches: trainings, and their pass, its parts before the run that seals it; none where they teach online."""

    teachers: tuple[Run, ...]
    passes: tuple[Run, ...]

    @property
    def teacher_ids(self) -> tuple[str, ...]:
        """By which students are named; the teachers' order decides nothing."""
        return tuple(sorted(run.id for run in self.teachers))

    @property
    def runs(self) -> tuple[Run, ...]:
        """All that must be complete before a student can be taught."""
        return self.teachers + self.passes


class Variant(NamedTuple):
    """The distilled student with one thing changed, once a seed: what its gain is made of.

    ``key``: the control's name, ``TEACHER_SEED`` with a seed from 1, or that of unlabelled images.
    """

    key: str
    distill: DistillConfig
    teaching: Teaching
    runs: tuple[Run, ...]
