"""Texts without what they give away: known values wherever they stand, and the rest by its form."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from harness.report.redaction.patterns import (
    ADDRESS,
    ASSIGNED,
    BEARER,
    GONE,
    PATH,
    PRIVATE_KEY,
    QUERY,
    TOKENS,
    USER_INFO,
    WINDOWS_PATH,
    is_secret,
)
from harness.report.redaction.values import Known, known_of
from harness.report.tables.form.latex import escape_latex

USER, HOST = "user", "host"
_ASCII = "A-Za-z0-9_"  # letters of other scripts part no words: in Chinese a name stands between them
NUM_REMEMBERED = 2**14
_MAY_TELL = re.compile(r"[A-Za-z~/\\:]|[^\x00-\x7f]")  # numbers alone do not
_HOME_PARENTS = {"home", "Users", "users"}


class Redaction:
    """Leaves out what is known of a machine and its people, and what looks like a secret or a path.

    Args:
        known: Values that must not be seen.
    """

    def __init__(self, known: Known) -> None:
        self._remembered = lru_cache(NUM_REMEMBERED)(self._text)  # pages say the same things over and over
        self._users = known.users
        self._kept = {found[0] for word in known.labels for found in PATH.finditer(word)}
        self._secrets = _Values(dict.fromkeys(known.secrets, GONE))
        self._paths = _Values(
            {path: self._short(path) for path in known.paths}, before=rf"(?<![{_ASCII}.…~/])", after=rf"(?![{_ASCII}-])"
        )
        self._at = _pattern(known.users, rf"(?<![{_ASCII}.-]){{}}(?=@)")
        self._domains = _pattern(known.domains, rf"(?<![{_ASCII}.-])(?:[{_ASCII}-]+\.)*{{}}(?![{_ASCII}-])")
        names = {name: USER for name in known.users}
        for number, host in enumerate(known.hosts, start=1):
            names |= dict.fromkeys((host, host.partition(".")[0]), f"{HOST}{number}")
        self._names = _Values(
            {name: shown for name, shown in names.items() if known.is_telling(name)},
            before=rf"(?<![{_ASCII}\\-])",
            after=rf"(?![{_ASCII}]|-[{_ASCII}])",
        )

    def text(self, text: str) -> str:
        """The text with … in the place of what is left out; the same again of what it gives.

        Of a path the last part stays, which tells a file from another, unless it is a user's name.
        """
        return self._remembered(text) if _MAY_TELL.search(text) else text

    def _text(self, text: str) -> str:
        text = self._paths(self._secrets(text))
        text = TOKENS.sub(GONE, PRIVATE_KEY.sub(GONE, text))
        for pattern in (USER_INFO, QUERY, BEARER):
            text = pattern.sub(lambda found: found["before"] + GONE, text)
        text = ASSIGNED.sub(lambda found: found["before"] + GONE if is_secret(found) else found[0], text)
        text = WINDOWS_PATH.sub(lambda found: f"{GONE}/{found[0].rpartition(chr(92))[2]}", text)
        text = PATH.sub(lambda found: found[0] if found[0] in self._kept else self._short(found[0]), text)
        text = self._at.sub(USER, text) if self._at else text
        text = self._names(ADDRESS.sub(HOST, text))
        return self._domains.sub(HOST, text) if self._domains else text

    def _short(self, path: str) -> str:
        """A path without where it leads to; nothing of a home folder."""
        *above, last = [part for part in path.split("/") if part not in ("", ".", "..", "~")] or [""]
        is_user = last in self._users or (above and above[-1] in _HOME_PARENTS) or last.startswith("~")
        return GONE if is_user or not last else f"{GONE}/{last}"


def redaction_of(folder: Path | None, labels: Iterable[str] = (), texts: Iterable[str] = ()) -> Redaction:
    """What to leave out of what is made of a sweep's results on this machine.

    Args:
        folder: The sweep's results; None where it is of no one sweep.
        labels: The classes' names, which stay as they are.
        texts: More texts to look for paths and secrets in.
    """
    return Redaction(known_of(folder, labels, texts))


class _Values:
    """Replaces values, the longest first, in whatever way a file of ours may write them."""

    def __init__(self, replacements: Mapping[str, str], before: str = "", after: str = "") -> None:
        self._replacements = {way(value): way(shown) for way in _WAYS for value, shown in replacements.items()}
        longest_first = sorted(self._replacements, key=len, reverse=True)
        any_of = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(f"{before}(?:{any_of}){after}") if any_of else None

    def __call__(self, text: str) -> str:
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._replacements[found[0]], text)


_WAYS: tuple[Callable[[str], str], ...] = (
    escape_latex,
    lambda text: text.replace("_", "\\_").replace("|", "\\|"),  # Markdown
    lambda text: text.replace("'", "''"),  # YAML
    lambda text: text.replace("'", "'\"'\"'"),  # a shell
    str,
)
"""How texts are written within texts: a page holds tables in LaTeX, to be copied, and the sweep file."""


def _pattern(values: Iterable[str], form: str) -> "re.Pattern[str] | None":
    any_of = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
    return re.compile(form.replace("{}", f"(?:{any_of})")) if any_of else None
