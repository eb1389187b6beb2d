"""``checkpoint: sweep:NAME`` is found by what it is wanted as, or one line says what there is."""

import shutil

import pytest

from harness.state.other_sweeps import find_model_of
from harness.state.records import read_sweep_record
from harness.sweep.plan import Plan
from kd.errors import InputError


def test_its_teacher_or_its_best_student(sweep_dir):
    results = sweep_dir.parent
    record = read_sweep_record(sweep_dir)
    teacher = sweep_dir / "runs" / Plan(record.sweep, record.digest).teachers[0].id / "model"
    (sweep_dir / "model").mkdir(exist_ok=True)
    shutil.copy(teacher / "model.safetensors", sweep_dir / "model")
    for reference, role in [("sweep:small", "teacher"), ("sweep:small/teacher", "student")]:
        assert find_model_of(results, reference, role) == teacher
    for reference, role in [("sweep:small", "student"), ("sweep:small/student", "teacher")]:
        assert find_model_of(results, reference, role) == sweep_dir / "model"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("sweep:smal", r"has no sweep smal \(did you mean small\?\); there are small$"),
        ("sweep:", r"give sweep:NAME, sweep:NAME/teacher or sweep:NAME/student"),
        ("sweep:small/baseline", r"give sweep:NAME, sweep:NAME/teacher or sweep:NAME/student"),
        ("sweep:..", r"has no sweep \.\."),
        ("sweep:small/student", r"it has no best student yet; let it end first"),
        ("sweep:small", r"its teacher teacher-\w+-s0 is not trained, or its model was deleted"),
    ],
)
def test_what_is_not_there(sweep_dir, reference, message):
    shutil.rmtree(sweep_dir / "model", ignore_errors=True)
    for model in (sweep_dir / "runs").glob("teacher-*/model"):
        shutil.rmtree(model)
    with pytest.raises(InputError, match=f"checkpoint: {reference}: .*{message}"):
        find_model_of(sweep_dir.parent, reference, "teacher")


def test_several_teachers_are_listed(ensemble):
    with pytest.raises(InputError, match=r"has 3 teachers; list their folders under teachers: /.*/model, /.*/model, /"):
        find_model_of(ensemble.parent, "sweep:ensemble", "teacher")
