"""The company register: facts from a day on, sites, clusters, counts that name nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.platform.ids import new_id
from app.registers.reading import company_facts
from tests.world import World

NEW = {"valid_from": "2026-05-01", "headcount_full": 150, "headcount_30": 10, "agreement": "collective"}


def items(world: World, login: str, path: str = "/companies?limit=100") -> list[dict[str, Any]]:
    response = world.call(login, "GET", path)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = (response.json or {})["items"]
    return found


def test_everybody_sees_the_companies_that_are_theirs_to_see(world: World) -> None:
    counts = {login: len(items(world, login)) for login in ("coordinator", "auditor", "admin", "hr", "works-council")}
    assert counts == {"coordinator": 7, "auditor": 7, "admin": 7, "hr": 1, "works-council": 1}
    for login in ("employee", "provider", "cluster-partner"):
        assert world.call(login, "GET", "/companies").status_code == 403


def test_the_administration_sees_no_facts(world: World) -> None:
    company = world.organisation("hr")
    assert all(item["facts"] is None for item in items(world, "admin"))
    assert items(world, "admin", f"/companies/{company}/facts") == [{}]
    assert items(world, "coordinator", f"/companies/{company}/facts")[0]["agreement"] == "works"


def test_companies_are_found_by_name_branch_and_cluster(world: World) -> None:
    assert [item["short_name"] for item in items(world, "coordinator", "/companies?q=presswerk")] == ["ruhla"]
    by_branch = items(world, "coordinator", "/companies?branch=it&limit=2")
    assert len(by_branch) == 2
    by_cluster = items(world, "coordinator", "/companies?cluster=ITnet%20Thüringen")
    assert {item["short_name"] for item in by_cluster} == {"hain", "ilm", "data"}


def test_the_alliance_sees_people_as_counts_of_at_least_five(world: World) -> None:
    company = world.call("coordinator", "GET", f"/companies/{world.organisation('hr2')}").json or {}
    assert company["workforce"] == {"total": 8, "part_time": None, "without_qualification": None}
    assert "Sommerfeld" not in str(company)


def test_facts_hold_from_a_day_on_and_are_corrected_on_the_same_day(world: World) -> None:
    path = f"/companies/{world.organisation('hr3')}/facts"
    recorded = world.call("hr3", "POST", path, NEW)
    assert recorded.status_code == 200, recorded.text
    assert world.call("hr3", "POST", path, {**NEW, "headcount_full": 151}).status_code == 200
    found = items(world, "hr3", path)
    assert [(row["valid_from"], row["headcount_full"]) for row in found] == [("2026-05-01", 151), ("2024-01-01", 611)]
    world.session.rollback()
    before = company_facts(world.session, world.organisation("hr3"), date(2026, 4, 30))
    after = company_facts(world.session, world.organisation("hr3"), date(2026, 5, 1))
    assert before is not None
    assert after is not None
    assert (before["headcount_full"], after["headcount_full"]) == (611, 151)
    log = items(world, "hr3", f"/registers/changes?object={world.organisation('hr3')}")
    assert log[0]["before"] == {"headcount_full": 150}
    assert log[0]["after"] == {"headcount_full": 151}


@pytest.mark.parametrize("login", ["coordinator", "works-council", "admin", "auditor"])
def test_only_hr_records_facts(world: World, login: str) -> None:
    assert world.call(login, "POST", f"/companies/{world.organisation('hr')}/facts", NEW).status_code == 403


def test_the_hr_of_another_company_finds_nothing(world: World) -> None:
    company = world.organisation("hr")
    assert world.call("hr2", "GET", f"/companies/{company}").status_code == 404
    assert world.call("hr2", "POST", f"/companies/{company}/facts", NEW).status_code == 404


def test_a_stale_copy_of_the_facts_is_refused(world: World) -> None:
    path = f"/companies/{world.organisation('hr4')}/facts"
    etag = world.call("hr4", "GET", path).headers["ETag"]
    assert world.call("hr4", "POST", path, NEW, If_Match=etag).status_code == 200
    assert world.call("hr4", "POST", path, NEW, If_Match=etag).status_code == 412


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"headcount_full": 0, "headcount_30": 0}, "/headcount_full"),
        ({"group_headcount": 3}, "/group_headcount"),
        ({"headcount_full": -1}, "/headcount_full"),
        ({"headcount_full": 1.5}, "/headcount_full"),
        ({"agreement": "handshake"}, "/agreement"),
        ({"valid_from": "1066-10-14"}, "/valid_from"),
    ],
)
def test_wrong_facts_are_named(world: World, changes: dict[str, Any], pointer: str) -> None:
    response = world.call("hr", "POST", f"/companies/{world.organisation('hr')}/facts", {**NEW, **changes})
    assert response.status_code == 422
    assert [error["pointer"] for error in (response.json or {})["errors"]] == [pointer]


def test_each_part_is_changed_by_its_own_roles(world: World) -> None:
    path = f"/companies/{world.organisation('hr7')}"
    site = {"name": "Werk 2", "postcode": "99842", "town": "Ruhla"}
    assert world.call("coordinator", "PATCH", path, {"clusters": ["Presswerke", "Presswerke"]}).status_code == 200
    assert world.call("coordinator", "PATCH", path, {"sites": [site]}).status_code == 403
    assert world.call("hr7", "PATCH", path, {"name": "Anders GmbH"}).status_code == 403
    changed = world.call("hr7", "PATCH", path, {"sites": [site]}).json or {}
    assert (changed["clusters"], changed["sites"]) == (["Presswerke"], [site])
    named = world.call("admin", "PATCH", path, {"name": "Rennsteig Daten SE"}).json or {}
    assert named["name"] == "Rennsteig Daten SE"
    taken = world.call("admin", "PATCH", path, {"short_name": "ruhla"})
    assert (taken.json or {})["code"] == "short_name_taken"


def test_the_administration_adds_companies(world: World) -> None:
    short = new_id()[-12:]
    made = world.call("admin", "POST", "/companies", {"name": "Neu GmbH", "short_name": short})
    assert made.status_code == 201, made.text
    again = world.call("admin", "GET", made.headers["Location"].removeprefix("/api/v1"))
    assert again.json == made.json
    taken = world.call("admin", "POST", "/companies", {"name": "Neu GmbH", "short_name": short})
    assert (taken.status_code, (taken.json or {})["code"]) == (422, "short_name_taken")
    assert world.call("coordinator", "POST", "/companies", {"name": "x", "short_name": "y"}).status_code == 403
