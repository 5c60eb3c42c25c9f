"""Reading the registers as of a day: companies, employees, providers; and as options of form fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.identity.models import Organisation
from app.registers.fields import DATED
from app.registers.models import Certificate, CompanyFacts, Employee, EmployeeFacts

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
_Earlier = aliased(EmployeeFacts, name="earlier")


def facts_in_force(session: Session, company_ids: Sequence[str], day: date) -> dict[str, CompanyFacts]:
    """The rows of facts that hold on ``day``, by company; companies without any are left out."""
    statement = (
        sa.select(CompanyFacts)
        .where(CompanyFacts.company_id.in_(company_ids), CompanyFacts.valid_from <= day)
        .order_by(CompanyFacts.valid_from)
        .execution_options(populate_existing=True)
    )
    return {row.company_id: row for row in session.scalars(statement)}


def company_facts(session: Session, company_id: str, day: date) -> dict[str, Any] | None:
    """The facts of a company that hold on ``day``, None if none are recorded."""
    row = facts_in_force(session, [company_id], day).get(company_id)
    return None if row is None else {name: getattr(row, name) for name in FACTS}


def employees_as_of(day: date) -> sa.Select[*tuple[Any, ...]]:
    """Employees with the row of dated facts that holds on ``day``; without such a row the employee's own facts hold."""
    begun = (
        sa.select(sa.func.max(_Earlier.valid_from))
        .where(_Earlier.employee_id == Employee.id, _Earlier.valid_from <= day)
        .correlate(Employee)
        .scalar_subquery()
    )
    in_force = sa.and_(EmployeeFacts.employee_id == Employee.id, EmployeeFacts.valid_from == begun)
    return sa.select(Employee, EmployeeFacts).select_from(Employee).outerjoin(EmployeeFacts, in_force)


def at_work_on(day: date) -> sa.ColumnElement[bool]:
    """Whether a person still belongs to the company on ``day``."""
    return sa.and_(Employee.active, sa.or_(Employee.left_on.is_(None), Employee.left_on >= day))


def dated_facts(row: Any) -> dict[str, Any]:
    """The dated facts of a row of :func:`employees_as_of`."""
    source = row.Employee if row.EmployeeFacts is None else row.EmployeeFacts
    return {name: getattr(source, name) for name in DATED}


def employee_facts(row: Any) -> dict[str, Any]:
    """Register facts of a row of :func:`employees_as_of` as case data (dates as ISO text)."""
    employee: Employee = row.Employee
    facts = {
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "birth_date": employee.birth_date,
        **dated_facts(row),
    }
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()}


def employees_by_id(session: Session, company_id: str, ids: Iterable[str], day: date) -> list[dict[str, Any]]:
    """Options of the named employees of one company as of ``day``, in the order of ``ids``; unknown ones are left
    out.
    """
    wanted = list(ids)
    statement = employees_as_of(day).where(Employee.company_id == company_id, Employee.id.in_(wanted))
    found = {row.Employee.id: _employee_option(row) for row in session.execute(statement)}
    return [found[key] for key in wanted if key in found]


def employee_options(session: Session, company_id: str, day: date) -> list[dict[str, Any]]:
    """All employees of a company on ``day`` as form options ``{value, label, facts}``, by name."""
    statement = (
        employees_as_of(day)
        .where(Employee.company_id == company_id, at_work_on(day))
        .order_by(Employee.last_name, Employee.first_name, Employee.id)
    )
    return [_employee_option(row) for row in session.execute(statement)]


def providers_by_id(session: Session, ids: Iterable[str], day: date) -> list[dict[str, Any]]:
    """Options of the named providers, in the order of ``ids``; unknown ids are left out."""
    wanted = list(ids)
    found = {option["value"]: option for option in provider_options(session, day, wanted)}
    return [found[key] for key in wanted if key in found]


def provider_options(session: Session, day: date, ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Training providers as form options ``{value, label, facts}``, by name.

    ``facts`` holds the last day of the provider certificate that is valid on ``day``, if one is registered.
    """
    certified = (
        sa.select(sa.func.max(Certificate.valid_until))
        .where(
            Certificate.provider_id == Organisation.id,
            Certificate.kind == "provider",
            Certificate.valid_from <= day,
            Certificate.valid_until >= day,
        )
        .correlate(Organisation)
        .scalar_subquery()
    )
    statement = (
        sa.select(Organisation.id, Organisation.name, certified.label("certified_until"))
        .where(Organisation.kind == "provider")
        .order_by(Organisation.name)
    )
    if ids is not None:
        statement = statement.where(Organisation.id.in_(list(ids)))
    return [_provider_option(row) for row in session.execute(statement)]


def _employee_option(row: Any) -> dict[str, Any]:
    employee: Employee = row.Employee
    label = f"{employee.last_name}, {employee.first_name} ({employee.staff_number})"
    return {"value": employee.id, "label": label, "facts": employee_facts(row)}


def _provider_option(row: Any) -> dict[str, Any]:
    until: date | None = row.certified_until
    facts = {} if until is None else {"provider_certificate_until": until.isoformat()}
    return {"value": row.id, "label": row.name, "facts": facts}
