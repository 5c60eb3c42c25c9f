"""Who sees which entries of the registers, as conditions for the query, and which classes of their fields."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.roles import (
    ADMIN,
    AUDITOR,
    COORDINATOR,
    EMPLOYEE,
    FUNDING_ADVISER,
    HR,
    PROVIDER,
    PUBLIC_DATA,
    WORKS_COUNCIL,
)
from app.platform import codec
from app.registers.models import Employee

ALLIANCE_WIDE = (COORDINATOR, FUNDING_ADVISER, AUDITOR, ADMIN)
"""Roles that see every company and provider; none of them sees a company's people."""
Condition = sa.ColumnElement[bool]


def visible_companies(actor: Actor) -> Condition:
    """Companies ``actor`` may see."""
    company = Organisation.kind == "company"
    if actor.has_role(*ALLIANCE_WIDE):
        return company
    return sa.and_(company, Organisation.id.in_(sorted(actor.organisations(HR, WORKS_COUNCIL))))


def visible_providers(actor: Actor) -> Condition:
    """Training providers ``actor`` may see: companies and the alliance all of them, a provider itself only."""
    provider = Organisation.kind == "provider"
    if actor.has_role(*ALLIANCE_WIDE, HR, WORKS_COUNCIL):
        return provider
    return sa.and_(provider, Organisation.id.in_(sorted(actor.organisations(PROVIDER))))


def visible_employees(actor: Actor) -> Condition:
    """People ``actor`` may see: HR and works council their company's, an employee the own entry."""
    ways: list[Condition] = []
    if companies := actor.organisations(HR, WORKS_COUNCIL):
        ways.append(Employee.company_id.in_(sorted(companies)))
    if own := actor.employee_ids:
        ways.append(Employee.id.in_(sorted(own)))
    return sa.or_(*ways) if ways else sa.false()


def sees_facts(actor: Actor, employee: Employee) -> bool:
    """Whether ``actor`` sees more of a person than the name: the company's HR, and the person."""
    return actor.acts_for(HR, employee.company_id) is not None or employee.id in actor.employee_ids


def classes_for(actor: Actor, organisation_id: str) -> frozenset[str]:
    """Classes of an organisation's own fields visible to ``actor``: by alliance-wide roles and by those held there."""
    roles = {
        grant.role
        for grant in actor.grants
        if grant.role in ALLIANCE_WIDE or (grant.organisation_id == organisation_id and grant.role != EMPLOYEE)
    }
    return actor.visible_classes(*roles) if roles else PUBLIC_DATA


def etag_of(view: Mapping[str, Any]) -> str:
    """The version of what is shown: it changes whenever any part of it does."""
    return hashlib.sha256(codec.canonical(view).encode()).hexdigest()[:20]
