"""Commands are asked in our words, and refusals are told apart."""

import os
from pathlib import Path

import pytest

from harness.cluster.slurm_command import clean_environment, refusal_of, run_command

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
