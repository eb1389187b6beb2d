r"""What gives itself away by its form: tokens, passwords, addresses with either, and places in a file system.

LaTeX and Markdown write an underscore as ``\_``; both forms are met.
"""

import re
from collections.abc import Iterator

GONE = "…"
_U = r"\\?_"
_WORDS = r"(?:token|secret|passw(?:or)?d|passphrase|(?:api|access|private)(?:\\?_|-)?key|credentials?)"

TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    rf"hf{_U}[A-Za-z0-9]{{16,}}"
    rf"|gh[pousr]{_U}[A-Za-z0-9]{{16,}}"
    rf"|github{_U}pat{_U}(?:[A-Za-z0-9]|{_U}){{20,}}"
    r"|gl(?:pat|rt|dt)-[A-Za-z0-9_-]{16,}"
    r"|A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|eyJ[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_-]+){0,4}"
    r"|sk-[A-Za-z0-9_-]{20,}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|AIza[A-Za-z0-9_-]{30,}"
    rf"|npm{_U}[A-Za-z0-9]{{30,}}"
    r"|pypi-[A-Za-z0-9_-]{40,}"
    r")"
)
"""Of Hugging Face, GitHub, GitLab, AWS, signed JSON (JWT), OpenAI and others, Slack, Google, npm and PyPI."""

PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)

USER_INFO = re.compile(r"(?P<before>\b[A-Za-z][A-Za-z0-9+.-]*://)(?P<value>[^\s/@'\"<>]+)(?=@)")
QUERY = re.compile(
    r"(?P<before>[?&](?:amp;)?[\w.-]*(?:token|key|secret|sig|signature|auth|passw(?:or)?d|credential)[\w.-]*=)"
    r"(?P<value>[^\s&'\"<>#]+)",
    re.IGNORECASE,
)
BEARER = re.compile(
    r"(?P<before>\bbearer\s+|\bauthorization\W{1,3}(?:basic|token)\s+)(?P<value>[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE
)
ASSIGNED = re.compile(
    rf"(?P<before>(?<![A-Za-z0-9])(?:[\w.-]|\\_)*{_WORDS}(?:&quot;|&#3[49];|['\"])?\s*(?P<sign>[=:])\s*"
    r"(?:&quot;|&#3[49];|['\"])?)(?P<value>[^\s'\"&<>,;|]{6,})",
    re.IGNORECASE,
)
"""``TOKEN=…``, ``password: …``; whether the value is one, ``is_secret`` says."""

_PART = r"[^\s/:'\"<>|,;()&\[\]{}…]+"
PATH = re.compile(
    rf"(?:(?<=file://)|(?<![\w.…/\\~}}])|(?<=[^\x00-\x7f…])(?=/[A-Za-z0-9._-]+/))(?:/{_PART}){{2,}}/?"
    rf"|(?:(?<![\w~/])~|\\textasciitilde\{{\}})[\w.-]*(?:/{_PART})+/?"
)
"""An absolute path of two parts and more, or one from a home folder; no address (``://host/a``), nor a/b, 甲/乙."""
ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?=:\d{2,5}(?!\d))")
"""A machine's number where a port follows; without one it may be a version."""
WINDOWS_PATH = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]:(?:\\{1,2}[^\s\\/:*?\"<>|]+){2,}")
HOMES = re.compile(r"/(?:home|Users|users)/(?P<user>[^\s/:'\"<>|,;()&…]+)")


def is_secret(found: "re.Match[str]") -> bool:
    """Whether what is assigned to a name like ``token`` is a secret, and no number, word or place holder.

    >>> [is_secret(ASSIGNED.search(text)) for text in ("API_TOKEN=swordfish", "pad_token: 151643", "token: optional")]
    [True, False, False]
    """
    value, sign = found["value"], found["sign"]
    if value.startswith((GONE, "$", "{", "\\ldots")) or re.fullmatch(r"[\d.,e+-]+", value):
        return False
    if value.lower() in ("null", "none", "true", "false"):
        return False
    return sign == "=" or any(character.isdigit() for character in value)


def secrets_in(text: str) -> Iterator[str]:
    """The secret values in a text, without what shows them: they may stand alone elsewhere."""
    for pattern in (USER_INFO, QUERY, BEARER):
        for found in pattern.finditer(text):
            yield from _parts(found["value"])
    for found in ASSIGNED.finditer(text):
        if is_secret(found):
            yield found["value"]


def _parts(value: str) -> Iterator[str]:
    """Of ``user:password`` the password; the user may be anybody's word, such as git."""
    yield value.partition(":")[2] or value
