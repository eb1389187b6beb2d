"""A site becomes one text: every page and every picture once, and scripts that are allowed by their hash alone."""

import base64
import hashlib
from html import escape

import pytest

from harness.report.publish.markup import tokens
from harness.report.publish.one_file.document import Around, OneFile, one_file

POLICY = '<meta http-equiv="Content-Security-Policy" content="script-src \'sha256-old\'">'
HOME = f"""<!DOCTYPE html><html lang="en-GB"><head>{POLICY}<title>A &amp; B</title><script>early()</script></head>
<body class="report"><header><a href="zh/index.html" hreflang="zh">中</a></header>
<main><a href="class-0.html#image-1">0</a> <a href="runs/a.html">a</a></main>
<footer>End.</footer><script>late()</script></body></html>"""
CLASS = """<!DOCTYPE html><html lang="en-GB"><head><title>0 &quot;x&quot;</title>
<script src="report.js"></script></head>
<body class="report"><h1>0</h1><image href="class-0.png"/><image href="class-0.png"/>
<a href="t.csv">t</a></body></html>"""
SITE = {
    "index.html": HOME,
    "zh/index.html": HOME.replace("en-GB", "zh-CN").replace("zh/index", "../index").replace("End", "完"),
    "class-0.html": CLASS,
    "runs/a.html": "<!DOCTYPE html><html lang=en><title>a</title><body class=report><p>a<a href=../index.html>up",
    "class-0.png": "PNG" * 100,
    "t.csv": "a,b\n1,2\n",
    "unnamed.json": "nobody names this",
    "report.js": "late()",
}


def make(max_bytes: int = 10**6, site: dict[str, str] = SITE) -> OneFile:
    around = Around("first()", "<p>No script.</p>", lambda locale, what: f"{locale} lacks {', '.join(what)} & more")
    return one_file({name: text.encode() for name, text in site.items()}, around, max_bytes)


def test_the_front_page_stays_and_the_others_wait() -> None:
    text = make().text
    assert text.startswith("<!DOCTYPE html>") and text.endswith("</body></html>")
    assert '<a href="#/class-0.html#image-1">0</a>' in text.partition("<template")[0]
    waiting = [token.attributes for token in tokens(text) if token.name == "template" and token.kind == "start"]
    assert [part["data-page"] for part in waiting if "data-page" in part] == [
        "class-0.html",
        "runs/a.html",
        "zh/index.html",
    ]
    assert waiting[0]["data-title"] == '0 "x"' and waiting[0]["data-lang"] == "en-GB"
    assert [part["data-class"] for part in waiting if "data-page" in part] == ["report"] * 3
    assert text.count("<template") == text.count("</template>") == 5


def test_what_is_named_often_is_there_once_and_what_nobody_names_is_not() -> None:
    text = make().text
    assert text.count(base64.b64encode(b"PNG" * 100).decode()) == 1
    assert text.count('<image data-file="class-0.png"/>') == 2
    assert "data:text/csv;base64," + base64.b64encode(b"a,b\n1,2\n").decode() in text
    assert "unnamed" not in text and "report.js" not in text


def test_the_policy_allows_the_scripts_of_the_file_and_no_others() -> None:
    text = make().text
    scripts = [body.partition("</script>")[0] for body in text.split("<script>")[1:]]
    assert scripts == ["early()", "first()", "late()"]
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    policy = next(token.attributes["content"] for token in tokens(text) if token.name == "meta")
    assert policy is not None
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert allowed["script-src"].split() == [f"'sha256-{hashes[place]}'" for place in (1, 0, 2)]
    assert allowed["default-src"] == "'none'" and allowed["img-src"] == "data:"
    assert "first()" not in text.partition("</header>")[0], "the script that shows pages comes right before the others"


def test_without_the_script_the_front_page_says_what_it_needs() -> None:
    assert "<noscript><p>No script.</p></noscript>\n</header>" in make().text


LARGE = SITE | {"t.csv": "1" * 120, "runs/a.html": SITE["runs/a.html"] + "x" * 200}
PICTURES, TABLES, RUNS = 400, 160, len(LARGE["runs/a.html"])  # as they are written: three bytes in four signs
LEAST = sum(len(LARGE[name].encode()) for name in ("index.html", "zh/index.html", "class-0.html")) + PICTURES


@pytest.mark.parametrize(
    ("room", "left_out"),
    [
        (LEAST + TABLES + RUNS, ()),
        (LEAST + TABLES + RUNS - 1, ("runs",)),
        (LEAST + TABLES - 1, ("files", "runs")),
        (0, ("files", "runs")),
    ],
)
def test_what_would_make_it_too_large_is_left_out_and_named(room: int, left_out: tuple[str, ...]) -> None:
    made = make(room, LARGE)
    assert made.left_out == left_out
    assert ('data-page="runs/a.html"' in made.text) is ("runs" not in left_out)
    assert ('data-file="t.csv"' in made.text) is ("files" not in left_out)
    link = "<a>" if "runs" in left_out else '<a href="#/runs/a.html">'
    assert f" {link}a</a></main>" in made.text.partition("<template")[0]
    assert base64.b64encode(b"PNG" * 100).decode() in made.text, "pictures always are"
    for locale, end in (("en-GB", "End."), ("zh-CN", "完.")):
        said = escape(f"{locale} lacks {', '.join(left_out)} & more")
        note = f'<p class="note">{said}</p>\n' if left_out else ""
        assert made.text.count(f"{end}{note}</footer>") == 1


def test_runs_are_kept_where_tables_alone_are_too_large() -> None:
    assert make(LEAST + RUNS, LARGE | {"t.csv": "1" * 10**4}).left_out == ("files",)


def test_the_tables_of_runs_go_with_their_pages() -> None:
    site = LARGE | {"a.csv": "1" * 300, "runs/a.html": LARGE["runs/a.html"] + "<a href=../a.csv>"}
    room = LEAST + TABLES + len(site["runs/a.html"]) + 400
    whole, less = make(room, site), make(room - 1, site)
    assert (whole.left_out, less.left_out) == ((), ("runs",))
    assert ("a.csv" in whole.text, "a.csv" in less.text) == (True, False)


def test_only_the_front_page_is_known_by_name() -> None:
    new = {
        "new/topic.html": "<html lang=en><body>new <a href='../class-0.html'>c",
        "index.html": "<html lang=en><body>home",
    }
    text = make(site=SITE | new).text
    assert 'data-page="new/topic.html"' in text and 'new <a href="#/class-0.html">c' in text
