"""SLURM's commands are asked in words of our own, and their refusals sorted by what can be done."""

import os
from pathlib import Path

import pytest

from harness.cluster.slurm.command import (
    BUSY,
    Answer,
    clean_environment,
    first_line,
    is_busy,
    refusal_of,
    run_command,
    unanswered,
    way_out,
)
from harness.cluster.slurm.site import explain_refusal


def test_what_the_shell_has_set_for_the_commands_does_not_reach_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQUEUE_FORMAT", "SBATCH_PARTITION", "SLURM_JOB_ID", "SLURM_CONF", "PYTHONHASHSEED"):
        monkeypatch.setenv(name, "1")
    names = {line.partition("=")[0] for line in run_command(["env"]).output.splitlines()}
    assert {"SLURM_CONF", "PYTHONHASHSEED", "PATH"} <= names
    assert not names & {"SQUEUE_FORMAT", "SBATCH_PARTITION", "SLURM_JOB_ID"}
    with clean_environment():
        assert "SBATCH_PARTITION" not in os.environ and "SLURM_CONF" in os.environ
    assert os.environ["SBATCH_PARTITION"] == "1"


def test_the_environment_comes_back_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SBATCH_QOS", "night")
    with pytest.raises(KeyError), clean_environment():
        raise KeyError
    assert os.environ["SBATCH_QOS"] == "night"


def test_a_missing_or_hanging_command_is_one_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_command([str(tmp_path / "squeue")]).code == -1
    assert run_command(["sh", "-c", "echo some; echo none >&2; exit 3"]) == Answer(3, "some\n", "none")
    monkeypatch.setattr("harness.cluster.slurm.command.COMMAND_PATIENCE_S", 0.05)
    hung = run_command(["sleep", "60"])
    assert (hung.code, hung.error) == (-1, "sleep timed out after 0.05 s")
    assert is_busy(hung.error)


@pytest.mark.parametrize("sign", BUSY)
def test_a_scheduler_that_cannot_answer_is_busy_however_it_is_spelt(sign: str) -> None:
    assert refusal_of(f"sbatch: error: {sign.upper()}", has_jobs=False) == "busy"


@pytest.mark.parametrize(
    ("error", "has_jobs", "refusal"),
    [
        ("Batch job submission failed: Invalid job array specification", False, "array too large"),
        ("AssocMaxSubmitJobLimit", False, "full"),
        ("Batch job submission failed: Required partition not available (inactive or drain)", True, "closed"),
        ("QOSMaxCpuPerJobLimit", True, "for good"),
        ("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", True, "full"),
        ("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", False, "for good"),
        ("invalid partition specified: nowhere", True, "for good"),
        ("QOSMaxCpuPerUserLimit", False, "full"),  # others of the user's hold what it is about
        ("AssocGrpCpuLimit", False, "full"),
        ("AssocMaxSubmitJobLimit, QOSMaxCpuPerJobLimit", False, "for good"),
        ("your group is at its submit limit of 500 jobs", False, "full"),  # of a site's own plugin
    ],
)
def test_a_limit_is_full_for_a_moment_and_a_mistake_stays_one(error: str, has_jobs: bool, refusal: str) -> None:
    assert refusal_of(f"sbatch: error: {error}", has_jobs) == refusal


def test_the_first_line_that_says_something() -> None:
    assert first_line("\n  \n sbatch: error: one \nsbatch: error: two") == "sbatch: error: one"
    assert first_line("sbatch: error: one\nsbatch: fatal: two") == "sbatch: error: one"
    assert first_line("") == "no reason given"


NOWHERE = """squeue: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host
squeue: error: fetch_config: DNS SRV lookup failed
squeue: fatal: Could not establish a configuration source"""


def test_a_machine_of_no_cluster_is_told_so_in_one_line_with_the_remedy() -> None:
    words = unanswered(NOWHERE)
    assert words == (
        "CLUSTER: squeue does not answer: squeue: fatal: Could not establish a configuration source; no cluster is "
        "known here: start on a login node, set SLURM_CONF, or take CLUSTER=local"
    )
    assert explain_refusal(NOWHERE.replace("squeue", "sbatch")).endswith(way_out(NOWHERE))


@pytest.mark.parametrize("error", ["slurm_load_jobs error: Unable to contact slurm controller", "", "timed out"])
def test_a_cluster_that_is_silent_may_be_asked_by_hand(error: str) -> None:
    assert unanswered(error).endswith("; squeue --me has to work in this shell")


SHELL = {"SQUEUE_PARTITION": "high", "SLURM_CLUSTERS": "far", "SBATCH_QOS": "low", "SLURM_JOB_ID": "7"}


def test_the_users_shell_changes_nothing_and_says_where_the_cluster_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (SHELL | {"SLURM_CONF": "/etc/slurm.conf"}).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "show").write_text('#!/bin/sh\nenv | grep -E "^(S[A-Z]+_)" | sort\n')
    (tmp_path / "show").chmod(0o755)
    seen = run_command([str(tmp_path / "show")]).output.split()
    assert "SLURM_CONF=/etc/slurm.conf" in seen
    assert not [line for line in seen if line.partition("=")[0] in SHELL]
    with clean_environment():
        assert not SHELL.keys() & os.environ.keys()
    assert os.environ["SLURM_JOB_ID"] == "7"


FAILED = "sbatch: error: Batch job submission failed"
LIMIT = f"{FAILED}: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"


@pytest.mark.parametrize(
    ("error", "has_jobs", "refusal"),
    [
        (
            f"{FAILED}: Unable to contact slurm controller (connect failure)",
            False,
            "busy",
        ),
        ("sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.", False, "busy"),
        (f"sbatch: error: QOSMaxSubmitJobPerUserLimit\n{LIMIT}", False, "full"),
        (f"sbatch: error: AssocMaxSubmitJobLimit\n{LIMIT}", False, "full"),
        (f"sbatch: error: AssocGrpSubmitJobsLimit\n{LIMIT}", False, "full"),
        (f"sbatch: error: QOSMaxWallDurationPerJobLimit\n{LIMIT}", True, "for good"),
        (LIMIT, True, "full"),
        (LIMIT, False, "for good"),
        (f"{FAILED}: Invalid job array specification", False, "array too large"),
        (
            f"{FAILED}: Invalid account or account/partition combination",
            True,
            "for good",
        ),
        (f"{FAILED}: Requested node configuration is not available", True, "for good"),
    ],
)
def test_what_passes_is_told_from_what_stays(error: str, has_jobs: bool, refusal: str) -> None:
    assert refusal_of(error, has_jobs) == refusal
