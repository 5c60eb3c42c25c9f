"""Bad input: refused with a problem, never a 500, nothing half written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.stage import Stage, is_problem

BODIES = [
    ("POST", "/cases"),
    ("POST", "/cases/{case}/messages"),
    ("POST", "/cases/{case}/withdrawal"),
    ("POST", "/cases/{case}/comments"),
    ("POST", "/tasks/{task}/assign"),
    ("POST", "/tasks/{task}/draft"),
    ("POST", "/tasks/{task}/complete"),
    ("POST", "/employees"),
]
OBJECTS = [
    ("GET", "/cases/{id}"),
    ("GET", "/cases/{id}/history"),
    ("GET", "/cases/{id}/history/verification"),
    ("GET", "/cases/{id}/diagram"),
    ("GET", "/cases/{id}/decisions"),
    ("POST", "/cases/{id}/messages"),
    ("POST", "/cases/{id}/withdrawal"),
    ("GET", "/cases/{id}/comments"),
    ("POST", "/cases/{id}/comments"),
    ("POST", "/comments/{id}/withdrawal"),
    ("POST", "/mentions/{id}/read"),
    ("GET", "/tasks/{id}"),
    ("POST", "/tasks/{id}/claim"),
    ("POST", "/tasks/{id}/release"),
    ("POST", "/tasks/{id}/assign"),
    ("POST", "/tasks/{id}/draft"),
    ("POST", "/tasks/{id}/complete"),
    ("GET", "/companies/{id}"),
    ("PATCH", "/companies/{id}"),
    ("GET", "/companies/{id}/facts"),
    ("GET", "/employees/{id}"),
    ("PATCH", "/employees/{id}"),
    ("GET", "/providers/{id}"),
    ("GET", "/providers/{id}/certificates"),
]
VALID = {
    "messages": {"name": "agency_decision", "payload": {}},
    "withdrawal": {"reason": "weil"},
    "comments": {"text": "Bitte"},
    "assign": {"user": "hr"},
    "draft": {"data": {}},
    "complete": {"data": {}},
}
MALFORMED = [
    (b"{", "application/json", 400),
    (b"{'a': 1}", "application/json", 400),
    (b'{"data": NaN}', "application/json", 400),
    (b'{"data": 1e999999999999999999999}', "application/json", 400),
    (b'{"data": "\\ud800"}', "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"[" * 200_000, "application/json", 400),
    (b'{"a":' * 50_000, "application/json", 400),
    (b'{"data": {}} trailing', "application/json", 400),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'"text"', "application/json", 422),
    (b"7", "application/json", 422),
    (b"", "application/json", 422),
    (b'{"surplus": 1}', "application/json", 422),
    (b"data=1", "application/x-www-form-urlencoded", 415),
    (b"<data/>", "application/xml", 415),
    (b"{}", "text/plain", 415),
    (b"x" * 3_000_000, "application/json", 413),
    (b"x" * 3_000_000, "application/octet-stream", 413),
]
WRONG_IDS = [
    "01a20a1c-0000-7000-8000-000000000000",
    "x",
    "%00",
    "a%00b",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "'%20OR%20'1'%3d'1",
    "%25",
    "_",
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "%FF",
    "x" * 3000,
    "null",
    "-1",
]


def address(stage: Stage, path: str) -> str:
    element = "capture_demand"
    return "/api/v1" + path.format(case=stage.case(element), task=stage.task(element))


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_malformed_bodies(stage: Stage, method: str, path: str) -> None:
    client = stage.world.client("coordinator" if "assign" in path else "hr")
    target = address(stage, path)
    with stage.nothing_changes():
        for sent, content_type, status in MALFORMED:
            is_problem(client.open(target, method=method, data=sent, content_type=content_type), status)


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/cases", {}, {"/process", "/company", "/title"}),
        ("/cases", {"process": 1, "company": [], "title": {}}, {"/process", "/company", "/title"}),
        ("/cases", {"process": "training_case", "company": "x", "title": ""}, {"/title"}),
        ("/cases", {"process": "training_case", "company": "x", "title": " \t "}, {"/title"}),
        ("/cases", {"process": "training_case", "company": "x", "title": "x" * 201}, {"/title"}),
        ("/cases", {"process": "training_case", "company": "x", "title": "a\u0000b"}, {"/title"}),
        ("/cases", {"process": "training_case", "company": "x", "title": "ok", "data": []}, {"/data"}),
        ("/cases", {"process": "training_case", "company": "x", "title": "ok"}, {"/company"}),
        ("/cases/{case}/messages", {}, {"/name"}),
        ("/cases/{case}/messages", {"name": "", "payload": 1}, {"/name", "/payload"}),
        ("/cases/{case}/withdrawal", {}, {"/reason"}),
        ("/cases/{case}/withdrawal", {"reason": ""}, {"/reason"}),
        ("/cases/{case}/withdrawal", {"reason": "   "}, {"/reason"}),
        ("/cases/{case}/withdrawal", {"reason": "x" * 2001}, {"/reason"}),
        ("/cases/{case}/withdrawal", {"reason": "a\u0000b"}, {"/reason"}),
        ("/tasks/{task}/assign", {"user": None}, {"/user"}),
        ("/tasks/{task}/assign", {"user": "nobody-known"}, {"/user"}),
        ("/tasks/{task}/assign", {"user": "provider"}, {"/user"}),
        ("/tasks/{task}/draft", {}, {"/data"}),
        ("/tasks/{task}/draft", {"data": [1]}, {"/data"}),
        ("/tasks/{task}/draft", {"data": None}, {"/data"}),
        ("/tasks/{task}/complete", {"data": "text"}, {"/data"}),
        ("/tasks/{task}/complete", {"answers": {}}, {"/data", "/answers"}),
    ],
)
def test_wrong_entries_are_named(stage: Stage, path: str, body: Any, pointers: set[str]) -> None:
    client = stage.world.client("coordinator" if "assign" in path else "hr")
    target = address(stage, path)
    with stage.nothing_changes():
        response = client.post(target, json=body)
    problem = is_problem(response, 422)
    assert {error["pointer"] for error in problem["errors"]} == pointers


def test_wrong_answers_are_all_named_at_once(stage: Stage) -> None:
    answers = {"course_title": "x", "dqr_level": 9, "mode": "by post", "window_from": "2027-02-30", "surplus": 1}
    target = address(stage, "/tasks/{task}/complete")
    with stage.nothing_changes():
        problem = is_problem(stage.world.client("hr").post(target, json={"data": answers}), 422, "invalid_answers")
    codes = {error["pointer"]: error["code"] for error in problem["errors"]}
    assert codes["/data/course_title"] == "min_length"
    assert codes["/data/dqr_level"] == "max"
    assert codes["/data/mode"] == "not_an_option"
    assert codes["/data/window_from"] == "invalid_date"
    assert codes["/data/surplus"] == "unknown_field"
    assert codes["/data/reason"] == "required"


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({"mode": {"a": 1}}, {"/data/mode"}),
        ({"mode": ["x"], "course_hours": "many"}, {"/data/mode", "/data/course_hours"}),
        ({"course_hours": 10**30}, {"/data/course_hours"}),
        ({"course_title": "\x00\x01"}, {"/data/course_title"}),
        ({"window_from": "2027-02-30"}, {"/data/window_from"}),
        ({"participants_selected": ["somebody"]}, {"/data/participants_selected"}),
        ({"funding_path": "sgb3_82"}, {"/data/funding_path"}),
        ({"a/b~c": 1}, {"/data/a~1b~0c"}),
    ],
)
def test_what_a_case_starts_with_is_checked_as_its_first_form_does(
    stage: Stage, data: dict[str, Any], pointers: set[str]
) -> None:
    body = {"process": "training_case", "company": stage.world.organisation("hr"), "title": "Fall", "data": data}
    with stage.nothing_changes():
        problem = is_problem(stage.world.call("hr", "POST", "/cases", body), 422)
    assert {error["pointer"] for error in problem["errors"]} == pointers


def test_what_a_case_starts_with_stands_in_the_first_form(stage: Stage) -> None:
    data = {"course_title": "Löten", "course_hours": 12, "mode": None, "dqr_level": 4}
    body = {"process": "training_case", "company": stage.world.organisation("hr"), "title": "Fall", "data": data}
    case = stage.world.call("hr", "POST", "/cases", body).json
    task = stage.world.call("hr", "GET", f"/tasks/{case['tasks'][0]['id']}").json
    assert task["data"] == {"course_title": "Löten", "course_hours": 12, "dqr_level": 4}


@pytest.mark.parametrize("login", ["hr", "employee", "works-council", "cluster-partner"])
def test_a_process_or_company_that_is_not_mine(stage: Stage, login: str) -> None:
    foreign = {"process": "training_case", "company": stage.world.organisation("hr2"), "title": "Fall"}
    unknown = {"process": "nothing", "company": stage.world.organisation("hr"), "title": "Fall"}
    with stage.nothing_changes():
        answers = [stage.world.call(login, "POST", "/cases", body) for body in (foreign, unknown)]
    wanted = [(422, "company_unknown"), (422, "process_unknown")] if login == "hr" else [(403, "forbidden")] * 2
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == wanted


@pytest.mark.parametrize(("method", "path"), OBJECTS)
def test_ids_that_name_nothing(stage: Stage, method: str, path: str) -> None:
    client = stage.world.client("coordinator" if "assign" in path else "hr")
    body = VALID.get(path.rsplit("/", 1)[-1]) if method == "POST" else {} if method == "PATCH" else None
    with stage.nothing_changes():
        for wrong_id in WRONG_IDS:
            is_problem(client.open(f"/api/v1{path.format(id=wrong_id)}", method=method, json=body), 404)


@pytest.mark.parametrize("action", ["claim", "release", "assign", "draft", "complete"])
@pytest.mark.parametrize(
    ("login", "status", "code"),
    [
        ("hr", 403, "not_your_task"),
        ("auditor", 403, None),
        ("funding-adviser", 403, None),
        ("employee", 404, "not_found"),
        ("hr2", 404, "not_found"),
        ("provider", 404, "not_found"),
        ("admin", 404, "not_found"),
        ("cluster-partner", 404, "not_found"),
    ],
)
def test_tasks_of_others(stage: Stage, action: str, login: str, status: int, code: str | None) -> None:
    path = f"/tasks/{stage.task('check_completeness')}/{action}"
    with stage.nothing_changes():
        response = stage.world.call(login, "POST", path, VALID.get(action))
    is_problem(response, status, code)


@pytest.mark.parametrize("action", ["claim", "release", "assign", "draft", "complete"])
def test_a_task_that_is_done_stays_done(stage: Stage, action: str) -> None:
    world, case_id = stage.world, stage.case("works_council_word")
    done = world.call("coordinator", "GET", f"/tasks?state=completed&case={case_id}").json["items"][0]["id"]
    with stage.nothing_changes():
        response = world.call("coordinator", "POST", f"/tasks/{done}/{action}", VALID.get(action))
    is_problem(response, 409, "not_open")


@pytest.mark.parametrize("tag", ['"stale"', 'W/"{etag}"', '"stale", "older"', '""', "stale"])
@pytest.mark.parametrize("action", ["claim", "release", "assign", "draft", "complete"])
def test_a_stale_copy_of_a_task(stage: Stage, action: str, tag: str) -> None:
    path = f"/tasks/{stage.task('check_completeness')}"
    etag = stage.world.call("coordinator", "GET", path).headers["ETag"].strip('"')
    with stage.nothing_changes():
        header = tag.format(etag=etag)
        response = stage.world.call("coordinator", "POST", f"{path}/{action}", VALID.get(action), If_Match=header)
    is_problem(response, 412, "stale_version")


@pytest.mark.parametrize("tag", ["*", "{etag}", '"other", {etag}', "{bare}"])
def test_the_right_copy_of_a_task(stage: Stage, tag: str) -> None:
    path = f"/tasks/{stage.task('check_completeness')}"
    etag = stage.world.call("coordinator", "GET", path).headers["ETag"]
    header = tag.format(etag=etag, bare=etag.strip('"'))
    assert stage.world.call("coordinator", "POST", f"{path}/claim", If_Match=header).status_code == 200


@pytest.mark.parametrize(("path", "body"), [("messages", VALID["messages"]), ("withdrawal", VALID["withdrawal"])])
def test_a_stale_copy_of_a_case(stage: Stage, path: str, body: Any) -> None:
    with stage.nothing_changes():
        response = stage.world.call(
            "hr", "POST", f"/cases/{stage.case('check_completeness')}/{path}", body, If_Match='"0"'
        )
    is_problem(response, 412, "stale_version")


@pytest.mark.parametrize("name", ["agency_decision", "withdrawal", "nothing", "'; DROP TABLE task; --"])
def test_a_message_nobody_waits_for(stage: Stage, name: str) -> None:
    case_id = stage.case("check_completeness")
    with stage.nothing_changes():
        response = stage.world.call("hr", "POST", f"/cases/{case_id}/messages", {"name": name, "payload": {"x": 1}})
    is_problem(response, 409, "nothing_waits")


def test_a_wrong_message_to_a_case_that_waits(stage: Stage) -> None:
    case_id = stage.case("record_decision")
    body = {"name": "agency_decision", "payload": {"decision": "maybe", "surplus": 1}}
    with stage.nothing_changes():
        problem = is_problem(stage.world.call("hr", "POST", f"/cases/{case_id}/messages", body), 422)
    codes = {error["pointer"]: error["code"] for error in problem["errors"]}
    assert (codes["/payload/decision"], codes["/payload/surplus"]) == ("not_an_option", "unknown_field")


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic aHI6ZGVtbw==", "Bearer " + "x" * 5000, "Bearer ü"])
def test_broken_credentials(stage: Stage, header: str) -> None:
    response = stage.world.client().get("/api/v1/cases", headers={"Authorization": header})
    is_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_big_numbers_and_deep_data_in_drafts_do_no_harm(stage: Stage) -> None:
    path = f"/tasks/{stage.own_task('capture_demand')}"
    deep: Any = "bottom"
    for _ in range(200):
        deep = [deep]
    data = {"course_hours": 10**400, "course_title": "x" * 100_000, "mode": deep, "participants_selected": [deep] * 9}
    assert stage.world.call("hr", "POST", f"{path}/draft", {"data": data}).status_code == 200
    kept = stage.world.call("hr", "GET", path)
    assert kept.status_code == 200
    assert json.loads(kept.text)["data"].get("course_hours") is None
