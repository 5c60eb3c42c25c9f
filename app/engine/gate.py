"""The gate: refuses what would not run as BPMN says. All findings at once, nothing is stored while one is an error.

A first set of checks; each names file, line, element, what is wrong and what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from lxml import etree

from app.decisions.dmn import check_model, load_model
from app.decisions.feel import FeelSyntaxError
from app.engine.bundle import Files, ManifestInvalid, read_manifest
from app.engine.expressions import compiled
from app.engine.gate_bundle import check_calls, check_extensions, check_flows, check_ids, check_starts, scopes
from app.engine.gate_shape import check_shape
from app.engine.manifest_documents import check_documents
from app.engine.model import FLOW_NODES, ProcessModel, read_model
from app.engine.xml import BPMN, RefusedXml, line_of, local, parse
from app.forms.definition import check_form
from app.platform.findings import Finding

MAX_ELEMENTS = 1_000
SUPPORTED_NODES = frozenset(
    """
    startEvent endEvent userTask serviceTask businessRuleTask callActivity
    subProcess exclusiveGateway parallelGateway boundaryEvent
    """.split()
)
SUPPORTED_OTHER = frozenset(
    """
    definitions process sequenceFlow conditionExpression incoming outgoing
    documentation extensionElements message messageEventDefinition timerEventDefinition timeDuration
    timeDate multiInstanceLoopCharacteristics textAnnotation association text
    """.split()
)


@dataclass(frozen=True)
class Surroundings:
    """What exists outside the bundle: role keys and registered delegates."""

    roles: Set[str]
    delegates: Set[str]


def check(files: Files, around: Surroundings) -> list[Finding]:
    """All findings of a bundle; empty means it may be deployed."""
    findings: list[Finding] = []
    roots: dict[str, etree._Element] = {}
    for name, data in files.items():
        if not _is_utf8(data):
            findings.append(Finding(name, 0, "", "utf8", "Die Datei ist kein UTF-8.", "The file is not UTF-8."))
        elif name.endswith(".bpmn"):
            try:
                roots[name] = parse(data)
            except RefusedXml as refused:
                findings.append(Finding(name, refused.line, "", refused.rule, refused.message_de, refused.message_en))
        elif name.endswith(".dmn"):
            findings.extend(_decision_findings(name, data))
        elif name.endswith(".form"):
            findings.extend(check_form(data, name))
    try:
        manifest = read_manifest(files)
    except ManifestInvalid as invalid:
        return [*findings, Finding("process.toml", 0, "", "manifest", f"process.toml: {invalid}", str(invalid))]
    for name, root in roots.items():
        findings.extend(_structure(name, root))
        findings.extend(check_extensions(name, root))
    findings.extend(check_ids(roots, FLOW_NODES))
    model = read_model(manifest.main, roots)
    if manifest.main not in model.processes:
        findings.append(_missing("process.toml", 0, "", "main_process", "Der Prozess", "The process", manifest.main))
    decisions = {} if any(f.file.endswith(".dmn") and f.severity == "error" for f in findings) else decision_ids(files)
    findings.extend(_references(model, files, around, decisions))
    findings.extend(_expressions(model))
    findings.extend(check_flows(model))
    findings.extend(check_starts(model, scopes(roots)))
    findings.extend(check_calls(model))
    findings.extend(check_documents(model, manifest.document_kinds, manifest.documents))
    return findings


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decision_findings(name: str, data: bytes) -> Iterator[Finding]:
    for item in check_model(data, name):
        yield Finding(item.file, item.line, item.element, item.rule, item.message_de, item.message_en, item.severity)


def decision_ids(files: Files) -> dict[str, str]:
    """Decision id → file, over all DMN files of a bundle."""
    return {
        decision: name
        for name, data in files.items()
        if name.endswith(".dmn")
        for decision in load_model(data, name).decisions
    }


def _structure(file: str, root: etree._Element) -> Iterator[Finding]:
    nodes = [node for node in root.iter(etree.Element) if node.tag.startswith(BPMN)]
    if len(nodes) > MAX_ELEMENTS:
        yield Finding(
            file,
            0,
            "",
            "model_size",
            f"Mehr als {MAX_ELEMENTS} Elemente; bitte aufteilen.",
            f"More than {MAX_ELEMENTS} elements; split it.",
        )
    for node in nodes:
        name, key = local(node), node.get("id", "")
        if name not in SUPPORTED_NODES and name not in SUPPORTED_OTHER:
            yield Finding(
                file,
                line_of(node),
                key,
                "unsupported_element",
                f"Das Element {name} wird nicht ausgeführt. Erlaubt sind: {', '.join(sorted(SUPPORTED_NODES))}.",
                f"The element {name} is not executed. Allowed are: {', '.join(sorted(SUPPORTED_NODES))}.",
            )


def _missing(file: str, line: int, element: str, rule: str, de: str, en: str, what: str) -> Finding:
    return Finding(
        file,
        line,
        element,
        rule,
        f"{de} „{what}“ fehlt in diesem Paket.",
        f'{en} "{what}" does not exist in this bundle.',
    )


def _references(
    model: ProcessModel, files: Files, around: Surroundings, decisions: dict[str, str]
) -> Iterator[Finding]:
    for element in model.elements.values():
        at = (element.file, element.line, element.id)
        if element.type == "userTask":
            if f"forms/{element.id}.form" not in files:
                yield _missing(*at, "form_exists", "Das Formular", "The form", f"forms/{element.id}.form")
            if not element.roles or len(element.roles) > 2 or not set(element.roles) <= around.roles:
                yield Finding(
                    *at,
                    "role_exists",
                    "Eine Benutzeraufgabe braucht ein oder zwei bekannte Rollen in camunda:candidateGroups.",
                    "A user task needs one or two known roles in camunda:candidateGroups.",
                )
            if element.roles[:1] == ("provider",) and not element.prop("organisation"):
                yield Finding(
                    *at,
                    "organisation",
                    "Eine Aufgabe der Rolle provider braucht die Eigenschaft organisation.",
                    "A task of role provider needs the property organisation.",
                )
        elif element.type == "serviceTask" and element.topic not in around.delegates:
            yield _missing(*at, "delegate_exists", "Der Delegate", "The delegate", element.topic or "")
        elif element.type == "businessRuleTask" and (element.decision not in decisions or not element.result_variable):
            yield _missing(
                *at,
                "decision_exists",
                "Die Entscheidung oder camunda:resultVariable",
                "The decision or camunda:resultVariable",
                element.decision or "",
            )
        elif element.type == "callActivity" and element.called not in model.processes:
            yield _missing(*at, "called_process_exists", "Der Prozess", "The process", element.called or "")
        yield from check_shape(model, element)


def _expressions(model: ProcessModel) -> Iterator[Finding]:
    for flow in model.flows.values():
        if flow.condition:
            if (flow.language or "").lower() != "feel":
                yield Finding(
                    flow.file,
                    flow.line,
                    flow.id,
                    "language",
                    'Bedingungen sind FEEL: language="feel" setzen.',
                    'Conditions are FEEL: set language="feel".',
                )
            yield from _feel(flow.file, flow.line, flow.id, flow.condition)
    for element in model.elements.values():
        texts = [
            element.due_date,
            element.follow_up_date,
            element.collection,
            element.timer[1] if element.timer else None,
        ]
        texts += [element.prop(name) for name in ("organisation", "subject", "title", "outputKey")]
        for text in texts:
            if text is not None:
                yield from _feel(element.file, element.line, element.id, text)
        guarded = element.prop("four_eyes")
        reviewed = model.elements.get(guarded or "")
        single = reviewed is not None and reviewed.type == "userTask" and not reviewed.multi_instance
        if guarded is not None and not single:
            yield _missing(
                element.file, element.line, element.id, "four_eyes", "Die einzelne Aufgabe", "The single task", guarded
            )


def _feel(file: str, line: int, element: str, text: str) -> Iterator[Finding]:
    try:
        compiled(text)
    except FeelSyntaxError as error:
        yield Finding(
            file,
            line,
            element,
            "feel",
            f"„{text}“ ist kein gültiges FEEL: {error}",
            f'"{text}" is not valid FEEL: {error}',
        )
