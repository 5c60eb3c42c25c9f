"""The page of a task: who may work on it, what the form is given, and what comes afterwards."""

from __future__ import annotations

import json

import sqlalchemy as sa

from app.engine.models import Task
from tests.web.conftest import Visitor, main_text, tree
from tests.world import World


def island(page) -> dict:
    return json.loads(page.get_element_by_id("task-form").get("data-island"))


def test_the_form_gets_schema_prefill_options_and_german_texts(world: World, visitor: Visitor) -> None:
    case_id = world.driver().start("hr", "Vorbelegt", {"course_title": "Roboter <b>programmieren</b>"})
    task = world.open_task(case_id, "capture_demand")
    given = island(tree(visitor("hr").get(f"/tasks/{task['id']}")))
    assert given["data"]["course_title"] == "Roboter <b>programmieren</b>"
    assert given["options"]["employees"][0].keys() == {"value", "label"}
    assert given["texts"]["form"]["Field is required."] == "Bitte füllen Sie dieses Feld aus."
    assert given["texts"]["placeholders"]["date"] == "TT.MM.JJJJ"
    assert given["schema"]["components"]
    assert given["etag"]


def test_a_saved_draft_is_there_again(world: World, visitor: Visitor) -> None:
    task = world.open_task(world.case_at("capture_demand"), "capture_demand")
    client = visitor("hr")
    client.post(f"/api/v1/tasks/{task['id']}/draft", json={"data": {"course_title": "Halb getippt"}})
    assert island(tree(client.get(f"/tasks/{task['id']}")))["data"]["course_title"] == "Halb getippt"


def test_who_may_only_look_gets_no_form(world: World, visitor: Visitor) -> None:
    task = world.open_task(world.case_at("capture_demand"), "capture_demand")
    for login in ("coordinator", "auditor", "works-council"):
        page = visitor(login).get(f"/tasks/{task['id']}")
        assert page.status_code == 200
        assert "task-form" not in page.text
        assert "erledigt wird sie von: Personalabteilung" in main_text(page)


def test_a_task_that_a_colleague_has_claimed_shows_who(world: World, visitor: Visitor) -> None:
    task = world.open_task(world.case_at("review_assessment"), "review_assessment")
    visitor("funding-adviser").post(f"/tasks/{task['id']}/claim", data={"next": "/tasks"})
    page = visitor("funding-adviser2").get(f"/tasks/{task['id']}")
    assert "task-form" not in page.text
    assert "Miriam Albrecht arbeitet gerade an dieser Aufgabe." in main_text(page)
    answer = visitor("funding-adviser2").post(f"/tasks/{task['id']}/claim", data={"next": "/tasks"})
    assert answer.status_code == 409
    assert "Miriam Albrecht" in main_text(answer)


def test_a_foreign_task_does_not_exist(world: World, visitor: Visitor) -> None:
    task = world.open_task(world.case_at("capture_demand"), "capture_demand")
    for login in ("hr2", "provider", "employee", "admin", "cluster-partner"):
        assert visitor(login).get(f"/tasks/{task['id']}").status_code == 404, login
        assert visitor(login).post(f"/tasks/{task['id']}/claim").status_code == 404, login


