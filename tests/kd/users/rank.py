"""One rank of several, in a process of its own: carries out orders, one after the other.

Usage: rank.py RANK SIZE PORT DATA ORDERS. An order is a run, and which rank's control asks to stop at
which of its looks; or that a rank kills itself there, or fails.
"""

import json
import os
import signal
import sys
from itertools import count
from pathlib import Path

import psutil
import torch

from kd.errors import InterruptedTrainingError
from kd.runs.execute import execute
from kd.runs.folder.context import RunContext, RunPaths
from kd.runs.train import assist
from kd.training.distributed import ProcessGroup, init_process_group

CPU = torch.device("cpu")


def context(order: dict, rank: int) -> RunContext:
    looks = count()

    def should_stop() -> bool:
        look = next(looks)
        if rank != order.get("rank") or look != order.get("look"):
            return False
        if order["deed"] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if order["deed"] == "fail":
            raise KeyError("on one rank")
        return True

    return RunContext(should_stop=should_stop)


def carry_out(order: dict, data: Path, process_group: ProcessGroup) -> None:
    paths = RunPaths(Path(order["sweep"]), data)
    work = execute if process_group.is_main else assist
    try:
        work(order["run_id"], paths, CPU, context(order, process_group.rank), process_group)
    except InterruptedTrainingError as error:
        print(f"interrupted: {error}", flush=True)  # noqa: T201


def main() -> None:
    rank, size, port = map(int, sys.argv[1:4])
    torch.set_num_threads(1)
    with init_process_group(rank, size, port, CPU) as process_group:
        listening = [each.laddr.ip for each in psutil.Process().net_connections() if each.status == psutil.CONN_LISTEN]
        print(f"listens on: {sorted(set(listening))}", flush=True)  # noqa: T201
        try:
            for order in json.loads(sys.argv[5]):
                carry_out(order, Path(sys.argv[4]), process_group)
        except Exception as error:
            print(f"first: {process_group.first_failure(repr(error))}", flush=True)  # noqa: T201
            raise


if __name__ == "__main__":
    main()
