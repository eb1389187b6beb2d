"""What is known of the machine and the sweep, and must not be seen elsewhere: paths, users, hosts, secrets."""

import getpass
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from harness.report.redaction.patterns import HOMES, secrets_in
from harness.report.text.language import MESSAGES
from harness.state.files.records import load_yaml
from harness.sweep.schema import Sweep
from kd.config import HF_PREFIX, MODELS

MIN_NAME, MIN_SECRET = 4, 8
MAX_BYTES = 2**20  # of a record that is looked through
_SECRET_NAMES = re.compile(r"token|secret|passw|passphrase|credential|api_?key|access_?key|private_?key", re.IGNORECASE)
_RECORDS = (
    "sweep.yaml", "provenance.json", "refusal.json", "jobs/*.json", "jobs/never-began/*.json", "runs/*/failure.json",
    "runs/*/attempts/*.json", "controller.json",
)  # fmt: skip
"""Hosts are numbered in this order: that of a controller at work comes last, and changes no other's number."""
_HOST_KEYS = ("host", "node")
_NO_HOSTS = {"localhost", "127.0.0.1"}


class Known(NamedTuple):
    """Values by kind.

    ``labels``: the classes' names, which stay as they are. ``words``: these and the report's own, in lower case.
    """

    paths: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    def is_telling(self, name: str) -> bool:
        """Whether a user's or host's name is left out also where it stands alone.

        Not a short one, nor a number, nor a word that the report has anyway: that one tells nobody anything.
        """
        if not name.isascii():
            return len(name) > 1 and not any(name.lower() in word for word in self.words)
        return len(name) >= MIN_NAME and not name.isdigit() and name.lower() not in self.words


def known_of(folder: Path | None, labels: Iterable[str] = (), texts: Iterable[str] = ()) -> Known:
    """What is known on this machine, and from a sweep's records.

    Args:
        folder: The sweep's results; None where it is of no one sweep.
        labels: The classes' names.
        texts: More texts to look for paths and secrets in.
    """
    found = found_on_machine(folder, texts)
    labels = tuple(labels)
    words = _own_words() | {part.lower() for name in labels for part in (name, *re.findall(r"\w+", name))}
    secrets = tuple(value for value in found.secrets if _is_telling_secret(value, words))
    return found._replace(secrets=secrets, labels=labels, words=words)


def found_on_machine(folder: Path | None, texts: Iterable[str] = ()) -> Known:
    """The same without the words that everybody knows, which follow from the program and the labels.

    Args:
        folder: As above, like the other.
        texts: As above.
    """
    records = list(_records(folder)) if folder is not None else []
    strings = [*texts_in(records), *texts, *_cluster_lines(records)]
    paths = {*_places(folder), *(path for text in strings for path in _paths_in(text))}
    users = {*_users(), *(found["user"] for path in {*paths, *strings} for found in HOMES.finditer(path))}
    hosts = dict.fromkeys((*_recorded_hosts(records), platform.node()))
    secrets = {*_environment_secrets(), *(value for text in strings for value in secrets_in(text))}
    return Known(
        paths=tuple(sorted(path for path in paths if _is_telling_path(path))),
        users=tuple(sorted(user for user in users if user)),
        hosts=tuple(host for host in hosts if host and host not in _NO_HOSTS),
        secrets=tuple(sorted(filter(None, secrets))),
        domains=tuple(sorted({domain for host in hosts for domain in _domains(host)})),
    )


def texts_in(content: Any) -> Iterator[str]:
    """Every text in a record, however deep."""
    return (text for _, text in _strings(content))


def _records(folder: Path) -> Iterator[Any]:
    """The sweep's records as plain values; those of its runs too, of which each may have met another machine."""
    for pattern in _RECORDS:
        for path in sorted(folder.glob(pattern)):
            with suppress(OSError, ValueError, yaml.YAMLError, RecursionError):
                if path.stat().st_size <= MAX_BYTES:
                    text = path.read_text(encoding="utf-8", errors="replace")
                    yield load_yaml(text) if path.suffix == ".yaml" else json.loads(text)


