"""What a reader would stumble over in a diagram: overlaps, lines through nodes or labels, gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from .diagram_model import Box, Diagram, Node, Segment

WIDEST = 2000
"""Pixels from the left edge: what still reads on a laptop when the page scales it to its width."""

GRID = 10

_LABELLED = ("startEvent", "endEvent", "boundaryEvent")


def layout_faults(diagram: Diagram) -> list[str]:
    """Return every fault of ``diagram`` as a sentence that names the elements; none is a clean drawing."""
    missing = list(_not_drawn(diagram))
    if missing:
        return missing
    return [fault for check in _CHECKS for fault in check(diagram)]


def _not_drawn(diagram: Diagram) -> Iterator[str]:
    drawn = Counter(diagram.drawn)
    for key in (*diagram.nodes, *diagram.flows):
        if drawn[key] != 1:
            yield f"{key} is drawn {drawn[key]} times"
    for key in drawn:
        if key not in diagram.nodes and key not in diagram.flows:
            yield f"{key} is drawn, but not modelled"


def _unlabelled(diagram: Diagram) -> Iterator[str]:
    for node in diagram.nodes.values():
        outside = node.kind in _LABELLED or node.kind.endswith("Gateway")
        if outside and node.name and node.id not in diagram.labels:
            yield f"the label of {node.id} has no place"
    for flow in diagram.flows.values():
        if flow.name and flow.id not in diagram.labels:
            yield f"the label of {flow.id} has no place"


def _nodes_on_nodes(diagram: Diagram) -> Iterator[str]:
    for one, other in combinations(diagram.nodes.values(), 2):
        if _belong_together(diagram, one, other):
            continue
        if diagram.boxes[one.id].overlaps(diagram.boxes[other.id]):
            yield f"{one.id} overlaps {other.id}"


def _belong_together(diagram: Diagram, one: Node, other: Node) -> bool:
    """A subprocess and what is inside it, an activity and what is attached to it."""
    nested = one.id in diagram.around(other) or other.id in diagram.around(one)
    return nested or one.attached_to == other.id or other.attached_to == one.id


def _outside_their_subprocess(diagram: Diagram) -> Iterator[str]:
    for element in (*diagram.nodes.values(), *diagram.flows.values()):
        if element.inside is None:
            continue
        frame = diagram.boxes[element.inside]
        boxes = [diagram.boxes[element.id]] if element.id in diagram.boxes else []
        boxes += [segment.box for segment in diagram.lines.get(element.id, [])]
        boxes += [diagram.labels[element.id]] if element.id in diagram.labels else []
        if not all(frame.holds(box) for box in boxes):
            yield f"{element.id} leaves {element.inside}"
    for node in diagram.nodes.values():
        if node.kind == "subProcess" and node.id not in diagram.expanded:
            yield f"{node.id} is drawn collapsed"


def _labels_on_things(diagram: Diagram) -> Iterator[str]:
    for (one, box), (other, second) in combinations(diagram.labels.items(), 2):
        if box.overlaps(second):
            yield f"the label of {one} overlaps the label of {other}"
    for key, label in diagram.labels.items():
        element = diagram.nodes.get(key) or diagram.flows[key]
        around = set(diagram.around(element))
        for node_id, box in diagram.boxes.items():
            if node_id not in around and label.overlaps(box):
                yield f"the label of {key} overlaps {node_id}"


def _lines_through_nodes(diagram: Diagram) -> Iterator[str]:
    for flow in diagram.flows.values():
        around = set(diagram.around(flow))
        for node_id, box in diagram.boxes.items():
            if node_id not in around and _crosses(diagram, flow.id, box):
                yield f"{flow.id} runs through {node_id}"


def _lines_through_labels(diagram: Diagram) -> Iterator[str]:
    for flow_id in diagram.lines:
        for key, label in diagram.labels.items():
            if _crosses(diagram, flow_id, label):
                yield f"{flow_id} runs through the label of {key}"


def _crosses(diagram: Diagram, flow_id: str, box: Box) -> bool:
    return any(segment.runs_through(box) for segment in diagram.lines[flow_id])


def _crooked_lines(diagram: Diagram) -> Iterator[str]:
    for flow_id, segments in diagram.lines.items():
        flow = diagram.flows[flow_id]
        if not all(segment.upright_or_level for segment in segments):
            yield f"{flow_id} is not drawn at right angles"
        if not diagram.boxes[flow.source].on_border(segments[0].start):
            yield f"{flow_id} does not begin at {flow.source}"
        if not diagram.boxes[flow.target].on_border(segments[-1].end):
            yield f"{flow_id} does not end at {flow.target}"
        if any(one.box.overlaps(far.box) for one, far in _apart(segments)):
            yield f"{flow_id} runs over itself"


def _apart(things: list[Segment]) -> Iterator[tuple[Segment, Segment]]:
    neighbours = set(pairwise(range(len(things))))
    for one, other in combinations(range(len(things)), 2):
        if (one, other) not in neighbours:
            yield things[one], things[other]


def _lines_on_lines(diagram: Diagram) -> Iterator[str]:
    for (one, first), (other, second) in combinations(diagram.lines.items(), 2):
        if any(a.box.overlaps(b.box) for a in first for b in second):
            yield f"{one} crosses {other}"


def _off_grid_or_too_wide(diagram: Diagram) -> Iterator[str]:
    for key, box in diagram.boxes.items():
        if any(value % GRID for value in box.centre):
            yield f"{key} is off the grid of {GRID}"
        if box.right > WIDEST:
            yield f"{key} lies beyond {WIDEST} pixels"


_CHECKS: tuple[Callable[[Diagram], Iterator[str]], ...] = (
    _unlabelled,
    _nodes_on_nodes,
    _outside_their_subprocess,
    _labels_on_things,
    _lines_through_nodes,
    _lines_through_labels,
    _crooked_lines,
    _lines_on_lines,
    _off_grid_or_too_wide,
)
