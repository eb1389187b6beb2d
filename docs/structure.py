"""Files, imports, floors and circles of every folder, and the picture of the rooms in docs/architecture.md.

    python docs/structure.py            prints a line a folder
    python docs/structure.py --write    draws the picture again as well

A floor is a step of the longest chain of imports: what imports nothing of its folder stands on floor 1.
"""

import sys
from collections import defaultdict
from pathlib import Path

import grimp
import networkx as nx

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: drawn by make structure -->\n", "<!-- end of rooms -->\n"
PACKAGES = ("kd", "harness")
BUILDINGS = ("kd", "harness", "harness.report")
"""Packages that are drawn as frames around their rooms."""

LEFT_OUT = {"harness.__main__", "harness.jobs", "harness.slurm"}
"""Imported by nothing: what ``python -m`` starts, and names that pickled jobs of an earlier version look up."""


def import_graph() -> nx.DiGraph:
    """Every module of the program, with an edge to each that it imports, inside functions too."""
    imports = grimp.build_graph(*PACKAGES, cache_dir=None)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted(imports.modules - LEFT_OUT))
    for module in graph:
        graph.add_edges_from((module, other) for other in sorted(imports.find_modules_directly_imported_by(module)))
    return graph


def folder_of(graph: nx.DiGraph, module: str) -> str:
    """The package whose folder holds the module's file."""
    is_package = any(other.startswith(f"{module}.") for other in graph)
    return module if is_package else module.rpartition(".")[0]


def circles(graph: nx.DiGraph) -> list[list[str]]:
    """Groups of nodes that reach one another."""
    return sorted(sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1)


def num_floors(graph: nx.DiGraph) -> int:
    """Nodes on the longest chain; a circle counts as one."""
    return int(nx.dag_longest_path_length(nx.condensation(graph))) + 1


def find_rooms(graph: nx.DiGraph) -> dict[str, str]:
    """The room of every module: a folder of a building, with the folders in it, is a room.

    A module that lies beside folders is a room of its own, but those that need no folder are the ground of theirs. The
    ``__init__`` of a building is its door, with its public names, and no room.
    """
    return {module: _room_of(graph, module) for module in graph if module not in BUILDINGS}


def _room_of(graph: nx.DiGraph, module: str) -> str:
    folder = folder_of(graph, module)
    if folder not in BUILDINGS:
        building = max((each for each in BUILDINGS if folder.startswith(f"{each}.")), key=len)
        return ".".join(folder.split(".")[: building.count(".") + 2])
    reached = {folder_of(graph, other) for other in nx.descendants(graph, module)}
    return f"{folder}.*" if reached <= {"kd", folder} else module


def room_graph(graph: nx.DiGraph) -> nx.DiGraph:
    """Rooms and which others each imports."""
    room = find_rooms(graph)
    rooms = nx.DiGraph()
    rooms.add_nodes_from(sorted(set(room.values())))
    inside = graph.subgraph(room)
    rooms.add_edges_from(sorted((room[a], room[b]) for a, b in inside.edges if room[a] != room[b]))
    return rooms


def table(graph: nx.DiGraph) -> str:
    """A line a folder, and one for the rooms."""
    members: dict[str, list[str]] = defaultdict(list)
    for module in graph:
        members[folder_of(graph, module)].append(module)
    lines = [f"{'folder':<26}{'files':>6}{'imports':>9}{'floors':>8}{'circles':>9}"]
    rows = [(folder.replace(".", "/"), graph.subgraph(modules)) for folder, modules in sorted(members.items())]
    for name, part in [*rows, ("all files", graph), ("all rooms", room_graph(graph))]:
        numbers = len(part), part.number_of_edges(), num_floors(part), len(circles(part))
        lines.append("{:<26}{:>6}{:>9}{:>8}{:>9}".format(name, *numbers))
    return "\n".join(lines)


def picture(graph: nx.DiGraph) -> str:
    """The rooms as a Mermaid chart: an arrow means "imports"; what follows from other arrows is left out."""
    rooms = nx.transitive_reduction(room_graph(graph))
    members: dict[str, list[str]] = defaultdict(list)
    for module, room in find_rooms(graph).items():
        members[room].append(module)
    lines = ["```mermaid", "flowchart TD"]
    for building in BUILDINGS:
        lines.append(f'  subgraph {_key(building)}_ ["{building.replace(".", "/")}"]')
        for room in sorted(rooms):
            if room.rpartition(".")[0] == building:
                lines.append(f'    {_key(room)}["{_label(members[room], room)}"]')
        lines.append("  end")
    lines += [f"  {_key(a)} --> {_key(b)}" for a, b in sorted(rooms.edges)]
    return "\n".join([*lines, "```"]) + "\n"


def _key(room: str) -> str:
    return room.replace("*", "ground").replace(".", "_")


def _label(members: list[str], room: str) -> str:
    if not room.endswith(".*"):
        return room.rpartition(".")[2]
    return ", ".join(module.rpartition(".")[2] for module in members)


def with_picture(text: str, drawn: str) -> str:
    """The page with what stands between its markers replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin and end, f"{PAGE.name} needs the lines {BEGIN.strip()} and {END.strip()}"
    return before + begin + drawn + end + after


def main() -> None:
    """Print the table, and with ``--write`` draw the picture again."""
    graph = import_graph()
    print(table(graph))  # noqa: T201
    found = circles(graph) + circles(room_graph(graph))
    if found:
        sys.exit("\n".join(f"circle: {', '.join(group)}" for group in found))
    if "--write" in sys.argv[1:]:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(with_picture(text, picture(graph)), encoding="utf-8")


if __name__ == "__main__":
    main()
