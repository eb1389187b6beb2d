"""How many images a second a model is trained on: of runs that are over, of a benchmark, or by arithmetic."""

import json
import statistics
from collections.abc import Iterator, Mapping
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

from harness.shipped import CHECKOUT
from harness.state.attempts.files import read_attempts
from harness.state.attempts.run_state import read_history
from harness.state.estimate.cards import is_named, reckoned_rate
from kd.config import ModelTraining, TrainConfig
from kd.config.compiling import SOURCE
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Attempt, RunRecord

ENOUGH = 5  # runs of a kind, of which the median is taken
MOST_LOOKED_AT = 15  # runs of a role in a folder, and
MOST_SWEEPS = 5  # beside this one


class Kind(NamedTuple):
    """Trainings that take equally long for an image: of a model, on a device, with the teacher at its side or not.

    ``num_threads`` are those of each process on a CPU; None on a GPU, where they decide little.
    """

    training: ModelTraining
    is_online: bool
    digest: str
    device: str
    num_threads: int | None = None

    def has(self, config: TrainConfig, attempt: Attempt) -> bool:
        """Whether a run is one of them, as an attempt carried it out; with other threads it is one, too."""
        alike = (self.training.title, self.training.image_size, self.training.precision, self.training.compile)
        other = (config.training.title, config.training.image_size, config.training.precision, config.training.compile)
        is_online = bool(config.teachers)
        is_same = alike == other and (is_online, config.data.digest) == self[1:3]
        return is_same and is_named(self.device, attempt.device) and attempt.num_devices == self.training.gpus


class Rate(NamedTuple):
    """Images a second of a training, and where that is from."""

    images_per_s: float
    source: str


class _Measured(NamedTuple):
    """Images a second of a run that is over, the CPU threads that it had, and what it computed on."""

    images_per_s: float
    num_threads: int
    device: str


def find_rate(kind: Kind, folder: Path, macs: int | None, bench: Path | None = None) -> Rate | None:
    """The best that is known: of this sweep's runs, of sweeps beside it, of the benchmark of such a card, reckoned.

    Of runs with another number of CPU threads a rate is reckoned that is not too high: with more threads theirs, as if
    these brought nothing, with fewer the share.

    Args:
        kind: The trainings.
        folder: The sweep's results.
        macs: Multiply-accumulates of one image's forward pass, where they are known.
        bench: What ``make bench-gpu`` kept, instead of the program's own.
    """
    others: list[_Measured] = []
    for sweep in (folder, *islice(_beside(folder), MOST_SWEEPS)):
        runs = _of_runs(sweep, kind)
        alike = [run for run in runs if kind.num_threads in (None, run.num_threads)][:ENOUGH]
        if alike:
            where = "this sweep" if sweep == folder else sweep.name
            cards = ", ".join(sorted({run.device for run in alike} - {kind.device}))
            source = f"measured in {len(alike)} run(s) of {where}{f', on {cards}' if cards else ''}"
            return Rate(statistics.median(run.images_per_s for run in alike), source)
        others = others or runs
    if kind.num_threads is not None and others:
        least = statistics.median(run.images_per_s * min(1, kind.num_threads / run.num_threads) for run in others)
        seen = ", ".join(str(number) for number in sorted({run.num_threads for run in others}))
        return Rate(least, f"at least, by runs with {seen} thread(s), not measured")
    gpus = kind.training.gpus
    many = f", as if {gpus} GPUs were {gpus} times as fast" if gpus > 1 else ""
    if not kind.is_online and (found := _of_bench(bench or _own_bench(), kind)) is not None:
        return Rate(gpus * found.images_per_s, f"measured by make bench-gpu on {found.device} ({SOURCE}){many}")
    if macs is not None and (reckoned := reckoned_rate(kind.device, macs, kind.training.batch_size)) is not None:
        return Rate(gpus * reckoned, f"reckoned from operations, not measured{many}")
    return None


def _of_runs(sweep: Path, kind: Kind) -> list[_Measured]:
    """Of some runs that are over: each the median of its epochs, but the first, which warms up."""
    found = sorted((sweep / "runs").glob("*/metrics.json"))
    by_role = groupby(found, key=lambda path: path.parent.name.partition("-")[0])
    return list(_rates(chain.from_iterable(islice(runs, MOST_LOOKED_AT) for _, runs in by_role), kind))


def _rates(results: Iterator[Path], kind: Kind) -> Iterator[_Measured]:
    for path in results:
        try:
            config = read_record(path.parent / "config.json", RunRecord).config
            attempts, history = read_attempts(path.parent), read_history(path.parent)
        except (OSError, UnreadableFileError):
            continue  # said elsewhere; what is left suffices
        if not isinstance(config, TrainConfig) or not attempts or history is None or not history.epochs:
            continue
        last = attempts[-1]
        if kind.has(config, last) and last.num_together == 1:
            epochs = history.epochs[1:] or history.epochs
            yield _Measured(statistics.median(epoch.images_per_s for epoch in epochs), last.num_threads, last.device)


def _beside(folder: Path) -> Iterator[Path]:
    """Other sweeps of the results folder, the newest first."""
    try:
        records = [path for path in folder.parent.glob("*/sweep.yaml") if path.parent.name != folder.name]
        yield from (path.parent for path in sorted(records, key=lambda path: path.stat().st_mtime, reverse=True))
    except OSError:
        return


def _own_bench() -> Path | None:
    return None if CHECKOUT is None else CHECKOUT / SOURCE


def _of_bench(path: Path | None, kind: Kind) -> _Measured | None:
    if path is None or not path.exists():
        return None
    content: Mapping[str, object] = json.loads(path.read_text())
    card, rates = content.get("card"), content.get("rates")
    if not isinstance(card, dict) or not is_named(kind.device, str(card.get("card"))) or not isinstance(rates, list):
        return None
    how = "compiled" if kind.training.compile is True else "eager"
    wanted = kind.training.title, how, kind.training.batch_size
    found = [rate["images_per_s"] for rate in rates if (rate["model"], rate["how"], rate["batch_size"]) == wanted]
    return _Measured(max(found), 1, str(card["card"])) if found else None
