"""Where the time of a run goes.

``python -m kd.runs.profiling SWEEP DATA RUN STARTED`` carries a run out and prints its seconds by phase as JSON;
``STARTED`` is when the process was asked for, in seconds since the epoch.
"""

import json
import sys
import time
from pathlib import Path

import torch

from kd.phases import START_UP, Stopwatch, timed_by
from kd.runs.execute import execute
from kd.runs.folder.context import RunPaths

REST = "everything else"


def main() -> None:
    """Carry the run out under a stopwatch."""
    sweep, data, run_id, started = sys.argv[1:]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stopwatch = Stopwatch(torch.cuda.synchronize if device.type == "cuda" else lambda: None)
    stopwatch.seconds[START_UP.name] = time.time() - float(started)
    with timed_by(stopwatch):
        execute(run_id, RunPaths(Path(sweep), Path(data)), device)
    took = time.time() - float(started)
    json.dump(stopwatch.seconds | {REST: took - sum(stopwatch.seconds.values())}, sys.stdout)


if __name__ == "__main__":
    main()
