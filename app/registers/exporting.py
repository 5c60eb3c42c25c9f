"""Use cases of exports: the registers as files, with the columns the reader may see and an import takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.access import EXPORT
from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.roles import HR, PUBLIC_DATA
from app.platform.clock import local_date
from app.platform.i18n import _
from app.platform.problems import FieldError
from app.registers.employees import record_look
from app.registers.exchange.export import as_csv, as_xlsx
from app.registers.fields import COMPANY_DATED, COMPANY_FIELDS, EMPLOYEE_FIELDS, LASTING, Field
from app.registers.models import CompanyFacts, Employee
from app.registers.problems import NoSuchCompany
from app.registers.reading import dated_facts, employees_as_of
from app.registers.scope import classes_for, visible_companies

_WRITERS = {"csv": as_csv, "xlsx": as_xlsx}


def export_employees(
    session: Session, actor: Actor, company_id: str, file_format: str, language: str, now: datetime
) -> bytes:
    """All people of a company with the facts of today; logged for each of them. Raises NoSuchCompany."""
    if actor.acts_for(HR, company_id) is None:
        raise NoSuchCompany([FieldError("/company", NoSuchCompany.code, _(NoSuchCompany.message_id()))])
    rows = session.execute(
        employees_as_of(local_date(now)).where(Employee.company_id == company_id).order_by(Employee.staff_number)
    ).all()
    for row in rows:
        record_look(session, now, actor, row.Employee, EXPORT)
    values = [{**{key: getattr(row.Employee, key) for key in LASTING}, **dated_facts(row)} for row in rows]
    return _written(EMPLOYEE_FIELDS, values, classes_for(actor, company_id), file_format, language)


def export_companies(session: Session, actor: Actor, file_format: str, language: str, now: datetime) -> bytes:
    """All companies in sight with the facts of today; without facts the reader may not see, names only."""
    companies = session.scalars(
        sa.select(Organisation).where(visible_companies(actor)).order_by(Organisation.name)
    ).all()
    today = local_date(now)
    facts = {
        row.company_id: row
        for row in session.scalars(
            sa.select(CompanyFacts).where(CompanyFacts.valid_from <= today).order_by(CompanyFacts.valid_from)
        )
    }
    classes = frozenset.intersection(*(classes_for(actor, company.id) for company in companies), PUBLIC_DATA | {"case"})
    return _written(
        COMPANY_FIELDS, [_company(row, facts.get(row.id)) for row in companies], classes, file_format, language
    )


def _company(company: Organisation, facts: CompanyFacts | None) -> dict[str, Any]:
    dated = {key: None if facts is None else getattr(facts, key) for key in ("valid_from", *COMPANY_DATED)}
    return {"short_name": company.short_name, "name": company.name, **dated}


def _written(
    fields: Sequence[Field],
    rows: Sequence[Mapping[str, Any]],
    classes: frozenset[str],
    file_format: str,
    language: str,
) -> bytes:
    seen = [field for field in fields if field.sensitivity in classes]
    return _WRITERS[file_format](seen, rows, language)
