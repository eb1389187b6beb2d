"""Each kind of file keeps its form: marks, addresses, heads of columns and keys are not touched."""

import csv
import io
import json

import pytest
from markupsafe import escape
from matplotlib import rc_context
from matplotlib.figure import Figure

from harness.report.redaction.files import redact_figure, redacted_file
from harness.report.redaction.redaction import Redaction
from harness.report.redaction.values import Known

NASTY = '/srv/lab/it\'s "mine" & <b>_x'
REDACTION = Redaction(Known(paths=(NASTY,), users=("table", "anna"), hosts=("href9",)))
SHOWN = '…/it\'s "mine" & <b>_x'


def redacted(name: str, text: str) -> str:
    return redacted_file(REDACTION, name, text.encode()).decode()


def test_html_keeps_its_marks() -> None:
    page = '<table id="anna" class=anna title="{0}"><td data-value="{0}" data-role=anna>{0} 5 %<!-- {1} --></table>'
    assert redacted("a.html", page.format(escape(NASTY), NASTY)) == page.format(escape(SHOWN), SHOWN)


def test_scripts_and_styles_of_a_page_stay() -> None:
    page = "<style>.anna {}</style><script>const a = '/srv/lab/x'; anna</script><p>anna"
    assert redacted("a.html", page) == page.removesuffix("anna") + "user"


def test_what_is_not_changed_keeps_its_bytes() -> None:
    page = "<p>a &quot;b&#39; &eacute; > c"
    assert redacted("a.html", page) == page
    for name in ("a.js", "a.css", "a.png"):
        assert redacted(name, "anna") == "anna"


def test_json_keeps_its_keys_and_its_form() -> None:
    content = json.dumps({"anna": [NASTY, "anna", 1.5, None]}, indent=2, ensure_ascii=False)
    assert redacted("a.json", content) == json.dumps({"anna": [SHOWN, "user", 1.5, None]}, indent=2, ensure_ascii=False)


def test_csv_keeps_its_heads_and_cells() -> None:
    rows = [["anna", "b"], [NASTY, "x, y"], ["anna", ""]]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    assert list(csv.reader(io.StringIO(redacted("a.csv", stream.getvalue())))) == [
        rows[0],
        [SHOWN, "x, y"],
        ["user", ""],
    ]
    assert redacted("a.csv", "") == "\n" * 0 or redacted("a.csv", "") == "\n"


def test_bytes_that_are_no_text_pass() -> None:
    assert redacted_file(REDACTION, "a.pdf", b"%PDF\xff anna") == b"%PDF\xff anna"


@pytest.mark.parametrize(("form", "date"), [("pdf", "CreationDate"), ("svg", "Date"), ("png", "Software")])
def test_figures_are_drawn_without(form: str, date: str) -> None:
    def drawn(name: str) -> bytes:
        figure = Figure()
        axes = figure.subplots()
        axes.set_title(f"by {name}")
        axes.set_xticks([0, 1], labels=[name, "cat"])
        axes.plot([0, 1], [1, 0], label=name)
        axes.legend()
        redact_figure(REDACTION, figure)
        stream = io.BytesIO()
        figure.savefig(stream, format=form, metadata={date: None})
        return stream.getvalue()

    with rc_context({"svg.hashsalt": "x"}):
        assert drawn("anna") == drawn("user") != drawn("cat")
