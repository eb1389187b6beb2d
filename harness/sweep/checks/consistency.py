"""Values that are right each by itself and wrong together.

They are looked at when a sweep file is read, and are no rules of the models: results on disk stay readable.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from harness.sweep.checks.training import complaints_of_loss, complaints_of_sweep, complaints_of_training
from harness.sweep.reading.validation import as_written
from harness.sweep.schema import Sweep
from harness.sweep.search.config import DEFAULT_SPACE, Dimension, Value
from harness.sweep.search.params import Params, own_params, student_with, with_params
from harness.sweep.search.searchable import STUDENT, feature_value, no_such_dimension, searchable_names
from harness.sweep.sections.methods import Method, has_dimension
from kd.config import Control, DistillConfig, ModelTraining
from kd.errors import InputError

Blamed = Callable[..., str]
"""The file, SET, or both, by the key path of a value."""

MAX_CORNERS = 1000  # of a space that are looked at; each takes some 20 µs
INSIDE = 0.381966  # of a range: no whole number, unless the range has no others


def check_consistency(sweep: Sweep, blamed: Blamed, written: Mapping[str, Any] | None = None) -> None:
    """Refuse what would be counted twice, and what would do nothing or never be reached.

    Args:
        sweep: As the file and SET have it.
        blamed: Who is to blame for a key.
        written: The file by itself.

    Raises:
        InputError: One line that names the key, its value and what to give.
    """
    _check_difference(sweep, blamed)
    _check_students(sweep, blamed)
    _check_settings(sweep, blamed)  # the others ask for each setting's loss
    for place, complaint in complaints_of_sweep(sweep, written or {}):
        raise InputError(f"{blamed(*place)}: {'.'.join(place)}: {complaint}")
    _check_owners(sweep, blamed)
    _check_controls(sweep, blamed)
    for member in sweep.members.values():
        _check_space(member, blamed)
    _check_features(sweep, blamed)
    _check_unlabeled(sweep, blamed)


def _check_unlabeled(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse images without labels that cannot be learned from, or that nothing would come of.

    Raises:
        InputError: A key of a source that has none such, or features.
    """
    asked = sweep.unlabeled
    if asked is None:
        return
    place, complaint = "unlabeled", ""
    if feature := next(iter(sweep.all_features), None):
        complaint = f"{feature} is learned from labelled images alone; leave one of the two out"
    elif asked.is_rest and sweep.data.max_train is None:
        place, complaint = (
            "unlabeled.source",
            "rest is what data.max_train leaves out; give that, or another source",
        )
    elif asked.is_rest:
        idle = next((key for key in ("split", "config", "image_column") if getattr(asked, key) is not None), None)
        if idle:
            place, complaint = f"unlabeled.{idle}", "does nothing: rest is read as data is; leave it out"
    if complaint:
        raise InputError(f"{blamed(*place.split('.'))}: {place}: {complaint}")


