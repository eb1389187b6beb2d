"""``checkpoint: sweep:NAME`` is found by what it is wanted as, or one line says what there is."""

import shutil

import pytest

from harness.state.files.folder import SweepFolder
from harness.state.files.other_sweeps import find_model_of
from harness.state.files.records import read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.files import sha256_of_weights


def test_its_teacher_or_its_best_student(sweep_dir):
    results = sweep_dir.parent
    record = read_sweep_record(sweep_dir)
    teacher = sweep_dir / "runs" / Plan(record.sweep, record.digest).teachers[0].id / "model"
    (sweep_dir / "model").mkdir(exist_ok=True)
    shutil.copy(teacher / "model.safetensors", sweep_dir / "model")
    for reference, role in [("sweep:small", "teacher"), ("sweep:small/teacher", "student")]:
        assert find_model_of(results, "mine", reference, role) == teacher
    for reference, role in [("sweep:small", "student"), ("sweep:small/student", "teacher")]:
        assert find_model_of(results, "mine", reference, role) == sweep_dir / "model"


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
        find_model_of(sweep_dir.parent, "mine", reference, "teacher")


def test_several_teachers_are_listed(ensemble):
    with pytest.raises(InputError, match=r"has 3 teachers; list their folders under teachers: /.*/model, /.*/model, /"):
        find_model_of(ensemble.parent, "mine", "sweep:ensemble", "teacher")


def test_a_teacher_that_was_taken_from_there_serves_when_the_other_is_deleted(sweep_dir):
    results = sweep_dir.parent
    record = read_sweep_record(sweep_dir)
    theirs = find_model_of(results, "mine", "sweep:small", "teacher")
    given = record.sweep.teacher.model_copy(
        update={"epochs": 0, "checkpoint": str(theirs.resolve()), "checkpoint_sha256": sha256_of_weights(theirs)}
    )
    mine = record.model_copy(update={"sweep": record.sweep.model_copy(update={"name": "mine", "teacher": given})})
    folder = SweepFolder(results, "mine")
    folder.create()
    write_sweep_record(folder.path, mine)
    kept = folder.run(Plan(mine.sweep, mine.digest).teachers[0].id) / "model"
    shutil.copytree(theirs, kept)
    shutil.rmtree(sweep_dir)
    assert find_model_of(results, "mine", "sweep:small", "teacher") == kept
    assert sha256_of_weights(kept) == given.checkpoint_sha256
    for name, reference in [("other", "sweep:small"), ("mine", "sweep:smaller")]:
        with pytest.raises(InputError, match="has no sweep"):
            find_model_of(results, name, reference, "teacher")
    shutil.rmtree(kept)
    with pytest.raises(InputError, match="has no sweep small"):
        find_model_of(results, "mine", "sweep:small", "teacher")
