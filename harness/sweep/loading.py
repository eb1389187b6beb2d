"""From a YAML file and overrides to a checked sweep; each error is one line with the remedy."""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import ValidationError

from harness.sweep.checks.consistency import check_consistency
from harness.sweep.description import described
from harness.sweep.schema import Sweep
from harness.sweep.sections.names import checked_name, did_you_mean, shown
from kd.config import Config, ModelTraining
from kd.errors import InputError
from kd.files import sha256_of_weights
from kd.model_source import model_sha256, source_sha256

SWEEPS = Path("sweeps")
MAX_BYTES = 4 * 2**20  # of a file that a person writes
SWEEP_PREFIX = "sweep:"
"""Begins a checkpoint that is another sweep's model."""

Role = Literal["teacher", "student"]
Locate = Callable[[str, Role], Path]
"""From ``sweep:NAME``, and what its model is wanted as, to the model's folder."""

Loaded = TypeVar("Loaded", bound=Config)
Holder = TypeVar("Holder", bound=Config)


def find_sweep(name: str) -> Path:
    """The file of a sweep given by name (``sweeps/NAME.yaml``) or by path.

    Raises:
        InputError: There is no such sweep.
    """
    path = Path(name) if is_path(name) else SWEEPS / f"{checked_name(name)}.yaml"
    if is_there(path):
        return path
    if is_path(name) and "/" not in name and is_there(SWEEPS / name):  # quickstart.yaml, as it is called in sweeps/
        return SWEEPS / name
    if not is_path(name) and not SWEEPS.is_dir():
        raise InputError(f"SWEEP: no file {path}, and no folder {SWEEPS} here; kd-sweep init writes one")
    known = sorted(entry.stem for entry in SWEEPS.glob("*.yaml"))
    given = shown(name) if is_path(name) else path
    raise InputError(f"SWEEP: no file {given}{did_you_mean(name, known)}; there are {', '.join(known) or 'none'}")


def is_path(name: str) -> bool:
    """Whether a sweep or a cluster is given by the path of its file, and not by its name."""
    return name.endswith((".yaml", ".yml"))


