"""The controller's own job."""

from pathlib import Path

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm_script import controller_parameters


def test_what_the_workers_ask_for_is_not_the_controllers() -> None:
    profile = SlurmProfile(
        kind="slurm",
        partition="gpu",
        controller_partition="long",
        constraint="a100",
        requeue=False,
        signal_delay_s=1000,
        controller_time_min=10,
        additional={"exclusive": True, "mem_per_cpu": "8G", "reservation": "night"},
    )
    given = controller_parameters(profile, Path("/results/mini"))
    assert given["additional_parameters"] == {"requeue": True, "reservation": "night"}
    assert (given["partition"], given["time"], given["mem"], given["cpus_per_task"]) == ("long", 10, "4096M", 1)
    assert given["signal_delay_s"] < 600
    assert not {"gres", "constraint"} & set(given)
