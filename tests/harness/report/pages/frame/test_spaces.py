"""No line of a page breaks between a number and its unit."""

import re
from pathlib import Path

import pytest
from markupsafe import Markup

from harness.report.pages.frame.spaces import NO_BREAK, hold_together
from harness.report.text.language import LANGUAGES, folder_of

BREAKS = re.compile(r"\d (?:%|points?\b|ms\b|MB\b|个|次|张|秒)|(?<![\w])[αT] \d|± \d|\bp [=<] \d")
KEPT = re.compile(r"<(script|style|svg|pre|code)\b.*?</\1>", re.DOTALL)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("95 % of 20 points", "95~% of 20~points"),
        ("α 0.9, T 16.25", "α~0.9, T~16.25"),
        ("0.4 ms, 1 min 15 s, 2 h", "0.4~ms, 1~min 15~s, 2~h"),
        ("20.5 K against 1.2 MB", "20.5~K against 1.2~MB"),
        ("90.1 ± 0.3", "90.1~±~0.3"),
        ("p = 0.03, p &lt; 0.001", "p~=~0.03, p~&lt;~0.001"),
        ("提升 1.2 个百分点，5 个种子", "提升 1.2~个百分点，5~个种子"),
        ("<p>1.2 <small>points</small>", "<p>1.2~<small>points</small>"),
        ("5 seeds and 3 models", "5 seeds and 3 models"),  # words are no units: such a line may break
        ("RESNET 4, 1 hat, 5 min_size", "RESNET 4, 1 hat, 5 min_size"),
        ('<path d="M10 20 h 5 s 3"/>', '<path d="M10 20~h 5~s 3"/>'),  # outside a figure no such thing stands
        ('<svg><path d="M10 20 h 5"/></svg>', '<svg><path d="M10 20 h 5"/></svg>'),
        ("<code>make sweep SET='a=5 % b'</code>", "<code>make sweep SET='a=5 % b'</code>"),
        ("<pre>\n1 %\n</pre> 1 %", "<pre>\n1 %\n</pre> 1~%"),
        ("", ""),
    ],
)
def test_a_number_stays_with_its_unit(text: str, held: str) -> None:
    assert hold_together(text) == held.replace("~", NO_BREAK)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_of_a_site_is_held_together(site: Path, code: str) -> None:
    pages = sorted((site / folder_of(code)).rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        text = Markup(re.sub(r"<[^>]*>", "", KEPT.sub("", page.read_text(encoding="utf-8")))).unescape()
        assert not (found := BREAKS.search(text)), f"{page.name}: {text[found.start() - 40 : found.end() + 10]!r}"
    assert NO_BREAK in (site / folder_of(code) / "index.html").read_text("utf-8")