def _check_controls(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse controls that cannot be trained, whichever method turns out to be the best.

    Raises:
        InputError: A loss, the teacher, the images or the students leave nothing to take away.
    """
    asked = {("controls", str(number)): control for number, control in enumerate(sweep.controls)}
    own = {(*place.split("."), "control"): loss.control for place, loss in sweep.all_losses.items() if loss.control}
    mixes = any((each.augment or sweep.data.augment).mixes for each in sweep.all_students.values())
    for place, control in (asked | own).items():
        complaint = ""
        if place in asked:
            for method in sweep.all_methods:
                complaint = complaint or _problem_with_control(method.distill, control)
        if place in own and sweep.unlabeled is not None:
            complaint = f"{control} is of the label, which unlabelled images have not; leave unlabeled out"
        if mixes:
            complaint = (
                f"{control} is of the one label that an image has, and mixup and cutmix give it two; leave it out"
            )
        if control == "smoothed_labels" and sweep.teacher_logits.online:
            complaint = f"{control} is as soft as all the teacher's logits: set teacher_logits.online=false"
        if complaint:
            raise InputError(f"{blamed(*place)}: {'.'.join(place)}: {complaint}")


def _problem_with_control(distill: DistillConfig | None, control: Control) -> str:
    """Why a loss cannot have a control; nothing where it can."""
    assert distill is not None
    try:
        distill.with_control(control)
    except ValidationError as error:
        return str(error.errors()[0]["msg"]).removeprefix("Value error, control: ")
    return ""


def _check_features(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse what cannot go together with features, which are taken from one teacher in every step.

    Raises:
        InputError: The teacher is not there in every step, is one of several, or the student is compiled.
    """
    place = next(iter(sweep.all_features), None)
    if place is None:
        return
    if sweep.teacher_logits.online is False:
        key, complaint = "teacher_logits.online", f"false, but {place} needs the teacher in every step: leave it out"
    elif sweep.teachers:
        key, complaint = "teachers", f"{place} is of one teacher: give teacher, not a list"
    elif compiled := [where for where, student in sweep.all_students.items() if student.compile is True]:
        complaint = f"true, but {place} cannot be taken from a compiled model: leave it out"
        key = f"{compiled[0]}.compile"
    else:
        return
    raise InputError(f"{blamed(*key.split('.'))}: {key}: {complaint}")


def _check_difference(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse what would be counted twice.

    Raises:
        InputError: A teacher that is not trained is listed twice, or the search has a seed of the final runs.
    """
    places: dict[str, int] = {}
    for place, teacher in enumerate(sweep.teachers):
        of_model = (teacher.model_sha256 or teacher.model) + teacher.title.removeprefix(teacher.model)
        content = teacher.checkpoint_sha256 or of_model
        if teacher.epochs == 0 and places.setdefault(content, place) != place:
            same = f"teachers.{places[content]}"
            where = f"{blamed('teachers', str(place))}: teachers.{place}"
            raise InputError(f"{where}: with epochs 0 the same model as {same}; list it once")
    if sweep.search is not None and sweep.search.seed < sweep.seed_rule.most:
        given = f"must not be one of the final seeds 0 to {sweep.seed_rule.most - 1}, got {sweep.search.seed}"
        raise InputError(f"{blamed('search', 'seed')}: search.seed: {given}")


def _check_students(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse a student that is listed twice, and what is of one student alone.

    Raises:
        InputError: Two trainings are the same, or a rule would have to add seeds by several gains.
    """
    students: list[ModelTraining] = []
    for where, student in sweep.all_students.items():
        seen = student.model_copy(update={"augment": student.augment or sweep.data.augment})
        if seen in students:
            same = f"the same training as students.{students.index(seen)}; list it once"
            raise InputError(f"{blamed(*where.split('.'))}: {where}: {same}")
        students.append(seen)
    if sweep.students and sweep.seed_rule.is_open:
        complaint = "a rule looks at the gain of one student; with students give a number"
        raise InputError(f"{blamed('seeds')}: seeds: {complaint}")


def _check_space(sweep: Sweep, blamed: Blamed) -> None:
    """Try the ends of every range and every value of a list, alone and with those of the other dimensions.

    Raises:
        InputError: The loss or the student cannot have one, or it is listed twice.
    """
    for number, method in enumerate(sweep.all_methods):
        own = sweep.methods[number].space if sweep.methods else {}
        for name, dimension in method.space.items():
            where = ("methods", str(number), "space") if name in own else ("search", "space")
            if sweep.search and sweep.search.sampler == "grid" and dimension.values is None:
                line = f"{'.'.join((*where, *name.split('.')))}: a grid needs values"
                raise InputError(f"{blamed(*where, *name.split('.'))}: {line}")
            for key, value in _tried(dimension):
                place = (*where, *name.split("."), key)
                problem = _problem(sweep, method, {name: value})
                if problem is None and (dimension.values or ()).count(value) > 1:
                    problem = "is listed twice"
                if problem is not None:
                    raise InputError(f"{blamed(*place)}: {'.'.join(place)}: {problem}, got {as_written(value)}")
        for corner in itertools.islice(_corners(method.space), MAX_CORNERS):
            problem = _problem(sweep, method, corner)
            if problem is not None:
                together = ", ".join(f"{name} {as_written(value)}" for name, value in corner.items())
                raise InputError(f"{blamed('search', 'space')}: search.space: {problem}, with {together}")


def _check_owners(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse what would silently not be searched.

    Raises:
        InputError: A dimension is of no loss that is listed.
    """
    losses = [method.distill for method in sweep.methods] or [sweep.distill]
    for name in sweep.search.space if sweep.search else ():
        if name in searchable_names() or name.startswith(f"{STUDENT}.") or feature_value(name) is not None:
            has_none = bool(sweep.methods) and not any(has_dimension(loss, name) for loss in losses)
            complaint = "no method has it; leave it out" if has_none and name not in DEFAULT_SPACE else None
        else:
            complaint = None if any(loss.is_own for loss in losses) else no_such_dimension(name)
        if complaint is not None:
            raise InputError(f"{blamed('search', 'space', name)}: search.space.{name}: {complaint}")
    for number, method in enumerate(sweep.methods):
        where, place = blamed("methods", str(number), "space"), f"methods.{number}.space"
        if method.space and sweep.search is None:
            raise InputError(f"{where}: {place}: nothing is searched, as search is null; give one of the two")
        for name in method.space:
            if not has_dimension(method.distill, name):
                raise InputError(f"{where}: {place}.{name}: {method.loss} has no such value; leave it out")


def _check_settings(sweep: Sweep, blamed: Blamed) -> None:
    """Refuse compared settings that no loss has, and one that is listed twice.

    Raises:
        InputError: One line with the option.
    """
    seen: list[DistillConfig] = []
    for number, setting in enumerate(sweep.compare):
        try:
            loss = setting.of(sweep.base_loss)
        except ValidationError as error:
            first = error.errors()[0]
            problem = str(first["msg"]).removeprefix("Value error, ")
            place = ".".join(["compare", str(number), *map(str, first["loc"])])
            raise InputError(f"{blamed('compare', str(number))}: {place}: {problem}") from error
        if loss in seen:
            same = f"the same setting as compare.{seen.index(loss)}; list it once"
            raise InputError(f"{blamed('compare', str(number))}: compare.{number}: {same}")
        seen.append(loss)


def _tried(dimension: Dimension) -> list[tuple[str, Value]]:
    """Values that stand for all of a dimension, each with the key that it comes from."""
    if dimension.values is not None:
        return [("values", value) for value in dimension.values]
    low, high = dimension.range
    if dimension.is_int:
        return [("low", int(low)), ("high", int(high))]
    return [("low", low), ("high", high), ("low", low + INSIDE * (high - low))]


def _corners(space: Mapping[str, Dimension]) -> Iterator[dict[str, Value]]:
    values = [list(dict.fromkeys(value for _, value in _tried(dimension))) for dimension in space.values()]
    return (dict(zip(space, corner, strict=True)) for corner in itertools.product(*values))


def _problem(sweep: Sweep, method: Method, params: Params) -> str | None:
    """What is wrong with a setting, or None."""
    for name in params:
        if feature_value(name) is not None and not has_dimension(method.distill or sweep.distill, name):
            return f"{name} is of no feature that there is"
    try:
        distill, student = with_params(method.distill or sweep.distill, params), student_with(sweep.student, params)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "int_from_float":
            return "whole numbers are wanted; add int: true"
        return str(first["msg"]).removeprefix("Value error, ")
    for control in sweep.controls if method.distill is not None else ():
        if complaint := _problem_with_control(distill, control):
            return f"with controls: {complaint}"
    for _, complaint in itertools.chain(complaints_of_training(student), complaints_of_loss(distill, student.epochs)):
        return complaint
    return _other_kind(params, distill, student)


def _other_kind(params: Params, distill: DistillConfig, student: ModelTraining) -> str | None:
    """Text and truth values are no numbers, though a model would read "0.5" and true as such."""
    found = own_params(params, distill, student)
    for name, value in params.items():
        if isinstance(value, str | bool) and type(found.get(name, value)) is not type(value):
            return f"would be read as {found[name]!r}; give it so"
    return None
