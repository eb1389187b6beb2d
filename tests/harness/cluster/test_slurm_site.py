"""A partition as SLURM describes it, what of a profile does not fit it, and why a job waits."""

from collections.abc import Sequence
from typing import Any

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm_command import Answer
from harness.cluster.slurm_site import Partition, explain, misfits, read_partition

SHOWN = (
    "PartitionName=gpu Default=NO MaxNodes=UNLIMITED MaxTime=04:00:00 State=UP MaxMemPerNode=UNLIMITED\n"
    "PartitionName=cpu AllowGroups=ALL Default=YES MaxTime=UNLIMITED State=DOWN MaxMemPerNode=32000\n"
)
NODES = "n1|16|64000|gpu:a100:4(S:0-1)\nn2|8|128000|gpu:h100:2,gpu:a100:2\n"
GPU = Partition("gpu", True, 240, 128000, 16, {"": 4, "a100": 4, "h100": 2}, frozenset({"n1", "n2"}))


def scheduler(words: Sequence[str]) -> Answer:
    if words[0] == "sinfo":
        return Answer(0, NODES)
    lines = SHOWN.splitlines()
    return Answer(0, "\n".join(line for line in lines if len(words) == 4 or f"PartitionName={words[-1]} " in line))


def profile(**keys: Any) -> SlurmProfile:
    return SlurmProfile.model_validate({"kind": "slurm", "time_min": 60} | keys)


def test_a_partition_is_read_with_its_largest_node() -> None:
    assert read_partition("gpu", scheduler) == GPU


def test_without_a_name_it_is_the_sites_default() -> None:
    found = read_partition(None, scheduler)
    assert found is not None
    assert (found.name, found.is_up, found.max_time_min, found.max_mem_mb) == ("cpu", False, None, 32000)


@pytest.mark.parametrize("answer", [Answer(1, "", "slurm_load_partitions error"), Answer(0, ""), Answer(-1, "")])
def test_what_slurm_does_not_say_is_not_known(answer: Answer) -> None:
    assert read_partition("gpu", lambda words: answer) is None


@pytest.mark.parametrize(
    ("keys", "tasks", "says"),
    [
        ({"time_min": 300}, 1, "time_min 300 is above the 240 of partition gpu"),
        ({"mem_gb": 100}, 2, "mem_gb 100 × 2 tasks is above the 125 of a node of partition gpu"),
        ({"cpus_per_task": 17}, 1, "cpus_per_task 17 is above the 16 of a node of partition gpu"),
        ({"gpu_type": "v100"}, 1, "gpu_type v100 is not in partition gpu, which has a100, h100"),
        ({"gpu_type": "h100"}, 3, "a job asks for 3 GPU(s) on one node, and a node of partition gpu has at most 2"),
    ],
)
def test_what_does_not_fit_is_said_with_its_key(keys: dict[str, Any], tasks: int, says: str) -> None:
    found = misfits(profile(**({"cpus_per_task": 1} | keys)), GPU, tasks)
    assert [says in line for line in found] == [True]


def test_what_is_at_its_limit_fits() -> None:
    at_the_limit = profile(time_min=240, mem_gb=125, cpus_per_task=16, gpu_type="a100")
    assert misfits(at_the_limit, GPU) == []
    unlimited = Partition("any", True, None, None, None, None)
    assert (
        misfits(
            profile(
                time_min=10**6,
                mem_gb=10**4,
                cpus_per_task=1000,
            ),
            unlimited,
            8,
        )
        == []
    )


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("PartitionTimeLimit", "since time_min 300 is above the 240 of partition gpu, and will not start by itself"),
        ("QOSMaxJobsPerUserLimit", "for a limit of jobs: a lower array_parallelism asks for fewer at a time"),
        ("AssocGrpGRES", "for a limit that your group shares"),
        ("ReqNodeNotAvail, UnavailableNodes:n1", "for nodes that are down, drained or reserved"),
        ("launch failed requeued held", "held after a failed start"),
        ("SomethingNew", "for a reason that SLURM calls SomethingNew"),
        ("", "for a reason that SLURM calls nothing"),
    ],
)
def test_why_a_job_waits_is_said_with_slurms_word(reason: str, says: str) -> None:
    text = explain(reason, profile(time_min=300), GPU)
    assert text.startswith(says)
    assert reason in text
