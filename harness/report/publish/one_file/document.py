"""A finished site as one page: its files as text in, one text out. It knows no page but the front page by name."""

import base64
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Literal, NamedTuple

from markupsafe import escape

from harness.report.pages.frame.templates import policy_hash
from harness.report.publish.markup import Edit, Token, edited, tag_text, tokens
from harness.report.publish.one_file.links import HOME, Inside, link_edits, named_files

Group = Literal["files", "runs"]
KINDS = {
    "csv": "text/csv", "json": "application/json", "md": "text/markdown", "pdf": "application/pdf",
    "png": "image/png", "svg": "image/svg+xml", "tex": "text/x-tex",
}  # fmt: skip
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {}; base-uri 'none'; form-action 'none'"
)


class OneFile(NamedTuple):
    """The text, and what the site has and the text has not, since it would have grown too large."""

    text: str
    left_out: tuple[Group, ...]


class Around(NamedTuple):
    """What the file says and does beside its pages.

    ``script``: shows the page that the address names. ``no_script``: markup for readers without it. ``left_out``:
    says in a language, by its ``lang``, what is left out.
    """

    script: str
    no_script: str
    left_out: Callable[[str, tuple[Group, ...]], str]


class _Page:
    """A page of the site."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text, self.tokens = name, text, tokens(text)

    def first(self, name: str, kind: str = "start") -> Token | None:
        return next((token for token in self.tokens if token.name == name and token.kind == kind), None)

    def attribute(self, element: str, name: str) -> str:
        token = self.first(element)
        return (token.attributes.get(name) if token else None) or ""

    @property
    def title(self) -> str:
        opened, closed = self.first("title"), self.first("title", "end")
        return unescape(self.text[opened.end : closed.start]) if opened and closed else ""

    @property
    def body(self) -> tuple[int, int]:
        """Where the content begins and ends; a page need not close what HTML closes by itself."""
        opened, closed = self.first("body"), self.first("body", "end")
        return opened.end if opened else 0, closed.start if closed else len(self.text)

    def scripts(self) -> Iterator[tuple[Token, Token]]:
        """The tags of each script."""
        ends = (token for token in self.tokens if token.name == "script" and token.kind == "end")
        return zip((one for one in self.tokens if one.name == "script" and one.kind == "start"), ends, strict=True)

    @property
    def foot(self) -> int:
        """Where a last remark stands: in the footer, or at the end."""
        ends = [token.start for token in self.tokens if token.name == "footer" and token.kind == "end"]
        return ends[-1] if ends else self.body[1]


def one_file(files: Mapping[str, bytes], around: Around, max_bytes: int) -> OneFile:
    """The site as one page: its front page, with every other page in a ``template``, and pictures and tables once each.

    Args:
        files: Of the site, by path; every page holds its own ``html`` and ``body`` tags.
        around: What is added.
        max_bytes: What the file should not exceed: pages of runs are left out for it, and before them tables.
            The other pages and all pictures are always there.
    """
    pages = {name: _Page(name, content.decode()) for name, content in files.items() if name.endswith(".html")}
    inside, left_out = _choose(files, pages, max_bytes)
    notes = {
        name: _note(around.left_out(page.attribute("html", "lang"), left_out)) if left_out else ""
        for name, page in pages.items()
        if name.rpartition("/")[2] == HOME
    }
    waiting = [_template(pages[name], inside, notes.get(name, "")) for name in sorted(inside.pages) if name != HOME]
    contents = [_data(name, files[name]) for name in sorted(inside.files)]
    return OneFile(_front(pages[HOME], inside, around, notes[HOME], waiting + contents), left_out)


def _choose(files: Mapping[str, bytes], pages: Mapping[str, _Page], max_bytes: int) -> tuple[Inside, tuple[Group, ...]]:
    """What the file holds, and which of the two groups that it could do without it has no room for."""
    runs = {name for name in pages if name.split("/")[-2:-1] == ["runs"]}
    kept = set(pages) - runs
    named = {name: list(named_files(name, page.tokens)) for name, page in pages.items()}
    there = set(files) - set(pages)
    pictures = {target.path for found in named.values() for element, target in found if element != "a"} & there
    tables = {target.path for name in kept for _, target in named[name]} & there - pictures
    of_runs = {target.path for name in runs for _, target in named[name]} & there - pictures - tables
    room = max_bytes - _size(files, kept, pictures)
    left_out: list[Group] = []
    if _size(files, set(), tables) <= room:
        room -= _size(files, set(), tables)
    else:
        left_out, tables, of_runs = ["files"], set(), set()
    if _size(files, runs, of_runs) > room:
        left_out.append("runs")
        runs, of_runs = set(), set()
    return Inside(kept | runs, pictures | tables | of_runs), tuple(left_out)


def _size(files: Mapping[str, bytes], pages: set[str], encoded: set[str]) -> int:
    """About, in bytes: of what is encoded three are written as four."""
    return sum(len(files[name]) for name in pages) + sum(len(files[name]) * 4 // 3 for name in encoded)


def _template(page: _Page, inside: Inside, note: str) -> str:
    """A page that waits: nothing in it is drawn, loaded or run."""
    start, end = page.body
    edits = [*link_edits(page.name, page.tokens, inside), *_without_scripts(page)]
    within = [edit for edit in edits if start <= edit.start and edit.end <= end]
    content = edited(page.text[:end], [*within, *([Edit(page.foot, page.foot, note)] if note else [])])[start:]
    said = {
        "data-page": page.name,
        "data-title": page.title,
        "data-lang": page.attribute("html", "lang"),
        "data-class": page.attribute("body", "class"),
    }
    return f"{tag_text('template', said)}{content}</template>\n"


def _without_scripts(page: _Page) -> list[Edit]:
    return [Edit(opened.start, closed.end, "") for opened, closed in page.scripts()]


def _data(name: str, content: bytes) -> str:
    """A picture or a table that waits."""
    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    address = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return f"{tag_text('template', {'data-file': name})}{address}</template>\n"


def _front(home: _Page, inside: Inside, around: Around, note: str, waiting: list[str]) -> str:
    """The page that can be read without the script, with everything else behind it."""
    start, end = home.body
    scripts = list(home.scripts())
    first = next((opened.start for opened, _ in scripts if opened.start >= start), end)
    header = home.first("header", "end")
    texts = [around.script, *(home.text[opened.end : closed.start] for opened, closed in scripts)]
    allowed = " ".join(f"'sha256-{policy_hash(text)}'" for text in texts)
    place = header.start if header else start
    edits = [
        *link_edits(home.name, home.tokens, inside),
        *_with_policy(home, POLICY.format(allowed)),
        Edit(place, place, f"<noscript>{around.no_script}</noscript>\n"),
        Edit(first, first, f"<script>{around.script}</script>\n"),
        Edit(end, end, "\n" + "".join(waiting)),
        *([Edit(home.foot, home.foot, note)] if note else []),
    ]
    return edited(home.text, edits)


def _with_policy(home: _Page, policy: str) -> Iterator[Edit]:
    for token in home.tokens:
        if token.name == "meta" and (token.attributes.get("http-equiv") or "").lower() == "content-security-policy":
            yield Edit(token.start, token.end, tag_text("meta", {**token.attributes, "content": policy}))


def _note(sentence: str) -> str:
    return f'<p class="note">{escape(sentence)}</p>\n'
