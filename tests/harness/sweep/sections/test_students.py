"""Several students: their names, their plans, and that one alone is trained by the same runs."""

from typing import Any

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.preparation.teacher_cost import explain, find_teacher_cost, sharing_note, with_teacher_mode
from harness.sweep.schema import Sweep
from harness.sweep.sections.students import StudentConfig, search_name, student_keys
from harness.sweep.totals import stage_totals
from tests.support.sweep_files import CNN, MINIMAL, MLP

SMALL = "{model: mnist_mlp, arguments: {hidden: 8}, epochs: 2, name: small}"
TWO = MINIMAL.replace("student: {model: mnist_mlp, epochs: 3}", f"students: [{MLP}, {SMALL}]")
ONE = MINIMAL.replace("epochs: 3", "epochs: 2")
DIGEST = "0" * 16


@pytest.fixture
def plan_of(write_sweep: Any) -> Any:
    """The plan of a sweep file's text."""

    def plan(text: str, overrides: str = "") -> Plan:
        return Plan(load_sweep(write_sweep(text), overrides), DIGEST)

    return plan


def names_of(plan: Plan) -> list[str]:
    runs = [*plan.taught_by, *plan.baselines(), *plan.finals({"alpha": 0.5, "temperature": 3.0})]
    return [run.id for run in [*runs, plan.trial({"alpha": 0.1, "temperature": 2.0})]]


def test_a_student_is_trained_by_the_same_runs_alone_and_among_others(plan_of: Any) -> None:
    alone, listed, among = plan_of(ONE), plan_of(TWO, f"'students=[{MLP}]'"), plan_of(TWO)
    assert names_of(alone) == names_of(listed.members[0]) == names_of(among.members[0])
    last = plan_of(TWO, f"'students=[{SMALL}, {MLP}]'")
    assert names_of(last.members[1]) == names_of(alone)
    others = set(names_of(among.members[1]))
    assert others & set(names_of(alone)) == {run.id for run in alone.taught_by}  # the teacher and its one pass


def test_every_student_has_a_search_of_its_own(plan_of: Any) -> None:
    plan = plan_of(TWO, "'methods=[kd, dkd]' 'search.space={student.optimizer.lr: {values: [0.1, 0.2]}}'")
    keys = [search_name(method, student) for student in ("mnist_mlp", "small") for method in ("baseline", "kd", "dkd")]
    assert list(plan.every_search) == keys
    assert [member.student_key for member, _ in plan.every_search.values()] == ["mnist_mlp"] * 3 + ["small"] * 3


def test_stages_count_what_students_share_once(plan_of: Any) -> None:
    alone, two = stage_totals(plan_of(ONE)), stage_totals(plan_of(TWO))
    shared = ("teacher", "logits", "test")
    assert two == {stage: number if stage in shared else 2 * number for stage, number in alone.items()}


def test_students_with_other_views_have_a_pass_of_their_own(plan_of: Any) -> None:
    shifted = "data.augment.shift=1 seeds=2"
    same, longer, other = (
        plan_of(TWO, f"{shifted} {more}") for more in ("", "students.1.epochs=3", "students.1.augment.shift=2")
    )
    assert [len({one.logits.id for one in plan.members}) for plan in (same, longer, other)] == [1, 2, 2]
    assert stage_totals(longer)["logits"] == 2
    fixed = plan_of(TWO, f"{shifted} students.1.epochs=3 data.augment.num_views=2")
    assert len({one.logits.id for one in fixed.members}) == 1
    assert sharing_note(plan_of(ONE)) is None
    assert sharing_note(same) == "That is for mnist_mlp, the first of 2 students; one pass serves them all."
    note = sharing_note(longer)
    assert note is not None
    assert note.endswith("2 passes: mnist_mlp; small. With data.augment.num_views one is enough.")
    note = sharing_note(other)
    assert note is not None
    assert note.endswith("2 passes: mnist_mlp; small.")


def test_another_student_does_not_change_how_the_others_are_taught(plan_of: Any) -> None:
    """One run over as many views as epochs would be taught in every step: of two students too."""
    few = "data.augment.shift=1 search=null seeds=1"
    modes = []
    for text in (ONE, TWO):
        plan = plan_of(text, few)
        cost = find_teacher_cost(plan, 100, 10)
        decided = with_teacher_mode(plan.sweep, cost)
        modes.append(decided.teacher_logits.online)
        assert "1 run(s)" in explain(decided, cost)
        assert sharing_note(Plan(decided, DIGEST)) is None
    assert modes == [True, True]


def test_a_list_is_written_and_read_as_it_was(write_sweep: Any) -> None:
    sweep = load_sweep(write_sweep(TWO))
    content = sweep.model_dump(mode="json")
    assert "student" not in content
    assert Sweep.model_validate(content) == sweep
    assert list(sweep.members) == ["mnist_mlp", "small"]
    assert load_sweep(write_sweep(ONE)).members.keys() == {""}
    assert "students" not in load_sweep(write_sweep(ONE)).model_dump()


def test_set_reaches_one_student(write_sweep: Any) -> None:
    sweep = load_sweep(write_sweep(TWO), "students.0.epochs=7 students.1.optimizer.lr=0.5")
    first, second = sweep.all_students.values()
    assert (first.epochs, second.epochs, second.optimizer.lr) == (7, 2, 0.5)


@pytest.mark.parametrize(
    ("models", "keys"),
    [
        (["mnist_mlp", "mnist_mlp"], ["mnist_mlp", "mnist_mlp-2"]),
        (["hf:org/a", "hf:other/a", "hf:org/a"], ["a", "a-2", "a-3"]),
        (["my.package:Net", "timm:resnet8.cifar"], ["Net", "resnet8.cifar"]),
        (["hf:../..", "hf:"], ["student", "student-2"]),
        (["hf:" + "x" * 60], ["x" * 37]),
    ],
)
def test_names_that_a_file_can_have(models: list[str], keys: list[str]) -> None:
    assert (
        student_keys([StudentConfig.model_construct(model=model, name=None, arguments={}) for model in models]) == keys
    )


def test_a_given_name_is_kept_from_the_others() -> None:
    students = [StudentConfig(model="mnist_mlp", epochs=1), StudentConfig(model="x:y", name="Mnist_MLP", epochs=1)]
    assert student_keys(students) == ["mnist_mlp-2", "Mnist_MLP"]


def test_a_teacher_may_be_among_the_students(plan_of: Any) -> None:
    """Born again, or larger than the teacher: nothing says that a student has to be small."""
    plan = plan_of(TWO, f"'students=[{MLP}, {CNN}]'")
    assert [member.student.config.training.model for member in plan.members] == ["mnist_mlp", "mnist_cnn"]
