"""``Idempotency-Key``: one effect, the same answer, and nothing else gets in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.platform import idempotency
from app.platform.clock import utcnow
from app.platform.db import unit_of_work
from app.platform.idempotency import IdempotencyRecord
from app.platform.ids import new_id
from tests.contract.stage import Stage, is_problem

SAME = ("Content-Type", "Location", "ETag")


def new_case(stage: Stage, title: str = "Einmal genügt") -> dict[str, Any]:
    return {"process": "training_case", "company": stage.world.organisation("hr"), "title": title}


def same(first: TestResponse, second: TestResponse) -> None:
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert [first.headers.get(name) for name in SAME] == [second.headers.get(name) for name in SAME]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_case_is_started_once(stage: Stage) -> None:
    key = new_id()
    first = stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    with stage.nothing_changes():
        second = stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    assert first.status_code == 201
    assert first.headers["Location"]
    same(first, second)


def test_a_task_is_completed_once(stage: Stage) -> None:
    key, path = new_id(), f"/tasks/{stage.own_task('check_completeness')}/complete"
    body = {"data": {"completeness": "complete"}}
    first = stage.world.call("coordinator", "POST", path, body, Idempotency_Key=key)
    with stage.nothing_changes():
        second = stage.world.call("coordinator", "POST", path, body, Idempotency_Key=key)
        is_problem(stage.world.call("coordinator", "POST", path, body), 409, "not_open")
    assert first.status_code == 200
    same(first, second)


@pytest.mark.parametrize("action", ["claim", "release", "assign", "draft"])
def test_every_change_of_a_task_may_be_repeated(stage: Stage, action: str) -> None:
    key, path = new_id(), f"/tasks/{stage.own_task('check_completeness')}/{action}"
    body = {"assign": {"user": "coordinator"}, "draft": {"data": {"completeness": "complete"}}}.get(action)
    first = stage.world.call("coordinator", "POST", path, body, Idempotency_Key=key)
    second = stage.world.call("coordinator", "POST", path, body, Idempotency_Key=key)
    assert first.status_code == 200
    same(first, second)


def test_a_withdrawal_may_be_repeated(stage: Stage) -> None:
    key, path = new_id(), f"/cases/{stage.world.case_at('check_completeness')}/withdrawal"
    first = stage.world.call("hr", "POST", path, {"reason": "weil"}, Idempotency_Key=key)
    same(first, stage.world.call("hr", "POST", path, {"reason": "weil"}, Idempotency_Key=key))


@pytest.mark.parametrize("change", ["body", "path", "query"])
def test_another_call_under_the_same_key_is_refused(stage: Stage, change: str) -> None:
    key = new_id()
    stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    path = {"path": f"/tasks/{stage.task('capture_demand')}/claim", "query": "/cases?x=1"}.get(change, "/cases")
    body = new_case(stage, "Ein anderer") if change == "body" else new_case(stage)
    with stage.nothing_changes():
        is_problem(stage.world.call("hr", "POST", path, body, Idempotency_Key=key), 422, "idempotency_mismatch")


def test_somebody_elses_key_is_not_mine(stage: Stage) -> None:
    key = new_id()
    mine = stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    theirs = stage.world.call("coordinator", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json["id"] != theirs.json["id"]


def test_a_refused_call_does_not_use_its_key_up(stage: Stage) -> None:
    key = new_id()
    with stage.nothing_changes():
        is_problem(stage.world.call("hr", "POST", "/cases", {"title": "x"}, Idempotency_Key=key), 422)
        foreign = {**new_case(stage), "company": stage.world.organisation("hr2")}
        is_problem(stage.world.call("hr", "POST", "/cases", foreign, Idempotency_Key=key), 422, "company_unknown")
    response = stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response.headers


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "ü", "\x7f"])
def test_unusable_keys_are_refused(stage: Stage, key: str) -> None:
    with stage.nothing_changes():
        is_problem(stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key), 400)


def test_reading_takes_no_notice_of_a_key(stage: Stage) -> None:
    with stage.nothing_changes():
        response = stage.world.call("hr", "GET", "/cases", Idempotency_Key="whatever")
    assert response.status_code == 200


def test_a_bug_after_the_effect_leaves_neither_effect_nor_record(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object) -> None:
        raise ZeroDivisionError

    key = new_id()
    with monkeypatch.context() as broken, stage.nothing_changes():
        broken.setattr("app.platform.http._remember", fails)
        is_problem(stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key), 500)
    assert stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key).status_code == 201


def test_records_are_forgotten_after_two_days(stage: Stage) -> None:
    session, key = stage.world.session, new_id()
    stage.world.call("hr", "POST", "/cases", new_case(stage), Idempotency_Key=key)
    with unit_of_work(session):
        assert idempotency.forget_old(session, utcnow() + idempotency.KEEP - timedelta(minutes=1)) == 0
    with unit_of_work(session):
        assert idempotency.forget_old(session, utcnow() + idempotency.KEEP + timedelta(minutes=1)) >= 1
    assert session.scalar(sa.select(IdempotencyRecord.key).where(IdempotencyRecord.key == key)) is None
