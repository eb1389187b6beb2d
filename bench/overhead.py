"""What the harness costs over the plainest way of running the same runs.

103 tiny runs (a teacher, its logits, 50 baselines, 50 distilled students, the test), on two slots:

- ``local``: through the controller and the local executor, against ``xargs -P 2`` that starts one Python a run;
- ``slurm``: through the controller and SLURM, against ``sbatch --array`` of the same command, one task a run
  and two at a time, each stage waiting for the one before it (left out where SLURM is not installed; the
  cluster is a private one on this machine).

Both sides call ``kd.execute`` on the same data, one side after the other in one process group; the ratio is
harness over plain, and at most 1.25 is wanted. Below 1 is what sharing one interpreter and one torch between
the runs of a job gains: ``one_run_a_job`` is the ratio without that.

    python -m bench.overhead [rounds]
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bench.figures import ROOT, in_turn, publish, ratio
from harness.state.files.folder import DATA, SweepFolder
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.reading.finding import find_sweep
from harness.sweep.runs import Run
from kd.data.decoded.store import prepare
from tests.slurm.lab import LabOptions, SlurmLab, missing

NUM_SLOTS = 2
SWEEP = {
    "name": "overhead",
    "data": {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100},
    "teacher": {"model": "mnist_cnn", "epochs": 1, "batch_size": 32},
    "student": {"model": "mnist_mlp", "epochs": 1, "batch_size": 32},
    "search": None,
    "seeds": 50,
}
CLUSTERS: dict[str, dict[str, Any]] = {
    "local": {"kind": "local", "slots": NUM_SLOTS},
    "slurm": {
        "kind": "slurm",
        "partition": "main",
        "gpus_per_run": 0,
        "cpus_per_task": 1,
        "array_parallelism": NUM_SLOTS,
        "poll_s": 1.0,
    },
}
ONE_RUN = """
import sys, torch
from pathlib import Path
from kd import execute
from kd.runs.folder.context import RunPaths
torch.set_num_threads(1)
execute(sys.argv[3], RunPaths(Path(sys.argv[1]), Path(sys.argv[2])), torch.device("cpu"))
"""


class Bench:
    """Both sides, on this machine or on a SLURM cluster."""

    def __init__(self, cluster: str, env: dict[str, str]) -> None:
        self._cluster = cluster
        self._env = env

    def measure(self, rounds: int) -> dict[str, Any]:
        """Seconds of each side and the ratios."""
        plain = self._through_xargs if self._cluster == "local" else self._through_sbatch
        sides = {
            "harness": lambda: self._through_harness(CLUSTERS[self._cluster]),
            "harness, one run a job": lambda: self._through_harness(CLUSTERS[self._cluster] | {"runs_per_job": 1}),
            "plain": lambda: self._through_plain(plain),
        }
        seconds = in_turn(sides, rounds)
        rival = "`xargs -P 2`" if self._cluster == "local" else "`sbatch --array`"
        return {
            "seconds": {side: [round(value, 1) for value in values] for side, values in seconds.items()},
            "ratio": ratio(seconds["harness"], seconds["plain"], f"harness / {rival}", "at most 1.25"),
            "one_run_a_job": ratio(
                seconds["harness, one run a job"], seconds["plain"], f"harness with one run a job / {rival}"
            ),
        }

    def _through_harness(self, cluster: dict[str, Any]) -> float:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            sweep, profile, results = _sweep_file(folder), folder / "cluster.yaml", folder / "results"
            profile.write_text(yaml.safe_dump(cluster))
            prepare(load_sweep(sweep).data, results / DATA)
            words = ["sweep", "--sweep", sweep, "--cluster", profile, "--results", results]
            began = time.perf_counter()
            self._call([sys.executable, "-m", "harness", *words])
            return time.perf_counter() - began

    def _through_plain(self, stage: Callable[[SweepFolder, list[Run]], None]) -> float:
        with tempfile.TemporaryDirectory() as name:
            sweep = load_sweep(find_sweep(str(_sweep_file(Path(name)))))
            folder = SweepFolder(Path(name), sweep.name)
            plan = Plan(sweep, prepare(sweep.data, folder.data).digest)
            stages = _stages(plan)
            for run in [run for runs in stages for run in runs]:
                folder.add(run)
            began = time.perf_counter()
            for runs in stages:
                stage(folder, runs)
            return time.perf_counter() - began

    def _through_xargs(self, folder: SweepFolder, runs: list[Run]) -> None:
        words = ["xargs", "-P", str(NUM_SLOTS), "-n", "1", sys.executable, "-c", ONE_RUN, folder.path, folder.data]
        self._call(words, "\n".join(run.id for run in runs))

    def _through_sbatch(self, folder: SweepFolder, runs: list[Run]) -> None:
        """One array a stage. Its end is looked for more often than ``sbatch --wait`` would, which is every 10 s."""
        program, names = folder.path / "one_run.py", folder.path / "names"
        program.write_text(ONE_RUN)
        names.write_text("\n".join(run.id for run in runs) + "\n")
        run_id = f'$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" {names})'
        command = f"{sys.executable} {program} {folder.path} {folder.data} {run_id}"
        array = f"--array=0-{len(runs) - 1}%{NUM_SLOTS}"
        job = self._call(["sbatch", "--parsable", "--partition=main", "--output=/dev/null", array, "--wrap", command])
        while self._call(["squeue", "--noheader", "--jobs", job.strip()]).strip():
            time.sleep(0.2)
        assert all((folder.run(run.id) / "metrics.json").exists() for run in runs)

    def _call(self, words: list[Any], given: str | None = None) -> str:
        env = self._env | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(words, cwd=ROOT, env=env, input=given, text=True, check=True, stdout=subprocess.PIPE)
        return done.stdout


def _stages(plan: Plan) -> list[list[Run]]:
    finals = plan.finals()
    test = plan.test([run.id for run in [*plan.teachers, *plan.baselines(), *finals]])
    return [plan.teachers, [plan.logits], [*plan.baselines(), *finals], [test]]


def _sweep_file(folder: Path) -> Path:
    path = folder / "overhead.yaml"
    path.write_text(yaml.safe_dump(SWEEP))
    return path


def main() -> None:
    """Measure, print, and keep the figures."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    figures: dict[str, Any] = {"runs": 2 * SWEEP["seeds"] + 3, "slots": NUM_SLOTS, "rounds": rounds}  # type: ignore[operator]
    figures["local"] = Bench("local", dict(os.environ)).measure(rounds)
    options = LabOptions(num_nodes=1, cpus_per_node=NUM_SLOTS, gpus_per_node=0)
    if missing(options) is None:
        with SlurmLab(options) as lab:
            figures["slurm"] = Bench("slurm", lab.env).measure(rounds)
    publish("overhead", figures, ("torch", "submitit"))


if __name__ == "__main__":
    main()
