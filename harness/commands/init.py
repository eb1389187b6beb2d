"""What an installed program puts into an empty folder: a sweep to start from, cluster profiles, a Makefile."""

from pathlib import Path

from harness.shipped import shipped
from harness.sweep.reading.finding import SWEEPS
from kd.errors import InputError

STARTERS = ("quickstart.yaml", "clusters/*.yaml", "schema/*.json")
"""Of the shipped sweeps; the others follow publications, and are read best beside their sources."""


MAKEFILE = """\
# Short ways to type kd-sweep's commands: make sweep SWEEP=quickstart CLUSTER=local SET="seeds=3 student.epochs=30"
SWEEP   = quickstart
CLUSTER = local
SET     =
RUN     =
DIR     =
DATA    =
export SWEEP CLUSTER SET RUN DIR DATA

.PHONY: sweep plan split status why cancel report publish paper serve
sweep plan:
	kd-sweep $@ "$$SWEEP" --cluster "$$CLUSTER" --set "$$SET"
split:
	kd-sweep $@ "$$DATA" --dir "$$DIR" --set "$$SET"
status cancel report serve:
	kd-sweep $@ "$$SWEEP"
why:
	kd-sweep $@ "$$SWEEP" --run "$$RUN"
publish paper:
	kd-sweep $@ "$$SWEEP" --dir "$$DIR"
"""


def write_start(folder: Path) -> list[Path]:
    """Write the files to start from into ``folder``, and return where they are.

    Raises:
        InputError: One of them is there already; nothing was written.
    """
    source = shipped("sweeps")
    files = {folder / "Makefile": MAKEFILE}
    for pattern in STARTERS:
        for path in sorted(source.glob(pattern)):
            files[folder / SWEEPS / path.relative_to(source)] = path.read_text(encoding="utf-8")
    for path in files:
        if path.exists():
            raise InputError(f"{path} is there already, and nothing was written; give init an empty folder")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)
