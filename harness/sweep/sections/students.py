"""Students side by side: each a model with its training, under one teacher, in one study."""

import re
from collections.abc import Sequence

from pydantic import Field

from kd.config import ModelTraining

KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.+-]*$"
MAX_KEY_LENGTH = 40
_NOT_OF_A_KEY = re.compile(r"[^A-Za-z0-9_.+-]+")
AT = "@"
"""Stands between a method's key and a student's in the name of a search; no key has one."""

TEACHER = "teacher"
"""Stands beside the students' keys, so that none of them is called so."""


class StudentConfig(ModelTraining):
    """A student among others."""

    name: str | None = Field(
        None,
        pattern=KEY_PATTERN,
        max_length=MAX_KEY_LENGTH,
        exclude_if=lambda name: name is None,
        description="in tables and files; null: the model's, with a number where another student has it too",
    )

    @property
    def training(self) -> ModelTraining:
        """Without what is the sweep's alone; what was not given stays so."""
        given = self.model_fields_set & set(ModelTraining.model_fields)
        return ModelTraining(**{name: getattr(self, name) for name in given})


def student_keys(students: Sequence[StudentConfig]) -> list[str]:
    """What each is called in tables and files; one more at the end of the list renames none of the others.

    >>> one = StudentConfig(model="mnist_mlp", epochs=1)
    >>> student_keys([one, one.model_copy(update={"epochs": 2}), one.model_copy(update={"name": "tiny"})])
    ['mnist_mlp', 'mnist_mlp-2', 'tiny']
    """
    keys: list[str] = []
    taken = {TEACHER, *(student.name.lower() for student in students if student.name)}
    for student in students:
        key, base, number = student.name or "", key_of_model(student), 1
        while not key:
            tried = base if number == 1 else f"{base}-{number}"
            key, number = ("" if tried.lower() in taken else tried), number + 1
        taken.add(key.lower())
        keys.append(key)
    return keys


def key_of_model(training: ModelTraining) -> str:
    """A model's name with its arguments, as a file can be called.

    >>> key_of_model(ModelTraining(model="hf:org/resnet", arguments={"depth": 8}, epochs=1))
    'resnet-depth-8'
    """
    name = re.split(r"[/:]", training.model.rstrip("/"))[-1] + training.title.removeprefix(training.model)
    words = _NOT_OF_A_KEY.sub("-", name).strip("_.+-")
    return words[: MAX_KEY_LENGTH - 3].rstrip("_.+-") or "student"


def search_name(method: str, student: str) -> str:
    """A search's name among those of a sweep: its method's key, and of several students whose it is.

    >>> search_name("dkd", "tiny"), search_name("", "tiny"), search_name("dkd", "")
    ('dkd@tiny', '@tiny', 'dkd')
    """
    return f"{method}{AT}{student}" if student else method


def check_students(students: Sequence[StudentConfig]) -> None:
    """Refuse students of one name.

    Raises:
        ValueError: One line that says which, and what to give.
    """
    places: dict[str, int] = {}
    for place, student in enumerate(students):
        if student.name and student.name.lower() == TEACHER:
            raise ValueError(f"students.{place}: no student can be called {student.name}; give it another name")
        if student.name and (first := places.setdefault(student.name.lower(), place)) != place:
            raise ValueError(
                f"students.{place}: {student.name} is the name of students.{first} too; give one of them another name"
            )