def test_completing_leads_on_in_the_same_case_or_to_the_inbox(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("check_completeness")
    task, client = world.open_task(case_id, "check_completeness"), visitor("coordinator")
    done = client.post(f"/api/v1/tasks/{task['id']}/complete", json={"data": {"completeness": "complete"}})
    assert done.status_code == 200
    onwards = client.get(f"/tasks/{task['id']}/done")
    assert (onwards.status_code, onwards.location) == (303, f"/tasks?done={task['id']}")
    text = main_text(client.get(onwards.location))
    assert "Erledigt: Vollständigkeit prüfen. Weiter geht es bei: Betriebsrat (Stellungnahme Betriebsrat)." in text


def test_the_next_own_task_of_the_case_opens_at_once(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("check_completeness", "hr6")  # a company without a works council
    task, client = world.open_task(case_id, "check_completeness"), visitor("coordinator")
    client.post(f"/api/v1/tasks/{task['id']}/complete", json={"data": {"completeness": "complete"}})
    following = world.open_task(case_id, "pool_or_alone")
    onwards = client.get(f"/tasks/{task['id']}/done")
    assert onwards.location == f"/tasks/{following['id']}?done={task['id']}"
    assert "Erledigt: Vollständigkeit prüfen." in main_text(client.get(onwards.location))


def test_a_completed_task_can_still_be_looked_at(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("check_completeness")
    task, client = world.open_task(case_id, "check_completeness"), visitor("coordinator")
    client.post(f"/api/v1/tasks/{task['id']}/complete", json={"data": {"completeness": "complete"}})
    page = client.get(f"/tasks/{task['id']}")
    assert "Diese Aufgabe ist erledigt" in main_text(page)
    assert client.post(f"/tasks/{task['id']}/claim").status_code == 409


def test_remarks_of_whoever_asked_back_stand_above_the_form(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("check_completeness")
    task = world.open_task(case_id, "check_completeness")
    answers = {"completeness": "ask_back", "completeness_note": "Wie viele Stunden <i>je Woche</i>?"}
    visitor("coordinator").post(f"/api/v1/tasks/{task['id']}/complete", json={"data": answers})
    back = world.open_task(case_id, "capture_demand")
    page = visitor("hr").get(f"/tasks/{back['id']}")
    assert "Hinweise für Sie" in main_text(page)
    assert "Wie viele Stunden <i>je Woche</i>?" in main_text(page)


# --- correcting an answer ------------------------------------------------------------------------


def _captured(world: World) -> tuple[str, str]:
    case_id = world.case_at("check_completeness")
    done = sa.select(Task.id).where(Task.case_id == case_id, Task.element == "capture_demand")
    return case_id, str(world.session.scalar(done))


def test_an_answer_is_corrected_with_a_reason(world: World, visitor: Visitor) -> None:
    client, (case_id, task_id) = visitor("hr"), _captured(world)
    page = tree(client.get(f"/tasks/{task_id}"))
    assert page.xpath(f"//a[@href='/tasks/{task_id}/correction']/span/text()") == ["Diese Angabe berichtigen …"]
    assert "„Bedarf erfassen“ berichtigen" in main_text(client.get(f"/cases/{case_id}"))
    assert "Der Verlauf behält die frühere Angabe" in main_text(client.get(f"/tasks/{task_id}/correction"))
    missing = client.post(f"/tasks/{task_id}/correction", data={"reason": "  "})
    assert missing.status_code == 422
    assert "Bitte geben Sie an, warum die Angabe berichtigt werden muss" in main_text(missing)
    sent = client.post(f"/tasks/{task_id}/correction", data={"reason": "<b>Stundenzahl</b>"})
    assert sent.status_code == 303
    opened = client.get(sent.location)
    assert "Die Aufgabe ist mit Ihren früheren Angaben wieder offen" in main_text(opened)
    assert tree(opened).xpath("//*[@id='task-form']")
    history = client.get(f"/cases/{case_id}/history")
    assert "<b>Stundenzahl" not in history.text
    assert "Grund: <b>Stundenzahl</b>" in main_text(history)
    assert "später berichtigt, siehe Eintrag" in main_text(history)


def test_who_comes_too_late_reads_why(world: World, visitor: Visitor) -> None:
    client, (case_id, task_id) = visitor("hr"), _captured(world)
    check = world.open_task(case_id, "check_completeness")["id"]
    world.call("coordinator", "POST", f"/tasks/{check}/complete", {"data": {"completeness": "complete"}})
    words = "Was danach kam, baut auf ihr auf (Vollständigkeit prüfen)."
    for path in (f"/tasks/{task_id}", f"/tasks/{task_id}/correction"):
        assert words in main_text(client.get(path))
    late = client.post(f"/tasks/{task_id}/correction", data={"reason": "zu spät"})
    assert late.status_code == 409
    assert words in main_text(late)


def test_who_may_not_do_the_task_is_offered_no_correction(world: World, visitor: Visitor) -> None:
    _case_id, task_id = _captured(world)
    client = visitor("works-council")
    assert "berichtigen" not in main_text(client.get(f"/tasks/{task_id}"))
    assert "erledigt wird sie von: Personalabteilung" in main_text(client.get(f"/tasks/{task_id}/correction"))
    assert client.post(f"/tasks/{task_id}/correction", data={"reason": "x"}).status_code == 403
    assert visitor("hr2").get(f"/tasks/{task_id}/correction").status_code == 404
