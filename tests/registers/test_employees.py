"""The employee register: who sees what of whom, facts that hold from a day on, every change recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from app.platform.ids import new_id
from app.registers.models import Employee, RegisterChange
from app.registers.reading import employee_options
from tests.world import World

FACTS = {
    "birth_date",
    "weekly_hours",
    "monthly_gross",
    "has_qualification",
    "qualification_date",
    "last_sgb3_82_end",
    "disability_degree",
    "equal_status",
    "left_on",
    "staff_number",
}
NAMES = {"id", "company", "first_name", "last_name", "active"}


def new_person(world: World, **changes: Any) -> dict[str, Any]:
    values = {
        "company": world.organisation("hr"),
        "staff_number": new_id()[-12:],
        "first_name": "Änne",
        "last_name": "Weißbach",
        "birth_date": "1985-05-05",
        "weekly_hours": 38.5,
        "monthly_gross": 3100.5,
        "has_qualification": True,
        "qualification_date": "2005-07-31",
    }
    return {**values, **changes}


def added(world: World, **changes: Any) -> dict[str, Any]:
    response = world.call("hr", "POST", "/employees", new_person(world, **changes))
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json or {}
    return body


def changes_of(world: World, employee_id: str) -> list[RegisterChange]:
    world.session.rollback()
    found = sa.select(RegisterChange).where(RegisterChange.object_id == employee_id).order_by(RegisterChange.id)
    return list(world.session.scalars(found))


def test_hr_sees_its_people_with_all_facts(world: World) -> None:
    page = world.call("hr", "GET", "/employees?limit=3").json or {}
    assert len(page["items"]) == 3
    assert page["next"]
    assert set(page["items"][0]) == NAMES | FACTS
    names = [item["last_name"] for item in page["items"]]
    assert names == sorted(names)
    rest = world.call("hr", "GET", f"/employees?limit=100&cursor={page['next']}").json or {}
    assert not {item["id"] for item in rest["items"]} & {item["id"] for item in page["items"]}


def test_the_works_council_sees_names_only(world: World) -> None:
    items = (world.call("works-council", "GET", "/employees").json or {})["items"]
    assert {frozenset(item) for item in items} == {frozenset(NAMES)}
    one = world.call("works-council", "GET", f"/employees/{items[0]['id']}").json or {}
    assert set(one) == NAMES


def test_an_employee_sees_the_own_entry_and_nobody_else(world: World) -> None:
    (own,) = (world.call("employee", "GET", "/employees").json or {})["items"]
    assert own["last_name"] == "Sommerfeld"
    assert set(own) == NAMES | FACTS
    others = (world.call("hr", "GET", "/employees?limit=100").json or {})["items"]
    other = next(item for item in others if item["id"] != own["id"])
    assert world.call("employee", "GET", f"/employees/{other['id']}").status_code == 404
    assert world.call("employee", "PATCH", f"/employees/{own['id']}", {"weekly_hours": 1}).status_code == 403


@pytest.mark.parametrize("login", ["coordinator", "funding-adviser", "auditor", "admin", "provider", "cluster-partner"])
def test_nobody_outside_the_company_reads_its_people(world: World, login: str) -> None:
    assert world.call(login, "GET", "/employees").status_code == 403
    someone = (world.call("hr", "GET", "/employees?limit=1").json or {})["items"][0]["id"]
    assert world.call(login, "GET", f"/employees/{someone}").status_code == 404


def test_the_hr_of_another_company_finds_nobody(world: World) -> None:
    someone = (world.call("hr", "GET", "/employees?limit=1").json or {})["items"][0]
    assert world.call("hr2", "GET", f"/employees/{someone['id']}").status_code == 404
    listed = (world.call("hr2", "GET", f"/employees?company={someone['company']['id']}").json or {})["items"]
    assert listed == []
    refused = world.call("hr2", "POST", "/employees", new_person(world))
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "company_unknown")


@pytest.mark.parametrize("text", ["weißbach", "WEISSB", "Änne W", "weißbach, ä", "W-4711"])
def test_people_are_found_by_name_and_staff_number(world: World, text: str) -> None:
    if not (world.call("hr", "GET", "/employees?q=W-4711").json or {})["items"]:
        added(world, staff_number="W-4711")
    found = world.client("hr").get("/api/v1/employees", query_string={"q": text}).json or {}
    assert bool(found["items"]) is (text != "WEISSB")


def test_a_new_person_is_offered_to_cases_at_once(world: World) -> None:
    person = added(world)
    world.session.rollback()
    offered = employee_options(world.session, person["company"]["id"], date(2020, 1, 1))
    assert person["id"] in {option["value"] for option in offered}


def test_facts_hold_from_a_day_on(world: World) -> None:
    person = added(world)
    path = f"/employees/{person['id']}"
    first = world.call("hr", "PATCH", path, {"valid_from": "2026-03-01", "weekly_hours": 20, "monthly_gross": 1800})
    assert first.status_code == 200, first.text
    world.call("hr", "PATCH", path, {"valid_from": "2099-01-01", "weekly_hours": 30})
    detail = world.call("hr", "GET", path).json or {}
    assert detail["weekly_hours"] == 20
    assert [(period["valid_from"], period["weekly_hours"]) for period in detail["periods"]] == [
        (None, 38.5),
        ("2026-03-01", 20),
        ("2099-01-01", 30),
    ]
    company = person["company"]["id"]
    hours = {}
    world.session.rollback()
    for day in (date(2026, 2, 28), date(2026, 3, 1), date(2099, 1, 1)):
        options = employee_options(world.session, company, day)
        hours[day] = next(row["facts"]["weekly_hours"] for row in options if row["value"] == person["id"])
    assert [float(value) for value in hours.values()] == [38.5, 20.0, 30.0]


def test_a_change_without_a_day_corrects_what_holds_today(world: World) -> None:
    person = added(world)
    path = f"/employees/{person['id']}"
    world.call("hr", "PATCH", path, {"monthly_gross": 3200})
    assert (world.call("hr", "GET", path).json or {})["periods"] == []
    world.call("hr", "PATCH", path, {"valid_from": "2026-01-01", "weekly_hours": 30})
    world.call("hr", "PATCH", path, {"weekly_hours": 31, "last_name": "Weißbach-Otto"})
    detail = world.call("hr", "GET", path).json or {}
    assert [period["weekly_hours"] for period in detail["periods"]] == [38.5, 31]
    assert (detail["weekly_hours"], detail["monthly_gross"], detail["last_name"]) == (31, 3200, "Weißbach-Otto")


def test_a_late_entry_for_an_earlier_day_leaves_later_facts_alone(world: World) -> None:
    person = added(world)
    path = f"/employees/{person['id']}"
    world.call("hr", "PATCH", path, {"valid_from": "2026-06-01", "weekly_hours": 20})
    world.call("hr", "PATCH", path, {"valid_from": "2026-02-01", "weekly_hours": 35})
    detail = world.call("hr", "GET", path).json or {}
    assert [period["weekly_hours"] for period in detail["periods"]] == [38.5, 35, 20]
    assert detail["weekly_hours"] == 20
    world.session.rollback()
    row = world.session.get(Employee, person["id"], populate_existing=True)
    assert row is not None
    assert row.weekly_hours == 20


def test_who_has_left_is_offered_until_the_last_day(world: World) -> None:
    person = added(world, left_on="2026-06-30")
    assert person["active"] is False
    world.session.rollback()
    offered = employee_options(world.session, person["company"]["id"], date(2026, 7, 1))
    assert person["id"] not in {option["value"] for option in offered}
    stays = added(world, left_on="2099-06-30")
    assert stays["active"] is True
    gone = {item["id"] for item in (world.call("hr", "GET", "/employees?active=false&limit=100").json or {})["items"]}
    here = {item["id"] for item in (world.call("hr", "GET", "/employees?active=true&limit=100").json or {})["items"]}
    assert person["id"] in gone - here
    assert stays["id"] in here - gone


def test_every_change_says_who_when_and_what_before_and_after(world: World) -> None:
    person = added(world)
    world.call("hr", "PATCH", f"/employees/{person['id']}", {"monthly_gross": 3333, "disability_degree": 50})
    made, changed = changes_of(world, person["id"])
    actor = world.driver().actor("hr")
    assert (made.actor_id, made.kind, made.before) == (actor.user_id, "employee", "{}")
    assert '"last_name":"Weißbach"' in made.after
    assert (changed.before, changed.after) == (
        '{"disability_degree":0,"monthly_gross":3100.50}',
        '{"disability_degree":50,"monthly_gross":3333}',
    )
    seen = (world.call("hr", "GET", f"/registers/changes?object={person['id']}").json or {})["items"]
    assert seen[0]["after"] == {"disability_degree": 50, "monthly_gross": 3333}
    audited = (world.call("auditor", "GET", f"/registers/changes?object={person['id']}").json or {})["items"]
    assert audited[0]["after"] == {}, "special data is not the auditor's"
    assert "birth_date" not in audited[1]["after"]
    for login in ("coordinator", "admin", "hr2", "provider"):
        assert (world.call(login, "GET", f"/registers/changes?object={person['id']}").json or {})["items"] == [], login


def test_nothing_changed_leaves_no_entry(world: World) -> None:
    person = added(world)
    world.call("hr", "PATCH", f"/employees/{person['id']}", {"monthly_gross": 3100.5})
    assert len(changes_of(world, person["id"])) == 1


def test_a_stale_copy_is_refused(world: World) -> None:
    person = added(world)
    path = f"/employees/{person['id']}"
    etag = world.call("hr", "GET", path).headers["ETag"]
    assert world.call("hr", "PATCH", path, {"weekly_hours": 30}, If_Match=etag).status_code == 200
    assert world.call("hr", "PATCH", path, {"weekly_hours": 31}, If_Match=etag).status_code == 412


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"birth_date": "2030-01-01", "qualification_date": None}, "/birth_date", "birth_in_future"),
        ({"birth_date": "1850-01-01"}, "/birth_date", "type"),
        ({"disability_degree": 55}, "/disability_degree", "degree_not_in_tens"),
        ({"disability_degree": 110}, "/disability_degree", "range"),
        ({"equal_status": True}, "/equal_status", "equal_status_without_degree"),
        ({"weekly_hours": 60.5}, "/weekly_hours", "range"),
        ({"weekly_hours": 38.55}, "/weekly_hours", "type"),
        ({"weekly_hours": -1}, "/weekly_hours", "range"),
        ({"monthly_gross": "viel"}, "/monthly_gross", "type"),
        ({"last_name": "=1+1"}, "/last_name", "invalid"),
        ({"last_name": "  "}, "/last_name", "length"),
        ({"first_name": "A\nB"}, "/first_name", "invalid"),
        ({"qualification_date": "1985-05-04"}, "/qualification_date", "qualification_before_birth"),
        ({"has_qualification": "yes"}, "/has_qualification", "type"),
    ],
)
def test_wrong_entries_are_named(world: World, changes: dict[str, Any], pointer: str, code: str) -> None:
    response = world.call("hr", "POST", "/employees", new_person(world, **changes))
    assert response.status_code == 422
    errors = (response.json or {})["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert errors[0]["code"] == code


def test_a_staff_number_is_given_once(world: World) -> None:
    person = added(world)
    again = world.call("hr", "POST", "/employees", new_person(world, staff_number=person["staff_number"]))
    assert (again.status_code, (again.json or {})["code"]) == (422, "staff_number_taken")
    other = added(world)
    response = world.call("hr", "PATCH", f"/employees/{other['id']}", {"staff_number": person["staff_number"]})
    assert (response.json or {})["errors"][0]["pointer"] == "/staff_number"


def test_the_same_key_adds_a_person_once(world: World) -> None:
    body, key = new_person(world), new_id()
    first = world.call("hr", "POST", "/employees", body, Idempotency_Key=key)
    second = world.call("hr", "POST", "/employees", body, Idempotency_Key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
