"""The requirement diagrams are drawn: every node and edge once, nothing covered, no edge through a node."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from lxml import etree

FOLDER = Path(__file__).parents[2] / "processes" / "training_case" / "decisions"
Box = tuple[float, float, float, float]
Point = tuple[float, float]


def _boxes(root: etree._Element) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for shape in root.iterfind(".//{*}DMNShape"):
        bounds = shape.find("{*}Bounds")
        assert bounds is not None
        x, y, width, height = (float(str(bounds.get(key))) for key in ("x", "y", "width", "height"))
        found[str(shape.get("dmnElementRef"))] = (x, y, x + width, y + height)
    return found


def _edges(root: etree._Element) -> dict[str, list[Point]]:
    return {
        str(edge.get("dmnElementRef")): [
            (float(str(point.get("x"))), float(str(point.get("y")))) for point in edge.iterfind("{*}waypoint")
        ]
        for edge in root.iterfind(".//{*}DMNEdge")
    }


def _crosses(start: Point, end: Point, box: Box) -> bool:
    """Whether a line has a point strictly inside the box, tried at 400 places."""
    steps = 400
    points = (
        (start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps)
        for n in range(1, steps)
    )
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in points)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.dmn")))
def test_the_diagram_shows_everything_and_covers_nothing(name: str) -> None:
    root = etree.parse(str(FOLDER / name)).getroot()
    boxes, edges = _boxes(root), _edges(root)
    nodes = {str(node.get("id")) for node in root if etree.QName(node).localname in ("decision", "inputData")}
    assert boxes.keys() == nodes
    assert edges.keys() == {str(item.get("id")) for item in root.iterfind(".//{*}informationRequirement")}
    overlapping = [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert overlapping == []
    crossing = [
        (edge, node)
        for edge, points in edges.items()
        for start, end in itertools.pairwise(points)
        for node, box in boxes.items()
        if _crosses(start, end, box)
    ]
    assert crossing == []
