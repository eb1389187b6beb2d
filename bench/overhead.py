"""What the harness costs over the plainest way of running the same runs.

103 tiny runs (a teacher, its logits, 50 baselines, 50 distilled students, the test) on two slots, through
the controller and the local executor, against ``xargs -P 2`` that starts one Python a run and calls
``kd.execute``. Both sides run the same code on the same data, one after the other in one process
group; the ratio is harness over xargs, and at most 1.25 is wanted. A ratio below 1 is what sharing one
interpreter and one torch between the runs of a job gains.

    python -m bench.overhead [rounds]
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import yaml

from harness.folder import DATA, SweepFolder
from harness.plan import Plan
from harness.sweep import find_sweep, load_sweep
from kd.files import write_record
from kd.records import RunRecord
from kd.store import prepare

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "overhead.json"
NUM_SLOTS = 2
SWEEP = {
    "name": "overhead",
    "data": {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100},
    "teacher": {"model": "mnist_cnn", "epochs": 1, "batch_size": 32},
    "student": {"model": "mnist_mlp", "epochs": 1, "batch_size": 32},
    "search": None,
    "seeds": 50,
}
ONE_RUN = """
import sys, torch
from pathlib import Path
from kd import execute
from kd.runs import Places
torch.set_num_threads(1)
execute(sys.argv[3], Places(Path(sys.argv[1]), Path(sys.argv[2])), torch.device("cpu"))
"""


def main() -> None:
    """Measure, print, and keep the figures."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    seconds: dict[str, list[float]] = {"harness": [], "xargs": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            seconds["xargs"].append(_through_xargs(Path(folder) / "results"))
        with tempfile.TemporaryDirectory() as folder:
            seconds["harness"].append(_through_harness(Path(folder)))
    ratios = [ours / plain for ours, plain in zip(seconds["harness"], seconds["xargs"], strict=True)]
    figures = {
        "runs": 2 * SWEEP["seeds"] + 3,  # type: ignore[operator]
        "slots": NUM_SLOTS,
        "rounds": rounds,
        "seconds": {side: [round(value, 1) for value in values] for side, values in seconds.items()},
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_spread": [round(min(ratios), 3), round(max(ratios), 3)],
        "machine": f"{platform.machine()}, Python {platform.python_version()}, torch {version('torch')}",
    }
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))  # noqa: T201


def _sweep_file(folder: Path) -> Path:
    path = folder / "overhead.yaml"
    path.write_text(yaml.safe_dump(SWEEP))
    return path


def _through_harness(folder: Path) -> float:
    path, results = _sweep_file(folder), folder / "results"
    prepare(load_sweep(path).data, results / DATA)
    began = time.perf_counter()
    words = [sys.executable, "-m", "harness", "sweep", "--sweep", str(path), "--results", str(results)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def _through_xargs(results: Path) -> float:
    results.mkdir()
    sweep = load_sweep(find_sweep(str(_sweep_file(results))))
    folder = SweepFolder(results, sweep.name)
    plan = Plan(sweep, prepare(sweep.data, folder.data).digest)
    finals = plan.finals(sweep.distill)
    test = plan.test([run.id for run in [*plan.teachers, *plan.baselines, *finals]])
    for run in [*plan.teachers, plan.logits, *plan.baselines, *finals, test]:
        folder.run(run.id).mkdir(parents=True)
        write_record(folder.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
    began = time.perf_counter()
    for stage in (plan.teachers, [plan.logits], [*plan.baselines, *finals], [test]):
        words = ["xargs", "-P", str(NUM_SLOTS), "-n", "1", sys.executable, "-c", ONE_RUN, folder.path, folder.data]
        names = "\n".join(run.id for run in stage)
        subprocess.run(words, cwd=ROOT, input=names, text=True, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