def is_there(path: Path) -> bool:
    """Whether it is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def read_sweep(path: Path, overrides: str = "") -> Sweep:
    """Read, override and validate a sweep file, as it stands there: what its models hold is not looked at.

    Args:
        path: The YAML file.
        overrides: Assignments such as ``search.num_trials=50 student.epochs=30``.

    Raises:
        InputError: One line that names the file, the key, the bad value and what is allowed.
    """
    content, assigned = read_yaml(path), parse_overrides(overrides)
    changed = []
    for key, value in assigned:
        before, content = content, _assigned(content, key, value, ".".join(key))
        if content != before:
            changed.append(key)
    return validate(Sweep, described(content, changed), str(path), [key for key, _ in assigned])


def no_other_sweeps(reference: str, role: Role) -> Path:
    """The ``Locate`` of who knows no results.

    Raises:
        InputError: Always.
    """
    raise InputError(f"checkpoint: {reference}: no results are looked at here")


def load_sweep(path: Path, overrides: str = "", locate: Locate = no_other_sweeps) -> Sweep:
    """A sweep file as ``read_sweep`` has it, with the digests of what its models hold and of its own loss's source.

    Args:
        path: The YAML file.
        overrides: Assignments such as ``search.num_trials=50 student.epochs=30``.
        locate: Finds the model of ``checkpoint: sweep:NAME``.

    Raises:
        InputError: One line that names the file, the key, the bad value and what is allowed.
    """
    sweep = read_sweep(path, overrides)
    keys = [key for key, _ in parse_overrides(overrides)]

    def where(*place: str) -> Callable[[str], str]:
        return lambda key: f"{_to_blame(str(path), [*place, key], keys)}: {'.'.join(place)}"

    def pinned(training: ModelTraining, role: Role, *place: str) -> ModelTraining:
        return _pinned(training, where(*place), lambda reference: locate(reference, role))

    def pinned_loss(holder: Holder, loss: str, given: str | None, *place: str) -> Holder:
        return _pinned_loss(holder, loss, given, where(*place))

    sweep = sweep.model_copy(
        update={
            "teacher": sweep.teacher and pinned(sweep.teacher, "teacher", "teacher"),
            "teachers": tuple(pinned(each, "teacher", "teachers", str(n)) for n, each in enumerate(sweep.teachers)),
            **_pinned_students(sweep, lambda student, place: pinned(student, "student", *place)),
            "distill": pinned_loss(sweep.distill, sweep.distill.loss, sweep.distill.loss_sha256, "distill"),
            "methods": tuple(
                pinned_loss(each, each.loss, each.loss_sha256, "methods", str(n))
                for n, each in enumerate(sweep.methods)
            ),
            "compare": tuple(
                pinned_loss(each, str(each.other.get("loss", "")), each.other.get("loss_sha256"), "compare", str(n))
                for n, each in enumerate(sweep.compare)
            ),
        }
    )
    check_consistency(sweep, lambda *place: _to_blame(str(path), list(place), keys), read_yaml(path))
    return sweep


def _pinned(training: ModelTraining, where: Callable[[str], str], locate: Callable[[str], Path]) -> ModelTraining:
    """With the digests of what its model and its checkpoint hold, by which runs are named.

    Raises:
        InputError: A folder holds no model, or another than the sweep file says.
    """
    try:
        digest = model_sha256(training.model)
    except InputError as error:
        raise InputError(f"{where('model')}.{error}") from error
    if training.model_sha256 not in (None, digest):
        found = f"{training.model} is {digest or 'without one'}, got '{training.model_sha256}'"
        raise InputError(f"{where('model_sha256')}.model_sha256: {found}")
    training = training.model_copy(update={"model_sha256": digest})
    if training.checkpoint is None:
        return training
    try:
        if training.checkpoint.startswith(SWEEP_PREFIX):
            place = locate(training.checkpoint).resolve()
        else:
            place = Path(training.checkpoint).expanduser().resolve()
        digest = sha256_of_weights(place)
    except InputError as error:
        raise InputError(f"{where('checkpoint')}.{error}") from error
    if training.checkpoint_sha256 not in (None, digest):
        found = f"{place} holds {digest}, got '{training.checkpoint_sha256}'"
        raise InputError(f"{where('checkpoint_sha256')}.checkpoint_sha256: {found}")
    return training.model_copy(update={"checkpoint": str(place), "checkpoint_sha256": digest})


def _pinned_students(sweep: Sweep, pinned: Callable[[ModelTraining, list[str]], ModelTraining]) -> dict[str, Any]:
    """What changes of a sweep as its students are pinned, each at its place."""
    trainings = [pinned(training, place.split(".")) for place, training in sweep.all_students.items()]
    listed = (
        student.model_copy(update={name: getattr(training, name) for name in training.model_fields_set})
        for student, training in zip(sweep.students, trainings, strict=False)
    )
    return {"student": trainings[0], "students": tuple(listed)}


def _pinned_loss(holder: Holder, loss: str, given: str | None, where: Callable[[str], str]) -> Holder:
    """What names a loss, with the digest of one of the user's own.

    Raises:
        InputError: Its source is another than the sweep file says.
    """
    digest = source_sha256(loss)
    if given not in (None, digest):
        found = f"{loss} is {digest or 'without one'}, got '{given}'"
        raise InputError(f"{where('loss_sha256')}.loss_sha256: {found}")
    return holder.model_copy(update={"loss_sha256": digest}) if digest else holder


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
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: has {path.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read")
        content = _load_yaml(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except InputError:
        raise
    except RecursionError as error:
        raise InputError(f"{path}: not YAML that can be read: it is nested too deeply") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: bytes that are not UTF-8, or a date like 2024-13-01
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise InputError(f"{path}{where}: not YAML: {reason}") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: a mapping of keys is wanted, found {type(content).__name__}")
    return content


_QUOTING = "a value with spaces or quotes stands in quotes: data.source='folder:my pets'"


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
        raise InputError(f"SET: {text!r}: {str(error).lower()}; {_QUOTING}") from error
    pairs = []
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not all(key.split(".")):
            raise InputError(f"SET: '{word}' is not key=value, such as student.epochs=30; {_QUOTING}")
        try:
            pairs.append((key.split("."), value if _is_path(key, value) else _load_yaml(value)))
        except (yaml.YAMLError, ValueError) as error:
            raise InputError(f"SET: {key}: '{value}' is not a YAML value (quote values with spaces)") from error
    return pairs


def _is_path(key: str, value: str) -> bool:
    """Whether a value is taken letter by letter: to YAML, `` #`` would end a folder's name, and ``: `` divide it."""
    return key in ("data.source", "unlabeled", "unlabeled.source") and not value.startswith(('"', "'", "{"))


_ALONE = {"unlabeled": "source", "seeds": "min"}  # what a value alone is, where that is no name


