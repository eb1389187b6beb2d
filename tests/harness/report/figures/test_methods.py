"""Forest plots of methods: the largest first, what is clear filled."""

from pathlib import Path

import pytest

from harness.report.figures.drawing.style import drawing_style
from harness.report.figures.methods import gains, leads
from harness.report.study import Study, read_study
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_methods import invent_methods


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_lead_is_drawn_and_said(several: Study, code: str) -> None:
    assert several.methods is not None
    with drawing_style():
        drawing, gained = leads(several.methods, language(code)), gains(several.methods, language(code))
    assert drawing is not None and gained is not None
    labels = [tick.get_text() for tick in drawing.figure.axes[0].get_yticklabels()]
    assert labels == ["dkd", "dist"]
    assert len(gained.figure.axes[0].get_yticklabels()) == 3
    assert "dkd" in drawing.description and "dist" in drawing.description


def test_what_is_not_clear_is_hollow(several: Study) -> None:
    assert several.methods is not None
    with drawing_style():
        drawing = leads(several.methods, language("en"))
        assert drawing is not None
        means = [mark for mark in drawing.figure.axes[0].collections if mark.get_alpha() is None]
        faces = [tuple(mark.get_facecolor()[0]) for mark in means]
        edges = [tuple(mark.get_edgecolor()[0]) for mark in means]
    assert faces[0] == edges[0] and faces[1] != edges[1]


def test_without_a_lead_nothing_is_drawn(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd", "dkd"], failed=["kd", "dkd"], search={"num_trials": 2})
    methods = read_study(folder, tmp_path / ".data").methods
    assert methods is not None
    with drawing_style():
        assert leads(methods, language("en")) is None
        assert gains(methods, language("en")) is None


def test_long_names_keep_what_tells_them_apart(tmp_path: Path) -> None:
    names = [f"dkd-with-options-of-every-kind-{number}" for number in range(3)]
    methods = ["kd", *({"loss": "dkd", "name": name} for name in names)]
    folder = invent_methods(tmp_path, methods, search={"num_trials": 2})
    found = read_study(folder, tmp_path / ".data").methods
    assert found is not None
    with drawing_style():
        drawing = leads(found, language("en"))
    assert drawing is not None
    labels = {tick.get_text() for tick in drawing.figure.axes[0].get_yticklabels()}
    assert len(labels) == 3 and max(map(len, labels)) <= 20
