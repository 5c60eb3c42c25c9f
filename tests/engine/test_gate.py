"""The gate refuses what would not run as BPMN says: every rule, with its place, beside a twin that passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from app.engine import catalogue
from app.engine.bundle import Files, read_folder
from app.engine.gate import Surroundings, check
from app.engine.gate_bundle import MAX_ID, RESERVED
from app.engine.xml import MAX_BYTES
from app.platform.findings import Finding
from app.platform.settings import ROOT
from tests.engine.diagrams import HEAD, bundle, flow, flows, form, node, process, task, timer

AROUND = Surroundings(frozenset({"hr", "provider", "coordinator"}), frozenset({"known.topic"}))

DMN = (ROOT / "processes/training_case/decisions/funding_path.dmn").read_bytes()


def findings(files: Files) -> list[Finding]:
    """Errors of a bundle."""
    return [item for item in check(files, AROUND) if item.severity == "error"]


def straight(middle: str, *more: str, after: str = "", key: str = "main") -> bytes:
    """begin → x → done, with ``middle`` defining x."""
    return process(
        key,
        node("startEvent", "begin"),
        middle,
        node("endEvent", "done"),
        flows("begin x", "x done"),
        *more,
        after=after,
    )


def files_of(*diagrams: bytes, **files: bytes) -> dict[str, bytes]:
    """A bundle with forms for x and y."""
    forms = {key: form(key) for key in ("x", "y") if any(f'userTask id="{key}"'.encode() in d for d in diagrams)}
    return {**bundle(*diagrams, forms=forms), **files}


GOOD = files_of(straight(task("x")))
LOOP = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person" />'


def prop(name: str, value: str) -> str:
    """An extension property."""
    inner = f'<camunda:property name="{name}" value="{value}" />'
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


def split(default: str | None, first: str | None, second: str | None) -> bytes:
    """x splits to y and done."""
    gateway = node("exclusiveGateway", "x", "" if default is None else f'default="{default}"')
    return process(
        "main",
        node("startEvent", "begin"),
        gateway,
        task("y"),
        node("endEvent", "done"),
        node("endEvent", "done_too"),
        flow("begin", "x"),
        flow("x", "y", first),
        flow("x", "done", second),
        flow("y", "done_too"),
    )


def bordered(event: str, extra: str = "", after: str = "") -> bytes:
    """A task x with a boundary event."""
    return straight(
        task("x"),
        node("boundaryEvent", "late", f'attachedToRef="x" {extra}', event),
        node("endEvent", "gone"),
        flow("late", "gone"),
        after=after,
    )


MESSAGE = '<bpmn:messageEventDefinition messageRef="m" />'
NAMED = '<bpmn:message id="m" name="news" />'
CALL = '<bpmn:callActivity id="x" name="x" calledElement="{}" />\n'
INNER = process(
    "inner",
    node("startEvent", "i_begin"),
    task("y"),
    node("endEvent", "i_done"),
    flows("i_begin y", "y i_done"),
)
CARDINALITY = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>__import__('os')</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)
LISTENER = (
    '<bpmn:extensionElements><camunda:taskListener event="create"><camunda:script scriptFormat="python">1'
    "</camunda:script></camunda:taskListener></bpmn:extensionElements>"
)
MAPPING = "<bpmn:extensionElements><camunda:inputOutput /></bpmn:extensionElements>"


def rule_task(decision: str, result: str = 'camunda:resultVariable="r"') -> dict[str, bytes]:
    """A decision task x beside the shipped decision ``funding_path``."""
    text = f'<bpmn:businessRuleTask id="x" camunda:decisionRef="{decision}" {result} />\n'
    return files_of(straight(text), **{"decisions/a.dmn": DMN})


def manifest(old: bytes, new: bytes) -> dict[str, bytes]:
    """The valid bundle with another manifest."""
    text = GOOD["process.toml"]
    assert old in text
    return {**GOOD, "process.toml": text.replace(old, new, 1)}


def reviewed(inside: str = "") -> dict[str, bytes]:
    """Task x is the second pair of eyes on y."""
    second = task("x", inside=prop("four_eyes", "y"))
    parts = (node("startEvent", "begin"), task("y", inside=inside), second, node("endEvent", "done"))
    return files_of(process("main", *parts, flows("begin y", "y x", "x done")))


@dataclass(frozen=True)
class Rule:
    """A refused bundle, where the finding stands, and a twin that passes."""

    rule: str
    bad: Mapping[str, bytes]
    element: str
    good: Mapping[str, bytes] = field(default_factory=lambda: GOOD)
    file: str = "0.bpmn"


def reading(text: str) -> bytes:
    """A task whose due date is ``text``."""
    return straight(task("x", extra=f'camunda:dueDate="{text}"'))


TEXT = straight(task("x")).decode()
CALLING_BACK = process(
    "inner",
    node("startEvent", "b2"),
    CALL.format("main").replace('id="x"', 'id="back"'),
    node("endEvent", "e2"),
    flows("b2 back", "back e2"),
)

RULES = {
    "another kind of task": Rule(
        "unsupported_element",
        files_of(straight('<bpmn:scriptTask id="x"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>')),
        "x",
    ),
    "another kind of event": Rule(
        "unsupported_element",
        files_of(bordered("<bpmn:signalEventDefinition />")),
        "",
        files_of(bordered(timer("P1D"))),
    ),
    "a cardinality": Rule(
        "unsupported_element",
        files_of(straight(task("x", inside=CARDINALITY))),
        "",
        files_of(straight(task("x", inside=LOOP))),
    ),
    "a reserved id": Rule("reserved_id", files_of(straight(task("x"), node("endEvent", "End"))), "End"),
    "an overlong id": Rule(
        "reserved_id",
        files_of(straight(task("x"), node("endEvent", "e" * (MAX_ID + 1)))),
        "e" * (MAX_ID + 1),
        files_of(straight(task("x"), node("endEvent", "e" * MAX_ID))),
    ),
    "an id twice in one file": Rule("unique_id", files_of(straight(task("x"), node("endEvent", "done"))), "done"),
    "an id twice in two files": Rule(
        "unique_id",
        files_of(straight(CALL.format("inner")), INNER.replace(b"i_done", b"done")),
        "done",
        files_of(straight(CALL.format("inner")), INNER),
        file="1.bpmn",
    ),
    "a delegate by class": Rule(
        "unsupported_extension",
        files_of(straight('<bpmn:serviceTask id="x" camunda:class="org.example.Evil" camunda:topic="known.topic" />')),
        "x",
        files_of(straight('<bpmn:serviceTask id="x" camunda:type="external" camunda:topic="known.topic" />')),
    ),
    "a delegate by expression": Rule(
        "unsupported_extension",
        files_of(straight('<bpmn:serviceTask id="x" camunda:expression="${evil()}" camunda:topic="known.topic" />')),
        "x",
    ),
    "a listener": Rule(
        "unsupported_extension",
        files_of(straight(task("x", inside=LISTENER))),
        "x",
    ),
    "a mapping": Rule(
        "unsupported_extension",
        files_of(straight(task("x", inside=MAPPING))),
        "x",
    ),
    "a misspelt property": Rule(
        "unsupported_extension",
        files_of(straight(task("x", inside=prop("organization", "p")))),
        "x",
        files_of(straight(task("x", inside=prop("organisation", "p")))),
    ),
    "no form": Rule("form_exists", bundle(straight(task("x"))), "x"),
    "no role": Rule("role_exists", files_of(straight(task("x", group=""))), "x"),
    "an unknown role": Rule("role_exists", files_of(straight(task("x", group="boss"))), "x"),
    "three roles": Rule(
        "role_exists",
        files_of(straight(task("x", group="hr,coordinator,provider"))),
        "x",
        files_of(straight(task("x", group="hr, coordinator"))),
    ),
    "a provider's task for nobody": Rule(
        "organisation",
        files_of(straight(task("x", group="provider"))),
        "x",
        files_of(straight(task("x", group="provider", inside=prop("organisation", "p.id")))),
    ),
    "an unknown delegate": Rule(
        "delegate_exists",
        files_of(straight('<bpmn:serviceTask id="x" camunda:topic="unknown" />')),
        "x",
        files_of(straight('<bpmn:serviceTask id="x" camunda:topic="known.topic" />')),
    ),
    "a service without a delegate": Rule("delegate_exists", files_of(straight('<bpmn:serviceTask id="x" />')), "x"),
    "an unknown decision": Rule(
        "decision_exists",
        rule_task("unknown"),
        "x",
        rule_task("funding_path"),
    ),
    "a decision for nothing": Rule(
        "decision_exists",
        rule_task("funding_path", ""),
        "x",
    ),
    "an unknown called process": Rule(
        "called_process_exists",
        files_of(straight(CALL.format("elsewhere"))),
        "x",
        files_of(straight(CALL.format("inner")), INNER),
    ),
    "a process that calls itself": Rule("recursion", files_of(straight(CALL.format("main"))), "x"),
    "processes that call each other": Rule(
        "recursion",
        files_of(
            straight(CALL.format("inner")),
            CALLING_BACK,
        ),
        "x",
    ),
    "a due date that is Python": Rule(
        "feel",
        files_of(reading("__import__('os').system('id')")),
        "x",
        files_of(reading("now + duration(&quot;P3D&quot;)")),
    ),
    "a timer that is Python": Rule(
        "feel",
        files_of(bordered(timer("timedelta(days=1) if True else None"))),
        "late",
        files_of(bordered(timer("P1D"))),
    ),
    "a list that is Python": Rule(
        "feel", files_of(straight(task("x", inside=LOOP.replace("people", "[p for p in people]")))), "x"
    ),
    "an organisation that is Java": Rule(
        "feel", files_of(straight(task("x", inside=prop("organisation", "${x}")))), "x"
    ),
    "a condition in another language": Rule(
        "language",
        files_of(split("flow_x_done", "a = 1", None).replace(b'language="feel"', b'language="javascript"')),
        "flow_x_y",
        files_of(split("flow_x_done", "a = 1", None)),
    ),
    "a condition that is no FEEL": Rule("feel", files_of(split("flow_x_done", "a == 1", None)), "flow_x_y"),
    "a condition that is missing": Rule("condition", files_of(split("flow_x_done", None, None)), "flow_x_y"),
    "a condition without effect": Rule(
        "condition_ignored",
        files_of(
            process(
                "main",
                node("startEvent", "begin"),
                task("x"),
                node("endEvent", "done"),
                flow("begin", "x"),
                flow("x", "done", "a = 1"),
            )
        ),
        "x",
    ),
    "two ways out of a task": Rule(
        "one_outgoing", files_of(straight(task("x"), node("endEvent", "other"), flow("x", "other"))), "x"
    ),
    "a dead end": Rule(
        "dead_end", files_of(process("main", node("startEvent", "begin"), task("x"), flow("begin", "x"))), "x"
    ),
    "a default flow of another gateway": Rule(
        "default_flow_leaves", files_of(split("flow_begin_x", "a = 1", "a = 2")), "x"
    ),
    "a flow into nothing": Rule(
        "flow_ends", files_of(straight(task("x"), flow("x", "nowhere").replace("flow_x_nowhere", "f9"))), "f9"
    ),
    "a flow into another process": Rule(
        "flow_ends", files_of(straight(CALL.format("inner"), flow("x", "y")), INNER), "flow_x_y"
    ),
    "no start": Rule(
        "one_start", files_of(process("main", task("x"), node("endEvent", "done"), flow("x", "done"))), "main"
    ),
    "two starts": Rule(
        "one_start", files_of(straight(task("x"), node("startEvent", "also"), flow("also", "x"))), "main"
    ),
    "a border of nothing": Rule(
        "event_definition", files_of(bordered("")), "late", files_of(bordered(MESSAGE, after=NAMED))
    ),
    "a message without a name": Rule("event_definition", files_of(bordered(MESSAGE)), "late"),
    "a start that waits": Rule(
        "event_definition",
        files_of(straight(task("x")).replace(b'id="begin" >', b'id="begin">' + timer("P1D").encode())),
        "begin",
    ),
    "a timer that repeats": Rule("unsupported_element", files_of(bordered(timer("R3/P1D", "timeCycle"))), ""),
    "a list without its item": Rule(
        "multi_instance",
        files_of(straight(task("x", inside=LOOP.replace('camunda:elementVariable="person"', "")))),
        "x",
        files_of(straight(task("x", inside=LOOP))),
    ),
    "a list of nothing": Rule(
        "multi_instance", files_of(straight(task("x", inside="<bpmn:multiInstanceLoopCharacteristics />"))), "x"
    ),
    "a list of phases": Rule(
        "multi_instance",
        files_of(straight(CALL.format("inner").replace(" />", f">{LOOP}</bpmn:callActivity>")), INNER),
        "x",
    ),
    "four eyes on nothing": Rule(
        "four_eyes", files_of(straight(task("x", inside=prop("four_eyes", "review")))), "x", reviewed()
    ),
    "four eyes on a list": Rule("four_eyes", reviewed(LOOP), "x", reviewed()),
    "no main process": Rule("main_process", manifest(b'main = "main"', b'main = "other"'), "", file="process.toml"),
    "no manifest": Rule(
        "manifest", {key: data for key, data in GOOD.items() if key != "process.toml"}, "", file="process.toml"
    ),
    "a manifest that is no TOML": Rule("manifest", {**GOOD, "process.toml": b"key = "}, "", file="process.toml"),
    "a key that no address takes": Rule(
        "manifest", manifest(b'key = "main"', b'key = "../x"'), "", file="process.toml"
    ),
    "a title that is no table": Rule("manifest", manifest(b"[title]", b"title = 1\n[other]"), "", file="process.toml"),
    "an overlong result": Rule(
        "manifest", manifest(b"[results]", b'[results]\ndone = "' + b"x" * 41 + b'"'), "", file="process.toml"
    ),
    "text that is not UTF-8": Rule(
        "utf8", {**GOOD, "0.bpmn": TEXT.replace('name="x"', 'name="ü"').encode("latin-1")}, ""
    ),
    "XML in UTF-16": Rule("utf8", {**GOOD, "0.bpmn": TEXT.replace("UTF-8", "UTF-16").encode("utf-16")}, ""),
    "broken XML": Rule("well_formed", {**GOOD, "0.bpmn": straight(task("x")) + b"<"}, ""),
    "an empty file": Rule("well_formed", {**GOOD, "0.bpmn": b""}, ""),
    "a file of 2 MB": Rule("file_size", {**GOOD, "0.bpmn": straight(task("x")) + b" " * MAX_BYTES}, ""),
    "a thousand elements": Rule(
        "model_size", files_of(straight(task("x"), *(node("endEvent", f"e{n}") for n in range(1000)))), ""
    ),
    "a broken decision": Rule("xml", {**GOOD, "decisions/a.dmn": b"<x"}, "", file="decisions/a.dmn"),
}


@pytest.mark.parametrize("name", RULES)
def test_a_model_is_refused_with_its_place_and_its_twin_passes(name: str) -> None:
    rule = RULES[name]
    found = [item for item in findings(rule.bad) if item.rule == rule.rule]
    assert found, [(item.rule, item.element, item.message_en) for item in findings(rule.bad)]
    assert (found[0].file, found[0].element) == (rule.file, rule.element)
    assert found[0].message_de != found[0].message_en or found[0].rule == "well_formed"
    assert findings(rule.good) == []


def test_the_line_of_a_finding_is_the_line_of_the_element() -> None:
    text = straight(task("x", group="boss"))
    (found,) = findings(files_of(text))
    line = text.decode().splitlines()[found.line - 1]
    assert 'id="x"' in line


ENTITY = b'<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'
BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "' + b"x" * 1000 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8)) + b"]>\n"
)  # fmt: skip


@pytest.mark.parametrize("prolog", [ENTITY, BOMB, b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">\n'])
@pytest.mark.parametrize("use", [b"", b"&a;", b"&i;"])
def test_no_dtd_and_no_entity_is_read(prolog: bytes, use: bytes) -> None:
    text = prolog + straight(task("x")).split(b"\n", 1)[1].replace(b'name="x"', b'name="' + use + b'"')
    found = [item.rule for item in findings({**GOOD, "0.bpmn": text})]
    assert set(found) & {"no_dtd", "well_formed"}
    assert "root:" not in repr(findings({**GOOD, "0.bpmn": text}))


def test_everything_wrong_is_reported_at_once() -> None:
    text = process(
        "main",
        node("startEvent", "begin"),
        task("x", group="boss", extra='camunda:dueDate="lambda: 1"'),
        '<bpmn:scriptTask id="s" />\n',
        '<bpmn:serviceTask id="t" camunda:topic="unknown" />\n',
        flows("begin x", "x s", "s t"),
    )
    found = {(item.rule, item.element) for item in findings({**bundle(text), "1.bpmn": b"<"})}
    assert found >= {
        ("role_exists", "x"),
        ("form_exists", "x"),
        ("feel", "x"),
        ("unsupported_element", "s"),
        ("delegate_exists", "t"),
        ("dead_end", "t"),
        ("well_formed", ""),
    }


def test_an_exclusive_gateway_without_a_default_flow_is_a_warning() -> None:
    found = check(files_of(split(None, "a = 1", "a = 2")), AROUND)
    assert [(item.rule, item.element, item.severity) for item in found] == [("default_flow", "x", "warning")]


@pytest.mark.parametrize("key", sorted(RESERVED))
def test_names_that_the_engine_keeps_for_itself_are_refused(key: str) -> None:
    assert ("reserved_id", key) in {
        (item.rule, item.element) for item in findings(files_of(straight(task("x"), node("endEvent", key))))
    }


def test_the_shipped_process_has_no_finding_at_all() -> None:
    files = read_folder(ROOT / "processes/training_case", ROOT / "forms/training_case")
    around = Surroundings(
        catalogue.surroundings().roles,
        frozenset(
            element.topic or ""
            for element in catalogue.build(files, "x", 1).model.elements.values()
            if element.type == "serviceTask"
        ),
    )
    assert check(files, around) == []


def test_a_file_that_is_no_bpmn_at_all_is_refused() -> None:
    assert "main_process" in {item.rule for item in findings({**GOOD, "0.bpmn": b"<html><body/></html>"})}
    assert findings({**GOOD, "9.bpmn": HEAD.encode() + b"</bpmn:definitions>"}) == []
