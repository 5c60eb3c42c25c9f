"""``Idempotency-Key``: one effect, one answer; another call under the same key is refused; records do not stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.platform import idempotency
from app.platform.idempotency import KEEP, MAX_KEY, IdempotencyRecord
from app.platform.problems import BadRequest, IdempotencyMismatch
from tests.engine.deployed import picture
from tests.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def remember(session: Session, key: str, at: datetime = NOW) -> None:
    columns = {"user_id": "u", "key": key, "fingerprint": "f", "status": 200, "headers": "{}", "body": b"1"}
    session.execute(sa.insert(IdempotencyRecord).values(**columns, created_at=at))


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY + 1), "a\nb", "a\x00b", "a\tb"])
def test_an_unusable_key_is_refused(key: str) -> None:
    with pytest.raises(BadRequest):
        idempotency.check_key(key)


def test_a_usable_key_may_be_long_and_say_anything() -> None:
    for key in ("x", "x" * MAX_KEY, '"quoted-key"', "8e03978e-40d5-43e8-bc93-6894a57f9324"):
        assert idempotency.check_key(key) == key


def test_the_fingerprint_tells_method_path_and_body_apart() -> None:
    calls = [
        ("POST", "/a", b"1"),
        ("PUT", "/a", b"1"),
        ("POST", "/a?b", b"1"),
        ("POST", "/a", b"2"),
        ("POST", "/a1", b""),
    ]
    assert len({idempotency.fingerprint(*call) for call in calls}) == len(calls)


def test_the_answer_is_found_for_the_same_call_of_the_same_user_only(session: Session) -> None:
    remember(session, "k")
    found = idempotency.find(session, "u", "k", "f")
    assert found is not None
    assert found.body == b"1"
    assert idempotency.find(session, "other", "k", "f") is None
    assert idempotency.find(session, "u", "other", "f") is None
    with pytest.raises(IdempotencyMismatch):
        idempotency.find(session, "u", "k", "another call")
    session.rollback()


def test_old_answers_are_forgotten(session: Session) -> None:
    remember(session, "old", NOW - KEEP - timedelta(microseconds=1))
    remember(session, "young", NOW - KEEP)
    assert idempotency.forget_old(session, NOW) == 1
    assert list(session.scalars(sa.select(IdempotencyRecord.key))) == ["young"]
    session.rollback()


@pytest.fixture
def fresh(world: World) -> World:
    """The world, with a token asked for before anything is compared."""
    world.token("hr")
    return world


def start(world: World, key: str, title: str = "Einmal") -> Any:
    """POST /cases under a key."""
    body = {"process": "training_case", "company": world.organisation("hr"), "title": title, "data": {}}
    with world.app.app_context():
        return world.call("hr", "POST", "/cases", body, Idempotency_Key=key)


def test_the_same_call_twice_has_one_effect_and_one_answer(fresh: World) -> None:
    first = start(fresh, "k1")
    assert first.status_code == 201, first.text
    before = picture(fresh)
    second = start(fresh, "k1")
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert picture(fresh) == before


def test_another_call_under_the_same_key_is_refused(fresh: World) -> None:
    assert start(fresh, "k2").status_code == 201
    before = picture(fresh)
    refused = start(fresh, "k2", "Etwas anderes")
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_mismatch")
    assert picture(fresh) == before


def test_a_call_that_failed_leaves_no_answer_behind(fresh: World) -> None:
    assert start(fresh, "k3", "").status_code == 422
    assert start(fresh, "k3").status_code == 201


def test_the_same_call_many_times_at_once_has_one_effect(fresh: World) -> None:
    body = {"process": "training_case", "company": fresh.organisation("hr"), "title": "Gleichzeitig", "data": {}}
    authorization = f"Bearer {fresh.token('hr')}"
    fresh.session.rollback()
    answers: list[Any] = []
    ready = Barrier(5)

    def send(app: Flask) -> None:
        ready.wait()
        headers = {"Authorization": authorization, "Idempotency-Key": "k4"}
        answers.append(app.test_client().post("/api/v1/cases", json=body, headers=headers))

    threads = [Thread(target=send, args=(fresh.app,)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
