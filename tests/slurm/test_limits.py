"""Limits of a real site: what is full for a moment is waited for, what is refused for good is one line with its key."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.rehearsal import rehearse_on_slurm, request_of
from harness.cluster.slurm.site import ONE
from kd.errors import InputError
from tests.contract.conftest import SlurmSite
from tests.slurm.cluster import LabOptions
from tests.slurm.lab import SlurmLab
from tests.support.sweep_lab import Lab
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slurm, pytest.mark.slow]
OPTIONS = LabOptions(
    accounting=True,
    limits=(
        ("AccountingStorageEnforce", "limits,qos"),
        ("EnforcePartLimits", "ALL"),
        ("MaxArraySize", 3),
        ("MinJobAge", 5),
    ),
)
LIMITS = {
    "tight": "MaxSubmitJobsPerUser=2",
    "group": "GrpSubmitJobs=2",
    "narrow": "MaxJobsPerUser=1",
    "short": "MaxWall=5",
}


@pytest.fixture(scope="module")
def limited(start_slurm: Callable[[LabOptions], SlurmLab]) -> SlurmLab:
    slurm = start_slurm(OPTIONS)
    slurm.add_qos(**LIMITS)
    return slurm


@pytest.fixture
def site(limited: SlurmLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlurmSite]:
    for name in limited.settings:
        monkeypatch.setenv(name, limited.env[name])
    yield SlurmSite(limited, tmp_path / "mini")
    limited.restore()


def test_an_array_above_the_site_s_size_is_made_smaller(site: SlurmSite) -> None:
    executor = site.executor()
    jobs = site.submit(executor, *"abcdefg")
    assert [job.run_ids for job in jobs] == [("a",), ("b",), ("c",)]
    jobs += site.submit(executor, *"defg")
    assert len(jobs) == 6
    site.finish(executor, jobs)


@pytest.mark.parametrize(
    ("qos", "word"), [("tight", "QOSMaxSubmitJobPerUserLimit"), ("group", "QOSGrpSubmitJobsLimit")]
)
def test_a_full_limit_of_jobs_is_waited_for_and_named(site: SlurmSite, qos: str, word: str) -> None:
    ahead = [0.0]
    executor = site.executor(qos=qos, clock=lambda: time.monotonic() + ahead[0])
    jobs = site.submit(executor, "a")
    jobs += site.submit(executor, "b", "c")
    assert [job.run_ids for job in jobs] == [("a",), ("b",)]
    ahead[0] += 10.0
    assert site.submit(executor, "c") == []
    said = f"SLURM takes no more jobs now, and is asked again: sbatch: error: {word}; see array_parallelism; {ONE}"
    assert said in executor.notes(jobs)
    site.finish(executor, jobs)
    ahead[0] += 120.0
    jobs = site.submit(executor, "c")
    assert len(jobs) == 1
    site.finish(executor, jobs)


def test_a_partition_that_closes_for_a_while_is_waited_for_by_who_had_jobs_there(site: SlurmSite) -> None:
    ahead = [0.0]
    executor = site.executor(clock=lambda: time.monotonic() + ahead[0])
    jobs = site.submit(executor, "a")
    site.lab.run("scontrol", "update", "partitionname=low", "state=DRAIN")
    try:
        assert site.submit(executor, "b") == []
        (note,) = (each for each in executor.notes(jobs) if each.startswith("SLURM takes no more jobs now"))
        assert note.endswith(": Required partition not available (inactive or drain)")
        line = r"^CLUSTER: .*not available .*; correct partition, or start again when the site has opened it$"
        with pytest.raises(InputError, match=line):
            site.submit(site.executor(), "b")
    finally:
        site.lab.run("scontrol", "update", "partitionname=low", "state=UP")
    ahead[0] += 120.0
    jobs += site.submit(executor, "b")
    site.finish(executor, jobs)


def test_a_limit_of_running_jobs_is_why_the_others_wait(site: SlurmSite) -> None:
    executor = site.executor(qos="narrow")
    jobs = site.submit(executor, "a", "b")
    expected = f"1 job(s) wait for a limit of jobs: a lower array_parallelism asks for fewer; {ONE}"
    wait_until(lambda: executor.notes(jobs) == [f"{expected} (QOSMaxJobsPerUserLimit)"], "the reason")
    site.finish(executor, jobs)


def test_the_command_that_frees_held_jobs_can_be_pasted_for_however_many(site: SlurmSite) -> None:
    """A first job leaves the others no room, so that they wait; the site's arrays have three elements at most."""
    executor = site.executor(qos="narrow")
    jobs = site.submit(executor, "first")
    wait_until(lambda: not executor.notes(jobs), "the first job to run")
    jobs += site.submit(executor, *"abc")
    jobs += site.submit(executor, *"de")
    site.lab.run("scontrol", "uhold", ",".join(job.job_id for job in jobs[1:]))

    def held() -> list[str]:
        return [note for note in executor.notes(jobs) if "held" in note]

    wait_until(lambda: held()[:1] and held()[0].startswith("5 job(s) wait held"), "all to be held")
    (command,) = re.findall(r"scontrol release .*?(?= frees it)", held()[0])
    assert command.count("[0-") == 2
    subprocess.run(["sh", "-c", command], env=site.lab.env, check=True)
    wait_until(lambda: not held(), "all to be free")
    site.finish(executor, jobs)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"qos": "nope"}, "Invalid qos specification; correct qos"),
        (
            {"account": "nope"},
            "Invalid account or account/partition combination specified; correct account, or the partition that it may "
            "use",
        ),
        ({"partition": "nope"}, "invalid partition specified: nope; correct partition"),
    ],
)
def test_what_is_refused_for_good_is_one_line_with_its_key(site: SlurmSite, changes: dict[str, str], line: str) -> None:
    with pytest.raises(InputError) as caught:
        site.submit(site.executor(**changes), "a")
    assert str(caught.value).startswith("CLUSTER: sbatch: error: ")
    assert str(caught.value).endswith(line)


