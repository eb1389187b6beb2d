"""What is made of SLURM's answers about a controller's job; what needs a SLURM is in tests/contract."""

from pathlib import Path

import pytest

from harness.cluster.slurm.command import Answer
from harness.cluster.slurm.controller import cancel_controller
from kd.errors import InputError, UnansweredError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("slurm_load_jobs error: Unable to contact slurm controller (connect failure)", UnansweredError),
        ("scancel: unrecognized option '--me'", InputError),
    ],
)
def test_an_order_to_end_a_controller_that_scancel_did_not_take_is_not_taken_for_done(
    tmp_path: Path, error: str, kind: type[InputError]
) -> None:
    """A controller that goes on waiting would submit everything anew when it starts."""
    with pytest.raises(InputError) as refused:
        cancel_controller(tmp_path / "sweep", lambda words: Answer(1, "", error))
    assert type(refused.value) is kind
    assert str(refused.value) == f"CLUSTER: {error}; the controller's job may go on: see squeue --me"


def test_where_there_is_none_to_end_all_is_well(tmp_path: Path) -> None:
    cancel_controller(tmp_path / "sweep", lambda words: Answer(0, ""))
