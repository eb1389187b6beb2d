"""``python -m harness.cluster.entry FOLDER``: a job's process, which runs what was submitted if it is the user's own.

submitit's own entry loads a pickle from the folder, and a pickle can run anything. This one lets it load none that
others could have put there.
"""

import pickle
import sys
from pathlib import Path
from typing import Any

from submitit.core import utils
from submitit.core.submission import submitit_main

from harness.state.files.ownership import open_own
from kd.errors import InputError


def load_own(filename: str | Path) -> Any:
    """What a pickle of the user's own holds.

    Raises:
        SystemExit: Others own it or can write it. No ``Exception``, which submitit would write down as a job's result.
    """
    try:
        stream = open_own(Path(filename))
    except InputError as error:
        sys.exit(f"error: {error}")
    with stream:
        return pickle.load(stream)


def main() -> None:
    """Run the job that the scheduler's variables name."""
    utils.pickle_load = load_own
    submitit_main()


if __name__ == "__main__":
    main()
