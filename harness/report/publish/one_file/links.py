"""Where the links of a page lead once all pages are in one file."""

from collections.abc import Collection, Iterator
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from harness.report.publish.markup import Edit, Token, tag_text

HOME = "index.html"
_LINK = "href", "xlink:href"
_ADDRESS = {"a": _LINK, "image": _LINK, "img": ("src",)}
"""The attributes by which elements name another file."""


class Inside(NamedTuple):
    """What the file holds: pages, and pictures and tables, by their paths in the site."""

    pages: Collection[str]
    files: Collection[str]


class Target(NamedTuple):
    """What a link names: a path in the site, and a place there."""

    path: str
    place: str


def target_of(page: str, address: str) -> Target | None:
    """Where an address on a page leads within the site; None of one that leads elsewhere, or holds what it names.

    >>> target_of("zh/runs/a.html", "../class-3.html#image-7")
    Target(path='zh/class-3.html', place='image-7')
    >>> target_of("runs.html", "#all"), target_of("runs.html", "https://example.org/")
    (Target(path='runs.html', place='all'), None)
    """
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = normpath(join(dirname(page), unquote(parts.path))) if parts.path else page
    return Target(path, parts.fragment)


def named_files(page: str, tokens: list[Token]) -> Iterator[tuple[str, Target]]:
    """Every place in the site that a page names, with the element that names it."""
    for token in tokens:
        for key in _ADDRESS.get(token.name, ()):
            target = target_of(page, token.attributes.get(key) or "") if key in token.attributes else None
            if target is not None:
                yield token.name, target


def link_edits(page: str, tokens: list[Token], inside: Inside) -> Iterator[Edit]:
    """What makes the links of a page lead within the file.

    To a page: its path behind ``#/``, then the place; on the front page a place of its own stays as it is, for readers
    without the script. To a picture or a table: ``data-file``, by which the script puts it in. What the file does not
    hold loses its link and keeps its text.
    """
    for token in tokens:
        if token.kind == "start" and (changed := _changed(page, token, inside)) is not None:
            yield Edit(token.start, token.end, tag_text(token.name, changed, token.is_closed))


def _changed(page: str, token: Token, inside: Inside) -> dict[str, str | None] | None:
    """The attributes of a tag; None where they stay."""
    key = next((key for key in _ADDRESS.get(token.name, ()) if key in token.attributes), "")
    address = token.attributes.get(key) or ""
    target = target_of(page, address) if key else None
    if target is None:
        return None
    others = {name: value for name, value in token.attributes.items() if name != key}
    if target.path in inside.pages and token.name == "a":
        is_in_place = page == HOME and address.startswith("#")
        return (
            None
            if is_in_place
            else others | {"href": f"#/{target.path}" + (f"#{target.place}" if target.place else "")}
        )
    if target.path in inside.files:
        given = {"data-file": target.path} | ({"download": target.path.rpartition("/")[2]} if token.name == "a" else {})
        return others | given
    return others
