"""The gate's checks of the whole bundle: ids, flows from one element to another, starts, calls, extensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from app.engine.model import ProcessModel
from app.engine.xml import BPMN, CAMUNDA, line_of, local
from app.platform.findings import Finding

MAX_ID = 80
RESERVED = frozenset({"Start", "End", "Root", "EndJoin"})
ATTRIBUTES = frozenset(
    """
    candidateGroups collection decisionRef dueDate elementVariable followUpDate formKey historyTimeToLive
    mapDecisionResult priority resultVariable topic type versionTag
    """.split()
)
PROPERTIES = frozenset({"four_eyes", "organisation", "outputCollection", "outputKey", "subject", "title"})
IDENTIFIED = frozenset({"process", "sequenceFlow"})


def check_ids(roots: Mapping[str, etree._Element], kinds: frozenset[str]) -> Iterator[Finding]:
    """Over all files, every element and flow has an id of its own, and so has every process; a call activity may be
    named like the process it calls.
    """
    seen: set[tuple[bool, str]] = set()
    for file, root in roots.items():
        for node in root.iter(etree.Element):
            if not node.tag.startswith(BPMN) or local(node) not in kinds | IDENTIFIED:
                continue
            key = node.get("id", "")
            if not key or key in RESERVED or len(key) > MAX_ID:
                yield Finding(
                    file,
                    line_of(node),
                    key,
                    "reserved_id",
                    f"Die Kennung „{key}“ ist leer, reserviert oder länger als {MAX_ID} Zeichen.",
                    f'The id "{key}" is empty, reserved, or longer than {MAX_ID} characters.',
                )
            elif (local(node) == "process", key) in seen:
                yield Finding(
                    file,
                    line_of(node),
                    key,
                    "unique_id",
                    f"Die Kennung {key} kommt doppelt vor.",
                    f"The id {key} is used twice.",
                )
            seen.add((local(node) == "process", key))


def check_extensions(file: str, root: etree._Element) -> Iterator[Finding]:
    """What the Modeler can write and nothing here would carry out: code, listeners, mappings, unknown properties."""
    for node in root.iter(etree.Element):
        if not node.tag.startswith(BPMN):
            continue
        names = [str(key) for key in node.attrib if str(key).startswith(CAMUNDA)]
        ignored = [f"camunda:{key}" for name in names if (key := name.removeprefix(CAMUNDA)) not in ATTRIBUTES]
        for child in node.findall(f"{BPMN}extensionElements/*"):
            if child.tag != f"{CAMUNDA}properties":
                ignored.append(local(child))
            else:
                given = [item.get("name", "") for item in child.iter(f"{CAMUNDA}property")]
                ignored += [f"property {name}" for name in given if name not in PROPERTIES]
        for what in ignored:
            yield Finding(
                file,
                line_of(node),
                node.get("id", ""),
                "unsupported_extension",
                f"„{what}“ wird hier nicht ausgeführt; bitte entfernen.",
                f'"{what}" is not carried out here; remove it.',
            )


def check_flows(model: ProcessModel) -> Iterator[Finding]:
    """A flow joins two elements of the same process; a default flow leaves its own gateway."""
    for flow in model.flows.values():
        ends = [model.elements.get(flow.source), model.elements.get(flow.target)]
        if any(end is None or end.scope != flow.scope for end in ends):
            yield Finding(
                flow.file,
                flow.line,
                flow.id,
                "flow_ends",
                "Ein Sequenzfluss verbindet zwei Elemente desselben Prozesses.",
                "A sequence flow joins two elements of the same process.",
            )
    for element in model.elements.values():
        default = model.flows.get(element.default_flow or "")
        if element.default_flow is not None and (default is None or default.source != element.id):
            yield Finding(
                element.file,
                element.line,
                element.id,
                "default_flow_leaves",
                "Der Standardfluss muss dieses Gateway verlassen.",
                "The default flow has to leave this gateway.",
            )


def check_starts(model: ProcessModel, lines: Mapping[str, tuple[str, int]]) -> Iterator[Finding]:
    """Every process and subprocess has exactly one start event. ``lines``: where each of them stands."""
    starts = [element.scope for element in model.elements.values() if element.type == "startEvent"]
    for scope, (file, line) in lines.items():
        if starts.count(scope) != 1:
            yield Finding(
                file,
                line,
                scope,
                "one_start",
                "Hier muss genau ein Startereignis stehen.",
                "There has to be exactly one start event here.",
            )


def scopes(roots: Mapping[str, etree._Element]) -> dict[str, tuple[str, int]]:
    """Process or subprocess id → file and line."""
    return {
        node.get("id", ""): (file, line_of(node))
        for file, root in roots.items()
        for node in root.iter(f"{BPMN}process", f"{BPMN}subProcess")
    }


def check_calls(model: ProcessModel) -> Iterator[Finding]:
    """No process calls itself, not even through others: it would never come to an end of its own."""
    calls: dict[str, set[str]] = {}
    for element in model.elements.values():
        if element.type == "callActivity" and element.called:
            calls.setdefault(element.process, set()).add(element.called)
    for element in model.elements.values():
        if element.type == "callActivity" and element.called and element.process in _reached(calls, element.called):
            yield Finding(
                element.file,
                element.line,
                element.id,
                "recursion",
                "Der Prozess ruft sich selbst auf.",
                "The process calls itself.",
            )


def _reached(calls: Mapping[str, set[str]], start: str) -> set[str]:
    found, frontier = {start}, [start]
    while frontier:
        for called in calls.get(frontier.pop(), ()):
            if called not in found:
                found.add(called)
                frontier.append(called)
    return found
