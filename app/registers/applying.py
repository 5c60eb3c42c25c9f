"""What an import changes in a register, in bulk: a few statements, however many lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import Organisation
from app.platform import db
from app.platform.clock import local_date
from app.platform.ids import new_id
from app.registers import changes
from app.registers.changes import Change
from app.registers.employees import SINCE_EVER
from app.registers.exchange.rows import RawRow
from app.registers.fields import COMPANY_DATED, COMPANY_FIELDS, DATED, LASTING
from app.registers.findings import Finding
from app.registers.import_models import RegisterImport
from app.registers.models import CompanyFacts, Employee, EmployeeFacts
from app.registers.reading import dated_facts, employees_as_of

Entry = Mapping[str, Any]
Counts = tuple[int, int, int]
"""Added, changed, unchanged."""


def known(session: Session, row: RegisterImport, raw: Sequence[RawRow]) -> tuple[dict[str, Entry], list[Finding]]:
    """What the register holds of these lines, by key, and lines that may not be taken over."""
    if row.kind == "employees":
        keys = {str(line.cells.get("staff_number") or "") for line in raw}
        found = _employees(session, row, keys)
        return {key: _facts(held) for key, held in found.items()}, []
    return _known_companies(session, raw)


def apply_employees(session: Session, row: RegisterImport, entries: Sequence[Entry], now: datetime) -> Counts:
    """Add and change employees; changed facts hold from the import's day on."""
    today, company_id = local_date(now), str(row.company_id)
    held = _employees(session, row, None)
    new, changed, logged = [], [], []
    for entry in entries:
        before = held.get(entry["staff_number"])
        if before is None:
            employee_id = new_id()
            new.append(
                {"id": employee_id, "company_id": company_id, **entry, "active": _works(entry["left_on"], today)}
            )
            logged.append(Change("employee", employee_id, company_id, None, entry))
        elif _facts(before) != dict(entry):
            changed.append((before, entry))
            after = {**entry, "valid_from": row.valid_from.isoformat()}
            logged.append(Change("employee", before.Employee.id, company_id, _facts(before), after))
    if new:
        db.insert(session, Employee, new)
    if changed:
        _change_employees(session, row.valid_from, changed, today)
    changes.record(session, now, row.created_by, logged, row.on_behalf_of, row.id)
    return len(new), len(changed), len(entries) - len(new) - len(changed)


def _change_employees(session: Session, valid_from: date, changed: Sequence[tuple[Any, Entry]], today: date) -> None:
    lasting, periods, baselines = [], [], []
    for before, entry in changed:
        employee: Employee = before.Employee
        values = {key: entry[key] for key in LASTING}
        lasting.append({"id": employee.id, **values, "active": _works(entry["left_on"], today)})
        dated = {key: entry[key] for key in DATED}
        if dated != dated_facts(before):
            periods.append({"employee_id": employee.id, "valid_from": valid_from, **dated})
            if before.EmployeeFacts is None:
                earlier = dated_facts(before)
                baselines.append({"employee_id": employee.id, "valid_from": SINCE_EVER, **earlier})
    session.execute(sa.update(Employee), lasting)
    if periods:
        db.upsert(session, EmployeeFacts, [*baselines, *periods], DATED)
        _refresh(session, {period["employee_id"] for period in periods}, today)


def _refresh(session: Session, ids: set[str], today: date) -> None:
    """The employees' own columns keep what holds today."""
    company = sa.select(Employee.company_id).where(Employee.id == next(iter(ids))).scalar_subquery()
    rows = session.execute(employees_as_of(today).where(Employee.company_id == company)).all()
    session.execute(
        sa.update(Employee), [{"id": row.Employee.id, **dated_facts(row)} for row in rows if row.Employee.id in ids]
    )


