"""The scenarios as files: they name what exists, and together they visit every task, timer and result."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from .bundle import CAMUNDA, FORMS, elements, ids, manifest, nodes, scenarios
from .diagram_model import BPMN

REQUIRED = {
    "happy_path",
    "ask_back_and_objection",
    "declined",
    "refused_then_objection_granted",
    "refused_end",
    "self_pay",
    "no_short_time",
    "short_time_replan",
    "message_decision",
    "reminders_and_deadlines",
    "four_eyes",
    *(f"withdrawal_{phase}" for phase in manifest()["phases"]),
}

ROLE_OF_LOGIN = {
    "coordinator": "coordinator",
    "hr": "hr",
    "hr2": "hr",
    "works-council": "works_council",
    "employee": "employee",
    "funding-adviser": "funding_adviser",
    "funding-adviser2": "funding_adviser",
    "provider": "provider",
    "provider2": "provider",
    "provider3": "provider",
}

PLACEHOLDER = re.compile(r"\$(employees|providers|first|today(\+P[0-9]+D)?)")

SHAPES = (
    {"task", "as"},
    {"task", "as", "answers"},
    {"task", "as", "each"},
    {"task", "as", "each", "answers"},
    {"task", "as", "instance"},
    {"task", "as", "instance", "answers"},
    {"message", "as", "payload"},
    {"withdraw", "as"},
    {"timer"},
)

each_scenario = pytest.mark.parametrize("name", scenarios())


def test_every_required_scenario_is_there() -> None:
    assert set(scenarios()) >= REQUIRED
    titles = [scenario["title"] for scenario in scenarios().values()]
    assert len(set(titles)) == len(titles)


@each_scenario
def test_a_scenario_has_the_shape_that_the_walk_reads(name: str) -> None:
    scenario = scenarios()[name]
    assert set(scenario) == {"name", "title", "start", "steps", "expect"}
    assert scenario["name"] == name
    assert set(scenario["start"]["data"]) <= set(manifest()["start"]["variables"])
    for step in scenario["steps"]:
        assert set(step) in SHAPES, step
        assert re.fullmatch(r"P[0-9]+D", step.get("timer", "P1D"))
    placeholders = [text for text in _texts(scenario) if text.startswith("$")]
    assert all(PLACEHOLDER.fullmatch(text) for text in placeholders), placeholders


@each_scenario
def test_a_scenario_lets_the_right_roles_do_existing_tasks(name: str) -> None:
    groups = {task.attrib["id"]: task.attrib[CAMUNDA + "candidateGroups"] for task in elements("userTask")}
    for step in scenarios()[name]["steps"]:
        if "task" in step:
            assert ROLE_OF_LOGIN[step["as"]] in groups[step["task"]].split(","), step
        elif "message" in step:
            (twin,) = _twins(step["message"])
            assert set(step["payload"]) <= _form_keys(twin)


@each_scenario
def test_a_scenario_answers_existing_fields(name: str) -> None:
    for step in scenarios()[name]["steps"]:
        if "answers" in step:
            assert set(step["answers"]) <= _form_keys(step["task"]), step


@each_scenario
def test_a_scenario_expects_existing_elements(name: str) -> None:
    expect = scenarios()[name]["expect"]
    known = {node.attrib["id"] for node in nodes()} | ids("sequenceFlow")
    assert set(expect) == {"status", "result", "path", "not"}
    assert expect["result"] in manifest()["results"].values()
    assert expect["status"] == ("cancelled" if expect["result"] == "withdrawn" else "completed")
    assert set(expect["path"]) <= known
    assert set(expect["not"]) <= known
    assert not set(expect["path"]) & set(expect["not"])


def test_together_the_scenarios_visit_every_task_timer_message_and_result() -> None:
    worked = {step["task"] for scenario in scenarios().values() for step in scenario["steps"] if "task" in step}
    assert worked == ids("userTask")
    expected = {element for scenario in scenarios().values() for element in scenario["expect"]["path"]}
    assert expected >= ids("boundaryEvent")
    results = {scenario["expect"]["result"] for scenario in scenarios().values()}
    assert results == set(manifest()["results"].values())


def _twins(message: str) -> set[str]:
    """The tasks that a message from outside stands in for."""
    return {
        event.attrib["attachedToRef"]
        for event in elements("boundaryEvent")
        for path in event.findall(BPMN + "messageEventDefinition")
        if path.get("messageRef") == f"message_{message}"
    }


def _form_keys(task: str) -> set[str]:
    form = json.loads((FORMS / f"{task}.form").read_text("utf-8"))
    return {field["key"] for field in _fields(form["components"]) if "key" in field}


def _fields(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _fields(component.get("components", []))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
