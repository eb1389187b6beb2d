"""Matplotlib's SVG files as inline SVG for pages: the same picture in a third of the bytes.

What the page has already (fonts, metadata), what cannot be seen and what is said twice is left out, and places
are rounded to a tenth of a pixel.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
JOIN = ("stroke-linejoin", "round")
"""What Matplotlib's own style sheet says of every element; each picture says it once."""


ARM_ID = "arm:"
"""Begins the id of a group that belongs to an arm; pages find it by ``data-arm``."""

_NAMED = re.compile(r"(?:url\()?#([\w-]+)\)?$")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_PATH = re.compile(r"([MLQCz])|(-?[\d.]+(?:e-?\d+)?)")
_NOT_ROTATED = re.compile(r"rotate\(-?0(\.0+)? ")
_NUM_VALUES = {"M": 2, "L": 2, "Q": 4, "C": 6}


class Picture(NamedTuple):
    """An SVG file's view box and what is in it."""

    view_box: str
    body: str


def inline(svg: str, name: str) -> Picture:
    """Make an SVG file of Matplotlib's small.

    Args:
        svg: The file.
        name: Begins every id inside, so that no two pictures of a page share one.
    """
    root = _without_namespaces(ElementTree.fromstring(svg))
    definitions: list[Element] = []
    shown = list(_flat(root, definitions))
    numbers = itertools.count()
    definitions, ids = _each_once(definitions, (f"{name}-{number}" for number in numbers))
    for element in itertools.chain(definitions, *(each.iter() for each in shown)):
        _rename(element, ids)
    shown = _gathered(shown, (f"{name}-{number}" for number in numbers))
    body = "".join(map(_text, [_group("defs", {}, definitions), *shown] if definitions else shown))
    return Picture(root.attrib["viewBox"], body)


def _each_once(definitions: Iterable[Element], names: Iterator[str]) -> tuple[list[Element], dict[str, str]]:
    """Definitions that differ, and the new name of each id: every scatter defines the mark of its dots again."""
    kept: list[Element] = []
    name_of: dict[str, str] = {}
    ids: dict[str, str] = {}
    for each in definitions:
        known = each.attrib.pop("id")
        content = _text(each)
        if content not in name_of:
            name_of[content] = next(names)
            kept.append(each)
            each.attrib["id"] = name_of[content]
        ids[known] = name_of[content]
    return kept, ids


def _without_namespaces(root: Element) -> Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.tail = None
        if XLINK_HREF in element.attrib:
            element.attrib["href"] = element.attrib.pop(XLINK_HREF)
        if element.tag != "text":
            element.text = None
    return root


def _flat(parent: Element, definitions: list[Element]) -> Iterator[Element]:
    """What is seen of an element's children, without groups that do nothing; definitions are put aside."""
    for child in parent:
        if child.tag == "metadata":
            continue
        if child.tag == "defs":
            definitions += (_tidy(each) for each in child if each.tag != "style")
        elif child.tag == "g":
            inside = list(_flat(child, definitions))
            attributes = {key: value for key, value in child.attrib.items() if key != "id"}
            if child.get("id", "").startswith(ARM_ID):
                attributes["data-arm"] = child.attrib["id"].removeprefix(ARM_ID)
            yield from [_group("g", attributes, inside)] if attributes and inside else inside
        elif _is_seen(_tidy(child)):
            child.attrib.pop("id", None)  # nothing refers to what is drawn
            yield child


def _tidy(element: Element) -> Element:
    """Round an element's places and shorten its style, in place."""
    for each in element.iter():
        attributes = each.attrib
        if "d" in attributes:
            attributes["d"] = short_path(attributes["d"])
        if _NOT_ROTATED.match(attributes.get("transform", "")):
            del attributes["transform"]
        for key in attributes.keys() & {"x", "y", "width", "height", "transform"}:
            attributes[key] = _NUMBER.sub(lambda number: _tenths(number[0]), attributes[key])
        if "style" in attributes:
            style = dict(_said(attributes["style"]))
            attributes["style"] = _style(style)
    return element


def _said(style: str) -> Iterator[tuple[str, str]]:
    for part in style.split(";"):
        key, _, value = (text.strip() for text in part.partition(":"))
        if key == "font":  # the page has the family
            yield "font-size", value.split()[0]
        elif key and key != "font-family" and (key, value) != JOIN:
            yield key, value


def _style(predicted: Mapping[str, str]) -> str:
    return ";".join(f"{key}:{value}" for key, value in predicted.items())


def _is_seen(element: Element) -> bool:
    style = dict(_said(element.get("style", "")))
    if element.tag != "path":
        return True
    if not re.search("[a-z]", element.get("d", "")):  # a place without a line
        return False
    has_area = style.get("fill") != "none" and style.get("fill-opacity") != "0" and style.get("opacity") != "0"
    return has_area or style.get("stroke", "none") != "none"


def _rename(element: Element, ids: Mapping[str, str]) -> None:
    for key in element.attrib.keys() & {"id", "href", "clip-path"}:
        known = element.attrib[key]
        match = _NAMED.fullmatch(known)
        if key == "id":
            element.attrib[key] = ids.get(known, known)
        elif match is not None:
            element.attrib[key] = known.replace(match[1], ids[match[1]])


