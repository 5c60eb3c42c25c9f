"""The gate's checks of single elements: what leaves and enters them, events, multi-instance."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.model import Element, Flow, ProcessModel
from app.platform.findings import Finding

GATEWAYS = ("exclusiveGateway", "parallelGateway")


def check_shape(model: ProcessModel, element: Element) -> Iterator[Finding]:
    """Findings of one element's shape."""
    outgoing = [flow for flow in model.flows.values() if flow.source == element.id]
    yield from _flows(element, outgoing)
    yield from _conditions(element, outgoing)
    yield from _event(element)
    yield from _multi_instance(element)


def _finding(element: Element, rule: str, de: str, en: str, severity: str = "error") -> Finding:
    return Finding(element.file, element.line, element.id, rule, de, en, severity)


def _flows(element: Element, outgoing: list[Flow]) -> Iterator[Finding]:
    if element.type not in GATEWAYS and len(outgoing) > 1:
        yield _finding(
            element,
            "one_outgoing",
            "Mehrere Sequenzflüsse verlassen dieses Element; bitte ein Gateway verwenden.",
            "Several sequence flows leave this element; use a gateway.",
        )
    if element.type != "endEvent" and not outgoing:
        yield _finding(
            element,
            "dead_end",
            "Hier geht es nicht weiter: Sequenzfluss fehlt.",
            "Nothing follows: a sequence flow is missing.",
        )


def _conditions(element: Element, outgoing: list[Flow]) -> Iterator[Finding]:
    if element.type != "exclusiveGateway" or len(outgoing) < 2:
        if any(flow.condition for flow in outgoing):
            yield _finding(
                element,
                "condition_ignored",
                "Bedingungen gelten nur hinter exklusiven Gateways.",
                "Conditions only count behind exclusive gateways.",
            )
        return
    if element.default_flow is None:
        yield _finding(
            element,
            "default_flow",
            "Ohne Standardfluss kann der Fall hier stehen bleiben.",
            "Without a default flow the case may get stuck here.",
            "warning",
        )
    for flow in outgoing:
        if flow.id != element.default_flow and not flow.condition:
            yield Finding(
                flow.file,
                flow.line,
                flow.id,
                "condition",
                "Diesem Sequenzfluss fehlt die Bedingung.",
                "This sequence flow lacks its condition.",
            )


def _event(element: Element) -> Iterator[Finding]:
    plain = element.timer is None and element.message is None
    if element.type == "boundaryEvent" and plain:
        yield _finding(
            element, "event_definition", "Nur Zeit und Nachricht sind möglich.", "Only timer and message are possible."
        )
    if element.type in ("startEvent", "endEvent") and not plain:
        yield _finding(
            element, "event_definition", "Start und Ende müssen einfach sein.", "Start and end must be plain events."
        )
    if element.timer is not None and element.timer[0] == "timeCycle":
        yield _finding(
            element,
            "time_cycle",
            "Wiederholende Zeitgeber werden nicht ausgeführt.",
            "Repeating timers are not executed.",
        )


def _multi_instance(element: Element) -> Iterator[Finding]:
    if not element.multi_instance:
        return
    if element.type not in ("userTask", "serviceTask") or not (element.element_variable and element.collection):
        yield _finding(
            element,
            "multi_instance",
            "Mehrfachausführung braucht camunda:collection und camunda:elementVariable an einer Aufgabe.",
            "Multi-instance needs camunda:collection and camunda:elementVariable on a task.",
        )
