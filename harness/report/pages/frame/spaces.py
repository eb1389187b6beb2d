"""Spaces of a page at which no line breaks: between a number and its unit, and between a setting's name and its number.

They are put in where a page is written, so that terminals and files keep the spaces that a person types and searches.
"""

import re

NO_BREAK = "\u00a0"
_UNITS = "[%±\u4e00-\u9fff]|(?:points?|m?s|min|h|[KMG]|[KMG]i?B|GPU-hours?|core-hours?)\\b"
_TAGS = "(?:<[^<>]*>){,2}"  # the unit may stand in an element of its own
# Each begins with the space itself, so that the search goes from space to space and not from letter to letter.
_PLACES = re.compile(
    rf" (?:(?<=\d )(?={_TAGS}(?:{_UNITS}))"  # 95 %, 0.4 ms, 3 个
    r"|(?<=± )(?=\d)"
    r"|(?<=α )(?=[\d−])|(?<=(?<![A-Za-z])T )(?=\d)"
    r"|(?<=\bp )(?=(?:=|<|&lt;) \d)|(?<=\bp [=<] )(?=\d)|(?<=\bp &lt; )(?=\d))"
)
# What is pasted or run keeps its spaces, and a figure's texts do not break.
_AS_IT_IS = re.compile(r"(<(script|style|svg|pre|code)\b.*?</\2>)", re.DOTALL)


def hold_together(page: str) -> str:
    """A page whose numbers stay with what they count.

    >>> hold_together("<p>95 % at α 0.9, T 4 <code>5 %</code></p>").replace(NO_BREAK, "~")
    '<p>95~% at α~0.9, T~4 <code>5 %</code></p>'
    >>> hold_together("提升 1.2 个百分点 (p &lt; 0.001)").replace(NO_BREAK, "~")
    '提升 1.2~个百分点 (p~&lt;~0.001)'
    """
    parts = _AS_IT_IS.split(page)  # text, element, its name, text, …
    parts[::3] = [_PLACES.sub(NO_BREAK, text) for text in parts[::3]]
    del parts[2::3]
    return "".join(parts)
