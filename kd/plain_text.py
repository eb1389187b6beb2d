"""Texts of others (class names, file names, errors) for places that would obey what stands in them.

HTML and LaTeX have their own escapes, where they are written; what is here serves them all, terminals and Markdown.
"""

import re

# The listed kinds are whole: C0 and C1 controls but for tab and newline, separators of lines, embeddings and overrides
# of direction, halves of surrogate pairs, private use, and what Unicode says is no character. Joiners, marks of
# direction and selectors of variants stay: names in Persian and Hebrew, and emoji, are written with them.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
# Apart, since a class that reaches beyond the first plane is searched kind by kind at every letter of a page.
_BEYOND = re.compile("[\U0001fffe-\U0010ffff]")
_OBEYED_BEYOND = re.compile(
    "[" + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "\U000f0000-\U0010ffff]"
)  # fmt: skip
_BREAK = re.compile(r"[\t\n]")
# What CommonMark and GitHub read anywhere in a line, and then what they read at its beginning alone.
_MARKDOWN = re.compile(
    r"[\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|(?<=\w):(?=//)|(?<=\bwww)\."
    r"|^#(?=#*(?:\s|$))|^[+-](?=\s|$)|^[=-](?=[=\s-]*$)|^\d+(?=[.)](?:\s|$))"
)


def printable(text: str) -> str:
    r"""A text whose control characters, and whatever else is obeyed and not seen, are named as Python names them.

    Tabs and newlines stay. What comes out is valid in XML and in UTF-8, and no terminal obeys it.

    >>> printable("a\x1b[31m\n"), printable("exe.\u202egnp"), printable("caf\udce9")
    ('a\\x1b[31m\n', 'exe.\\u202egnp', 'caf\\udce9')
    """
    text = _OBEYED.sub(_named, text)
    return _OBEYED_BEYOND.sub(_named, text) if _BEYOND.search(text) else text


def one_line(text: str) -> str:
    r"""The same where a new line would begin another row, or pass for another message.

    >>> one_line("cat\ndog\r")
    'cat\\ndog\\r'
    """
    return _BREAK.sub(_named, printable(text))


def escape_markdown(text: str) -> str:
    r"""A text as Markdown prints it, in one line; runs of spaces and newlines become a space.

    >>> escape_markdown("a|b `c`\n*d*"), escape_markdown("<b> AT&T &amp;"), escape_markdown("# 1")
    ('a\\|b \\`c\\` \\*d\\*', '\\<b\\> AT&T \\&amp;', '\\# 1')
    >>> escape_markdown("mnist_mlp"), escape_markdown("_a_"), escape_markdown("1. cat")
    ('mnist_mlp', '\\_a\\_', '1\\. cat')
    """
    return _MARKDOWN.sub(_backslashed, " ".join(printable(text).split()))


def _named(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _backslashed(found: re.Match[str]) -> str:
    """A backslash before a sign; of a number that would begin a list, before what follows the digits."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
