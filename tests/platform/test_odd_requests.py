"""Calls that come in an odd form or at an odd moment: each gets an answer that says what to do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import g
from flask.testing import FlaskClient

from tests.world import World

BOUNDARY = "1e7206e0881412c4"
FIELDS = [
    b"x",  # no name at all
    b'name="B\xb6\xc2\x92\xc2\x83YE\xd4\xb8"',
    b'name="\xed\xad\xaf"',
    b"name=\"x\"; filename*=utf-8''%ED%AD%AF",
    b'name="file"; filename="\xff\xfe"',
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_form_with_odd_names_is_answered(world: World, field: bytes) -> None:
    company = world.organisation("hr")
    part = b"--" + BOUNDARY.encode() + b"\r\nContent-Disposition: form-data; "
    body = (
        part
        + b'name="a"\r\n\r\n1\r\n'
        + part
        + field
        + b"\r\n\r\n{}\r\n"
        + part
        + b'name="file"; filename="file"\r\n\r\nIEND\r\n'
    )
    body += b"--" + BOUNDARY.encode() + b"--\r\n"
    headers = {
        "Idempotency-Key": f"k-{FIELDS.index(field)}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    client = world.client("hr")
    answers = [
        client.post(f"/api/v1/employees/imports?company={company}", data=body, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code < 500 for answer in answers] == [True, True]
    assert answers[0].status_code == answers[1].status_code


def test_who_waits_for_each_other_is_told_that_somebody_was_faster(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    def refused(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("UPDATE", {}, Deadlock())

    monkeypatch.setattr("app.cases.service.list_cases", refused)
    answer = world.call("hr", "GET", "/cases")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "conflict")


def test_what_one_answer_keeps_secret_is_not_asked_of_the_next(world: World) -> None:
    """Where requests share an application context, as tools that call the application in process make them."""
    client, title = world.client("hr"), "Zweiter Aufruf"
    body = {"process": "training_case", "company": world.organisation("hr"), "title": title}
    client.get("/api/v1/me")
    g.shown_once = ("title",)
    headers = {"Idempotency-Key": "secret-of-another"}
    answers = [FlaskClient.open(client, "/api/v1/cases", method="POST", json=body, headers=headers) for _ in range(2)]
    assert [answer.get_json()["title"] for answer in answers] == [title, title]
