"""A partition as SLURM describes it, what of a profile does not fit it, and why a job waits."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.command import Answer
from harness.cluster.slurm.site import (
    MOST_NAMED,
    NEVER,
    ONE,
    Partition,
    check_partition,
    explain,
    explain_refusal,
    misfits,
    read_partition,
    refusal_at_present,
)
from kd.errors import InputError

SHOWN = (
    "PartitionName=gpu Default=NO MaxNodes=UNLIMITED MaxTime=04:00:00 State=UP MaxMemPerNode=UNLIMITED\n"
    "PartitionName=cpu AllowGroups=ALL Default=YES MaxTime=UNLIMITED State=DOWN MaxMemPerNode=32000\n"
)
NODES = "n1|16|64000|gpu:a100:4(S:0-1)\nn2|8|128000|gpu:h100:2,gpu:a100:2\n"
GPU = Partition("gpu", True, 240, 128000, 16, {"": 4, "a100": 4, "h100": 2}, frozenset({"n1", "n2"}))


def scheduler(words: Sequence[str]) -> Answer:
    return Answer(0, NODES if words[0] == "sinfo" else SHOWN)


def profile(**keys: Any) -> SlurmProfile:
    return SlurmProfile.model_validate({"kind": "slurm", "time_min": 60} | keys)


def test_a_partition_is_read_with_its_largest_node() -> None:
    assert read_partition("gpu", scheduler) == GPU


def test_without_a_name_it_is_the_sites_default() -> None:
    found = read_partition(None, scheduler)
    assert found is not None
    assert (found.name, found.is_up, found.max_time_min, found.max_mem_mb) == ("cpu", False, None, 32000)


@pytest.mark.parametrize(("state", "takes_jobs"), [("UP", True), ("DOWN", True), ("DRAIN", False), ("INACTIVE", False)])
def test_a_partition_that_is_down_queues_jobs_and_one_that_drains_refuses_them(state: str, takes_jobs: bool) -> None:
    found = read_partition("cpu", lambda words: Answer(0, SHOWN.replace("DOWN", state)))
    assert found is not None and found.takes_jobs == takes_jobs


@pytest.mark.parametrize("answer", [Answer(1, SHOWN, "slurm_load_partitions error"), Answer(0, ""), Answer(-1, "")])
def test_what_slurm_does_not_say_is_not_known(answer: Answer) -> None:
    assert read_partition("gpu", lambda words: answer) is None


def test_of_nodes_that_a_failed_sinfo_names_nothing_is_known() -> None:
    found = read_partition("gpu", lambda words: Answer(1, NODES) if words[0] == "sinfo" else Answer(0, SHOWN))
    assert found == Partition("gpu", True, 240, None, None, None, frozenset())


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
        ("PartitionTimeLimit", "since time_min 300 is above the 240 of partition gpu, and will not start without help"),
        ("QOSMaxJobsPerUserLimit", f"for a limit of jobs: a lower array_parallelism asks for fewer; {ONE}"),
        ("AssocGrpGRES", "for a limit that your group shares"),
        ("ReqNodeNotAvail, UnavailableNodes:n1", "for nodes that are down, drained or reserved"),
        ("launch failed requeued held", "held after a failed start"),
        ("job requeued in held state", "requeued and held by somebody, "),
        ("SomethingNew", "for a reason that SLURM calls SomethingNew"),
        ("", "for a reason that SLURM calls nothing"),
    ],
)
def test_why_a_job_waits_is_said_with_slurms_word(reason: str, says: str) -> None:
    text = explain(reason, profile(time_min=300), GPU)
    assert text.startswith(says)
    assert reason in text


def test_of_a_partition_without_a_limit_no_limit_is_named() -> None:
    text = explain("PartitionTimeLimit", profile(time_min=300), GPU._replace(max_time_min=None))
    assert text.endswith("(PartitionTimeLimit)") and "time_min 300" not in text and "None" not in text


# As SLURM 22.05.8 prints it, but for what is not read.
SHORT = (
    "PartitionName=short AllowGroups=ALL AllowQos=ALL Default=NO QoS=N/A DefaultTime=NONE MaxNodes=UNLIMITED "
    "MaxTime=0-00:30:00 MinNodes=0 Nodes=n[1-2] State=UP TotalCPUs=16 TotalNodes=2 MaxMemPerNode=UNLIMITED\n"
)
LONG = SHORT.replace("short", "long").replace("Default=NO", "Default=YES").replace("0-00:30:00", "UNLIMITED")
HIDDEN = SHORT.replace("short", "hidden").replace("\n", " Hidden=YES\n")
SITE_NODES = "n1|8|64000|gpu:a100:4(S:0-1)\nn2|16|128000|gpu:v100:2,gpu:a100:1\n"
PARTITION = Partition("gpu", True, 30, 128000, 16, {"": 4, "a100": 4, "v100": 2}, frozenset({"n1", "n2"}))


def site(words: Sequence[str]) -> Answer:
    if words[0] == "sinfo":
        return Answer(0, SITE_NODES)
    assert words == ("scontrol", "--all", "--oneliner", "show", "partition")
    return Answer(0, SHORT + LONG + HIDDEN)


def silent(words: Sequence[str]) -> Answer:
    return Answer(-1, "", "no such command")


def test_a_partition_is_read_by_its_name_or_as_the_default() -> None:
    short = read_partition("short", site)
    assert short == PARTITION._replace(name="short")
    default = read_partition(None, site)
    assert default == short._replace(name="long", max_time_min=None)
    assert read_partition("nowhere", site) is None
    assert read_partition("short", silent) is None


def test_of_several_partitions_the_most_that_one_allows_counts() -> None:
    assert read_partition("short,hidden", site) == PARTITION._replace(name="short,hidden")
    assert read_partition("short,long", site) == PARTITION._replace(name="short,long", max_time_min=None)


@pytest.mark.parametrize("name", ["nowhere", "short,nowhere"])
def test_a_partition_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    check_partition("short", site)
    check_partition("long,hidden", site)
    with pytest.raises(InputError, match=r"^CLUSTER: partition: 'nowhere' is not .*; there are long, short$"):
        check_partition(name, site)
    check_partition(name, silent)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(0, "", "sbatch: Job 5 to start at 2026-01-01T00:00:00 using 1 processors"), None),
        (Answer(1, "", "allocation failure: Invalid feature specification"), "Invalid feature .*; correct constraint"),
        (Answer(1, "", "allocation failure: Invalid node name specified"), "Invalid node .*; correct exclude, or .*"),
        (Answer(1, "", "allocation failure: Unable to contact slurm controller (connect failure)"), None),
        (Answer(1, "", "sbatch: fatal: Could not establish a configuration source"), None),
        (Answer(-1, "", "sbatch timed out after 30 s"), None),
    ],
)
def test_slurm_is_asked_what_it_would_do_with_a_job(answer: Answer, expected: str | None) -> None:
    def test_only(words: Sequence[str]) -> Answer:
        assert words[:2] == ("sbatch", "--test-only")
        assert Path(words[2]).read_text() == "the text"
        return answer

    said = refusal_at_present("the text", test_only)
    assert said is None if expected is None else re.fullmatch(expected, said or "")


@pytest.mark.parametrize(
    ("keys", "tasks", "expected"),
    [
        ({}, 1, []),
        ({"time_min": 31}, 1, ["time_min 31 is above the 30 of partition gpu"]),
        ({"mem_gb": 126}, 1, ["mem_gb 126 is above the 125 of a node of partition gpu"]),
        ({"mem_gb": 63}, 2, ["mem_gb 63 × 2 tasks is above the 125 of a node of partition gpu"]),
        ({"cpus_per_task": 17}, 1, ["cpus_per_task 17 is above the 16 of a node of partition gpu"]),
        ({"gpu_type": "h100"}, 1, ["gpu_type h100 is not in partition gpu, which has a100, v100"]),
        (
            {"gpu_type": "v100"},
            3,
            ["a job asks for 3 GPU(s) on one node, and a node of partition gpu has at most 2: gpus_per_run, gpus"],
        ),
    ],
)
def test_what_does_not_fit_names_its_key(keys: dict[str, object], tasks: int, expected: list[str]) -> None:
    profile = SlurmProfile.model_validate({"kind": "slurm", "time_min": 30} | keys)
    assert misfits(profile, PARTITION, tasks) == expected


def test_a_partition_that_is_down_is_said() -> None:
    (line,) = misfits(SlurmProfile(kind="slurm", time_min=30), PARTITION._replace(is_up=False))
    assert line == "partition gpu is not up: jobs wait until the site brings it back"
    (line,) = misfits(SlurmProfile(kind="slurm", time_min=30), PARTITION._replace(is_up=False, takes_jobs=False))
    assert line == "partition gpu is not up: it takes no jobs now"


# Of squeue's manual and of SLURM's slurm_protocol_defs.c.
KNOWN = [
    *("Priority", "Dependency", "DependencyNeverSatisfied", "Resources", "PartitionNodeLimit", "PartitionTimeLimit"),
    *("PartitionDown", "PartitionInactive", "JobHeldUser", "JobHeldAdmin", "JobHoldMaxRequeue", "BeginTime"),
    *("Licenses", "Reservation", "NodeDown", "BadConstraints", "InvalidAccount", "InvalidQOS", "ReqNodeNotAvail"),
    *("JobArrayTaskLimit", "AssocMaxJobsLimit", "AssocGrpCpuLimit", "AssocMaxWallDurationPerJobLimit"),
    *("QOSGrpCpuLimit", "QOSMaxJobsPerUserLimit", "QOSMaxSubmitJobPerUserLimit", "QOSMaxWallDurationPerJobLimit"),
    *("QOSMaxCpuPerJobLimit", "QOSUsageThreshold", "QOSMaxGRESPerUser", "QOSTimeLimit"),
    *("PartitionConfig", "MaxMemPerLimit", "ReservationDeleted", "DeadLine", "AccountingPolicy", "QOSNotAllowed"),
    *("AccountNotAllowed", "QOSMinCpuNotSatisfied", "QOSMinGRES", "MaxCpuPerAccount", "MaxJobsPerAccount"),
    *("AssociationJobLimit", "AssociationResourceLimit", "AssocMaxCpuPerNode", "AssocGrpCPURunMinutesLimit"),
]


@pytest.mark.parametrize("reason", [*KNOWN, "ReqNodeNotAvail, UnavailableNodes:n1", "launch failed requeued held"])
def test_every_reason_has_words_and_keeps_its_own(reason: str) -> None:
    text = explain(reason, SlurmProfile(kind="slurm"))
    assert "that SLURM calls" not in text
    assert text.endswith(f"({reason})")


def test_a_job_that_is_too_long_for_the_time_before_a_maintenance_is_told_so() -> None:
    text = explain("ReqNodeNotAvail, Reserved for maintenance", SlurmProfile(kind="slurm"))
    assert "time_min" in text and text.endswith("(ReqNodeNotAvail, Reserved for maintenance)")


@pytest.mark.parametrize("reason", ["QOSMinCpuNotSatisfied", "QOSNotAllowed", "AssocMaxCpuPerNode", "PartitionConfig"])
def test_what_fewer_jobs_would_not_mend_is_not_said_to_be_a_matter_of_their_number(reason: str) -> None:
    assert "array_parallelism" not in explain(reason, SlurmProfile(kind="slurm"))


def test_a_command_about_jobs_names_them() -> None:
    text = explain("JobHeldUser", SlurmProfile(kind="slurm"), job_ids=["4_1", "4_2"])
    assert text == f"held by its user, {NEVER}: scontrol release '4_[1-2]' frees it (JobHeldUser)"


@pytest.mark.parametrize(
    ("reason", "command"), [("JobHeldUser", "scontrol release"), ("DependencyNeverSatisfied", "scancel")]
)
def test_elements_of_an_array_are_one_word_of_a_command_however_many(reason: str, command: str) -> None:
    assert f"{command} '4_[0-1502]' " in explain(reason, profile(), job_ids=(f"4_{n}" for n in range(1503)))


def test_of_too_many_arrays_the_first_are_named() -> None:
    arrays = [f"{n}_[0-1]" for n in range(MOST_NAMED)]
    text = explain("JobHeldUser", profile(), job_ids=(f"{n}_{element}" for n in range(1500) for element in (0, 1)))
    assert "scontrol release JOBS " in text
    assert text.endswith(f"(JobHeldUser; JOBS are {', '.join(arrays)} and 1,490 more)")
    assert "JOBS" not in explain("Priority", profile(), job_ids=map(str, range(1500)))


def test_of_several_jobs_scancel_is_given_words_and_not_a_list() -> None:
    text = explain("DependencyNeverSatisfied", profile(), job_ids=["4_1", "5"])
    assert "scancel 4_1 5 ends it" in text


def test_a_limit_is_not_named_that_a_job_of_an_earlier_profile_may_not_have_met() -> None:
    """It may have been submitted to another partition, or by a program that kept no account of what was asked for."""
    text = explain("PartitionTimeLimit", profile(time_min=10), GPU, ["4"])
    assert text == (
        f"since the time that it was submitted with is above a limit, {NEVER}: scancel 4, and start again "
        "(PartitionTimeLimit)"
    )


def test_who_waits_for_ever_is_told_so() -> None:
    profile = SlurmProfile(kind="slurm", time_min=60)
    hopeless = {reason for reason in KNOWN if NEVER in explain(reason, profile)}
    assert {"PartitionTimeLimit", "JobHeldUser", "QOSMaxWallDurationPerJobLimit", "QOSMaxCpuPerJobLimit"} <= hopeless
    assert not {"Priority", "Resources", "QOSMaxJobsPerUserLimit", "QOSMaxSubmitJobPerUserLimit"} & hopeless
    assert "time_min 60 is above the 30 of partition gpu" in explain("PartitionTimeLimit", profile, PARTITION)


def test_a_reason_that_nobody_foresaw_is_said_as_it_is() -> None:
    assert explain("MoonPhase", SlurmProfile(kind="slurm")) == "for a reason that SLURM calls MoonPhase"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        ("sbatch: error: Batch job submission failed: Invalid qos specification", "qos"),
        ("sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed", "partition"),
        (
            "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds)",
            "time_min",
        ),
        ("sbatch: error: QOSMaxWallDurationPerJobLimit\nsbatch: error: Job violates accounting/QOS policy", "time_min"),
        ("sbatch: error: Memory specification can not be satisfied", "mem_gb"),
        ("sbatch: error: Batch job submission failed: Invalid feature specification", "constraint"),
    ],
)
def test_a_refusal_for_good_is_slurms_first_line_and_the_key(error: str, key: str) -> None:
    assert explain_refusal(error) == f"CLUSTER: {error.splitlines()[0]}; correct {key}"


def test_a_refusal_that_nobody_knows_is_slurms_line_alone() -> None:
    assert explain_refusal("sbatch: error: the moon is wrong\n") == "CLUSTER: sbatch: error: the moon is wrong"


def test_nodes_that_are_away_and_a_job_not_yet_looked_at_are_said_in_plain_words() -> None:
    away = "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions"
    assert explain(away, profile()).startswith("for nodes that are down, drained or reserved (Nodes required")
    assert explain("None", profile()) == "for SLURM to look at it (None)"
    assert "lower time_min" in explain("QOSMaxWallDurationPerJobLimit", profile())