def _strings(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a record with the key that it stands under."""
    if isinstance(content, str):
        yield key, content
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _strings(value, str(name))
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _strings(value, key)


def _recorded_hosts(records: Iterable[Any]) -> Iterator[str]:
    for record in records:
        yield from (value for key, value in _strings(record) if key in _HOST_KEYS)


def _cluster_lines(records: Iterable[Any]) -> Iterator[str]:
    """The setup lines of the cluster profile: they hold tokens, and shells quote them in logs."""
    for record in records:
        name = record.get("cluster") if isinstance(record, Mapping) else None
        if not isinstance(name, str):
            continue
        path = Path(name) if name.endswith((".yaml", ".yml")) else Path("sweeps/clusters") / f"{name}.yaml"
        with suppress(OSError, ValueError, yaml.YAMLError, RecursionError):
            if path.stat().st_size <= MAX_BYTES:
                yield from texts_in(load_yaml(path.read_text(encoding="utf-8")))


def _places(folder: Path | None) -> Iterator[str]:
    """Folders of this machine that messages name."""
    home = [Path.home()] if os.environ.get("HOME") else []
    for place in (*home, Path.cwd(), Path(tempfile.gettempdir()), Path(sys.prefix), *([folder] if folder else [])):
        yield from {str(place.absolute()), str(place.resolve())}


def _paths_in(text: str) -> Iterator[str]:
    """A text that is a path, or assignments of paths, in the forms that the program gives it."""
    values = [text]
    if "=" in text:  # SET
        with suppress(ValueError):
            import shlex

            values += [word.partition("=")[2] for word in shlex.split(text)]
    for value in values:
        path = value.removeprefix("folder:").removeprefix(HF_PREFIX)
        if "\n" in path or not path.startswith(("/", "~", "./", "../")):
            continue
        yield path
        with suppress(RuntimeError, OSError, ValueError):
            expanded = Path(path).expanduser()
            yield from {str(expanded), str(expanded.absolute()), str(expanded.resolve())}


def _is_telling_path(path: str) -> bool:
    return len(path.strip("/")) > 1 and "/" in path


def _is_telling_secret(value: str, words: frozenset[str]) -> bool:
    """Whether it is left out also where it stands alone: no number, and no word of the report."""
    return len(value) >= MIN_SECRET and not value.isdigit() and value.lower() not in words


def _users() -> Iterator[str]:
    with suppress(OSError, KeyError, ImportError):
        yield getpass.getuser()
    yield from (os.environ.get(name, "") for name in ("USER", "LOGNAME", "SUDO_USER"))


def _environment_secrets() -> Iterator[str]:
    for name, value in os.environ.items():
        if _SECRET_NAMES.search(name) and "/" not in value[:1]:
            yield value
        yield from secrets_in(value)


def _domains(host: str) -> Iterator[str]:
    """Those that a host is in, but for such as ac.uk, which many are in.

    >>> list(_domains("node-7.cluster.uni-x.edu")), list(_domains("gpu.ox.ac.uk")), list(_domains("10.1.2.3"))
    (['cluster.uni-x.edu', 'uni-x.edu'], ['ox.ac.uk'], [])
    """
    _, *labels = host.split(".")
    while len(labels) >= 2:
        if not labels[-1].isdigit() and (len(labels) > 2 or len(labels[0]) > 3):
            yield ".".join(labels)
        labels = labels[1:]


@cache
def _own_words() -> frozenset[str]:
    """The words of the report in every language, of sweep files and of the built-in models."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(MESSAGES.rglob("*.ftl"))]
    texts += [json.dumps(Sweep.model_json_schema()), *MODELS]
    return frozenset(word.lower() for text in texts for word in re.findall(r"[^\W\d_]\w*", text))
