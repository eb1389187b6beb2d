"""What tests want to know of a site's pages."""

import html.parser
import posixpath
from collections.abc import Collection, Mapping
from pathlib import Path


class Links(html.parser.HTMLParser):
    """Ids, links (with what the page loads from beside it) and pictures of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.sources: list[str] = []
        self.images_without_alt = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if values.get("id"):
            self.ids.append(values["id"])
        if tag == "img":
            self.sources.append(values.get("src", ""))
            self.images_without_alt += not values.get("alt")
        href = values.get("src" if tag == "script" else "href") if tag in ("a", "link", "script") else None
        if href and not href.startswith("data:"):
            self.hrefs.append(href)


def files_of(site: Path) -> dict[str, Path]:
    """Every file of a site by its path inside."""
    return {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}


def broken_links(pages: Mapping[str, Links], files: Collection[str]) -> list[str]:
    """Links of pages that lead to no file, or to no element of another page."""
    broken = []
    for name, page in pages.items():
        for href in page.hrefs:
            path, _, anchor = href.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if target not in files or (anchor and anchor not in pages[target].ids):
                broken.append(f"{name}: {href}")
    return broken
