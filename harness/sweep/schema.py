"""The sweep file: one YAML, one study."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from harness.sweep.names import MAX_NAME_LENGTH, NAME_PATTERN
from harness.sweep.search.config import SearchConfig, Value
from harness.sweep.search.params import own_params
from harness.sweep.sections.extra_tests import ExtraTests
from harness.sweep.sections.methods import (
    ListedMethod,
    Method,
    check_methods,
    listed_methods,
    sole_method,
    student_alone,
)
from harness.sweep.sections.metric import Metric
from harness.sweep.sections.reference import References
from harness.sweep.sections.seeds import Seeds, SeedsConfig, seed_rule
from harness.sweep.sections.students import StudentConfig, check_students, student_keys
from harness.sweep.sections.unlabeled import Unlabeled
from kd.config import (
    Alpha,
    Config,
    Control,
    DataConfig,
    DistillConfig,
    FeatureConfig,
    LogitsType,
    ModelTraining,
    Temperature,
)
from kd.remedies import did_you_mean


class TeacherLogitsConfig(Config):
    """Where the distilled runs have the teacher's logits from."""

    online: bool | None = Field(
        None, description="true: computed in every step; false: once for all runs, and kept; null: what costs less"
    )
    dtype: LogitsType = Field("float16", description="in which they are kept")
    max_gb: float = Field(64, gt=0, description="with online null: kept only where they take no more")


class TeacherConfig(ModelTraining):
    """A teacher, and how often it is trained anew."""

    seeds: int = Field(
        1,
        ge=1,
        le=20,
        exclude_if=lambda seeds: seeds == 1,
        description="trainings of the teacher, with the seeds 0, 1, 2 …: the first is the sweep's teacher; under each "
        "other one the chosen setting is trained again with every seed",
    )

    @property
    def training(self) -> ModelTraining:
        """Without what is the sweep's alone."""
        return ModelTraining(**{name: getattr(self, name) for name in ModelTraining.model_fields})


class Setting(Config):
    """A named setting: alpha and temperature, and a loss with its options where that is another one."""

    model_config = ConfigDict(extra="allow")

    alpha: Alpha = Field(description="weight of the soft term")
    temperature: Temperature = Field(description="of both softmaxes")

    @model_validator(mode="before")
    @classmethod
    def _other_keys_are_those_of_a_loss(cls, content: Any) -> Any:
        known = list(DistillConfig.model_fields)
        for key in content if isinstance(content, Mapping) else ():
            if key not in known:
                raise ValueError(f"unknown key {key}{did_you_mean(str(key), known)}; allowed: {', '.join(known)}")
        return content

    @property
    def other(self) -> dict[str, Any]:
        """What is given beside alpha and temperature."""
        return self.model_extra or {}

    def of(self, distill: DistillConfig) -> DistillConfig:
        """The sweep's loss at this setting; where it names a loss, that one, with its own options alone.

        Raises:
            pydantic.ValidationError: The loss cannot have such an option.
        """
        given = self.model_dump()
        return DistillConfig.model_validate(given if "loss" in given else distill.model_dump() | given)


