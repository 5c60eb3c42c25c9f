"""What a signed-in user was refused is kept for the auditor, and never changes the answer."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.audit import refusals
from app.audit.models import Refusal
from app.identity.models import Organisation
from app.platform.clock import utcnow
from app.platform.db import counting
from tests.conftest import People
from tests.identity.conftest import tiny as tiny


@pytest.fixture
def company(people: People) -> Organisation:
    return people.organisation("Zahnrad")


@pytest.fixture
def hr(people: People, company: Organisation, tiny: Flask) -> FlaskClient:
    """A client signed in as HR."""
    client = tiny.test_client()
    user = people.user("hr", ("hr", company))
    client.environ_base["HTTP_AUTHORIZATION"] = people.bearer(user)["Authorization"]
    return client


def recorded(session: Session) -> list[Refusal]:
    session.rollback()
    return list(session.scalars(sa.select(Refusal).order_by(Refusal.id)))


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("conflict", 409, "conflict"), ("stale", 412, "stale_version"), ("gone", 404, "not_found")],
)
def test_a_refused_attempt_is_recorded_and_nothing_else_remains(
    session: Session, hr: FlaskClient, company: Organisation, how: str, status: int, code: str
) -> None:
    assert hr.post(f"/api/fails/{how}").status_code == status
    (refusal,) = recorded(session)
    assert (refusal.method, refusal.path, refusal.object_id) == ("POST", "/api/fails/<how>", how)
    assert (refusal.status, refusal.code) == (status, code)
    assert session.scalar(sa.select(Organisation.name)) == company.name, "rolled back"


def test_a_missing_role_is_recorded(session: Session, people: People, tiny: Flask, company: Organisation) -> None:
    user = people.user("council", ("works_council", company))
    assert tiny.test_client().get("/api/hr_only", headers=people.bearer(user)).status_code == 403
    (refusal,) = recorded(session)
    assert (refusal.user_id, refusal.path, refusal.object_id, refusal.code) == (
        user.id,
        "/api/hr_only",
        None,
        "forbidden",
    )


def test_somebody_elses_object_is_recorded_with_its_id(session: Session, people: People, hr: FlaskClient) -> None:
    other = people.organisation("Getriebe")
    assert hr.get(f"/api/things/{other.id}").status_code == 404
    (refusal,) = recorded(session)
    assert (refusal.path, refusal.object_id, refusal.status) == ("/api/things/<thing_id>", other.id, 404)


@pytest.mark.parametrize("path", ["/api/fails/invalid", "/api/mine", "/api/open", "/api/nowhere"])
def test_mistakes_and_successes_are_not_recorded(session: Session, hr: FlaskClient, path: str) -> None:
    hr.post(path)
    assert recorded(session) == []


def test_strangers_leave_no_record(session: Session, tiny: Flask) -> None:
    assert tiny.test_client().post("/api/fails/conflict").status_code == 401
    assert recorded(session) == []


def test_a_hostile_id_is_recorded_without_control_characters(session: Session, hr: FlaskClient) -> None:
    assert hr.get("/api/things/a%00b").status_code == 404
    assert hr.get("/api/things/a%0ab%1b" + "c" * 500).status_code == 404
    (refusal,) = recorded(session)
    assert refusal.object_id == "ab" + "c" * 62


def test_recording_is_one_statement_and_one_commit(session: Session) -> None:
    with counting() as counter:
        refusals.record_refusal(session, utcnow(), "user", "GET", "/x", None, 404, "not_found")
    assert (counter.statements, counter.commits) == (1, 1)


def test_the_answer_does_not_suffer_if_recording_fails(
    hr: FlaskClient, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    def fail(*_args: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(refusals, "record_refusal", fail)
    response = hr.post("/api/fails/conflict")
    assert (response.status_code, response.json["code"]) == (409, "conflict")
    assert recorded(session) == []
