"""A sweep's site copied to where a web server finds it."""

import shutil
from pathlib import Path

from pydantic import Field

from harness.state.folder import SweepFolder
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, replaced_folder, write_record
from kd.records import Record

MARKER = "site.json"
NO_JEKYLL = ".nojekyll"  # GitHub Pages then serves the files as they are


class SiteRecord(Record):
    """``site.json``: marks a published site, so that publishing again replaces what it wrote and nothing else."""

    name: str
    files: tuple[str, ...] = Field(description="all of them, this one too")


def publish_site(folder: SweepFolder, target: Path) -> Path:
    """Copy a sweep's report to ``target``, which then holds the report and nothing else.

    The copy is made aside and swapped in: a reader sees the old site or the new one.

    Args:
        folder: The sweep's results.
        target: A new folder, an empty one, or one that was published before.

    Returns:
        Its ``index.html``.

    Raises:
        InputError: There is no report, or ``target`` holds anything that this function did not write.
    """
    site, target = (folder.path / "report").resolve(), target.resolve()
    if not (site / "index.html").exists():
        raise InputError(f"{site} holds no report yet; make report SWEEP={folder.path.name} builds it")
    if target.is_relative_to(folder.path.resolve()) or site.is_relative_to(target):
        raise InputError(f"DIR: {target} and the sweep's own results lie one inside the other; give another folder")
    _check_ours(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced_folder(target) as new:
        shutil.copytree(site, new, dirs_exist_ok=True)
        files = (*_files(new), MARKER, NO_JEKYLL)
        (new / NO_JEKYLL).touch()
        write_record(new / MARKER, SiteRecord(name=folder.path.name, files=tuple(sorted(files))))
    return target / "index.html"


def _check_ours(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"DIR: {target} is a file; give a folder")
    found = _files(target)
    if not found:
        return
    try:
        known = read_record(target / MARKER, SiteRecord).files
    except (FileNotFoundError, UnreadableFileError) as error:
        raise InputError(
            f"DIR: {target} is not empty and no site that make publish wrote; give a new or an empty folder"
        ) from error
    if foreign := sorted(set(found) - set(known)):
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise InputError(f"DIR: {target} holds {foreign[0]}{more}, no part of the site; give a folder of its own")


def _files(folder: Path) -> list[str]:
    """Everything in a folder that is no folder, relative to it."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