def _assigned(content: Any, key: list[str], value: Any, whole: str) -> Any:
    """A changed copy: a YAML alias makes two keys share one mapping, of which only one is meant.

    Raises:
        InputError: The key names an entry that a list does not have.
    """
    first, *rest = key
    if isinstance(content, list):
        if not first.isdecimal() or int(first) >= len(content):
            raise InputError(f"SET: {whole}: '{first}' is no entry of a list of {len(content)}; they count from 0")
        place = int(first)
        entry = {"loss": content[place]} if isinstance(content[place], str) else content[place] or {}  # of methods
        changed = _assigned(entry, rest, value, whole) if rest else value
        return [*content[:place], changed, *content[place + 1 :]]
    if rest:
        inner = content.get(first)
        if not isinstance(inner, dict | list):
            inner = {} if inner is None or inner == "none" else {_ALONE.get(first, "name"): inner}
        value = _assigned(inner, rest, value, whole)
    return content | {first: value}


def validate(kind: type[Loaded], content: Mapping[str, Any], origin: str, assigned: Iterable[list[str]] = ()) -> Loaded:
    """``content`` as a ``kind``.

    Args:
        kind: What it should be.
        content: Keys and values.
        origin: The file that they stand in.
        assigned: Key paths that SET gave or changed, for whose values the file is not to blame.

    Raises:
        InputError: The first thing wrong with it, in one line.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InputError(_explain(error, kind, content, origin, list(assigned))) from error


def _explain(
    error: ValidationError, kind: type[Config], content: Mapping[str, Any], origin: str, assigned: list[list[str]]
) -> str:
    """One line: file or SET, key path, bad value, what is allowed; an unknown key gets the nearest name."""
    errors = error.errors()
    first = next((entry for entry in errors if entry["type"] == "extra_forbidden"), errors[0])
    place = _place(first["loc"], content)
    if first["type"] in ("extra_forbidden", "missing") and first["loc"][-1] not in place[-1:]:
        place.append(str(first["loc"][-1]))
    origin, path = _to_blame(origin, place, assigned), ".".join(place)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if first["type"] == "extra_forbidden":
        allowed = _allowed_keys(kind, first["loc"][:-1])
        name = str(first["loc"][-1])
        hint = did_you_mean(name, allowed) or (
            f"; {name} is a key beside {first['loc'][0]}, not of it" if name in kind.model_fields else ""
        )
        return f"{origin}: {path}: unknown key{hint}; allowed: {', '.join(allowed)}{more}"
    if first["type"] == "missing":
        return f"{origin}: {path}: missing{more}"
    message = first["msg"].removeprefix("Value error, ")
    value = first["input"]
    shown = f", got {value!r}" if isinstance(value, str | int | float | bool | type(None)) else ""
    return f"{origin}: {path}{': ' if path else ''}{message}{shown}{more}"


def _place(location: Sequence[int | str], content: Any) -> list[str]:
    """The keys of a location, without what pydantic calls the alternatives that a value may be one of.

    >>> _place(("data", "splits", "dict[str,str]", "tset", "[key]"), {"data": {"splits": {"tset": None}}})
    ['data', 'splits', 'tset']
    """
    place = []
    for part in location:
        is_key = isinstance(content, Mapping) and part in content
        if is_key or (isinstance(content, Sequence) and isinstance(part, int) and part < len(content)):
            place.append(str(part))
            content = content[part]
    return place


def _to_blame(origin: str, place: list[str], assigned: Iterable[list[str]]) -> str:
    """Where a person has to look for what is wrong at ``place``: the file, SET, or both.

    >>> _to_blame("x.yaml", ["seeds"], [["seeds"]]), _to_blame("x.yaml", ["student"], [["student", "epochs"]])
    ('SET', 'SET with x.yaml')
    """
    keys = list(assigned)
    if any(place[: len(key)] == key for key in keys):
        return "SET"
    return f"SET with {origin}" if any(key[: len(place)] == place for key in keys) else origin


def _allowed_keys(kind: type[Config], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the model at ``location`` knows, read off the JSON schema."""
    schema = kind.model_json_schema()

    def resolve(node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return resolve(schema["$defs"][node["$ref"].rpartition("/")[2]])
        options = [resolve(option) for option in (*node.get("anyOf", ()), *node.get("oneOf", ()))]
        return next((option for option in options if "properties" in option or "items" in option), node)

    node = schema
    for part in location:
        node = resolve(node)
        if isinstance(part, int):
            node = node["items"]
        else:  # of a mapping whose keys are names, all values are alike
            named = node.get("additionalProperties")
            node = node.get("properties", {}).get(part, named if isinstance(named, dict) else node)
    return list(resolve(node).get("properties", {}))