class Sweep(Config):
    """One study."""

    name: str = Field(
        pattern=NAME_PATTERN, max_length=MAX_NAME_LENGTH, description="of the folder that results are kept in"
    )
    description: str = Field("", description="one line, shown in the report")
    data: DataConfig = Field(description="the images")
    teacher: TeacherConfig | None = Field(
        None, exclude_if=lambda teacher: teacher is None, description="the model to learn from, and its training"
    )
    teachers: tuple[ModelTraining, ...] = Field(
        (),
        min_length=2,
        exclude_if=lambda teachers: not teachers,
        description="instead of teacher: their raw logits are averaged; equal ones get seeds 0, 1, 2 …",
    )
    accept_weak_teacher: bool = Field(
        False,
        exclude_if=lambda accepts: not accepts,
        description="go on with a teacher that is used as it is and does no better than chance on val",
    )
    # Never None in a sweep that was read: where students are listed, the first of them.
    student: ModelTraining = Field(
        cast("Any", None), description="the model that is wanted, and its training, alone and distilled"
    )
    students: tuple[StudentConfig, ...] = Field(
        (),
        min_length=1,
        exclude_if=lambda students: not students,
        description="instead of student: models under one teacher and one pass of its logits, each with its own "
        "baseline, search and final runs; a list of mappings as under student, with name besides",
    )
    distill: DistillConfig = Field(DistillConfig(), description="the loss that the distilled students are trained with")
    methods: tuple[ListedMethod, ...] = Field(
        (),
        exclude_if=lambda methods: not methods,
        description="instead of distill: losses side by side, each searched alike and trained with the same seeds; a "
        "list of names, or of mappings as under distill with name and space besides",
    )
    compare: tuple[Setting, ...] = Field(
        (),
        description="settings that are trained beside the one that is searched: alpha and temperature, and as under "
        "distill a loss with its options",
    )
    controls: tuple[Control, ...] = Field(
        (),
        exclude_if=lambda controls: not controls,
        description="arms that tell what the gain is made of, at the chosen setting: smoothed_labels, without the "
        "teacher, as soft as it is on average; shuffled_dark, with what it says of the other classes dealt out anew",
    )
    unlabeled: Unlabeled | None = Field(
        None,
        exclude_if=lambda unlabeled: unlabeled is None,
        description="images without labels that teach too: an arm at the chosen setting that learns from them by the "
        "teacher's word alone, beside the labelled ones; a source alone may stand for the mapping",
    )
    search: SearchConfig | None = Field(SearchConfig(), description="null: take every value as distill and student say")
    teacher_logits: TeacherLogitsConfig = Field(
        TeacherLogitsConfig(),
        exclude_if=lambda logits: logits == TeacherLogitsConfig(),
        description="where the students have them from",
    )
    on_weak_teacher: Literal["warn", "stop"] = Field(
        "warn",
        exclude_if=lambda action: action == "warn",
        description="where the teacher is not better on val than the student alone: say so and go on, or train the "
        "baselines first and end before the search",
    )
    metric: Metric | None = Field(
        None,
        exclude_if=lambda metric: metric is None,
        description="what the answer is given in: accuracy, or balanced_accuracy, the mean over classes of their "
        "accuracies; null: balanced_accuracy where the largest class of the test images has more than three times the "
        "images of the smallest. Re-runs nothing; a rule for seeds may ask for more of them",
    )
    seeds: Seeds = Field(
        5,
        description="final runs of each setting, with the seeds 0, 1, 2 …; a number, or a rule that adds seeds until "
        "they are enough",
    )
    extra_tests: ExtraTests = Field(
        {},
        exclude_if=lambda tests: not tests,
        description="other labelled images by name, such as {sketch: folder:sketches}: read once when all is trained, "
        "each with its own gains; a set that is added later trains nothing",
    )
    corruptions: bool = Field(
        False,
        exclude_if=lambda is_asked: not is_asked,
        description="read the test images also with noise, blur, less contrast and JPEG, at three strengths each",
    )
    reference: References = Field((), description="published figures to show beside these, of one paper or a list")

    @field_validator("teacher", "student", mode="before")
    @classmethod
    def _a_list_has_its_own_key(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, list):
            raise ValueError(f"is one mapping; a list goes under {info.field_name}s")
        return value

    @model_validator(mode="before")
    @classmethod
    def _null_is_no_student(cls, content: Any) -> Any:
        if isinstance(content, Mapping) and content.get("student", ...) is None:
            return {key: value for key, value in content.items() if key != "student"}
        return content

    @model_serializer(mode="wrap")
    def _with_one_key_of_students(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        if self.students:
            content.pop("student", None)
        return content

    @property
    def members(self) -> dict[str, "Sweep"]:
        """The same study of one student each, by the student's key; the sweep itself, without a key, where one is."""
        if not self.students:
            return {"": self}
        return {
            key: self.model_copy(update={"student": student.training, "students": ()})
            for key, student in zip(student_keys(self.students), self.students, strict=True)
        }

    @property
    def all_teachers(self) -> tuple[ModelTraining, ...]:
        """``teachers``, or ``teacher`` alone."""
        return self.teachers or (() if self.teacher is None else (self.teacher.training,))

    @property
    def all_students(self) -> dict[str, ModelTraining]:
        """By its place in the sweep file."""
        if not self.students:
            return {"student": self.student}
        return {f"students.{number}": student.training for number, student in enumerate(self.students)}

    @property
    def num_teacher_seeds(self) -> int:
        """How often a single teacher is trained."""
        return 1 if self.teacher is None else self.teacher.seeds

    @property
    def seed_rule(self) -> SeedsConfig:
        """``seeds`` as a rule, which adds none where it is a number."""
        return seed_rule(self.seeds)

    @property
    def seeds_key(self) -> str:
        """What says how many seeds there are, or may be, by its place in the sweep file."""
        if not isinstance(self.seeds, SeedsConfig):
            return "seeds"
        return "seeds.max" if self.seeds.is_open else "seeds.min"

    @property
    def all_methods(self) -> tuple[Method, ...]:
        """``methods``, or the one that ``distill`` describes."""
        if not self.methods:
            return (sole_method(self.distill, self.search),)
        return tuple(listed_methods(self.methods, self.search))

    @property
    def base_loss(self) -> DistillConfig:
        """What a compared setting is another setting of, unless it names a loss: the first method's."""
        return self.methods[0].distill if self.methods else self.distill

    @property
    def compared_losses(self) -> tuple[DistillConfig, ...]:
        """Of each compared setting.

        Raises:
            pydantic.ValidationError: A setting that no loss has; ``check_consistency`` says so in a line.
        """
        return tuple(setting.of(self.base_loss) for setting in self.compare)

    @property
    def all_losses(self) -> dict[str, DistillConfig]:
        """What students are distilled with, by its place in the sweep file; none of them has been searched."""
        methods = {f"methods.{number}": method.distill for number, method in enumerate(self.methods)}
        compared = {f"compare.{number}": distill for number, distill in enumerate(self.compared_losses)}
        return (methods or {"distill": self.distill}) | compared

    @property
    def all_features(self) -> dict[str, FeatureConfig]:
        """What is learned from inside the teacher, by its place in the sweep file; equal ones once."""
        found = {
            f"{place}.features.{number}": feature
            for place, distill in self.all_losses.items()
            for number, feature in enumerate(distill.features)
        }
        first = {feature: place for place, feature in reversed(found.items())}
        return {place: feature for place, feature in found.items() if first[feature] == place}

    @property
    def student_alone(self) -> Method | None:
        """The baseline's own search, over what is searched of the student's training; None where nothing is."""
        alone = student_alone(self.all_methods)
        return alone if alone.space else None

    @property
    def all_searches(self) -> tuple[Method, ...]:
        """What has a search: the student alone, where its training is searched, and the methods."""
        alone = self.student_alone
        return (*((alone,) if alone else ()), *(method for method in self.all_methods if method.space))

    def num_trials(self, method: Method) -> int:
        """How many trials a search of this sweep has."""
        return self.search.planned_trials(method.space) if self.search and method.space else 0

    def num_repeats(self, method: Method) -> int:
        """How many trainings of its best settings a search adds; fewer where fewer trials are complete."""
        return self.search.planned_repeats(method.space) if self.search and method.space else 0

    @property
    def search_notes(self) -> list[str]:
        """What a person should know of the searches before they start, in sentences."""
        notes = [self.search.note(method.space) for method in self.all_searches] if self.search else []
        said = [note for note in dict.fromkeys(notes) if note is not None][:1]
        if alone := self.student_alone:
            names, number = ", ".join(alone.space), self.num_trials(alone)
            said.append(
                f"the baseline is searched too, {number} trials of {names}: tuned against untuned is no comparison"
            )
        return said

    @property
    def notes(self) -> list[str]:
        """What a person should know before the start, in sentences: of the searches, and of seeds that are added."""
        return [*self.search_notes, *([note] if (note := self.seed_rule.note) else [])]

    def first_trial(self, method: Method) -> dict[str, Value]:
        """What the sweep itself says of a search's dimensions: its trial 0, where the sampler is free to choose."""
        return own_params(method.space, method.distill or self.distill, self.student)

    @model_validator(mode="after")
    def _methods_are_told_apart(self) -> "Sweep":
        check_methods(self.methods)
        if self.methods and self.distill != DistillConfig():
            raise ValueError("give distill, or methods with their own values, not both")
        return self

    @model_validator(mode="after")
    def _variants_are_told_apart(self) -> "Sweep":
        for control in self.controls:
            if self.controls.count(control) > 1:
                raise ValueError(f"controls: {control} is listed twice")
        if self.num_teacher_seeds > 1 and self.all_teachers[0].is_used_as_it_is:
            raise ValueError("teacher.seeds: a teacher with epochs 0 is not trained, so it has no seed; leave it out")
        return self

    @model_validator(mode="after")
    def _one_teacher_or_several(self) -> "Sweep":
        if (self.teacher is None) != bool(self.teachers):
            raise ValueError("give teacher, or a list of teachers" + (", not both" if self.teachers else ""))
        return self

    @model_validator(mode="after")
    def _one_student_or_several(self) -> "Sweep":
        first = self.students[0].training if self.students else self.student
        if first is None or self.student not in (None, first):  # the first: of a sweep that was read before
            hint = ", not both; a value of one in a list is students.0.epochs" if self.students else ""
            raise ValueError(f"give student, or a list of students{hint}")
        if self.students:
            check_students(self.students)
            object.__setattr__(self, "student", first)  # frozen, and not yet anybody else's
        return self

    @model_validator(mode="after")
    def _the_student_is_trained(self) -> "Sweep":
        for place, student in self.all_students.items():
            if student.epochs == 0:
                raise ValueError(f"{place}.epochs must be at least 1; only a teacher can be used as it is")
        return self
