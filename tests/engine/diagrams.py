"""Small diagrams written as Python, for tests of one construct each."""

from __future__ import annotations

import json
from collections.abc import Mapping

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'id="d" targetNamespace="http://example.org/t">\n'
)


def task(key: str, group: str = "hr", extra: str = "", inside: str = "") -> str:
    """A user task."""
    return (
        f'<bpmn:userTask id="{key}" name="{key}" camunda:candidateGroups="{group}" {extra}>{inside}</bpmn:userTask>\n'
    )


def service(key: str, topic: str) -> str:
    """A service task with a delegate."""
    return f'<bpmn:serviceTask id="{key}" name="{key}" camunda:type="external" camunda:topic="{topic}" />\n'


def node(kind: str, key: str, extra: str = "", inside: str = "") -> str:
    """Any other flow node."""
    return f'<bpmn:{kind} id="{key}" {extra}>{inside}</bpmn:{kind}>\n'


def flow(source: str, target: str, condition: str | None = None) -> str:
    """A sequence flow."""
    body = ""
    if condition is not None:
        text = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        kind = 'xsi:type="bpmn:tFormalExpression" language="feel"'
        body = f"<bpmn:conditionExpression {kind}>{text}</bpmn:conditionExpression>"
    key = f"flow_{source}_{target}"
    return f'<bpmn:sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{body}</bpmn:sequenceFlow>\n'


def flows(*pairs: str) -> str:
    """``flows("a b", "b c")``."""
    return "".join(flow(*pair.split()) for pair in pairs)


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer definition."""
    body = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{text}</bpmn:{kind}>'
    return f"<bpmn:timerEventDefinition>{body}</bpmn:timerEventDefinition>"


def process(key: str, *parts: str, after: str = "") -> bytes:
    """A whole file with one process."""
    body = "".join(parts)
    inner = f'<bpmn:process id="{key}" isExecutable="true">\n{body}</bpmn:process>\n{after}'
    return f"{HEAD}{inner}</bpmn:definitions>".encode()


def form(key: str, field: str = "answer") -> bytes:
    """A valid form with one optional text field."""
    properties = {"example": "ja", "sensitivity": "case", "label_en": "Answer"}
    component = {"type": "textfield", "id": f"f_{field}", "key": field, "label": "Antwort", "properties": properties}
    return json.dumps({"schemaVersion": 18, "type": "default", "id": key, "components": [component]}).encode()


def bundle(*diagrams: bytes, forms: Mapping[str, bytes] | None = None, main: str = "main") -> dict[str, bytes]:
    """Files of a process as the catalogue takes them."""
    titles = '[title]\nde = "Probe"\nen = "Trial"\n[phases]\n[results]\n'
    toml = f'key = "{main}"\nmain = "{main}"\nowner = "coordinator"\n{titles}'
    files = {"process.toml": toml.encode()}
    for number, diagram in enumerate(diagrams):
        files[f"{number}.bpmn"] = diagram
    for key, data in (forms or {}).items():
        files[f"forms/{key}.form"] = data
    return files
