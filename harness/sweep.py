"""The sweep file: one YAML, one study."""

import difflib
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from kd.config import Alpha, Config, DataConfig, DistillConfig, LogitsType, ModelTraining, Temperature
from kd.errors import InputError
from kd.files import sha256_of_weights

SWEEPS = Path("sweeps")
Loaded = TypeVar("Loaded", bound=Config)


class Dimension(Config):
    """One searched value: a range (``low``, ``high``, ``log``) or a list (``values``)."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    values: tuple[float, ...] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _range_or_values(self) -> "Dimension":
        if self.values is None:
            if self.low is None or self.high is None:
                raise ValueError("give low and high, or values")
            if self.low > self.high:
                raise ValueError(f"low {self.low} is above high {self.high}")
            if self.log and self.low <= 0:
                raise ValueError(f"low must be > 0 with log, got {self.low}")
        elif self.low is not None or self.high is not None:
            raise ValueError("give low and high, or values, not both")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value."""
        if self.values is not None:
            return min(self.values), max(self.values)
        assert self.low is not None and self.high is not None
        return self.low, self.high

    def __contains__(self, value: float) -> bool:
        if self.values is not None:
            return value in self.values
        low, high = self.ends
        return low <= value <= high


class Space(Config):
    """Where alpha and temperature are looked for."""

    alpha: Dimension = Dimension(low=0.0, high=1.0)
    temperature: Dimension = Dimension(low=1.0, high=20.0, log=True)

    @model_validator(mode="after")
    def _inside_the_loss(self) -> "Space":
        low, high = self.alpha.ends
        if low < 0 or high > 1:
            raise ValueError(f"alpha must stay in [0, 1], got {low} to {high}")
        if self.temperature.ends[0] <= 0:
            raise ValueError(f"temperature must be > 0, got {self.temperature.ends[0]}")
        return self


class SearchConfig(Config):
    """How alpha and temperature are chosen, on val alone."""

    sampler: Literal["tpe", "random", "grid"] = "tpe"
    num_trials: int | None = Field(20, ge=1, description="grid: every cell where null or not given")
    metric: Literal["val_accuracy", "val_loss"] = "val_accuracy"
    pruner: Literal["none", "median"] = "median"
    space: Space = Space()
    seed: int = Field(
        1000, ge=0, lt=2**31, description="of the sampler and of every trial's training; not one of the final seeds"
    )
    concurrency: int = Field(
        4, ge=1, description="trial n knows the results up to trial n - concurrency, on a laptop as on a cluster"
    )

    @model_validator(mode="before")
    @classmethod
    def _grid_is_whole(cls, content: Any) -> Any:
        if isinstance(content, Mapping) and content.get("sampler") == "grid":
            return {"num_trials": None, **content}
        return content

    @property
    def planned_trials(self) -> int:
        """How many trials the search will have."""
        if self.sampler != "grid":
            return self.num_trials or 0
        num_cells = len(self.space.alpha.values or ()) * len(self.space.temperature.values or ())
        return min(num_cells, self.num_trials or num_cells)

    @model_validator(mode="after")
    def _grid_has_cells(self) -> "SearchConfig":
        if self.sampler == "grid" and not (self.space.alpha.values and self.space.temperature.values):
            raise ValueError("a grid needs values for alpha and temperature")
        if self.sampler != "grid" and self.num_trials is None:
            raise ValueError(f"num_trials is needed with sampler {self.sampler}")
        return self


class TeacherLogitsConfig(Config):
    """Where the distilled runs have the teacher's logits from."""

    online: bool | None = Field(
        None, description="true: computed in every step; false: once for all runs, and kept; null: what costs less"
    )
    dtype: LogitsType = Field("float16", description="in which they are kept")
    max_gb: float = Field(64, gt=0, description="with online null: kept only where they take no more")


class Setting(Config):
    """A named (alpha, temperature) pair."""

    alpha: Alpha
    temperature: Temperature


class Reference(Config):
    """Published figures shown beside ours, as fractions."""

    source: str
    teacher: float | None = Field(None, ge=0, le=1)
    baseline: float | None = Field(None, ge=0, le=1)
    distilled: float | None = Field(None, ge=0, le=1)


