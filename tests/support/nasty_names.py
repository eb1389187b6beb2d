"""Names that some outlet could take for a command: what every outlet must show as the text that it is."""

from hypothesis import strategies as st

NASTY_NAMES = {
    "markup": "<script>alert(1)</script>",
    "tag_end": "--></style></svg></title>",
    "quotes": "\"' onload='x' ``''",
    "entity": "&lt; &amp; & &#x1b; &nosuch;",
    "maths": "$x_1^2$ and $\\frac{a}{b}$",
    "half_maths": "costs 5$",
    "latex_option": "[x] of a row",
    "latex_star": "*starred",
    "latex_command": "\\input{x} \\\\ \\end{document}",
    "latex_signs": "50 % & #1_a{b}~^\\",
    "ligatures": "a--b---c ?`!` ``x'' <<y>> ,,z",
    "markdown": "a|b `c` **d** _e_ [f](g) ![h](i) ~~j~~",
    "markdown_pipe": "\\|",
    "markdown_last": "ends with \\",
    "markdown_block": "# - 1. > ---",
    "link": "https://example.org/?a=1&b=2#c",
    "formula": "=cmd|' /C calc'!A0",
    "formula_at": "@SUM(1+1)",
    "formula_minus": "-1+1|x",
    "separators": 'a,b;c\t"d"',
    "lines": "first\nsecond\r\nthird",
    "colour": "\x1b[31mred\x1b[0m",
    "clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "hyperlink": "\x1b]8;;http://x\x1b\\here\x1b]8;;\x1b\\",
    "overwritten": "good\rbad\b\b\x7f",
    "controls": "\x00\x01\x08\x0b\x0c\x1f\x85\x9b31m",
    "separators_of_lines": "a\u2028b\u2029c",
    "reversed": "\u202egnp.exe\u2066x",
    "private": "\ue000name\ue001 \uf8ff",
    "no_characters": "\ufffe\uffff\ufdd0\U0001ffff",
    "fluent": "{ $name } { -term }",
    "jinja": "{{ 7 * 7 }}{% include 'x' %}{# y #}",
    "format": "%s %(x)s {0} {name}",
    "rich": "[bold red]x[/] [/red] :smile: [link=http://x]y[/link]",
    "address": "a b/c?d=e#f%20g\\h",
    "up": "..",
    "device": "con",
    "page": "index",
    "chinese": "单峰骆驼",
    "hebrew": "שלום עולם",
    "emoji": "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "composed": "caf\u00e9",
    "decomposed": "cafe\u0301",
    "upper": "CAF\u00c9",
    "long": "dromedary " * 1000,
    "long_word": "x" * 10_000,
    "empty": "",
    "blank": " \t ",
}  # fmt: skip
"""By what is nasty in them."""

SPECIAL = "\\&%$#_{}~^<>|\"'`*[]()!=+-@:;,./ \t\n\r\x00\x07\x1b\x7f\x85\u2028\u202e\u2066\ue000\ufffeαé中🐪"
texts = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=["Cs"])), max_size=40)
"""Texts that hold what outlets obey far more often than chance would have it."""
