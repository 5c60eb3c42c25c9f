"""Every call of the contract: what it answers when all is well."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.contract.stage import PROBLEM_KEYS, Stage, is_problem

CASE = set(
    """
    id number process version status phase phase_title company title result where created_at updated_at ended_at
    """.split()
)
DETAIL = CASE | {"tasks", "phases", "next_steps", "steps", "data", "results", "summary", "incidents", "may"}
TASK = set(
    """
    id case element name phase role organisation assignee state created_at due_at follow_up_at priority may_complete
    overdue
    """.split()
)
ENTRY = {"seq", "at", "actor", "on_behalf_of", "kind", "summary", "payload", "hash", "corrected_by"}
PHASES = ["demand_capture", "funding_check", "provider_selection", "short_time_alignment", "application", "completion"]
SECURITY = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def ok(response: TestResponse, status: int = 200) -> Any:
    """The body of an answer that must have ``status``, in JSON and with the headers every answer has."""
    assert response.status_code == status, (response.status_code, response.text[:500])
    assert response.mimetype == "application/json"
    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response.headers["Vary"].split(",")}
    assert response.headers["X-Request-Id"]
    assert "X-Pagination" not in response.headers
    return response.json


def is_time(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() is not None


def test_a_token_opens_the_door(stage: Stage) -> None:
    body = ok(stage.world.call(None, "POST", "/tokens", {"login": "hr", "password": "demo"}), 201)
    assert set(body) == {"token", "expires_at"}
    assert is_time(body["expires_at"])
    answer = stage.world.client().get("/api/v1/me", headers={"Authorization": f"Bearer {body['token']}"})
    assert ok(answer)["login"] == "hr"


def test_me_says_who_i_am(stage: Stage) -> None:
    me = ok(stage.world.call("works-council", "GET", "/me"))
    assert set(me) == {"login", "name", "roles", "organisations", "deputies"}
    assert me["roles"] == ["works_council"]
    (organisation,) = me["organisations"]
    assert (set(organisation), organisation["kind"]) == ({"id", "name", "kind", "roles"}, "company")


@pytest.mark.parametrize("login", ["hr", "coordinator"])
def test_a_case_is_started(stage: Stage, login: str) -> None:
    company = stage.world.organisation("hr")
    body = {"process": "training_case", "company": company, "title": "Neuer Fall", "data": {"course_hours": 160}}
    response = stage.world.call(login, "POST", "/cases", body)
    case = ok(response, 201)
    assert set(case) == DETAIL
    assert response.headers["Location"] == f"/api/v1/cases/{case['id']}"
    assert response.headers["ETag"] == '"1"'
    assert (case["status"], case["phase"], case["company"]["id"]) == ("open", "demand_capture", company)
    assert case["number"].startswith("FF-20")
    assert [task["element"] for task in case["tasks"]] == ["capture_demand"]
    assert [phase["key"] for phase in case["phases"]] == PHASES
    assert case["data"]["course_hours"] == 160
    again = stage.world.client(login).get(response.headers["Location"])
    assert ok(again)["id"] == case["id"]
    assert again.headers["ETag"] == '"1"'


def test_a_case_tells_where_it_is_in_words(stage: Stage) -> None:
    client, path = stage.world.client("hr"), f"/api/v1/cases/{stage.case('works_council_word')}"
    german = ok(client.get(path))["where"]
    english = ok(client.get(path, headers={"Accept-Language": "en"}))["where"]
    assert german.startswith("Bedarfserfassung: wartet seit ")
    assert "Betriebsrat (Stellungnahme Betriebsrat)" in german
    assert english.startswith("Demand capture: waiting for Works council")


def test_cases_are_listed(stage: Stage) -> None:
    stage.case("works_council_word")
    page = ok(stage.world.call("hr", "GET", "/cases"))
    assert set(page) == {"items", "next"}
    assert all(set(case) == CASE for case in page["items"])


def test_tasks_are_listed(stage: Stage) -> None:
    stage.case("works_council_word")
    page = ok(stage.world.call("works-council", "GET", "/tasks"))
    assert set(page) == {"items", "next"}
    assert page["items"]
    for task in page["items"]:
        assert set(task) == TASK
        assert set(task["case"]) == {"id", "number", "title", "company"}
        assert set(task["organisation"]) == {"id", "name"}
        assert task["may_complete"] is True
        assert is_time(task["created_at"])
        assert is_time(task["due_at"])


def test_a_task_comes_with_form_data_and_context(stage: Stage) -> None:
    response = stage.world.call("hr", "GET", f"/tasks/{stage.task('give_evidence')}")
    task = ok(response)
    assert set(task) == TASK | {"form", "data", "context"}
    assert response.headers["ETag"]
    assert task["form"]["type"] == "default"
    assert task["data"]["weekly_hours"] == 38
    assert {"options", "summary", "results", "notes", "values", "phase_title", "documents", "kinds"} == set(
        task["context"]
    )


def test_the_form_speaks_the_callers_language(stage: Stage) -> None:
    client, path = stage.world.client("hr"), f"/api/v1/tasks/{stage.task('give_evidence')}"
    german, english = client.get(path).text, client.get(path, headers={"Accept-Language": "en"}).text
    assert "Geburtsdatum" in german
    assert "Date of birth" in english


def test_who_may_only_look_gets_no_form(stage: Stage) -> None:
    task = ok(stage.world.call("auditor", "GET", f"/tasks/{stage.task('give_evidence')}"))
    assert (task["form"], task["data"], task["may_complete"]) == (None, {}, False)


def test_claim_release_assign_draft_complete(stage: Stage) -> None:
    world, task_id = stage.world, stage.own_task("check_completeness")
    path = f"/tasks/{task_id}"
    claimed = world.call("coordinator", "POST", f"{path}/claim")
    assert ok(claimed)["assignee"]["name"] == "Katrin Vogelsang"
    released = world.call("coordinator", "POST", f"{path}/release")
    assert ok(released)["assignee"] is None
    assert claimed.headers["ETag"] != released.headers["ETag"]
    assert ok(world.call("coordinator", "POST", f"{path}/assign", {"user": "coordinator"}))["assignee"]
    assert set(ok(world.call("coordinator", "POST", f"{path}/draft", {"data": {"completeness": "ask_back"}}))) == TASK
    done = ok(world.call("coordinator", "POST", f"{path}/complete", {"data": {"completeness": "complete"}}))
    assert (set(done), done["id"], done["state"]) == ({"id", "state", "case"}, task_id, "completed")
    assert set(done["case"]) == {"id", "number"}


def test_a_history_is_read_page_by_page_and_proved(stage: Stage) -> None:
    world, path = stage.world, f"/cases/{stage.case('works_council_word')}/history"
    found, cursor = [], ""
    while cursor is not None:
        page = ok(world.call("auditor", "GET", f"{path}?limit=2{cursor and f'&cursor={cursor}'}"))
        assert len(page["items"]) <= 2
        found += page["items"]
        cursor = page["next"]
    assert [entry["seq"] for entry in found] == list(range(1, len(found) + 1))
    assert all(set(entry) == ENTRY and is_time(entry["at"]) and entry["summary"] for entry in found)
    assert found == ok(world.call("auditor", "GET", f"{path}?limit=100"))["items"]
    proof = ok(world.call("auditor", "GET", f"{path}/verification"))
    assert proof == {"valid": True, "entries": len(found), "head": found[-1]["hash"], "first_broken": None}


def test_the_diagram_shows_the_path(stage: Stage) -> None:
    diagram = ok(stage.world.call("provider", "GET", f"/cases/{stage.case('give_quote')}/diagram"))
    assert set(diagram) == {"files", "main", "active", "completed", "flows"}
    assert {file["name"] for file in diagram["files"]} >= {diagram["main"], "provider_selection.bpmn"}
    assert all("<bpmn:definitions" in file["xml"] for file in diagram["files"])
    assert diagram["active"]["give_quote"] == 3
    assert diagram["completed"]["capture_demand"] == 1
    assert all(count >= 1 for count in diagram["flows"].values())


def test_decisions_come_with_their_reasons(stage: Stage) -> None:
    page = ok(stage.world.call("funding-adviser", "GET", f"/cases/{stage.case('review_assessment')}/decisions"))
    assert page["next"] is None
    assert {item["decision_id"] for item in page["items"]} >= {"sgb3_82_shares", "funding_path"}
    for item in page["items"]:
        assert {"seq", "at", "decision_id", "value", "inputs", "matched", "model_hash", "required"} <= set(item)
        assert all({"rule_id", "annotations", "outputs"} <= set(rule) for rule in item["matched"])


def test_a_message_moves_the_case_on(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("record_decision")
    before = world.call("hr", "GET", f"/cases/{case_id}")
    assert before.json["may"]["message"] == ["agency_decision"]
    payload = {
        "decision": "granted",
        "file_number": "KBS-2026-4711",
        "decision_date": "2027-01-11",
        "served_on": "2027-01-14",
        "granted_course_costs": 4800,
        "granted_wage_subsidy": 50,
    }
    sent = {"name": "agency_decision", "payload": payload}
    answer = world.call("hr", "POST", f"/cases/{case_id}/messages", sent, If_Match=before.headers["ETag"])
    assert ok(answer)["tasks"][0]["element"] == "enrol_participants"
    assert answer.headers["ETag"] != before.headers["ETag"]
    again = world.call("hr", "POST", f"/cases/{case_id}/messages", sent)
    is_problem(again, 409, "nothing_waits")


def test_a_withdrawn_case_is_cancelled(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("give_evidence")
    case = ok(world.call("hr", "POST", f"/cases/{case_id}/withdrawal", {"reason": "Auftragslage"}))
    assert [task["element"] for task in case["tasks"]] == ["confirm_withdrawal"]
    world.walker().to_end(case_id)
    case = ok(world.call("hr", "GET", f"/cases/{case_id}"))
    assert (case["status"], case["result"]) == ("cancelled", "withdrawn")
    assert case["ended_at"]
    assert ok(world.call("hr", "GET", f"/cases/{case_id}/history/verification"))["valid"] is True
    is_problem(world.call("hr", "POST", f"/cases/{case_id}/withdrawal", {"reason": "noch einmal"}), 409, "case_ended")


def test_definitions_are_open_to_every_member(stage: Stage) -> None:
    (listed,) = ok(stage.world.call("cluster-partner", "GET", "/definitions"))["items"]
    response = stage.world.call("cluster-partner", "GET", f"/definitions/{listed['key']}/{listed['version']}")
    definition = ok(response)
    assert set(listed) == {"key", "version", "hash", "title", "deployed_at", "running"}
    assert set(definition) == set(listed) | {"legal_basis", "phases", "files", "tasks"}
    assert response.headers["ETag"] == f'"{listed["hash"]}"'
    assert [phase["key"] for phase in definition["phases"]] == PHASES
    is_problem(stage.world.call("admin", "GET", "/definitions/training_case/99"), 404, "process_unknown")
    is_problem(stage.world.call("admin", "GET", "/definitions/training_case/99999999999999999999"), 404)


@pytest.mark.parametrize(("path", "status"), [("/healthz", "ok"), ("/readyz", "ready")])
def test_health_needs_no_sign_in(stage: Stage, path: str, status: str) -> None:
    assert ok(stage.world.client().get(path))["status"] == status


# --- what every answer and every refusal has in common -------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "login", "status", "code"),
    [
        ("GET", "/nowhere", None, 404, "not_found"),
        ("GET", "/me", None, 401, "unauthenticated"),
        ("POST", "/cases", "auditor", 403, "forbidden"),
        ("PATCH", "/cases", "hr", 405, "method_not_allowed"),
        ("GET", "/cases?limit=0", "hr", 422, "unprocessable"),
    ],
)
def test_every_error_is_a_problem_in_the_callers_language(
    stage: Stage, method: str, path: str, login: str | None, status: int, code: str
) -> None:
    german = is_problem(stage.world.call(login, method, path), status, code)
    english = is_problem(stage.world.call(login, method, path, Accept_Language="en-GB,en;q=0.9,de;q=0.1"), status, code)
    default = is_problem(stage.world.call(login, method, path, Accept_Language="fr"), status, code)
    assert german["title"] != english["title"]
    assert german["detail"] != english["detail"]
    assert german["detail"] == default["detail"]
    assert set(german) - {"errors"} == PROBLEM_KEYS


@pytest.mark.parametrize(
    ("path", "allowed"), [("/cases", {"GET", "HEAD", "OPTIONS", "POST"}), ("/me", {"GET", "HEAD", "OPTIONS"})]
)
def test_a_wrong_method_names_the_right_ones(stage: Stage, path: str, allowed: set[str]) -> None:
    response = stage.world.call("hr", "DELETE", path)
    is_problem(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == allowed


def test_problems_carry_the_headers_of_every_answer(stage: Stage) -> None:
    response = stage.world.call("hr", "GET", "/cases/unknown")
    is_problem(response, 404)
    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
    assert response.json["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"


def test_a_bug_is_a_problem_without_a_word_about_the_inside(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_arguments: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setitem(stage.world.app.view_functions, "identity_api.me", broken)
    body = is_problem(stage.world.call("hr", "GET", "/me"), 500, "internal_error")
    assert "secret" not in str(body)
    assert "Zero" not in str(body)


def test_the_description_and_its_page_need_no_sign_in(stage: Stage) -> None:
    client = stage.world.client()
    description = client.get("/api/v1/openapi.json")
    assert (description.status_code, description.json["openapi"][:3]) == (200, "3.1")
    assert client.get("/api/v1/docs").status_code == 200


def test_every_api_route_is_described(stage: Stage) -> None:
    described = stage.world.client().get("/api/v1/openapi.json").json["paths"]
    routes = {
        (rule.rule.replace("<string:", "{").replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in stage.world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api_docs.")
    }
    assert routes == {
        (path, method) for path, operations in described.items() for method in operations if method != "parameters"
    }
