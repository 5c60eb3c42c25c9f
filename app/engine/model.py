"""What a diagram says, as plain data: elements, flows, roles, expressions. Used by gate, runtime and screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.engine.xml import BPMN, CAMUNDA, line_of, local

FLOW_NODES = frozenset(
    """
    startEvent endEvent userTask manualTask task scriptTask
    sendTask receiveTask serviceTask businessRuleTask callActivity subProcess
    transaction adHocSubProcess exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway
    complexGateway boundaryEvent intermediateCatchEvent intermediateThrowEvent
    """.split()
)


@dataclass(frozen=True)
class Element:
    """One flow node of a diagram. ``expressions`` are raw texts by slot (due_date, organisation, …)."""

    id: str
    type: str
    name: str
    process: str
    scope: str
    file: str
    line: int
    roles: tuple[str, ...] = ()
    topic: str | None = None
    decision: str | None = None
    result_variable: str | None = None
    single_entry: bool = True
    called: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str | None = None
    message: str | None = None
    timer: tuple[str, str] | None = None
    collection: str | None = None
    element_variable: str | None = None
    multi_instance: bool = False
    sequential: bool = False
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: int = 50
    properties: Mapping[str, str] = field(default_factory=dict)

    def prop(self, name: str) -> str | None:
        """An extension property of the Modeler's panel, None if absent or empty."""
        return self.properties.get(name) or None


@dataclass(frozen=True)
class Flow:
    """One sequence flow; ``condition`` is the raw expression text."""

    id: str
    name: str
    source: str
    target: str
    scope: str
    file: str
    line: int
    condition: str | None
    language: str | None


@dataclass(frozen=True)
class ProcessModel:
    """All diagrams of one bundle."""

    main: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    processes: Mapping[str, str]
    flow_between: Mapping[tuple[str, str], str]

    def user_tasks(self) -> list[Element]:
        """All user tasks in document order."""
        return [element for element in self.elements.values() if element.type == "userTask"]


def read_model(main: str, roots: Mapping[str, etree._Element]) -> ProcessModel:
    """Index the diagrams ``{file name: root element}``; later duplicates of an id win (the gate reports them)."""
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    processes: dict[str, str] = {}
    for file, root in roots.items():
        messages = {node.get("id", ""): node.get("name", "") for node in root.iter(f"{BPMN}message")}
        for process in root.iter(f"{BPMN}process"):
            processes[process.get("id", "")] = file
            for node in process.iter(etree.Element):
                if local(node) in FLOW_NODES and node.tag.startswith(BPMN):
                    elements[node.get("id", "")] = _element(node, process.get("id", ""), file, messages)
                elif node.tag == f"{BPMN}sequenceFlow":
                    flows[node.get("id", "")] = _flow(node, file)
    between = {(flow.source, flow.target): flow.id for flow in flows.values()}
    return ProcessModel(main, elements, flows, processes, between)


def _scope(node: etree._Element) -> str:
    parent = node.getparent()
    return parent.get("id", "") if parent is not None else ""


def _flow(node: etree._Element, file: str) -> Flow:
    condition = node.find(f"{BPMN}conditionExpression")
    return Flow(
        id=node.get("id", ""),
        name=node.get("name", ""),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        scope=_scope(node),
        file=file,
        line=line_of(node),
        condition=None if condition is None else (condition.text or "").strip(),
        language=None if condition is None else condition.get("language"),
    )


def _element(node: etree._Element, process: str, file: str, messages: Mapping[str, str]) -> Element:
    def camunda(name: str) -> str | None:
        return node.get(f"{CAMUNDA}{name}") or None

    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    message = node.find(f"{BPMN}messageEventDefinition")
    groups = camunda("candidateGroups") or ""
    priority = camunda("priority") or ""
    return Element(
        id=node.get("id", ""),
        type=local(node),
        name=" ".join((node.get("name") or "").split()),
        process=process,
        scope=_scope(node),
        file=file,
        line=line_of(node),
        roles=tuple(role.strip() for role in groups.split(",") if role.strip()),
        topic=camunda("topic"),
        decision=camunda("decisionRef"),
        result_variable=camunda("resultVariable"),
        single_entry=camunda("mapDecisionResult") in (None, "singleEntry"),
        called=node.get("calledElement"),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", "true") != "false",
        default_flow=node.get("default"),
        message=None if message is None else messages.get(message.get("messageRef", "")),
        timer=_timer(node),
        collection=None if loop is None else loop.get(f"{CAMUNDA}collection"),
        element_variable=None if loop is None else loop.get(f"{CAMUNDA}elementVariable"),
        multi_instance=loop is not None,
        sequential=loop is not None and loop.get("isSequential") == "true",
        due_date=camunda("dueDate"),
        follow_up_date=camunda("followUpDate"),
        priority=int(priority) if priority.isdigit() else 50,
        properties=_properties(node),
    )


def _timer(node: etree._Element) -> tuple[str, str] | None:
    definition = node.find(f"{BPMN}timerEventDefinition")
    if definition is None:
        return None
    for kind in ("timeDuration", "timeDate", "timeCycle"):
        child = definition.find(f"{BPMN}{kind}")
        if child is not None:
            return kind, (child.text or "").strip()
    return "timeDuration", ""


def _properties(node: etree._Element) -> dict[str, str]:
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    return {item.get("name", ""): item.get("value", "") for item in node.findall(path)}