def short_path(d: str) -> str:
    """A path of absolute commands in tenths and relative ones, as short as they come to the same points.

    >>> short_path("M 10.04 20 L 10.04 43.25 L 30.26 43.25 L 40 50 z")
    'M10 20v23.2h20.3l9.7 6.8z'
    """
    parts: list[str] = []
    at, start = (0, 0), (0, 0)
    for command, values in _commands(d):
        if command == "z":
            parts.append("z")
            at = start
            continue
        points = list(zip(values[::2], values[1::2], strict=True))
        if command == "M":
            at = start = points[-1]
            parts.append(f"M{_joined(points[-1])}")
            continue
        moves = [(x - at[0], y - at[1]) for x, y in points]
        at = points[-1]
        parts.append(_move(command, moves))
    return "".join(parts)


def _commands(d: str) -> Iterator[tuple[str, list[int]]]:
    """Commands with whole tenths."""
    command, values = "", list[int]()
    for name, number in _PATH.findall(d):
        if name:
            command, values = name, []
            if name == "z":
                yield name, []
        else:
            values.append(round(10 * float(number)))
            if len(values) == _NUM_VALUES[command]:
                yield command, values
                values = []


def _move(command: str, moves: Sequence[tuple[int, int]]) -> str:
    if command == "L":
        x, y = moves[0]
        if not y:
            return f"h{x / 10:g}"
        if not x:
            return f"v{y / 10:g}"
    return command.lower() + _joined(value for move in moves for value in move)


def _joined(tenths: Iterable[int]) -> str:
    return " ".join(f"{value / 10:g}" for value in tenths).replace(" -", "-")


def _tenths(number: str) -> str:
    return f"{round(10 * float(number)) / 10:g}"


def _gathered(elements: Iterable[Element], ids: Iterator[str]) -> list[Element]:
    """Neighbours that look alike put together: lines, texts, marks."""
    merged = _merged(_arms_together(elements))
    found: list[Element] = []
    for (tag, shape), run in itertools.groupby(merged, lambda each: (each.tag, _shape(each))):
        alike = list(run)
        for each in alike:
            if tag == "g":
                each[:] = _gathered(list(each), ids)
        if len(alike) == 1 or tag not in ("text", "use"):
            found += alike
        elif tag == "text":
            found.append(_with_common_style(alike))
        else:
            found += _marks(alike, shape, ids)
    return list(_clipped_together(found))


def _arms_together(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbours of one arm in one group."""
    for arm, run in itertools.groupby(elements, lambda each: each.get("data-arm")):
        alike = list(run)
        yield from alike if arm is None else [_group("g", alike[0].attrib, itertools.chain(*alike))]


def _clipped_together(elements: Iterable[Element]) -> Iterator[Element]:
    """Neighbours that are clipped alike in one group, which says so once."""
    for clip, run in itertools.groupby(elements, lambda each: each.get("clip-path")):
        alike = list(run)
        if clip is None or len(alike) == 1:
            yield from alike
            continue
        for each in alike:
            del each.attrib["clip-path"]
        yield _group(
            "g",
            {"clip-path": clip},
            itertools.chain(*(list(each) if _is_bare_group(each) else [each] for each in alike)),
        )


def _is_bare_group(element: Element) -> bool:
    return element.tag == "g" and not element.attrib


def _shape(element: Element) -> str:
    """What neighbours must share to be put together."""
    return element.get("href" if element.tag == "use" else "style", "")


def _merged(elements: Iterable[Element]) -> list[Element]:
    """Lines of one look as one path, also over the texts between them, as an axis has."""
    found: list[Element] = []
    last: Element | None = None
    for element in elements:
        if element.tag == "path" and last is not None and _are_mergeable(last, element):
            last.attrib["d"] += element.attrib["d"]
            continue
        if element.tag != "text":
            last = element if element.tag == "path" else None
        found.append(element)
    return found


def _are_mergeable(one: Element, other: Element) -> bool:
    """Whether both are plain lines: of areas, and of lines that shine through, the order shows."""
    style = one.get("style", "")
    same = all(one.get(key) == other.get(key) for key in (one.attrib.keys() | other.attrib.keys()) - {"d"})
    return same and "fill:none" in style and "opacity" not in style


def _marks(marks: Sequence[Element], shape: str, ids: Iterator[str]) -> list[Element]:
    """Marks of one shape in little room, since a search has thousands of them.

    Where they look the same, a path through their places, of which only the marks at its corners are drawn;
    otherwise one by one, with what their styles have in common said once.
    """
    style = marks[0].get("style", "")
    if any(mark.get("style", "") != style or set(mark.keys()) - {"href", "x", "y", "style"} for mark in marks):
        return [_with_common_style(marks)]
    number = next(ids)
    marker = _group("marker", {"id": number, "markerUnits": "userSpaceOnUse", "overflow": "visible"}, [])
    marker.append(Element("use", {"href": shape, "style": style}))
    places = "L".join(f"{mark.get('x', '0')} {mark.get('y', '0')}" for mark in marks)
    corners = {f"marker-{which}": f"url(#{number})" for which in ("start", "mid", "end")}
    return [marker, Element("path", {"d": f"M{places}", "style": "fill:none", **corners})]


def _with_common_style(elements: Sequence[Element]) -> Element:
    styles = [dict(_said(element.get("style", ""))) for element in elements]
    common = {key: value for key, value in styles[0].items() if all(each.get(key) == value for each in styles)}
    for element, style in zip(elements, styles, strict=True):
        own = _style({key: value for key, value in style.items() if key not in common})
        element.attrib.pop("style", None)
        if own:
            element.attrib["style"] = own
    return _group("g", {"style": _style(common)} if common else {}, elements)


def _group(tag: str, attributes: dict[str, str], children: Iterable[Element]) -> Element:
    element = Element(tag, attributes)
    element.extend(children)
    return element


def _text(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")
