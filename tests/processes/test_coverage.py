"""Together the scenarios walk every way of every shipped process; what is drawn but never walked is named.

What a scenario says in ``expect`` is proved by ``test_scenarios.py``, which plays it and compares it with the path
that the journal tells. So nothing is walked twice: here the proved paths are only counted against the diagrams.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.demo.scenarios import Scenario, read_scenarios
from app.platform.settings import ROOT

from .diagram_model import BPMN, Diagram, read_diagram

PROCESSES = sorted(path.parent for path in (ROOT / "processes").glob("*/process.toml"))
each_process = pytest.mark.parametrize("folder", PROCESSES, ids=lambda folder: folder.name)


def never_walked(diagrams: list[Diagram], scenarios: list[Scenario]) -> list[str]:
    """Nodes and flows that no scenario takes, each with its name and how to get there."""
    walked = {item for scenario in scenarios for item in scenario.expect["path"]}
    return [told for diagram in diagrams for key, told in _drawn(diagram) if key not in walked]


def _drawn(diagram: Diagram) -> Iterator[tuple[str, str]]:
    for node in diagram.nodes.values():
        yield node.id, f"{node.kind} {node.id} ({node.name})"
    for flow in diagram.flows.values():
        yield flow.id, f"flow {flow.id} ({flow.source} → {flow.target})"


def waits(sources: list[bytes], definition: str) -> dict[str, str]:
    """Boundary events with this kind of definition, and the activities they are attached to."""
    return {
        event.attrib["id"]: event.attrib["attachedToRef"]
        for source in sources
        for event in etree.fromstring(source).iter(BPMN + "boundaryEvent")
        if event.find(BPMN + definition) is not None
    }


def fired(event: str, scenario: Scenario) -> bool:
    """The event happened."""
    return event in scenario.expect["path"]


def outrun(event: str, host: str, scenario: Scenario) -> bool:
    """What the event is attached to was done, and the event never happened."""
    return host in scenario.expect["path"] and event in scenario.expect["not"]


def _sources(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.bpmn"))]


def test_there_is_a_shipped_process() -> None:
    assert "training_case" in [folder.name for folder in PROCESSES]


@each_process
def test_every_node_and_every_flow_is_walked_by_some_scenario(folder: Path) -> None:
    diagrams = [read_diagram(source) for source in _sources(folder)]
    missing = never_walked(diagrams, read_scenarios(folder))
    assert missing == [], f"no scenario in {folder.name}/scenarios expects:\n" + "\n".join(missing)


@each_process
@pytest.mark.parametrize("definition", ["timerEventDefinition", "messageEventDefinition"])
def test_every_timer_and_message_comes_in_one_scenario_and_stays_away_in_another(folder: Path, definition: str) -> None:
    scenarios = read_scenarios(folder)
    events = waits(_sources(folder), definition)
    never = [event for event in events if not any(fired(event, scenario) for scenario in scenarios)]
    always = [
        event for event, host in events.items() if not any(outrun(event, host, scenario) for scenario in scenarios)
    ]
    assert (never, always) == ([], []), f"never happen: {never}; never stay away while their task is done: {always}"


# --- the check itself finds what is missing -----------------------------------------------------


def test_a_way_that_no_scenario_takes_is_named() -> None:
    folder = ROOT / "processes" / "training_case"
    diagrams = [read_diagram((folder / "application.bpmn").read_bytes())]
    happy = [scenario for scenario in read_scenarios(folder) if scenario.name == "happy_path"]
    missing = never_walked(diagrams, happy)
    assert "userTask after_refusal (Nach der Ablehnung)" in missing
    assert "flow flow_decision_result_objection_period (decision_result → objection_period)" in missing
    assert not any("reassess" in told for told in missing)


def test_a_timer_is_outrun_only_where_its_task_was_done() -> None:
    done = Scenario("done", "", {}, (), {"path": ["pay"], "not": ["late"]})
    skipped = Scenario("skipped", "", {}, (), {"path": [], "not": ["late"]})
    assert outrun("late", "pay", done)
    assert not outrun("late", "pay", skipped)
    assert not fired("late", done)
