"""Matplotlib's figures as inline SVG: fewer bytes, the same marks."""

import re
from xml.etree import ElementTree

import numpy as np

from harness.report.figures.drawing.style import color_of, drawing_style, finish, new_figure, of_arm
from harness.report.figures.drawing.svg_minify import short_path


def test_marks_are_gathered_by_their_look() -> None:
    random = np.random.default_rng(0)
    x, y = random.random((2, 50))
    with drawing_style():
        figure, axes = new_figure(400, 300)
        axes.scatter(x, y, color=color_of("distilled"), clip_on=False)
        axes.scatter(x, y, c=x, edgecolors="#000000", clip_on=False)
        svg = finish("dots", figure, "a test").svg
    alike = re.search(r'<marker id="dots-\d+"[^>]*><use [^>]*/></marker><path d="M([^"]*)"', svg)
    colored = re.search(r'<g style="([^"]*)">((?:<use [^>]*/>){50})</g>', svg)
    assert alike is not None
    assert colored is not None
    places = re.findall(r'x="([^"]*)" y="([^"]*)"', colored[2])
    assert [tuple(place.split()) for place in alike[1].split("L")] == places
    assert np.corrcoef([float(place) for place, _ in places], x)[0, 1] > 0.999
    assert np.corrcoef([float(place) for _, place in places], y)[0, 1] < -0.999
    assert "stroke:#000000" in colored[1]
    assert len(set(re.findall(r'style="fill:(#\w+)"', colored[2]))) > 40


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


def test_equal_marks_are_defined_once() -> None:
    with drawing_style():
        figure, axes = new_figure(400, 300)
        for place, arm in enumerate(("teacher", "baseline", "distilled")):
            axes.scatter([1, 2], [place, place], s=30, color=color_of(arm), linewidths=0)
        axes.scatter([1], [4], s=60, linewidths=0)
        axes.set_axis_off()
        svg = finish("dots", figure, "a test").svg
    marks = re.findall(r'<path [^>]*\bid="(dots-\d+)"', svg)
    assert len(marks) == 2
    assert [svg.count(f'href="#{mark}"') for mark in marks] == [3, 1]


def test_nothing_unseen_and_nothing_twice() -> None:
    with drawing_style():
        figure, axes = new_figure(400, 300)
        axes.plot([0, 1, 2, 3], [0, 1.23456, 0.5, 3], color=color_of("teacher"))
        axes.barh([0, 1], [1, 2], color=color_of("baseline"))
        axes.tick_params(length=0)
        svg = finish("lines", figure, "a <test>").svg
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "a <test>"
    assert not [each for each in root.iter("g") if not each.attrib]
    assert not re.search(r"metadata|DejaVu|<style|#0101|\d\.\d\d", svg)
    (grid,) = (each for each in root.iter("path") if "stroke:var(--line);stroke-width:0.7" in each.get("style", ""))
    num_ticks = sum(each.text not in (None, "") for each in root.iter("text"))
    assert grid.attrib["d"].count("M") == num_ticks > 8
    bars = [each for each in root.iter("path") if "fill:var(--baseline)" in each.get("style", "")]
    assert len(bars) == 2  # areas keep their order, so they stay apart


def test_a_short_path_strays_by_no_more_than_a_rounding() -> None:
    points = np.random.default_rng(1).random((500, 2)) * 300
    path = short_path("M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points))
    at, found = np.zeros(2), []
    for command, numbers in re.findall(r"([Mlhv])([^Mlhv]*)", path):
        values = [float(each) for each in re.findall(r"-?[\d.]+", numbers)]
        move = {"h": lambda x: (x, 0), "v": lambda y: (0, y)}.get(command, lambda x, y: (x, y))(*values)
        at = np.array(move) if command == "M" else at + move
        found.append(at)
    assert np.abs(np.array(found) - points).max() <= 0.05 + 1e-9


def test_what_is_drawn_of_an_arm_is_in_its_groups() -> None:
    with drawing_style():
        figure, axes = new_figure(400, 300)
        for key, height in (("teacher", 1), ('a"<b', 2)):
            of_arm(key, [*axes.plot([0, 1], [height, height], label=key), axes.scatter([0, 1], [height, height])])
        axes.legend()
        axes.text(0, 0, "of no arm")
        root = ElementTree.fromstring(finish("arms", figure, "a test").svg)
    for key in ("teacher", 'a"<b'):
        groups = [group for group in root.iter("g") if group.get("data-arm") == key]
        paths = [path for group in groups for path in group.iter("path")]
        assert len(paths) == 3, "the line, the dots, and the line in the legend"
        assert [text.text for group in groups for text in group.iter("text")] == [key]
    assert "of no arm" in [text.text for text in root.iter("text")]
    assert not [each for each in root.iter() if each.get("id", "").startswith("arm:")]
