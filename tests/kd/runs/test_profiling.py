"""A profiled run passes through the phases that its kind has."""

import pytest

from kd.phases import Stopwatch, timed_by
from tests.kd.run_lab import SHIFT, Lab

TRAINED = {"views", "forward", "loss", "backward", "optimizer", "evaluation", "checkpoint", "results"}


@pytest.mark.parametrize("kind", ["baseline", "distilled", "logits"])
def test_every_phase_of_a_run_is_timed(lab: Lab, kind: str) -> None:
    config, phases = {
        "baseline": (lab.config(augment=SHIFT), TRAINED),
        "distilled": (lab.distilled(), TRAINED | {"teacher's logits"}),
        "logits": (lab.logits_config(SHIFT.model_copy(update={"shift": 1})), {"views", "forward", "results"}),
    }[kind]
    stopwatch = Stopwatch(lambda: None)
    with timed_by(stopwatch):
        lab.execute(config)
    timed = {phase for phase, seconds in stopwatch.seconds.items() if seconds > 0}
    assert timed - {"start-up", "data"} == phases  # those two are done once a process, by whichever test came first
