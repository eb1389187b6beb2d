"""The text that is submitted."""

from pathlib import Path

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm_script import sbatch_text


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
    assert "srun --unbuffered --output /results/mini/logs/%A_%a_%t_log.out --cpus-per-task=4 " in command


def test_a_run_of_several_gpus_is_several_tasks_on_one_node() -> None:
    profile = SlurmProfile(kind="slurm", gpu_type="a100", mem_gb=16)
    lines = sbatch_text(profile, Path("/results/mini"), 1, gpus=4).splitlines()
    expected = ("--nodes=1", "--ntasks-per-node=4", "--gres=gpu:a100:4", "--cpus-per-task=4", "--mem=65536M")
    assert {f"#SBATCH {option}" for option in expected} <= set(lines)
    on_cpus = sbatch_text(SlurmProfile(kind="slurm", gpus_per_run=0), Path("/results/mini"), 1, gpus=4)
    assert "--ntasks-per-node=4" in on_cpus
    assert "gres" not in on_cpus
