"""Reading the registers: companies with their dated facts, employees, providers; and as options of form fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import Organisation
from app.registers.models import CompanyFacts, Employee

FACTS = (
    "headcount_full",
    "headcount_30",
    "headcount_20",
    "headcount_10",
    "group_headcount",
    "agreement",
    "has_works_council",
    "structural_change",
)


def company_facts(session: Session, company_id: str, day: date) -> dict[str, Any] | None:
    """The facts of a company that hold on ``day``, None if none are recorded."""
    statement = (
        sa.select(CompanyFacts)
        .where(CompanyFacts.company_id == company_id, CompanyFacts.valid_from <= day)
        .order_by(CompanyFacts.valid_from.desc())
        .limit(1)
    )
    row = session.scalar(statement)
    return None if row is None else {name: getattr(row, name) for name in FACTS}


def employee_facts(employee: Employee) -> dict[str, Any]:
    """Register facts of a person as case data (dates as ISO text)."""
    return {
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "birth_date": employee.birth_date.isoformat(),
        "weekly_hours": employee.weekly_hours,
        "monthly_gross": employee.monthly_gross,
        "has_qualification": employee.has_qualification,
        "qualification_date": _iso(employee.qualification_date),
        "last_sgb3_82_end": _iso(employee.last_sgb3_82_end),
        "disability_degree": employee.disability_degree,
        "equal_status": employee.equal_status,
    }


def employees_by_id(session: Session, company_id: str, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Options of the named employees of one company, in the order of ``ids``; unknown ids are left out."""
    wanted = list(ids)
    statement = sa.select(Employee).where(Employee.company_id == company_id, Employee.id.in_(wanted))
    found = {row.id: _employee_option(row) for row in session.scalars(statement)}
    return [found[key] for key in wanted if key in found]


def employee_options(session: Session, company_id: str) -> list[dict[str, Any]]:
    """All active employees of a company as form options ``{value, label, facts}``, by name."""
    statement = (
        sa.select(Employee)
        .where(Employee.company_id == company_id, Employee.active)
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    )
    return [_employee_option(row) for row in session.scalars(statement)]


def providers_by_id(session: Session, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Options of the named providers, in the order of ``ids``; unknown ids are left out."""
    wanted = list(ids)
    found = {option["value"]: option for option in provider_options(session, wanted)}
    return [found[key] for key in wanted if key in found]


def provider_options(session: Session, ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Training providers as form options ``{value, label}``, by name."""
    statement = sa.select(Organisation).where(Organisation.kind == "provider").order_by(Organisation.name)
    if ids is not None:
        statement = statement.where(Organisation.id.in_(list(ids)))
    return [{"value": row.id, "label": row.name} for row in session.scalars(statement)]


def _employee_option(employee: Employee) -> dict[str, Any]:
    label = f"{employee.last_name}, {employee.first_name} ({employee.staff_number})"
    return {"value": employee.id, "label": label, "facts": employee_facts(employee)}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
