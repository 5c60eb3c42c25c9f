"""Roles to choose from, by organisation, and the people of the registers who have no account yet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.identity import employees, people
from app.identity.actor import Actor
from app.identity.roles import EMPLOYEE
from app.identity.rules import ROLES_OF_KIND
from app.web.layout import role_name

Group = tuple[str, list[tuple[str, str]]]


def choices(session: Session, actor: Actor) -> list[Group]:
    """Organisations with (``organisation:role``, name) each; HR gives the role of an employee only."""
    everything = people.administers(actor)
    return [
        (
            place.name,
            [
                (f"{place.id}:{role}", role_name(role))
                for role in ROLES_OF_KIND.get(place.kind, ())
                if everything or role == EMPLOYEE
            ],
        )
        for place in people.organisations(session, actor)
    ]


def employees_to_choose(session: Session, actor: Actor) -> list[Group]:
    """Companies with their active employees who have no account: names for HR, numbers for the administration."""
    places = {place.id: place.name for place in people.organisations(session, actor) if place.kind == "company"}
    found: dict[str, list[tuple[str, str]]] = {}
    for person in employees.without_account(session, list(places), named=not people.administers(actor)):
        found.setdefault(places[person["company"]], []).append((person["id"], person["name"]))
    return sorted(found.items())
