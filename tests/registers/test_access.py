"""The register shows people: every look at them is logged for the very person, every export too."""

from __future__ import annotations

import sqlalchemy as sa

from app.audit.models import AccessEntry
from app.registers.models import Employee
from tests.world import World


def people_of(world: World, login: str) -> set[str]:
    rows = world.session.scalars(sa.select(Employee.id).where(Employee.company_id == world.organisation(login)))
    return set(rows)


def logged(world: World, request_id: str) -> list[AccessEntry]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(AccessEntry).where(AccessEntry.request_id == request_id)))


def test_a_list_is_logged_for_everybody_on_it(world: World) -> None:
    answer = world.call("hr", "GET", "/employees?limit=100")
    entries = logged(world, answer.headers["X-Request-Id"])
    assert {entry.subject_id for entry in entries} == {item["id"] for item in answer.json["items"]}
    assert {(entry.kind, entry.classes) for entry in entries} == {("view", "personal,special")}
    assert {entry.organisation_id for entry in entries} == {world.organisation("hr")}


def test_whoever_sees_names_only_is_logged_with_no_more(world: World) -> None:
    answer = world.call("works-council", "GET", "/employees?limit=100")
    assert {entry.classes for entry in logged(world, answer.headers["X-Request-Id"])} == {"personal"}


def test_an_entry_is_logged_and_the_person_sees_when(world: World) -> None:
    me = next(iter(world.driver().actor("employee").employee_ids))
    before = len(world.call("employee", "GET", "/me/access?limit=100").json["items"])
    answer = world.call("hr", "GET", f"/employees/{me}")
    assert [entry.subject_id for entry in logged(world, answer.headers["X-Request-Id"])] == [me]
    newest = world.call("employee", "GET", "/me/access?limit=100").json["items"]
    assert len(newest) == before + 1
    assert (newest[0]["organisation"], newest[0]["case"]) == ("Ruhlaer Presswerk GmbH", None)
    named = world.call("auditor", "GET", "/audit/access?limit=1").json["items"][0]
    assert named["subject"] == {"id": me, "name": "Erika Sommerfeld"}


def test_an_export_is_logged_for_everybody_in_it(world: World) -> None:
    company = world.organisation("hr")
    answer = world.call("hr", "GET", f"/employees/export?company={company}&format=csv")
    assert answer.status_code == 200
    entries = logged(world, answer.headers["X-Request-Id"])
    assert {entry.subject_id for entry in entries} == people_of(world, "hr")
    assert {entry.kind for entry in entries} == {"export"}


def test_who_is_refused_has_seen_nobody(world: World) -> None:
    somebody = next(iter(people_of(world, "hr")))
    answer = world.call("hr2", "GET", f"/employees/{somebody}")
    assert answer.status_code == 404
    assert logged(world, answer.headers["X-Request-Id"]) == []