def test_a_time_above_an_enforced_limit_names_its_key(site: SlurmSite, limited: SlurmLab) -> None:
    limited.limit_time("low", 10)
    with pytest.raises(InputError, match=r"^CLUSTER: .*Requested time limit is invalid.*; correct time_min$"):
        site.submit(site.executor(time_min=60), "a")


def test_a_rehearsal_that_waits_says_why(site: SlurmSite, digits: Path) -> None:
    (site.sweep.parent / ".data").symlink_to(digits)
    plan, folder = Lab(site.sweep.parent).open()
    profile = SlurmProfile(
        kind="slurm", partition="low", qos="short", time_min=60, gpus_per_run=0, cpus_per_task=1, poll_s=0.2
    )
    said: list[str] = []

    def stop_when_said(seconds: float) -> None:
        time.sleep(seconds)
        if said:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rehearse_on_slurm(
            request_of(plan, profile), profile, folder.path, folder.data, folder.path / "result.json", said.append,
            sleep=stop_when_said,
        )  # fmt: skip
    (line,) = said
    assert line.endswith(
        "since time_min is above a limit, and will not start without help: lower time_min "
        "(QOSMaxWallDurationPerJobLimit)."
    )


@pytest.mark.parametrize("detach", [(), ("--detach",)])
@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("qos", "sbatch: error: Batch job submission failed: Invalid qos"),
        ("account", "sbatch: error: Batch job submission failed: Invalid account"),
        ("partition", "partition: 'nope' is not on this cluster; there are high, low, main"),
    ],
)
def test_a_start_that_the_site_refuses_leaves_no_folder(
    limited: SlurmLab, site: SlurmSite, digits: Path, tmp_path: Path, key: str, line: str, detach: tuple[str, ...]
) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / ".data").symlink_to(digits)
    cluster = tmp_path / "cluster.yaml"
    cluster.write_text(f"{{kind: slurm, gpus_per_run: 0, cpus_per_task: 1, {key}: nope}}")
    lab = Lab(results)
    done = lab.run("sweep", "--sweep", str(lab.write()), "--cluster", str(cluster), *detach)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: CLUSTER: {line}")
    assert len(done.stderr.splitlines()) == 1
    assert not (results / "mini").exists()
