"""The floor plan as drawn is the one that is built."""

import runpy
from typing import Any

import networkx as nx
import pytest

from harness.shipped import CHECKOUT

assert CHECKOUT is not None
structure = runpy.run_path(str(CHECKOUT / "docs" / "structure.py"))


@pytest.fixture(scope="module")
def graph() -> Any:
    return structure["import_graph"]()


def test_the_picture_of_the_rooms_is_up_to_date(graph: Any) -> None:
    text = structure["PAGE"].read_text(encoding="utf-8")
    assert text == structure["with_picture"](text, structure["picture"](graph)), "run: make structure"


def test_no_file_and_no_room_imports_itself_in_a_circle(graph: Any) -> None:
    assert structure["circles"](graph) == []
    assert structure["circles"](structure["room_graph"](graph)) == []


def test_floors_circles_and_rooms_of_a_small_program() -> None:
    graph = nx.DiGraph([("kd.runs.a", "kd.runs.b"), ("kd.runs.b", "kd.data.c"), ("kd.data.c", "kd.files")])
    graph.add_edges_from([("kd", "kd.runs"), ("kd.runs", "kd.runs.a"), ("kd.data", "kd.data.c")])
    assert structure["num_floors"](graph) == 6
    rooms = structure["room_graph"](graph)
    assert sorted(rooms.edges) == [("kd.data", "kd.*"), ("kd.runs", "kd.data")]
    graph.add_edge("kd.data.c", "kd.runs.b")
    assert structure["circles"](graph) == [["kd.data.c", "kd.runs.b"]]
    assert structure["num_floors"](graph) == 5, "a circle counts as one"
