"""From a sweep to its runs: which there are, in which stage, and what each waits for."""

import itertools
from collections.abc import Iterator
from functools import cached_property
from types import MappingProxyType
from typing import Any

from harness.sweep.runs import TEACHER_SEED, Run, Teaching, Variant, parts_of, planned
from harness.sweep.schema import Setting, Sweep
from harness.sweep.search.config import Value
from harness.sweep.search.params import Params, student_with, with_params
from harness.sweep.sections.extra_tests import CORRUPTED
from harness.sweep.sections.methods import Method
from harness.sweep.sections.seeds import SeedCount
from harness.sweep.sections.students import search_name
from harness.sweep.sections.unlabeled import UnlabeledSource
from kd.config import (
    DistillConfig,
    ExtraTestConfig,
    LogitsConfig,
    ModelTraining,
    Role,
    TestConfig,
    TrainConfig,
    UnlabeledConfig,
    UnlabeledImages,
)
from kd.data.corruptions import VERSION

NOTHING: Params = MappingProxyType({})  # was searched


class Plan:
    """The runs of a sweep over prepared data. Pure: the same sweep and data give the same names.

    Of several students each has a plan of its own, as if its sweep had it alone, among the ``members`` of the sweep's.
    What is asked of the sweep's own plan is then asked of the first student's, but for ``every_search`` and ``test``.

    Args:
        sweep: What is asked.
        digest: Of the data.
        seeds: How many there are by now, where results decide it; the rule's first number unless it is given.
        student: The key of the student that this is the plan of, of several.
    """

    def __init__(self, sweep: Sweep, digest: str, seeds: SeedCount | None = None, student: str = "") -> None:
        self.sweep = sweep
        self.seeds = seeds or SeedCount(sweep.seed_rule.min, not sweep.seed_rule.is_open)
        self.student_key = student
        self.data = sweep.data.stored(digest)
        self.methods = sweep.all_methods
        self.alone = sweep.student_alone
        self.searches = sweep.all_searches
        self._trials: dict[tuple[str, tuple[tuple[str, Value], ...], int], Run] = {}

    def with_seeds(self, seeds: SeedCount) -> "Plan":
        """The same with another number of seeds."""
        if seeds == self.seeds:
            return self
        plan = Plan(self.sweep, self.data.digest, seeds, self.student_key)
        plan._trials = self._trials  # which no final seed has a part in
        return plan

    @cached_property
    def members(self) -> "tuple[Plan, ...]":
        """A plan a student, in the order of the sweep file; of a sweep with one student, itself."""
        if not self.sweep.students:
            return (self,)
        return tuple(Plan(sweep, self.data.digest, student=key) for key, sweep in self.sweep.members.items())

    @cached_property
    def every_search(self) -> "dict[str, tuple[Plan, Method]]":
        """All searches by their names, each with the student's plan that it is of."""
        return {
            search_name(method.key, member.student_key): (member, method)
            for member in self.members
            for method in member.searches
        }

    @cached_property
    def teachers(self) -> list[Run]:
        """The teachers' trainings; equal ones have the seeds 0, 1, 2 and so on."""
        runs: dict[str, Run] = {}
        for training in self.sweep.all_teachers:
            seeded = (self._train("teacher", training, seed) for seed in itertools.count())
            run = next(run for run in seeded if run.id not in runs)
            runs[run.id] = run
        return list(runs.values())

    @cached_property
    def other_teachings(self) -> list[Teaching]:
        """By the teacher trained again with the seeds 1, 2 and so on, each by itself."""
        (training, *_), number = self.sweep.all_teachers, self.sweep.num_teacher_seeds
        return [self._teaching([self._train("teacher", training, seed)]) for seed in range(1, number)]

    @property
    def is_online(self) -> bool:
        """Whether the teachers teach in every step, and no logits are kept.

        Where they are kept, runs that learn from features have the teacher itself nonetheless.
        """
        is_told = bool(self.sweep.teacher_logits.online)
        return is_told or all(distill.features for distill in self.sweep.all_losses.values())

    @property
    def num_views(self) -> int:
        """How many views of the training images a student sees."""
        return self._student.num_views

    @cached_property
    def teaching(self) -> Teaching:
        """By the sweep's own teachers."""
        return self._teaching(self.teachers)

    @property
    def taught_by(self) -> tuple[Run, ...]:
        """The runs that every distilled one waits for."""
        return self.teaching.runs

    @cached_property
    def logits(self) -> Run:
        """The teachers' pass over every view the student trains on; not in the plan where they teach online.

        Several teachers are known together by its name all the same.
        """
        return self._pass_of(self.teachers)

    @property
    def logits_parts(self) -> list[Run]:
        """The pass in parts, each for any job, before ``logits`` seals it; none of a pass over few views."""
        return parts_of(self.logits)

    @cached_property
    def unlabeled_passes(self) -> dict[str, tuple[Run, ...]]:
        """The teachers' pass over images without labels, its parts first, by the variant that needs it; none online."""
        unlabeled = self.sweep.unlabeled
        if unlabeled is None or self.is_online:
            return {}
        return {key: self._unlabeled_pass(unlabeled, images) for key, images in unlabeled.arms().items()}

    def _unlabeled_pass(self, unlabeled: UnlabeledSource, images: UnlabeledImages) -> tuple[Run, ...]:
        whole = self._pass_of(self.teachers).config
        num_views = self._student.augment.num_views_of(unlabeled.num_passes(self.sweep.student.epochs, images))
        of_them = planned(whole.model_copy(update={"unlabeled": images, "num_views": num_views}))
        return (*parts_of(of_them), of_them)

    def _teaching(self, teachers: list[Run]) -> Teaching:
        if self.is_online:
            return Teaching(tuple(teachers), ())
        whole = self._pass_of(teachers)
        return Teaching(tuple(teachers), (*parts_of(whole), whole))

    def _pass_of(self, teachers: list[Run]) -> Run:
        # Only what decides the pixels: two students that see the same views share the logits.
        augment = self._student.augment.model_copy(update={"num_views": None})
        teacher, *others = Teaching(tuple(teachers), ()).teacher_ids
        return planned(
            LogitsConfig(
                data=self.data,
                teacher=teacher,
                more_teachers=tuple(others),
                augment=augment,
                num_views=self.num_views,
                dtype=self.sweep.teacher_logits.dtype,
            )
        )

    @property
    def _student(self) -> TrainConfig:
        student = self.student.config
        assert isinstance(student, TrainConfig)
        return student

    @cached_property
    def student(self) -> Run:
        """The student alone as the sweep file has it; what a search looks for does not change its shapes or views."""
        return self._train("baseline", self.sweep.student, 0)

    def baselines(self, params: Params = NOTHING) -> list[Run]:
        """The student alone, once a seed.

        Args:
            params: That its own search chose.
        """
        student = student_with(self.sweep.student, params)
        return [self._train("baseline", student, seed) for seed in range(self.seeds.number)]

    @cached_property
    def compares(self) -> list[list[Run]]:
        """Each named setting, once a seed."""
        return [self._seeded("compare", self.named_setting(setting), {}) for setting in self.sweep.compare]

    def trial(self, params: Params, method: Method | None = None, repeat: int = 0) -> Run:
        """A search run: a setting's first training, or its n-th repeat with another seed.

        Args:
            params: What was asked.
            method: Whose; the first one's unless another is given.
            repeat: 0 for the trial itself.
        """
        assert self.sweep.search is not None
        method = method or self.methods[0]
        key = method.key, tuple(sorted(params.items())), repeat
        if key not in self._trials:
            student, distill = student_with(self.sweep.student, params), self.distilled_by(method, params)
            self._trials[key] = self._train("search", student, self.sweep.search.seed + repeat, distill)
        return self._trials[key]

    def finals(self, params: Params = NOTHING, method: Method | None = None) -> list[Run]:
        """What was chosen for a method, the first unless another is given, on the baseline's seeds."""
        distill = self.distilled_by(method or self.methods[0], params)
        assert distill is not None
        return self._seeded("final", distill, params)

    def variants(self, params: Params = NOTHING, method: Method | None = None) -> list[Variant]:
        """The distilled student under every control, and under the teacher trained again; the settings as chosen.

        Args:
            params: That were chosen for the method.
            method: Whose students are the distilled ones; the first one's unless another is given.
        """
        distill = self.distilled_by(method or self.methods[0], params)
        assert distill is not None
        changed = {str(control): distill.with_control(control) for control in self.sweep.controls}
        wanted = [(key, other, self.teaching) for key, other in changed.items()]
        wanted += [
            (f"{TEACHER_SEED}{seed}", distill, teaching) for seed, teaching in enumerate(self.other_teachings, start=1)
        ]
        found = [
            Variant(key, other, teaching, tuple(self._seeded("variant", other, params, teaching)))
            for key, other, teaching in wanted
        ]
        return [*found, *self._with_unlabeled(distill, params)]

    def _with_unlabeled(self, distill: DistillConfig, params: Params) -> Iterator[Variant]:
        """The distilled student with images without labels beside its own, and its control."""
        asked = self.sweep.unlabeled
        if asked is None:
            return
        student, seeds = student_with(self.sweep.student, params), range(self.seeds.number)
        for key, images in asked.arms().items():
            passes = self.unlabeled_passes.get(key, ())
            teaching = self.teaching._replace(passes=(*passes, *self.teaching.passes))  # the labelled ones' stays last
            beside = asked.taught_by(passes[-1].id if passes else None, images)
            runs = [self._train("variant", student, seed, distill, teaching, beside) for seed in seeds]
            yield Variant(key, distill, teaching, tuple(runs))

    def test(self, models: list[str]) -> Run:
        """The one reading of the test images."""
        return planned(TestConfig(data=self.data, models=tuple(models)))

    def extra_tests(self, models: list[str]) -> dict[str, Run]:
        """The readings of other test sets by their names; of one that was not decoded yet none."""
        given = {name: {"digest": test.digest} for name, test in self.sweep.extra_tests.items() if test.digest}
        asked: dict[str, dict[str, Any]] = given | (
            {CORRUPTED: {"corruptions": VERSION}} if self.sweep.corruptions else {}
        )
        shared: dict[str, Any] = {"data": self.data, "models": tuple(models)}
        if len(self.teachers) > 1:
            shared |= {"ensemble": self.logits.id, "teachers": tuple(sorted(run.id for run in self.teachers))}
        return {name: planned(ExtraTestConfig(**shared, **what)) for name, what in asked.items()}

    @staticmethod
    def distilled_by(method: Method, params: Params) -> DistillConfig | None:
        """A method's loss with what was asked for; None of the student alone."""
        return None if method.distill is None else with_params(method.distill, params)

    def named_setting(self, setting: Setting) -> DistillConfig:
        """A compared setting: of the sweep's own loss, or of the one that it names."""
        return setting.of(self.sweep.base_loss)

    def _seeded(
        self, role: Role, distill: DistillConfig, params: Params, teaching: Teaching | None = None
    ) -> list[Run]:
        student = student_with(self.sweep.student, params)
        return [self._train(role, student, seed, distill, teaching) for seed in range(self.seeds.number)]

    def _train(
        self,
        role: Role,
        training: ModelTraining,
        seed: int,
        distill: DistillConfig | None = None,
        teaching: Teaching | None = None,
        unlabeled: UnlabeledConfig | None = None,
    ) -> Run:
        augment = self.sweep.data.augment if training.augment is None else training.augment
        logits, teachers = None, tuple[str, ...]()
        if distill is not None:
            teaching = teaching or self.teaching
            if teaching.passes and not distill.features:
                logits = teaching.passes[-1].id
            else:
                teachers = teaching.teacher_ids
        return planned(
            TrainConfig(
                role=role,
                seed=seed,
                data=self.data,
                training=training.model_copy(update={"augment": None}),
                augment=augment,
                distill=distill,
                logits=logits,
                teachers=teachers,
                unlabeled=unlabeled,
            )
        )
