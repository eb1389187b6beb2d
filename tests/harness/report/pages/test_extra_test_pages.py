"""Each other test set has a page, reached from the front page, in both languages."""

from harness.report.build import report_files
from tests.support.invented_sets import invent_sets
from tests.support.pages import told, typed


def test_every_set_has_its_page(invented):
    invent_sets(invented, {"sketch": 60, "few": 3}, corruptions=True)
    files = report_files(invented, invented.parent / ".data")
    for name in ("sketch", "few", "corruptions"):
        assert f'href="tests-{name}.html"' in told(files)
        assert f"tests-{name}.html" in files and f"zh/tests-{name}.html" in files
    page = typed(str(files["tests-sketch.html"]))
    assert "On sketch, distillation changes accuracy by" in page
    assert "4 of the 60 images (6.7 %) are also in train" in page
    assert "It has images of only 1 of the 3 classes" in files["tests-few.html"]
    assert "arXiv:1903.12261" in files["tests-corruptions.html"]
    assert "tables/tests-sketch.csv" in page


def test_a_sweep_without_sets_has_no_such_section(invented):
    files = report_files(invented, invented.parent / ".data")
    assert 'id="extra_tests"' not in told(files)
    assert not any(name.startswith("tests-") for name in files)
