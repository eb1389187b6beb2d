"""Does a whole small sweep come to its report, through the local executor, on the card?"""

import json
import subprocess
import sys
import time
from functools import partial
from importlib.util import find_spec

from bench.figures import ROOT
from bench.gpu.asking import Setting, SkippedError, Wanted
from bench.gpu.images import SOURCE

QUESTIONS = {
    "sweep": "a sweep of a teacher, a search, seeds and the test: runs that are complete / planned",
    "sweep_device": "of its attempts those that ran on the card / all",
    "sweep_seconds": "the whole command, its report included",
}
NEEDED = (
    "submitit",
    "optuna",
    "yaml",
    "pandas",
    "matplotlib",
    "seaborn",
    "jinja2",
    "fluent",
    "typer",
    "rich",
    "psutil",
    "scipy",
    "sklearn",
    "threadpoolctl",
    "filelock",
)
PATIENCE_S = 240


def ask(setting: Setting) -> None:
    """As a user starts one."""
    setting.try_to("sweep", partial(whole_sweep, setting))


def whole_sweep(setting: Setting) -> None:
    """From its file to its report.

    Raises:
        SkippedError: A package that the harness needs is not there.
    """
    if absent := [name for name in NEEDED if find_spec(name) is None]:
        raise SkippedError(f"needs {', '.join(absent)}")
    path, results = setting.room / "gpu_kit.yaml", setting.room / "results"
    path.write_text(json.dumps(sweep_file(setting)))  # JSON is YAML
    words = ["sweep", "--sweep", str(path), "--cluster", "local", "--results", str(results)]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    seconds = time.perf_counter() - began
    folder = results / "gpu_kit"
    if done.returncode or not (folder / "report" / "index.html").exists():
        raise RuntimeError(f"it ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-200:]}")
    runs = [run for run in (folder / "runs").iterdir() if run.is_dir()]
    complete = sum((run / "metrics.json").exists() for run in runs)
    devices = [
        json.loads(each.read_text())["device"] for run in runs for each in sorted((run / "attempts").glob("*.json"))
    ]
    note = ", ".join(sorted(set(devices)))
    setting.answer("sweep", complete / len(runs), Wanted(at_least=1, is_speed=False), note=f"{len(runs)} runs")
    on_card = sum(device != "cpu" for device in devices) / len(devices)
    setting.answer("sweep_device", on_card, Wanted(at_least=1), note=note)
    setting.answer("sweep_seconds", seconds, Wanted(), "s")


def sweep_file(setting: Setting) -> dict[str, object]:
    """Some twenty runs of seconds each."""
    return {
        "name": "gpu_kit",
        "data": {"source": SOURCE, "max_train": setting.sized(8000, 300), "max_test": setting.sized(1000, 100)},
        "teacher": {"model": "mnist_cnn", "epochs": setting.sized(3, 1)},
        "student": {"model": "mnist_mlp", "epochs": setting.sized(3, 1)},
        "search": {"num_trials": 8, "pruner": "none"} if not setting.small else None,
        "seeds": setting.sized(3, 2),
    }