class Sweep(Config):
    """One study."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)
    description: str = ""
    data: DataConfig
    teacher: ModelTraining | None = Field(None, exclude_if=lambda teacher: teacher is None)
    teachers: tuple[ModelTraining, ...] = Field(
        (),
        min_length=2,
        exclude_if=lambda teachers: not teachers,
        description="instead of teacher: their raw logits are averaged; equal ones get seeds 0, 1, 2 …",
    )
    student: ModelTraining
    distill: DistillConfig = DistillConfig()
    compare: tuple[Setting, ...] = ()
    search: SearchConfig | None = SearchConfig()
    teacher_logits: TeacherLogitsConfig = Field(
        TeacherLogitsConfig(), exclude_if=lambda logits: logits == TeacherLogitsConfig()
    )
    seeds: int = Field(5, ge=1, le=1000)
    reference: Reference | None = None

    @field_validator("teacher", mode="before")
    @classmethod
    def _a_list_has_its_own_key(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError("is one mapping; a list goes under teachers")
        return value

    @property
    def all_teachers(self) -> tuple[ModelTraining, ...]:
        """``teachers``, or ``teacher`` alone."""
        return self.teachers or (() if self.teacher is None else (self.teacher,))

    @model_validator(mode="after")
    def _one_teacher_or_several(self) -> "Sweep":
        if (self.teacher is None) != bool(self.teachers):
            raise ValueError("give teacher, or a list of teachers" + (", not both" if self.teachers else ""))
        return self

    @model_validator(mode="after")
    def _the_student_is_trained(self) -> "Sweep":
        if self.student.epochs == 0:
            raise ValueError("student.epochs must be at least 1; only a teacher can be used as it is")
        return self


def find_sweep(name: str) -> Path:
    """The file of a sweep given by name (``sweeps/NAME.yaml``) or by path.

    Raises:
        InputError: There is no such sweep.
    """
    is_path = name.endswith((".yaml", ".yml"))
    if "/" in name and not is_path:
        raise InputError(f"SWEEP: '{name}' is not a name; give a name without '/', or the path of a .yaml file")
    path = Path(name) if is_path else SWEEPS / f"{name}.yaml"
    if path.is_file():
        return path
    known = sorted(entry.stem for entry in SWEEPS.glob("*.yaml"))
    raise InputError(f"SWEEP: no file {path}{did_you_mean(name, known)}; there are {', '.join(known) or 'none'}")


def load_sweep(path: Path, overrides: str = "") -> Sweep:
    """Read, override and validate a sweep file.

    Args:
        path: The YAML file.
        overrides: Assignments such as ``search.num_trials=50 student.epochs=30``.

    Raises:
        InputError: One line that names the file, the key, the bad value and what is allowed.
    """
    content = read_yaml(path)
    for key, value in parse_overrides(overrides):
        content = _assigned(content, key, value)
    sweep = validate(Sweep, content, str(path))
    sweep = sweep.model_copy(
        update={
            "teacher": sweep.teacher and _pinned(sweep.teacher, f"{path}: teacher"),
            "teachers": tuple(_pinned(each, f"{path}: teachers.{n}") for n, each in enumerate(sweep.teachers)),
            "student": _pinned(sweep.student, f"{path}: student"),
        }
    )
    _check_difference(sweep, path)
    return sweep


def _check_difference(sweep: Sweep, path: Path) -> None:
    """Refuse what would be counted twice. Not among the model's own rules: results on disk stay readable.

    Raises:
        InputError: A teacher that is not trained is listed twice, or the search has a seed of the final runs.
    """
    places: dict[str | None, int] = {}
    for place, teacher in enumerate(sweep.teachers):
        if teacher.epochs == 0 and places.setdefault(teacher.checkpoint_sha256, place) != place:
            same = f"teachers.{places[teacher.checkpoint_sha256]}"
            raise InputError(f"{path}: teachers.{place}: with epochs 0 the same model as {same}; list it once")
    if sweep.search is not None and sweep.search.seed < sweep.seeds:
        raise InputError(
            f"{path}: search.seed: must not be one of the final seeds 0 to {sweep.seeds - 1}, got {sweep.search.seed}"
        )


def _pinned(training: ModelTraining, where: str) -> ModelTraining:
    """With the checkpoint's place made absolute and its weights' digest, by which runs are named.

    Raises:
        InputError: It holds no weights, or others than the sweep file says.
    """
    if training.checkpoint is None:
        return training
    folder = Path(training.checkpoint).expanduser().resolve()
    try:
        digest = sha256_of_weights(folder)
    except InputError as error:
        raise InputError(f"{where}.{error}") from error
    if training.checkpoint_sha256 not in (None, digest):
        raise InputError(f"{where}.checkpoint_sha256: {folder} holds {digest}, got '{training.checkpoint_sha256}'")
    return training.model_copy(update={"checkpoint": str(folder), "checkpoint_sha256": digest})


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, as YAML does; PyYAML lets the last one win."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """The mapping as it is written, before merges (``<<``) are carried out."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        first: dict[tuple[str, str], yaml.Mark] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            mark = first.setdefault((key.tag, key.value), key.start_mark)
            if mark is not key.start_mark:
                problem = f"key '{key.value}' is given twice, first in line {mark.line + 1}"
                raise yaml.composer.ComposerError(None, None, problem, key.start_mark)
        return node


