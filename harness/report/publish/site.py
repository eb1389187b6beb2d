"""A sweep's site copied to where a web server finds it."""

from pathlib import Path

from harness.report.publish.handed_on import handed_on
from harness.report.publish.written import check_untouched, mark_written, read_own
from harness.state.files.folder import SweepFolder
from kd.errors import InputError
from kd.files import replaced_folder

NO_JEKYLL = ".nojekyll"  # GitHub Pages then serves the files as they are


def publish_site(folder: SweepFolder, target: Path) -> Path:
    """Copy a sweep's report to ``target``, which then holds the report and nothing else.

    What tells of this machine is left out of the copy (``harness.report.redaction``), and so are links that lead out
    of the report. It is made aside and swapped in: a reader sees the old site or the new one.

    Args:
        folder: The sweep's results.
        target: A new folder, an empty one, or one that was published before.

    Returns:
        Its ``index.html``.

    Raises:
        InputError: There is no report, it holds what is not its own, or ``target`` holds anything that this function
            did not write, or that was changed since.
    """
    site, target = folder.path.resolve() / "report", target.resolve()
    if target.is_relative_to(folder.path.resolve()) or site.is_relative_to(target):
        raise InputError(f"DIR: {target} and the sweep's own results lie one inside the other; give another folder")
    files = handed_on(folder.path)
    _check_ours(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced_folder(target) as new:
        for name, content in (files | {NO_JEKYLL: b""}).items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        mark_written(new, files | {NO_JEKYLL: b""})
    return target / "index.html"


def _check_ours(target: Path) -> None:
    if not target.exists():
        return
    known, found = read_own(target), _files(target)
    if not found:
        return
    if known is None:
        raise InputError(
            f"DIR: {target} is not empty and no site that make publish wrote; give a new or an empty folder"
        )
    if foreign := sorted(set(found) - set(known)):
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise InputError(f"DIR: {target} holds {foreign[0]}{more}, no part of the site; give a folder of its own")
    check_untouched(target, found, known)


def _files(folder: Path) -> list[str]:
    """Everything in a folder that is no folder, relative to it."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
