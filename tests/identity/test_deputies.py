"""Deputies: set for a while, among colleagues, ended early; never employer and works council for each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.identity.rules import may_stand_in, period_fault
from app.platform.clock import utcnow
from tests.contract.stage import is_problem
from tests.identity.office import bearer, changes_of, joined
from tests.world import NOW, World


def colleagues(world: World, role: str = "funding_adviser", place: str = "alliance") -> tuple[Any, Any]:
    return joined(world, role, place), joined(world, role, place)


def wanted(deputy: str, start: datetime | None = None, days: float = 7, **more: Any) -> dict[str, Any]:
    start = start or utcnow()
    until = start + timedelta(days=days)
    return {"deputy": deputy, "valid_from": start.isoformat(), "valid_until": until.isoformat(), **more}


def roles(world: World, headers: dict[str, str]) -> list[str]:
    found: list[str] = world.call(None, "GET", "/me", **headers).get_json()["roles"]
    return found


def test_a_deputy_acts_from_the_beginning_to_the_end(world: World) -> None:
    member, deputy = joined(world, "coordinator"), joined(world, "funding_adviser")
    of_member, of_deputy = bearer(world, member["login"]), bearer(world, deputy["login"])
    start = utcnow() + timedelta(hours=1)
    made = world.call(None, "POST", "/deputies", wanted(deputy["id"], start, 0.25), **of_member)
    assert made.status_code == 201, made.text
    assert (made.get_json()["active"], made.get_json()["may_end"]) == (False, True)
    assert roles(world, of_deputy) == ["funding_adviser"]
    with time_machine.travel(start + timedelta(minutes=1), tick=False):
        assert roles(world, of_deputy) == ["coordinator", "funding_adviser"]
    with time_machine.travel(start + timedelta(hours=6), tick=False):
        assert roles(world, of_deputy) == ["funding_adviser"]
    assert changes_of(world, member["id"])[-1] == "deputy.set"


def test_a_deputy_is_ended_early_by_the_member(world: World) -> None:
    member, deputy = joined(world, "coordinator"), joined(world, "funding_adviser")
    of_member, of_deputy = bearer(world, member["login"]), bearer(world, deputy["login"])
    made = world.call(None, "POST", "/deputies", wanted(deputy["id"]), **of_member).get_json()
    assert "coordinator" in roles(world, of_deputy)
    listed = world.call(None, "GET", "/deputies", **of_deputy).get_json()["items"]
    assert [(one["id"], one["may_end"]) for one in listed] == [(made["id"], False)]
    is_problem(world.call(None, "DELETE", f"/deputies/{made['id']}", **of_deputy), 403)
    assert world.call(None, "DELETE", f"/deputies/{made['id']}", **of_member).status_code == 204
    assert roles(world, of_deputy) == ["funding_adviser"]
    is_problem(world.call(None, "DELETE", f"/deputies/{made['id']}", **of_member), 404)
    assert changes_of(world, member["id"])[-1] == "deputy.ended"


def test_a_deputy_that_lies_ahead_can_be_called_off(world: World) -> None:
    member, deputy = colleagues(world)
    headers = bearer(world, member["login"])
    start = utcnow() + timedelta(days=3)
    made = world.call(None, "POST", "/deputies", wanted(deputy["id"], start), **headers).get_json()
    assert world.call(None, "DELETE", f"/deputies/{made['id']}", **headers).status_code == 204
    with time_machine.travel(start + timedelta(hours=1), tick=False):
        listed = world.call("admin", "GET", "/deputies?limit=100").get_json()["items"]
    assert made["id"] not in {one["id"] for one in listed}


def test_the_administration_sets_and_ends_deputies_for_others(world: World) -> None:
    member, deputy = colleagues(world)
    made = world.call("admin", "POST", "/deputies", wanted(deputy["id"], member=member["id"]))
    assert made.status_code == 201
    assert made.get_json()["member"]["id"] == member["id"]
    ids = {one["id"] for one in world.call("admin", "GET", "/deputies?limit=100").get_json()["items"]}
    assert made.get_json()["id"] in ids
    assert world.call("admin", "DELETE", f"/deputies/{made.get_json()['id']}").status_code == 204


def test_nobody_else_sets_or_sees_deputies_of_others(world: World) -> None:
    member, deputy = colleagues(world)
    is_problem(world.call("hr", "POST", "/deputies", wanted(deputy["id"], member=member["id"])), 403)
    made = world.call(None, "POST", "/deputies", wanted(deputy["id"]), **bearer(world, member["login"])).get_json()
    assert made["id"] not in {one["id"] for one in world.call("hr", "GET", "/deputies").get_json()["items"]}
    is_problem(world.call("hr", "DELETE", f"/deputies/{made['id']}"), 404)


@pytest.mark.parametrize("unknown", ["x", "01a20a1c-0000-7000-8000-000000000000"])
def test_a_deputy_who_does_not_exist(world: World, unknown: str) -> None:
    problem = is_problem(world.call("hr", "POST", "/deputies", wanted(unknown)), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["/deputy"]
    is_problem(world.call("hr", "DELETE", f"/deputies/{unknown}"), 404)


def test_only_colleagues_stand_in_for_each_other(world: World) -> None:
    """Not oneself, nobody of another organisation, nobody whose account is closed, no employer for a works council."""
    offered = world.call("works-council", "GET", "/deputies/candidates").get_json()["items"]
    assert {one["login"] for one in offered}.isdisjoint({"works-council", "hr", "hr2", "admin"})
    assert "employee" in {one["login"] for one in offered}
    closed, member = colleagues(world)
    world.call("admin", "POST", f"/users/{closed['id']}/deactivate")
    headers = bearer(world, member["login"])
    offered = world.call(None, "GET", "/deputies/candidates", **headers).get_json()["items"]
    assert closed["id"] not in {one["id"] for one in offered}
    is_problem(world.call(None, "POST", "/deputies", wanted(closed["id"]), **headers), 422)
    assert world.call("employee", "GET", "/deputies/candidates").get_json()["items"] == [], "nobody stands in for these"


@pytest.mark.parametrize(
    ("start", "days", "code"),
    [(0, -1, "period_order"), (0, 0, "period_order"), (-9, 2, "period_past"), (0, 400, "period_long")],
)
def test_a_period_that_is_none(world: World, start: float, days: float, code: str) -> None:
    member, deputy = colleagues(world)
    sent = wanted(deputy["id"], utcnow() + timedelta(days=start), days)
    problem = is_problem(world.call(None, "POST", "/deputies", sent, **bearer(world, member["login"])), 422)
    assert [one["code"] for one in problem["errors"]] == [code]


def test_employer_and_works_council() -> None:
    assert not may_stand_in({"hr"}, {"works_council"})
    assert not may_stand_in({"works_council", "employee"}, {"employee", "hr"})
    assert may_stand_in({"hr"}, {"hr", "employee"})
    assert may_stand_in({"works_council"}, {"employee"})


def test_the_longest_period_is_a_year() -> None:
    assert period_fault(NOW, NOW + timedelta(days=366), NOW) is None
    assert period_fault(NOW, NOW + timedelta(days=366, seconds=1), NOW) == "long"
    assert period_fault(NOW - timedelta(days=1), NOW, NOW) == "past"
