"""The text that is submitted."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.script import controller_parameters, parameters, sbatch_text
from harness.cluster.submission import ENTRY, SlurmSubmitter


def test_the_text_that_is_submitted() -> None:
    profile = SlurmProfile(
        kind="slurm",
        partition="gpu",
        account="lab",
        gpu_type="a100",
        mem_gb=31.5,
        setup=("module load cuda",),
        array_parallelism=2,
        additional={"reservation": "night", "exclusive": True},
    )
    text = sbatch_text(profile, Path("/results/mini"), 3)
    head, _, command = text.partition("\n\n# setup\n")
    assert head.splitlines()[3:] == [
        "#SBATCH --account=lab",
        "#SBATCH --array=0-2%2",
        "#SBATCH --comment=/results/mini",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --exclusive",
        "#SBATCH --gres=gpu:a100:1",
        "#SBATCH --job-name=kd-mini-79ee0947",
        "#SBATCH --mem=32256M",
        "#SBATCH --nodes=1",
        "#SBATCH --open-mode=append",
        "#SBATCH --output=/results/mini/logs/%A_%a_0_log.out",
        "#SBATCH --partition=gpu",
        "#SBATCH --requeue",
        "#SBATCH --reservation=night",
        "#SBATCH --signal=USR2@120",
        "#SBATCH --time=240",
    ]
    assert command.startswith("module load cuda\n")
    assert "srun --unbuffered --output /results/mini/logs/%A_%a_%t_log.out --cpus-per-task=4 --export=ALL " in command


def test_a_run_of_several_gpus_is_several_tasks_on_one_node() -> None:
    profile = SlurmProfile(kind="slurm", gpu_type="a100", mem_gb=16)
    lines = sbatch_text(profile, Path("/results/mini"), 1, gpus=4).splitlines()
    expected = ("--nodes=1", "--ntasks-per-node=4", "--gres=gpu:a100:4", "--cpus-per-task=4", "--mem=65536M")
    assert {f"#SBATCH {option}" for option in expected} <= set(lines)
    on_cpus = sbatch_text(SlurmProfile(kind="slurm", gpus_per_run=0), Path("/results/mini"), 1, gpus=4)
    assert "--ntasks-per-node=4" in on_cpus
    assert "gres" not in on_cpus


@pytest.mark.parametrize("num_jobs", [1, 3])
def test_the_plan_shows_what_submitit_would_submit(
    num_jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sbatch_text`` leans on private parts of submitit; where this fails, look for what became of them."""
    for name in ("sbatch", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\necho Submitted batch job 7\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    profile = SlurmProfile(kind="slurm", partition="gpu", gpus_per_run=1)
    executor = SlurmSubmitter(folder=tmp_path / "logs")
    executor.update_parameters(**parameters(profile, tmp_path))
    jobs = executor.submit_array([print] * num_jobs) if num_jobs > 1 else [executor.submit(print)]
    assert sbatch_text(profile, tmp_path, num_jobs) == jobs[0].paths.submission_file.read_text()
    assert find_spec(ENTRY) is not None  # what the script starts


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
