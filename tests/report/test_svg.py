"""Matplotlib's figures as inline SVG: fewer bytes, the same marks."""

import re

import numpy as np

from harness.report.svg import color_of, drawing_style, finish, new_figure


def test_marks_are_gathered_by_their_look() -> None:
    random = np.random.default_rng(0)
    x, y = random.random((2, 50))
    with drawing_style():
        figure, axes = new_figure(400, 300)
        axes.scatter(x, y, color=color_of("distilled"), clip_on=False)
        axes.scatter(x, y, c=x, edgecolors="#000000", clip_on=False)
        svg = finish("dots", figure, "a test").svg
    alike = re.search(r'<marker id="dots-marks-\d+"[^>]*><use [^>]*/></marker><path d="M([^"]*)"', svg)
    colored = re.search(r'<g style="([^"]*)">((?:<use [^>]*/>){50})</g>', svg)
    assert alike is not None
    assert colored is not None
    places = re.findall(r'x="([^"]*)" y="([^"]*)"', colored[2])
    assert [tuple(place.split()) for place in alike[1].split("L")] == places
    assert np.corrcoef([float(place) for place, _ in places], x)[0, 1] > 0.999
    assert np.corrcoef([float(place) for _, place in places], y)[0, 1] < -0.999
    assert "stroke: #000000" in colored[1]
    assert len(set(re.findall(r'style="fill: (#\w+)"', colored[2]))) > 40


def test_ids_are_short_and_all_known() -> None:
    with drawing_style():
        figure, axes = new_figure(400, 300)
        axes.scatter([1, 2], [3, 4])
        axes.imshow([[0.0, 1.0]])
        svg = finish("dots", figure, "a test").svg
    ids = re.findall(r'\bid="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if re.search("[0-9a-f]{10}", name)]
    assert {*re.findall(r'href="#([^"]*)"', svg), *re.findall(r"url\(#([^)]*)\)", svg)} <= set(ids)
