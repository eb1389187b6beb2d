"""What ``torch.compile`` made, kept in the sweep's folder while it is at work: one job compiles, the others find it.

It is code that is run as it is, so each user has a folder of their own there, closed to others. In it each kind of
processor has its own: torch takes what it finds for what this processor would make, and what was made for AVX-512 gave
nan on one with AVX2. When the sweep is complete it is of no more use.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from harness.state.files.ownership import make_closed
from kd.config import TrainConfig
from kd.files import read_record, short_hash
from kd.records import RunRecord

FOLDER = ".compiled"
VARIABLE = "TORCHINDUCTOR_CACHE_DIR"  # torch's own; where a user has set it, it stays


def share_compiled_code(sweep: Path, run_ids: Iterable[str], processor: str) -> None:
    """Let torch keep compiled code with the sweep, in a job of which some run is compiled.

    Args:
        sweep: The sweep's folder.
        run_ids: Of the job.
        processor: This machine's CPU, by model and vector instructions.

    Raises:
        InputError: Somebody else owns the folder, or something in it.
    """
    if VARIABLE in os.environ or not any(_may_compile(sweep / "runs" / run_id) for run_id in run_ids):
        return
    (sweep / FOLDER).mkdir(exist_ok=True)
    make_closed(_own(sweep))
    os.environ[VARIABLE] = str(_own(sweep) / short_hash(processor))


def forget_compiled_code(sweep: Path) -> None:
    """Remove what this user's jobs compiled."""
    shutil.rmtree(_own(sweep), ignore_errors=True)
    if (sweep / FOLDER).exists() and not any((sweep / FOLDER).iterdir()):
        (sweep / FOLDER).rmdir()


def _own(sweep: Path) -> Path:
    return sweep / FOLDER / str(os.getuid() if hasattr(os, "getuid") else 0)


def _may_compile(folder: Path) -> bool:
    config = read_record(folder / "config.json", RunRecord).config
    return isinstance(config, TrainConfig) and config.training.compile is not False
