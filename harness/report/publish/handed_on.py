"""A sweep's site as others may have it: without what tells of this machine, and without links that lead out of it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from harness.report.publish.links import refuse_foreign, report_command
from harness.report.publish.markup import without_ways_out
from harness.report.redaction.files import redacted_file
from harness.report.redaction.redaction import redaction_of
from kd.errors import InputError


def handed_on(sweep: Path) -> dict[str, bytes]:
    """Every file of a sweep's site as it may be seen by others, by its path in the site.

    Args:
        sweep: The sweep's results folder.

    Raises:
        InputError: There is no report, or it holds what is not its own.
    """
    site = sweep.resolve() / "report"
    if not (site / "index.html").exists():
        raise InputError(f"{site} holds no report yet; to build it: {report_command(sweep)}")
    refuse_foreign(site)
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    files = {name: (site / name).read_bytes() for name in names}
    redaction = redaction_of(sweep, _class_names(files))
    shown = {name: redacted_file(redaction, name, content) for name, content in files.items()}
    return {name: _kept_inside(content) if name.endswith(".html") else content for name, content in shown.items()}


def _kept_inside(page: bytes) -> bytes:
    return without_ways_out(page.decode()).encode()


def _class_names(files: Mapping[str, bytes]) -> list[str]:
    """As the site's own tables have them, of several students each one's; none where it has no such table."""
    return [name for path in files if path.rpartition("/")[2] == "table.json" for name in _names_in(files[path])]


def _names_in(table: bytes) -> Iterator[str]:
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        for record in json.loads(table)["classes"]:
            yield from (value for value in record.values() if isinstance(value, str))
