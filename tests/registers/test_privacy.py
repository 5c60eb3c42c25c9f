"""Planted values of every class, looked for in every answer and page of the registers, by every login (domain § 6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
import sqlalchemy as sa

from app.platform.db import unit_of_work
from app.registers.models import Employee
from tests.contract.stage import LOGINS
from tests.world import World

OWN, OTHER = "Sommerfeld", "Köllner"
MARKERS = {
    "a colleague's name": (("Olaf-Markierung",), {"hr", "works-council", "auditor"}),
    "a colleague's pay": (("4711.17", "4.711,17", "4,711.17"), {"hr"}),
    "a colleague's birthday": (("1958-08-09", "09.08.1958"), {"hr"}),
    "a colleague's disability": (('"disability_degree":70', ">70<", ";70;"), {"hr"}),
    "a colleague's hours": (("33.3", "33,3"), {"hr", "auditor"}),
    "own pay": (("5822.28", "5.822,28"), {"hr", "employee"}),
    "agreement of the company": (
        ('"agreement":"works"', "Betriebsvereinbarung"),
        {"hr", "works-council", "coordinator", "funding-adviser", "funding-adviser2", "auditor"},
    ),
}
"""Auditors find in the change log what is not special; nobody but HR reads the register of people itself."""


def paths(world: World) -> list[str]:
    company, provider = world.organisation("hr"), world.organisation("provider")
    people = {
        row.last_name: row.id
        for row in world.session.scalars(sa.select(Employee).where(Employee.company_id == company))
    }
    places = ["/employees", *(f"/employees/{people[name]}" for name in (OWN, OTHER))]
    places += ["/companies", f"/companies/{company}", "/providers", f"/providers/{provider}"]
    api = [f"/api/v1{place}" for place in places]
    api += [f"/api/v1/companies/{company}/facts", "/api/v1/registers/changes?limit=100"]
    api += [f"/api/v1/employees/export?company={company}", "/api/v1/companies/export"]
    forms = [f"/employees/{people[OTHER]}/edit", f"/companies/{company}/edit", f"/companies/{company}/facts/new"]
    return [*places, *api, *forms, "/employees/export", "/companies/export"]


@cache
def _seen(url: str) -> dict[str, str]:
    return {}


@pytest.fixture
def seen(world: World) -> dict[str, str]:
    """Login → everything that login can read in the registers."""
    found = _seen(world.url)
    if not found:
        plant(world)
        for login in LOGINS:
            client = world.client(login)
            answers = [client.get(path) for path in paths(world)]
            assert {answer.status_code for answer in answers} <= {200, 403, 404, 422}
            found[login] = "\n".join(answer.text for answer in answers if answer.status_code == 200)
    return found


def plant(world: World) -> None:
    company = world.organisation("hr")
    with unit_of_work(world.session):
        for name, pay, born in ((OTHER, "4711.17", date(1958, 8, 9)), (OWN, "5822.28", date(1978, 4, 12))):
            planted = sa.update(Employee).where(Employee.company_id == company, Employee.last_name == name)
            world.session.execute(planted.values(monthly_gross=Decimal(pay), birth_date=born))
    person = world.session.scalars(
        sa.select(Employee.id).where(Employee.company_id == company, Employee.last_name == OTHER)
    ).one()
    changes = {"weekly_hours": 33.3, "disability_degree": 70, "last_name": OTHER, "first_name": "Olaf-Markierung"}
    assert world.call("hr", "PATCH", f"/employees/{person}", changes).status_code == 200


@pytest.mark.parametrize("name", MARKERS)
def test_a_value_is_found_by_exactly_those_it_is_meant_for(seen: dict[str, str], name: str) -> None:
    texts, readers = MARKERS[name]
    assert {login for login, text in seen.items() if any(written in text for written in texts)} == readers


@pytest.mark.parametrize("login", ["hr2", "provider", "provider2", "cluster-partner", "admin"])
def test_outsiders_find_nothing_of_a_companys_people(seen: dict[str, str], login: str) -> None:
    assert "Markierung" not in seen[login]
