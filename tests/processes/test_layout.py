"""The diagrams as a reader sees them: nothing overlaps, no line runs through anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from .diagram_model import BPMN, BPMNDI, DC, DI, read_diagram
from .layout_faults import layout_faults

FOLDER = Path(__file__).parents[2] / "processes"
DIAGRAMS = sorted(FOLDER.rglob("*.bpmn"))
APPLICATION = FOLDER / "training_case" / "application.bpmn"
PARENT = FOLDER / "training_case" / "training_case.bpmn"


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_is_laid_out_cleanly(path: Path) -> None:
    assert layout_faults(read_diagram(path.read_bytes())) == []


def test_the_main_diagram_shows_its_phases_at_a_glance() -> None:
    diagram = read_diagram(PARENT.read_bytes())
    phases = [node for node in diagram.nodes.values() if node.kind == "callActivity"]
    assert len(phases) == 6
    assert {phase.inside for phase in phases} == {"case_work"}
    by_place = sorted(phases, key=lambda phase: diagram.boxes[phase.id].left)
    assert [phase.id for phase in by_place] == [phase.id for phase in phases]


# --- the check itself finds what is wrong -------------------------------------------------------

Change = Callable[[etree._Element], None]


def _shape(root: etree._Element, element: str) -> etree._Element:
    return next(shape for shape in root.iter(BPMNDI + "BPMNShape") if shape.get("bpmnElement") == element)


def _edge(root: etree._Element, element: str) -> etree._Element:
    return next(edge for edge in root.iter(BPMNDI + "BPMNEdge") if edge.get("bpmnElement") == element)


def _move(bounds: etree._Element | None, x: int, y: int) -> None:
    assert bounds is not None
    bounds.set("x", str(x))
    bounds.set("y", str(y))


def _node_onto_another(root: etree._Element) -> None:
    _move(_shape(root, "application_decided").find(DC + "Bounds"), 990, 110)


def _line_through_a_node(root: etree._Element) -> None:
    """The way back to the application rises to the height of the task before it and runs straight through it."""
    points = _edge(root, "flow_missed_path_take_new_dates").findall(DI + "waypoint")
    for point in points[1:]:
        point.set("y", "500")


def _label_onto_a_node(root: etree._Element) -> None:
    label = _shape(root, "application_due_soon").find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    _move(label, 400, 250)


def _label_onto_a_label(root: etree._Element) -> None:
    target = _shape(root, "application_decided").find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    assert target is not None
    label = _shape(root, "decision_result").find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    _move(label, int(target.attrib["x"]) + 5, int(target.attrib["y"]))


def _label_onto_a_line(root: etree._Element) -> None:
    label = _edge(root, "flow_missed_path_take_new_dates").find(f"{BPMNDI}BPMNLabel/{DC}Bounds")
    _move(label, 540, 585)


def _slanted_line(root: etree._Element) -> None:
    _edge(root, "flow_reassess_apply_for_funding").findall(DI + "waypoint")[-1].set("y", "280")


def _loose_end(root: etree._Element) -> None:
    _edge(root, "flow_reassess_apply_for_funding").findall(DI + "waypoint")[-1].set("x", "360")


def _crossing_lines(root: etree._Element) -> None:
    """The way to the refusal shoots beyond its task and meets the way back above."""
    edge = _edge(root, "flow_decision_result_objection_period")
    for point, (x, y) in zip(edge.findall(DI + "waypoint"), [(850, 235), (850, 30)], strict=True):
        point.set("x", str(x))
        point.set("y", str(y))


def _node_without_drawing(root: etree._Element) -> None:
    shape = _shape(root, "after_refusal")
    parent = shape.getparent()
    assert parent is not None
    parent.remove(shape)


def _off_grid(root: etree._Element) -> None:
    _move(_shape(root, "application_escalated").find(DC + "Bounds"), 645, 382)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_node_onto_another, "application_decided overlaps after_refusal"),
        (_line_through_a_node, "flow_missed_path_take_new_dates runs through missed_deadline"),
        (_label_onto_a_node, "the label of application_due_soon overlaps apply_for_funding"),
        (_label_onto_a_label, "the label of decision_result overlaps the label of application_decided"),
        (
            _label_onto_a_line,
            "flow_missed_path_take_new_dates runs through the label of flow_missed_path_take_new_dates",
        ),
        (_slanted_line, "flow_reassess_apply_for_funding is not drawn at right angles"),
        (_loose_end, "flow_reassess_apply_for_funding does not end at apply_for_funding"),
        (_crossing_lines, "flow_decision_result_objection_period crosses flow_refusal_path_change_instrument"),
        (_node_without_drawing, "after_refusal is drawn 0 times"),
        (_off_grid, "application_escalated is off the grid of 10"),
    ],
)
def test_a_spoilt_diagram_is_found(change: Change, fault: str) -> None:
    faults = _faults_after(APPLICATION, change)
    assert any(fault in found or _turned(fault) in found for found in faults), faults


def _turned(fault: str) -> str:
    """Which of two elements is named first follows the file."""
    for word in (" overlaps ", " crosses "):
        if word in fault:
            one, other = fault.split(word)
            return other + word + one
    return fault


def test_a_phase_drawn_outside_the_work_on_the_case_is_found() -> None:
    def drag_out(root: etree._Element) -> None:
        _move(_shape(root, "completion").find(DC + "Bounds"), 1470, 600)

    assert "completion leaves case_work" in _faults_after(PARENT, drag_out)


def test_a_collapsed_subprocess_is_found() -> None:
    def collapse(root: etree._Element) -> None:
        _shape(root, "case_work").set("isExpanded", "false")

    assert "case_work is drawn collapsed" in _faults_after(PARENT, collapse)


def test_a_drawing_of_something_that_is_not_modelled_is_found() -> None:
    def forget(root: etree._Element) -> None:
        flow = next(flow for flow in root.iter(BPMN + "sequenceFlow"))
        parent = flow.getparent()
        assert parent is not None
        parent.remove(flow)

    assert any(fault.endswith("is drawn, but not modelled") for fault in _faults_after(APPLICATION, forget))


def _faults_after(path: Path, change: Change) -> list[str]:
    root = etree.fromstring(path.read_bytes())
    change(root)
    return layout_faults(read_diagram(etree.tostring(root)))