def _load_yaml(text: str) -> Any:
    return yaml.load(text, _UniqueKeyLoader)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        InputError: It cannot be read, is not YAML, or holds something else.
    """
    try:
        content = _load_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are not UTF-8, or a date like 2024-13-01
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{path}{where}: not YAML: {reason}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: a mapping of keys is wanted, found {type(content).__name__}")
    return content


def parse_overrides(text: str) -> list[tuple[list[str], Any]]:
    """Key paths and values of ``a.b=1 c=x``; values are YAML.

    >>> parse_overrides("search.num_trials=30 data.source=../mnist")
    [(['search', 'num_trials'], 30), (['data', 'source'], '../mnist')]

    Raises:
        InputError: A word without ``=`` or with an empty key, an open quote, a value that is not YAML.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InputError(f"SET: {text!r}: {str(error).lower()}") from error
    pairs = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not all(key.split(".")):
            raise InputError(f"SET: '{word}' is not key=value, such as student.epochs=30")
        try:
            pairs.append((key.split("."), _load_yaml(value)))
        except (yaml.YAMLError, ValueError) as error:
            raise InputError(f"SET: {key}: '{value}' is not a YAML value (quote values with spaces)") from error
    return pairs


def _assigned(content: dict[str, Any], key: list[str], value: Any) -> dict[str, Any]:
    """A changed copy: a YAML alias makes two keys share one mapping, of which only one is meant."""
    first, *rest = key
    if rest:
        inner = content.get(first)
        if not isinstance(inner, dict):
            inner = {} if inner is None or inner == "none" else {"name": inner}
        value = _assigned(inner, rest, value)
    return content | {first: value}


def validate(kind: type[Loaded], content: Mapping[str, Any], origin: str) -> Loaded:
    """``content`` as a ``kind``.

    Raises:
        InputError: The first thing wrong with it, in one line.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError(_explain(error, kind, origin)) from error


def _explain(error: ValidationError, kind: type[Config], origin: str) -> str:
    """One line: file, key path, bad value, what is allowed; an unknown key gets the nearest name."""
    errors = error.errors()
    first = next((entry for entry in errors if entry["type"] == "extra_forbidden"), errors[0])
    path = ".".join(str(part) for part in first["loc"])
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(kind, first["loc"][:-1])
        hint = did_you_mean(str(first["loc"][-1]), allowed)
        return f"{origin}: {path}: unknown key{hint}; allowed: {', '.join(allowed)}{more}"
    if first["type"] == "missing":
        return f"{origin}: {path}: missing{more}"
    message = first["msg"].removeprefix("Value error, ")
    value = first["input"]
    shown = f", got {value!r}" if isinstance(value, str | int | float | bool | type(None)) else ""
    return f"{origin}: {path}{': ' if path else ''}{message}{shown}{more}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint at the nearest known name, or nothing."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _allowed_keys(kind: type[Config], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at ``location`` knows, read off the JSON schema."""
    schema = kind.model_json_schema()

    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return resolve(schema["$defs"][node["$ref"].rpartition("/")[2]])
        options = [resolve(option) for option in node.get("anyOf", ())]
        return next((option for option in options if "properties" in option or "items" in option), node)

    node = schema
    for part in location:
        node = resolve(node)
        node = node["items"] if isinstance(part, int) else node.get("properties", {}).get(part, node)
    return list(resolve(node).get("properties", {}))
