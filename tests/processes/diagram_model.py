"""A BPMN diagram as geometry: boxes of nodes and labels, lines of flows, read from semantics and DI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"

NODES = frozenset(
    BPMN + tag
    for tag in (
        "startEvent",
        "endEvent",
        "boundaryEvent",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
    )
)

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """An upright rectangle in diagram pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """True where the two share an area; touching borders do not count."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """True where ``other`` lies wholly inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def on_border(self, point: Point) -> bool:
        """True where ``point`` lies on one of the four sides."""
        x, y = point
        inside = self.left <= x <= self.right and self.top <= y <= self.bottom
        return inside and (x in (self.left, self.right) or y in (self.top, self.bottom))

    @property
    def centre(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Segment:
    """One straight stretch of a flow."""

    start: Point
    end: Point

    @property
    def upright_or_level(self) -> bool:
        """True where the stretch runs along one axis and has a length."""
        return (self.start[0] == self.end[0]) != (self.start[1] == self.end[1])

    @property
    def box(self) -> Box:
        """The smallest box around the stretch, widened to a hair so that it has an area."""
        (x1, y1), (x2, y2) = self.start, self.end
        return Box(min(x1, x2) - 0.5, min(y1, y2) - 0.5, max(x1, x2) + 0.5, max(y1, y2) + 0.5)

    def runs_through(self, box: Box) -> bool:
        """True where the stretch enters the inside of ``box``; ending on its border does not count."""
        (x1, y1), (x2, y2) = self.start, self.end
        return (min(x1, x2) < box.right and box.left < max(x1, x2) and box.top < y1 == y2 < box.bottom) or (
            min(y1, y2) < box.bottom and box.top < max(y1, y2) and box.left < x1 == x2 < box.right
        )


@dataclass(frozen=True)
class Node:
    """A flow node: its kind, the embedded subprocess around it, the activity it is attached to."""

    id: str
    kind: str
    name: str
    inside: str | None
    attached_to: str | None


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    inside: str | None


@dataclass
class Diagram:
    """One file: what is modelled, and where it is drawn."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, list[Segment]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    drawn: list[str] = field(default_factory=list)
    expanded: set[str] = field(default_factory=set)

    def around(self, element: Node | Flow) -> Iterator[str]:
        """The embedded subprocesses around ``element``, innermost first."""
        inside = element.inside
        while inside is not None:
            yield inside
            inside = self.nodes[inside].inside


def read_diagram(source: bytes) -> Diagram:
    """Read one BPMN file."""
    root = etree.fromstring(source)
    diagram = Diagram()
    for element in root.iter(*NODES, BPMN + "sequenceFlow"):
        _read_element(diagram, element)
    for shape in root.iter(BPMNDI + "BPMNShape"):
        _read_shape(diagram, shape)
    for edge in root.iter(BPMNDI + "BPMNEdge"):
        _read_edge(diagram, edge)
    return diagram


def _read_element(diagram: Diagram, element: etree._Element) -> None:
    parent = element.getparent()
    inside = parent.get("id") if parent is not None and parent.tag == BPMN + "subProcess" else None
    key, name = element.attrib["id"], element.get("name", "")
    kind = etree.QName(element).localname
    if kind == "sequenceFlow":
        diagram.flows[key] = Flow(key, name, element.attrib["sourceRef"], element.attrib["targetRef"], inside)
    else:
        diagram.nodes[key] = Node(key, kind, name, inside, element.get("attachedToRef"))


def _read_shape(diagram: Diagram, shape: etree._Element) -> None:
    key = shape.attrib["bpmnElement"]
    diagram.drawn.append(key)
    diagram.boxes[key] = _box(shape.find(DC + "Bounds"))
    if shape.get("isExpanded") == "true":
        diagram.expanded.add(key)
    _read_label(diagram, key, shape)


def _read_edge(diagram: Diagram, edge: etree._Element) -> None:
    key = edge.attrib["bpmnElement"]
    diagram.drawn.append(key)
    points = [(float(point.attrib["x"]), float(point.attrib["y"])) for point in edge.findall(DI + "waypoint")]
    diagram.lines[key] = [Segment(start, end) for start, end in pairwise(points)]
    _read_label(diagram, key, edge)


def _read_label(diagram: Diagram, key: str, shape: etree._Element) -> None:
    bounds = shape.find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    if bounds is not None:
        diagram.labels[key] = _box(bounds)


def _box(bounds: etree._Element | None) -> Box:
    if bounds is None:
        raise ValueError("a shape without bounds")
    x, y, width, height = (float(bounds.attrib[name]) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)
