"""Whoever reads English finds English names for everything that tasks and histories mention."""

from __future__ import annotations

from app.engine.bundle import read_folder, read_manifest
from app.engine.model import read_model
from app.engine.xml import parse
from app.platform.settings import ROOT
from tests.world import World

FILES = read_folder(ROOT / "processes" / "training_case", ROOT / "forms" / "training_case")
NAMED = ("userTask", "serviceTask", "businessRuleTask", "callActivity", "boundaryEvent")


def test_every_task_timer_and_phase_has_an_english_name_and_none_is_left_over() -> None:
    manifest = read_manifest(FILES)
    roots = {name: parse(data) for name, data in FILES.items() if name.endswith(".bpmn")}
    elements = read_model(manifest.main, roots).elements.values()
    assert {element.id for element in elements if element.type in NAMED} == set(manifest.english)


def test_an_english_reader_sees_english_names_of_tasks_with_their_suffix(world: World) -> None:
    case_id = world.case_at("give_evidence")
    english = world.call("hr", "GET", f"/tasks?case={case_id}", Accept_Language="en").json
    german = world.call("hr", "GET", f"/tasks?case={case_id}", Accept_Language="de").json
    names = {(item["element"], item["name"].partition(":")[0]) for item in english["items"]}
    assert names == {("give_evidence", "Give evidence"), ("company_evidence", "Facts about the company")}
    suffixes = [{item["name"].partition(": ")[2] for item in answer["items"]} for answer in (english, german)]
    assert suffixes[0] == suffixes[1] != {""}
    assert any(item["name"].startswith("Nachweise erbringen: ") for item in german["items"])
    case = world.call("hr", "GET", f"/cases/{case_id}", Accept_Language="en").json
    assert "Give evidence" in case["where"]
    assert "Capture the demand" in case["steps"]
