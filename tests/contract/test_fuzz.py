"""Arbitrary JSON where answers, drafts, messages and reasons go: an answer from the contract, never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.stage import Stage
from tests.links.conftest import SAME_SITE, Desk, Participant

PATIENT = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.just(10**60) | st.just(-0.0)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT | st.sampled_from(["2027-02-30", "2027-03-01", "\x00", "NaN"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
CAPTURE = ["course_title", "dqr_level", "mode", "reason", "participants_selected", "course_hours", "window_from"]
DECISION = ["decision", "file_number", "decision_date", "served_on", "granted_course_costs", "refusal_reason"]
EVIDENCE = ["birth_date", "weekly_hours", "monthly_gross", "disability_degree", "has_qualification", "sgb2_benefits"]


def answers(keys: list[str]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(keys) | TEXT, VALUES, max_size=6) | VALUES


@pytest.mark.parametrize(("element", "keys"), [("capture_demand", CAPTURE), ("give_evidence", EVIDENCE)])
def test_any_answers(stage: Stage, element: str, keys: list[str]) -> None:
    path = f"/api/v1/tasks/{stage.task(element)}"
    client = stage.world.client("hr")

    @PATIENT
    @given(answers(keys))
    def send(data: Any) -> None:
        assert client.post(f"{path}/complete", json={"data": data}).status_code == 422
        assert client.post(f"{path}/draft", json={"data": data}).status_code in (200, 422)
        assert client.get(path).status_code == 200

    with stage.nothing_changes():
        send()


def test_any_message(stage: Stage) -> None:
    path = f"/api/v1/cases/{stage.case('record_decision')}/messages"
    client = stage.world.client("hr")

    @PATIENT
    @given(st.just("agency_decision") | TEXT, answers(DECISION))
    def send(name: str, payload: Any) -> None:
        response = client.post(path, json={"name": name, "payload": payload})
        assert response.status_code in (409, 422), response.text

    with stage.nothing_changes():
        send()


def test_any_reason(stage: Stage) -> None:
    """A reason that is refused leaves nothing; a usable one is sent with a stale version and stops there."""
    path = f"/api/v1/cases/{stage.case('check_completeness')}/withdrawal"
    client = stage.world.client("hr")

    @PATIENT
    @given(VALUES)
    def send(reason: Any) -> None:
        response = client.post(path, json={"reason": reason}, headers={"If-Match": '"0"'})
        assert response.status_code in (412, 422), response.text

    with stage.nothing_changes():
        send()


def test_any_comment(stage: Stage) -> None:
    """As with reasons: what is refused leaves nothing, what is usable stops at the stale version."""
    path = f"/api/v1/cases/{stage.case('check_completeness')}/comments"
    client = stage.world.client("hr")

    @PATIENT
    @given(VALUES, VALUES | st.sampled_from(["own", "parties"]), VALUES | st.just(["coordinator"]))
    def send(text: Any, audience: Any, mentions: Any) -> None:
        body = {"text": text, "audience": audience, "mentions": mentions}
        response = client.post(path, json=body, headers={"If-Match": '"0"'})
        assert response.status_code in (412, 422), response.text

    with stage.nothing_changes():
        send()


def test_any_text_of_a_comment(stage: Stage) -> None:
    path = f"/api/v1/cases/{stage.world.case_at('check_completeness')}/comments"
    client = stage.world.client("hr")

    @PATIENT
    @given(TEXT | TEXT.map(lambda text: f"@{text}"))
    def send(text: str) -> None:
        response = client.post(path, json={"text": text})
        assert response.status_code in (201, 422), response.text
        assert client.get(f"{path}?limit=1").status_code == 200

    send()


def test_any_start(stage: Stage) -> None:
    company, client = stage.world.organisation("hr"), stage.world.client("hr")

    @PATIENT
    @given(TEXT, answers([*CAPTURE, "occupation", "short_time_work"]))
    def send(title: str, data: Any) -> None:
        body = {"process": "training_case", "company": company, "title": title, "data": data}
        response = client.post("/api/v1/cases", json=body)
        assert response.status_code in (201, 422), response.text
        if response.status_code == 201:
            assert client.get(response.headers["Location"]).status_code == 200
            assert client.get(f"/api/v1/tasks/{response.json['tasks'][0]['id']}").status_code == 200

    send()
    listed = client.get("/api/v1/cases?limit=100")
    assert listed.status_code == 200


USER_KEYS = ["login", "name", "email", "language", "memberships", "role", "organisation", "employee"]
OWN_KEYS = ["token", "password", "current", "new", "deputy", "member", "valid_from", "valid_until", "language"]


@pytest.mark.parametrize(
    ("method", "path", "keys"),
    [
        ("POST", "/users", USER_KEYS),
        ("POST", "/passwords", OWN_KEYS),
        ("POST", "/me/password", OWN_KEYS),
        ("POST", "/deputies", OWN_KEYS),
        ("PATCH", "/me/account", ["surplus"]),
    ],
)
def test_any_user_password_or_deputy(stage: Stage, method: str, path: str, keys: list[str]) -> None:
    client = stage.world.client("admin")

    @PATIENT
    @given(answers(keys))
    def send(body: Any) -> None:
        response = client.open(f"/api/v1{path}", method=method, json=body)
        assert response.status_code in (404, 422, 429), response.text

    with stage.nothing_changes("sign_in_attempt"):
        send()


def test_any_confirmation(stage: Stage) -> None:
    """Whatever is sent to a link, valid or not: nothing is confirmed and nothing breaks."""
    desk, somebody = Desk(stage.world), Participant(stage.world)
    mailed = desk.hand_out(stage.case("give_evidence"), "evidence", "mail")
    statement = somebody.statement(mailed)

    @PATIENT
    @given(st.sampled_from([mailed.token, "unknown"]), answers(EVIDENCE), TEXT, TEXT)
    def send(token: str, data: Any, code: str, number: str) -> None:
        body = {"data": data, "statement": statement, "code": code, "case_number": number}
        answer = somebody.client.post(f"/api/v1/l/{token}", json=body, headers=SAME_SITE)
        assert answer.status_code == 422 if token == mailed.token else answer.status_code in (404, 422, 429)
        form = {"step": number, "code": code, "case_number": number}
        page = somebody.client.post(f"/l/{token}", data=form, headers=SAME_SITE)
        assert page.status_code in (200, 404, 422, 429)

    with stage.nothing_changes("link_miss"):
        send()