def apply_companies(session: Session, row: RegisterImport, entries: Sequence[Entry], now: datetime) -> Counts:
    """Add companies, rename them, record their facts from the day each line names."""
    held = {company.short_name: company for company in session.scalars(sa.select(Organisation))}
    facts = _facts_by_company(session)
    new, rows, logged, renamed, unchanged = [], [], [], [], 0
    for entry in entries:
        company = held.get(entry["short_name"])
        company_id = new_id() if company is None else company.id
        before = _in_force(facts.get(company_id, []), entry["valid_from"])
        after = {key: entry[key] for key in COMPANY_DATED}
        if company is None:
            named = {"name": entry["name"], "short_name": entry["short_name"]}
            new.append({"id": company_id, "kind": "company", **named})
            logged.append(Change("company", company_id, company_id, None, named))
        elif company.name != entry["name"]:
            renamed.append({"id": company_id, "name": entry["name"]})
            logged.append(Change("company", company_id, company_id, {"name": company.name}, {"name": entry["name"]}))
        if before is None or {key: getattr(before, key) for key in COMPANY_DATED} != after:
            rows.append(_facts_values(before, company_id, entry))
            logged.append(_facts_change(before, company_id, rows[-1]))
        elif company is not None and company.name == entry["name"]:
            unchanged += 1
    if new:
        db.insert(session, Organisation, new)
    if renamed:
        session.execute(sa.update(Organisation), renamed)
    if rows:
        db.upsert(session, CompanyFacts, rows, COMPANY_DATED)
    changes.record(session, now, row.created_by, logged, row.on_behalf_of, row.id)
    return len(new), len(entries) - len(new) - unchanged, unchanged


APPLY: Mapping[str, Callable[[Session, RegisterImport, Sequence[Entry], datetime], Counts]] = MappingProxyType(
    {"employees": apply_employees, "companies": apply_companies}
)


def _known_companies(session: Session, raw: Sequence[RawRow]) -> tuple[dict[str, Entry], list[Finding]]:
    held = {company.short_name: company for company in session.scalars(sa.select(Organisation))}
    facts = _facts_by_company(session)
    found: dict[str, Entry] = {}
    findings = []
    for line in raw:
        key = str(line.cells.get("short_name") or "")
        company = held.get(key)
        if company is None:
            continue
        if company.kind != "company":
            findings.append(Finding("short_name_of_other", line.line, COMPANY_FIELDS[0].headers[0], key))
            continue
        rows = facts.get(company.id, [])
        latest = rows[-1] if rows else None
        found[key] = {"short_name": key, "name": company.name}
        if latest is not None:
            values = {name: getattr(latest, name) for name in COMPANY_DATED}
            found[key] = {**found[key], "valid_from": latest.valid_from, **values}
    return found, findings


def _facts_by_company(session: Session) -> dict[str, list[CompanyFacts]]:
    found: dict[str, list[CompanyFacts]] = {}
    for row in session.scalars(sa.select(CompanyFacts).order_by(CompanyFacts.valid_from)):
        found.setdefault(row.company_id, []).append(row)
    return found


def _in_force(rows: Sequence[CompanyFacts], day: date) -> CompanyFacts | None:
    return next((row for row in reversed(rows) if row.valid_from <= day), None)


def _facts_values(before: CompanyFacts | None, company_id: str, entry: Entry) -> dict[str, Any]:
    same_day = before is not None and before.valid_from == entry["valid_from"]
    return {
        "id": before.id if before is not None and same_day else new_id(),
        "company_id": company_id,
        "valid_from": entry["valid_from"],
        **{key: entry[key] for key in COMPANY_DATED},
    }


def _facts_change(before: CompanyFacts | None, company_id: str, values: Entry) -> Change:
    keys = ("valid_from", *COMPANY_DATED)
    old = None if before is None else {key: getattr(before, key) for key in keys}
    return Change("company_facts", company_id, company_id, old, {key: values[key] for key in keys})


def _employees(session: Session, row: RegisterImport, keys: set[str] | None) -> dict[str, Any]:
    statement = employees_as_of(row.valid_from).where(Employee.company_id == row.company_id)
    if keys is not None:
        statement = statement.where(Employee.staff_number.in_(sorted(keys)))
    statement = statement.execution_options(populate_existing=True)
    return {found.Employee.staff_number: found for found in session.execute(statement)}


def _facts(row: Any) -> dict[str, Any]:
    return {**{key: getattr(row.Employee, key) for key in LASTING}, **dated_facts(row)}


def _works(left_on: date | None, today: date) -> bool:
    return left_on is None or left_on >= today
