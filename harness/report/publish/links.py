"""What stands in a report's place without being part of it: a link would publish a file of somewhere else."""

import stat
from pathlib import Path

from harness.command_line import command_line, named_results
from harness.state.files.ownership import is_shared
from kd.errors import InputError

_WRITABLE = stat.S_IWGRP | stat.S_IWOTH


def refuse_foreign(site: Path) -> None:
    """Make sure that a report is folders and plain files of one owner, into which nobody else can put any.

    A link by name is seen by itself. A second name of a file (a hard link) is not; it takes somebody who can write to
    the folder, or is another owner's.

    Args:
        site: The report, its path resolved up to the folder itself.

    Raises:
        InputError: It is not; one line that names the first such path.
    """
    owner = site.lstat().st_uid
    for path in (site, *sorted(site.rglob("*"))):
        status = path.lstat()
        if problem := _problem(status.st_mode, status.st_uid == owner):
            raise InputError(
                f"{path} {problem}, so nothing is published; remove it, and write the report again: "
                f"{report_command(site.parent)}"
            )


def report_command(sweep: Path) -> str:
    """The command that writes the report of a sweep's results folder."""
    return command_line("report", sweep.name, results=named_results(sweep.parent))


def _problem(mode: int, is_owners: bool) -> str | None:
    if stat.S_ISLNK(mode):
        return "is a link, and what it points to is no part of the report"
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        return "is neither a folder nor a plain file"
    if not is_owners:
        return "is of another owner than the report"
    if stat.S_ISDIR(mode) and mode & _WRITABLE and not is_shared():
        return f"can be written by others (mode {stat.S_IMODE(mode):04o})"
    return None
