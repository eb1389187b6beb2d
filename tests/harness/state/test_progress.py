"""How far a sweep is, counted from its folders."""

from typing import Any

from harness.state.progress import measure
from harness.state.snapshot import read_snapshot


def test_progress_counts_what_the_folders_say(lab: Any) -> None:
    controller = lab.controller()
    before = measure(read_snapshot(controller.folder, controller.plan), None)
    assert (before.done, before.total) == (0, 11)
    controller.run()
    after = measure(read_snapshot(controller.folder, controller.plan), 2)
    assert (after.done, after.total, after.failed) == (11, 11, [])
    assert after.best.trial.number == controller.searches[""].best
