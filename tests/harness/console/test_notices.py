"""What is told beside the progress: that a teacher learnt nothing."""

import pytest

from harness.console.notices import ChanceNotice, WeakTeacherNotice, chance_line
from harness.state.attempts.run_state import run_state
from harness.state.files.records import Trials
from kd.files import write_record
from kd.records import Metrics, Scores


def metrics(run_id, num_right, num_classes=10, each=20):
    """Of a model that is right in ``num_right`` of 200 images, over classes of equal size."""
    confusion = [[each if column == 0 else 0 for column in range(num_classes)] for _ in range(num_classes)]
    num_images = each * num_classes
    val = Scores(num_images=num_images, accuracy=num_right / num_images, nll=2.0, confusion=confusion)
    return Metrics(run_id=run_id, val=val)


@pytest.mark.parametrize(("num_right", "is_said"), [(20, True), (12, True), (28, True), (60, False), (190, False)])
def test_a_model_at_chance_is_said_to_be(num_right, is_said):
    line = chance_line(metrics("teacher-1", num_right))
    assert (line is not None) == is_said
    if line is not None:
        is_above = num_right > 20
        assert line.startswith(
            f"teacher-1 {'cannot be told from' if is_above else 'is no better than'} chance on val "
            f"({num_right / 2:.1f} % of 200 images, chance 10.0 %): it {'may have' if is_above else 'has'} nothing"
        )


def test_a_teacher_that_is_used_as_it_came_has_no_learning_rate_to_check():
    trained, given = (chance_line(metrics("teacher-1", 12), is_trained) for is_trained in (True, False))
    assert trained.endswith("; check its model, its data and its learning rate")
    assert given.endswith("; check its weights, what it is fed and its classes")


def test_few_val_images_do_not_show_that_a_teacher_has_nothing_to_teach():
    line = chance_line(metrics("teacher-1", 5, num_classes=2, each=5))
    assert line is not None and "cannot be told from chance" in line and "it may have nothing to teach" in line


@pytest.mark.parametrize(
    ("confusion", "is_said"),
    [
        ([[600, 300], [10, 90]], False),  # less often right than who names the large class, and far from chance
        ([[900, 0], [100, 0]], True),
        ([[450, 450], [50, 50]], True),
        ([[895, 5], [50, 50]], False),
    ],
)
def test_of_uneven_classes_a_model_that_reads_the_small_one_is_not_at_chance(confusion, is_said):
    right, num_images = confusion[0][0] + confusion[1][1], 1000
    val = Scores(num_images=num_images, accuracy=right / num_images, nll=1.0, confusion=confusion)
    assert (chance_line(Metrics(run_id="teacher-1", val=val)) is not None) == is_said


def test_a_teacher_is_spoken_of_once_and_when_it_is_done(lab):
    plan, folder = lab.open()
    said = []
    notice = ChanceNotice(plan.teachers, folder, said.append)
    notice.look()
    assert said == []
    write_record(folder.add(plan.teachers[0]) / "metrics.json", metrics(plan.teachers[0].id, 20))
    notice.look()
    notice.look()
    assert len(said) == 1
    assert plan.teachers[0].id in said[0]
    ChanceNotice(plan.teachers, folder, said.append).look()  # an old one was spoken of when it was new
    assert len(said) == 1


def test_a_weak_teacher_is_spoken_of_once_when_there_is_a_baseline_and_taken_back_where_more_say_otherwise(lab):
    plan, folder = lab.open()
    said = []
    notice = WeakTeacherNotice(plan, folder, said.append)

    def leave(run, num_right):
        write_record(folder.add(run) / "metrics.json", metrics(run.id, num_right))
        notice.look({}, state_of)

    def state_of(run_id):
        return run_state(folder.run(run_id))

    notice.look({}, state_of)
    leave(plan.teachers[0], 150)
    assert said == []
    leave(plan.baselines()[0], 160)
    assert len(said) == 1
    assert said[0].startswith(
        "Note: the teacher is not better than the student alone: val accuracy 75.00 % against 80.00 %, the one "
        "baseline; "
    )
    notice.look({}, state_of)
    assert len(said) == 1 and said[0].endswith(" (on_weak_teacher=stop would end here, before the search)")
    over = {name: Trials(best=0) for name in plan.every_search}
    WeakTeacherNotice(plan, folder, said.append).look(over, state_of)
    assert said.pop().endswith("; what it teaches can hardly help")  # all is searched: nothing would end before
    leave(plan.baselines()[1], 130)
    assert said[1:] == ["Note: with more baselines, the teacher is better than the student alone after all"]
