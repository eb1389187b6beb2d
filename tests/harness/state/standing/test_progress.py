"""How far a sweep is, counted from its folders."""

from typing import Any

from harness.state.attempts.run_state import RunState
from harness.state.standing.progress import measure
from harness.state.standing.snapshot import read_snapshot


def test_progress_counts_what_the_folders_say(lab: Any) -> None:
    controller = lab.controller()
    before = measure(read_snapshot(controller.folder, controller.plan), None)
    assert (before.done, before.total) == (0, 11)
    controller.run()
    after = measure(read_snapshot(controller.folder, controller.plan), 2)
    assert (after.done, after.total, after.failed) == (11, 11, [])
    assert after.best.trial.number == controller.searches[""].best


def test_the_best_is_the_chosen_one_where_another_has_its_value(lab: Any) -> None:
    """Equal trials are told apart by val loss, which the first of the largest value need not have lowest."""
    controller = lab.controller()
    controller.run()
    snapshot = read_snapshot(controller.folder, controller.plan)
    search = snapshot.searches[""]
    alike = tuple(trial.model_copy(update={"value": 0.5, "state": RunState.COMPLETE}) for trial in search.trials)
    for chosen in (alike[0].number, alike[-1].number):
        record = search.model_copy(update={"trials": alike, "best": chosen})
        snapshot.searches = {"": record}
        best = measure(snapshot, None).best
        assert best is not None and best.trial.number == chosen
