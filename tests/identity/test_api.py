"""Tokens and me, over HTTP; and what the transport does with bad input."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.identity import throttle
from app.identity.models import Deputy
from app.platform.clock import utcnow
from app.platform.db import counting, unit_of_work
from app.platform.idempotency import IdempotencyRecord
from app.platform.ids import new_id
from tests.conftest import PASSWORD, People, SignedIn

TOKENS = "/api/v1/tokens"
HR = {"login": "hr", "password": PASSWORD}


@pytest.fixture
def _hr(people: People) -> None:
    people.user("hr", ("hr", people.organisation("Acme")))


@pytest.mark.usefixtures("_hr")
def test_a_machine_signs_in_works_and_signs_out(client: FlaskClient) -> None:
    response = client.post(TOKENS, json=HR)
    assert response.status_code == 201
    assert set(response.json) == {"token", "expires_at"}
    assert datetime.fromisoformat(response.json["expires_at"]) > utcnow() + timedelta(hours=11)
    assert response.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {response.json['token']}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.delete(f"{TOKENS}/current", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert client.delete(f"{TOKENS}/current", headers=headers).status_code == 401


def test_me_tells_roles_organisations_and_deputies(session: Session, people: People, signed_in: SignedIn) -> None:
    acme, bolt = people.organisation("Acme"), people.organisation("Bolt", "provider")
    user = people.user("multi", ("hr", acme), ("employee", acme), ("provider", bolt))
    other = people.user("other")
    now = utcnow()
    with unit_of_work(session):
        session.add(
            Deputy(
                id=new_id(),
                member_user_id=user.id,
                deputy_user_id=other.id,
                valid_from=now,
                valid_until=now + timedelta(days=1),
            )
        )
    me = signed_in(user).get("/api/v1/me").json
    (deputy,) = me.pop("deputies")
    assert me == {
        "login": "multi",
        "name": "Multi",
        "roles": ["employee", "hr", "provider"],
        "organisations": [
            {"id": acme.id, "name": "Acme GmbH", "kind": "company", "roles": ["employee", "hr"]},
            {"id": bolt.id, "name": "Bolt GmbH", "kind": "provider", "roles": ["provider"]},
        ],
    }
    assert (deputy["direction"], deputy["login"]) == ("for_me", "other")
    assert datetime.fromisoformat(deputy["valid_until"]) == now + timedelta(days=1)


def test_me_costs_two_statements(people: People, signed_in: SignedIn) -> None:
    caller = signed_in(people.user("hr"))
    with counting() as counter:
        caller.get("/api/v1/me")
    assert (counter.statements, counter.commits) == (2, 0)


# --- bad input -----------------------------------------------------------------------------------


def body(**changes: object) -> str:
    return json.dumps({key: value for key, value in {**HR, **changes}.items() if value is not ...})


@pytest.mark.usefixtures("_hr")
@pytest.mark.parametrize(
    ("sent", "status", "pointers"),
    [
        ("{", 400, None),
        ('{"login": NaN}', 400, None),
        ('{"login": "\\ud800"}', 400, None),
        ("[" * 100_000, 400, None),
        ("\xff", 400, None),
        ("", 422, {"/login": "required", "/password": "required"}),
        ("{}", 422, {"/login": "required", "/password": "required"}),
        ("[]", 422, {"": "type"}),
        ("null", 422, {"": "type"}),
        ('"text"', 422, {"": "type"}),
        (body(login=7), 422, {"/login": "type"}),
        (body(login=None), 422, {"/login": "required"}),
        (body(login=["hr"]), 422, {"/login": "type"}),
        (body(password={"a": 1}), 422, {"/password": "type"}),
        (body(login=""), 422, {"/login": "length"}),
        (body(login="x" * 81), 422, {"/login": "length"}),
        (body(password="x" * 201), 422, {"/password": "length"}),
        (body(login="h\x00r"), 422, {"/login": "invalid"}),
        (body(extra=1), 422, {"/extra": "unknown_field"}),
        (body(**{"a/b~c": 1}), 422, {"/a~1b~0c": "unknown_field"}),
        (body(login=7, password=...), 422, {"/login": "type", "/password": "required"}),
        (body(login="nobody"), 401, None),
        (body(password="wrong"), 401, None),
        (body(password="x\x00"), 401, None),
        ("x" * 3_000_000, 413, None),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_pointers(
    client: FlaskClient, session: Session, sent: str, status: int, pointers: dict[str, str] | None
) -> None:
    response = client.post(TOKENS, data=sent.encode("latin-1"), content_type="application/json")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert {"type", "title", "status", "detail", "code"} <= set(problem)
    assert problem["status"] == status
    found = {error["pointer"]: error["code"] for error in problem.get("errors", [])}
    assert found == (pointers or {})
    assert session.scalar(sa.text("SELECT count(*) FROM access_token")) == 0


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_content_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = client.post(TOKENS, data=body(), content_type=content_type)
    assert (response.status_code, response.json["code"]) == (415, "unsupported_type")


@pytest.mark.usefixtures("_hr")
@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.vorlauf+json"])
def test_json_by_any_of_its_names_is_accepted(client: FlaskClient, content_type: str) -> None:
    assert client.post(TOKENS, data=body(), content_type=content_type).status_code == 201


def test_a_wrong_method_is_a_problem_that_says_what_is_allowed(client: FlaskClient) -> None:
    response = client.put(TOKENS, json=HR)
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


@pytest.mark.usefixtures("_hr")
def test_guessing_is_answered_with_429_and_when_to_come_back(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "SOFT_PER_LOGIN", 2)
    wrong = {"login": "hr", "password": "wrong"}
    assert [client.post(TOKENS, json=wrong).status_code for _ in range(4)] == [401, 401, 429, 429]
    response = client.post(TOKENS, json=wrong)
    assert 800 < int(response.headers["Retry-After"]) <= 901
    assert response.mimetype == "application/problem+json"
    assert client.post(TOKENS, json=HR).status_code == 201, "a sign-in that succeeds is never throttled"


# --- language ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        (None, "Anmeldename oder Passwort ist falsch."),
        ("de", "Anmeldename oder Passwort ist falsch."),
        ("en-GB", "Login or password is wrong."),
        ("en, de;q=0.5", "Login or password is wrong."),
        ("fr", "Anmeldename oder Passwort ist falsch."),
    ],
)
def test_messages_follow_the_callers_language(client: FlaskClient, language: str | None, detail: str) -> None:
    headers = {} if language is None else {"Accept-Language": language}
    response = client.post(TOKENS, json=HR, headers=headers)
    assert response.json["detail"] == detail


def test_wrong_entries_are_explained_in_german(client: FlaskClient) -> None:
    response = client.post(TOKENS, json={"login": "x" * 81, "word": 1})
    assert {error["message"] for error in response.json["errors"]} == {
        "Bitte geben Sie 1 bis 80 Zeichen an.",
        "Diese Angabe wird benötigt.",
        "Dieses Feld ist hier nicht bekannt.",
    }


# --- secrets stay secret -------------------------------------------------------------------------


@pytest.mark.usefixtures("_hr")
def test_neither_password_nor_token_is_logged_or_kept(
    client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"Idempotency-Key": "sign-in-1"}
    token = client.post(TOKENS, json=HR, headers=headers).json["token"]
    client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    client.post("/api/v1/nowhere", headers={"Authorization": f"Bearer {token}"})
    client.delete(f"{TOKENS}/current", headers={"Authorization": f"Bearer {token}", **headers})
    client.post(TOKENS, json={**HR, "password": "guess-4711"})
    out, err = capfd.readouterr()
    written = caplog.text + out + err
    assert token not in written
    assert "guess-4711" not in written
    kept = [record.body for record in session.scalars(sa.select(IdempotencyRecord))]
    assert not any(token.encode() in text for text in kept)


# --- description ---------------------------------------------------------------------------------


def test_the_description_needs_no_sign_in_and_names_every_answer(client: FlaskClient) -> None:
    description = client.get("/api/v1/openapi.json").json
    assert description["openapi"].startswith("3.1")
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    create = description["paths"]["/api/v1/tokens"]["post"]
    assert create["security"] == []
    assert {"201", "400", "401", "413", "415", "422", "429"} <= set(create["responses"])
    me = description["paths"]["/api/v1/me"]["get"]
    assert {"200", "401"} <= set(me["responses"])
    assert "PaginationMetadata" not in description["components"]["schemas"]


def test_every_error_in_the_description_is_problem_json(client: FlaskClient) -> None:
    description = client.get("/api/v1/openapi.json").json
    for name, response in description["components"]["responses"].items():
        assert list(response["content"]) == ["application/problem+json"], name


def test_every_operation_has_a_name_and_a_summary(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    operations = [operation for path in paths.values() for operation in path.values() if "responses" in operation]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) >= 3
    assert all(operation["summary"] for operation in operations)


def test_the_docs_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    assert "http:" not in html
    assert "https:" not in html
    assert "<script>" not in html
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert client.get("/api/v1/docs/start.js").mimetype == "text/javascript"
