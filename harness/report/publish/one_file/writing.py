"""``report.html`` beside a sweep's site: the whole report to mail."""

from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from harness.report.pages.frame.templates import TEMPLATES
from harness.report.publish.handed_on import handed_on
from harness.report.publish.one_file.document import Around, Group, one_file
from harness.report.text.language import LANGUAGES, language
from kd.files import write_bytes

FILE = "report.html"
MAX_BYTES = 10_000_000
"""What mail servers take."""
SCRIPT = TEMPLATES / "scripts" / "one_file.js"


class Written(NamedTuple):
    """The file, its size, and what it does not hold."""

    path: Path
    num_bytes: int
    left_out: tuple[Group, ...]


def write_one_file(sweep: Path) -> Written:
    """Write ``<sweep>/report.html`` from the sweep's site, as it may be seen by others; the site stays as it is.

    Args:
        sweep: The sweep's results folder.

    Raises:
        InputError: There is no site, or it holds what is not its own.
    """
    made = one_file(handed_on(sweep), _around(), MAX_BYTES)
    path, content = sweep / FILE, made.text.encode()
    write_bytes(path, content)
    return Written(path, len(content), made.left_out)


def _around() -> Around:
    languages = {language(code).locale: language(code) for code in LANGUAGES}
    lines = (
        Markup('<p lang="{}">{}</p>').format(locale, say("one-file-no-script")) for locale, say in languages.items()
    )
    return Around(
        script=f'"use strict";\n{SCRIPT.read_text(encoding="utf-8")}',
        no_script=Markup().join(lines),
        left_out=lambda locale, what: languages[locale]("one-file-left-out", what=_key(what)),
    )


def _key(left_out: tuple[Group, ...]) -> str:
    """A message chooses by one word."""
    return "-and-".join(left_out)
