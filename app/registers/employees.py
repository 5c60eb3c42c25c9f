"""Use cases of the employee register: list, look at, add, change from a day on or correct, leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.access import PROTECTED, VIEW, record_access
from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.policy import permit_roles
from app.identity.roles import EMPLOYEE, HR, WORKS_COUNCIL
from app.platform import db, paging
from app.platform.clock import local_date
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import FieldError, NotFound
from app.registers import changes
from app.registers.changes import Change
from app.registers.companies import on_behalf_of
from app.registers.fields import DATED, LASTING
from app.registers.findings import field_errors
from app.registers.models import Employee, EmployeeFacts
from app.registers.problems import ImplausibleFacts, NoSuchCompany, StaffNumberTaken
from app.registers.reading import dated_facts, employees_as_of
from app.registers.rules import implausible
from app.registers.scope import etag_of, sees_facts, visible_employees

SINCE_EVER = date(1900, 1, 1)
"""Begin of the first period of a person's facts: what was known before the first change."""


@dataclass(frozen=True)
class EmployeeQuery:
    """What a list of employees is asked for; every field may stay empty."""

    company: str | None = None
    q: str | None = None
    active: bool | None = None
    cursor: str | None = None
    limit: int | None = None


def list_employees(session: Session, actor: Actor, query: EmployeeQuery, now: datetime) -> dict[str, Any]:
    """``{"items": [employee…], "next": cursor or None}`` by last name; the works council sees names only."""
    day = local_date(now)
    statement = _statement(day).where(visible_employees(actor))
    if query.company:
        statement = statement.where(Employee.company_id == query.company)
    if query.q:
        full = Employee.first_name + " " + Employee.last_name
        columns: list[sa.SQLColumnExpression[str]] = [full, Employee.last_name + ", " + Employee.first_name]
        if actor.has_role(HR):
            columns.append(Employee.staff_number)
        statement = statement.where(db.matches(query.q, *columns))
    if query.active is not None:
        gone = sa.or_(Employee.active.is_(False), Employee.left_on < day)
        statement = statement.where(sa.not_(sa.func.coalesce(gone, sa.false())) if query.active else gone)
    rows, following = paging.fetch(
        session, statement, Employee.last_name, Employee.id, cursor=query.cursor, limit=query.limit
    )
    for row in rows:
        record_look(session, now, actor, row.Employee)
    return {"items": [_view(row, actor, day) for row in rows], "next": following}


def get_employee(session: Session, actor: Actor, employee_id: str, now: datetime) -> dict[str, Any]:
    """A person with the facts of today, and those of other days in ``periods``. Raises NotFound, Forbidden."""
    row = _load(session, actor, employee_id, "employees_api.get_employee", local_date(now))
    record_look(session, now, actor, row.Employee)
    return _detail(session, row, actor, local_date(now))


def add_employee(session: Session, actor: Actor, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A new person; the facts hold ever since. Raises NoSuchCompany, ImplausibleFacts, StaffNumberTaken."""
    company_id, day = values["company"], local_date(now)
    if actor.acts_for(HR, company_id) is None or not _is_company(session, company_id):
        raise NoSuchCompany([FieldError("/company", NoSuchCompany.code, _(NoSuchCompany.message_id()))])
    facts = {key: value for key, value in values.items() if key != "company"}
    _check(session, company_id, facts, None, day)
    row = Employee(id=new_id(), company_id=company_id, active=_works(facts.get("left_on"), day), **facts)
    session.add(row)
    session.flush()
    made = Change("employee", row.id, company_id, None, facts)
    changes.record(session, now, actor.user_id, [made], on_behalf_of(actor, company_id))
    return get_employee(session, actor, row.id, now)


def change_employee(
    session: Session, actor: Actor, employee_id: str, values: Mapping[str, Any], now: datetime, if_match: str | None
) -> dict[str, Any]:
    """Change a person. With ``valid_from`` dated facts hold from that day on; without it they are corrected as they
    stand today.

    Raises NotFound, Forbidden, StaleVersion, ImplausibleFacts, StaffNumberTaken.
    """
    today = local_date(now)
    valid_from = values.get("valid_from")
    row = _load(session, actor, employee_id, "employees_api.change_employee", today, lock=True)
    require_match(if_match, etag_of(_detail(session, row, actor, today, tagged=False)))
    employee: Employee = row.Employee
    if valid_from is not None:
        row = _as_of(session, employee_id, valid_from)
    before = _facts(row)
    given = {key: value for key, value in values.items() if key != "valid_from"}
    after = {**before, **given}
    _check(session, employee.company_id, after, employee_id, today)
    write(session, row, after, valid_from, today)
    changed = Change("employee", employee_id, employee.company_id, before, after)
    if valid_from is not None and before != after:
        changed = Change(
            "employee", employee_id, employee.company_id, before, {**after, "valid_from": valid_from.isoformat()}
        )
    changes.record(session, now, actor.user_id, [changed], on_behalf_of(actor, employee.company_id))
    return get_employee(session, actor, employee_id, now)


def write(session: Session, row: Any, after: Mapping[str, Any], valid_from: date | None, today: date) -> None:
    """Store the facts ``after`` of a row of ``employees_as_of``; the employee's own columns keep what holds today."""
    employee: Employee = row.Employee
    dated = {key: after[key] for key in DATED}
    if dated != dated_facts(row):
        if valid_from is not None:
            _store_period(session, row, valid_from, dated)
        elif row.EmployeeFacts is not None:
            _store_period(session, row, row.EmployeeFacts.valid_from, dated)
    for key in LASTING:
        setattr(employee, key, after[key])
    employee.active = _works(after["left_on"], today)
    if valid_from is None or valid_from <= today:
        session.flush()
        current = dated if valid_from is None else dated_facts(_as_of(session, employee.id, today))
        for key, value in current.items():
            setattr(employee, key, value)
    session.flush()


def _store_period(session: Session, row: Any, valid_from: date, dated: Mapping[str, Any]) -> None:
    employee: Employee = row.Employee
    rows = [{"employee_id": employee.id, "valid_from": valid_from, **dated}]
    if row.EmployeeFacts is None:
        rows.append({"employee_id": employee.id, "valid_from": SINCE_EVER, **dated_facts(row)})
    db.upsert(session, EmployeeFacts, rows, DATED)


def _check(session: Session, company_id: str, facts: Mapping[str, Any], own_id: str | None, today: date) -> None:
    wrong = field_errors(implausible(facts, today))
    if wrong:
        raise ImplausibleFacts(wrong)
    same = (Employee.company_id == company_id, Employee.staff_number == facts["staff_number"], Employee.id != own_id)
    holder = session.scalar(sa.select(Employee.id).where(*same))
    if holder is not None:
        raise StaffNumberTaken([FieldError("/staff_number", StaffNumberTaken.code, _(StaffNumberTaken.message_id()))])


def _is_company(session: Session, company_id: str) -> bool:
    found = sa.select(Organisation.id).where(Organisation.id == company_id, Organisation.kind == "company")
    return session.scalar(found) is not None


def _works(left_on: date | None, today: date) -> bool:
    return left_on is None or left_on >= today


def _statement(day: date) -> sa.Select[*tuple[Any, ...]]:
    joined = employees_as_of(day).join(Organisation, Organisation.id == Employee.company_id)
    return joined.add_columns(Organisation.name.label("company_name"))


def _as_of(session: Session, employee_id: str, day: date) -> Any:
    statement = _statement(day).where(Employee.id == employee_id)
    return session.execute(statement.execution_options(populate_existing=True)).one()


def _load(session: Session, actor: Actor, employee_id: str, endpoint: str, day: date, *, lock: bool = False) -> Any:
    statement = _statement(day).where(Employee.id == employee_id, visible_employees(actor))
    if lock:
        statement = statement.with_for_update(of=Employee)
    row = session.execute(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    roles = {role for role in (HR, WORKS_COUNCIL) if actor.acts_for(role, row.Employee.company_id)}
    if row.Employee.id in actor.employee_ids:
        roles.add("employee")
    permit_roles(frozenset(roles), endpoint)
    return row


def record_look(session: Session, now: datetime, actor: Actor, employee: Employee, kind: str = VIEW) -> None:
    """Note in the access log that ``actor`` is shown a person: the name, or also facts such as birthday and pay."""
    held = (actor.acts_for(role, employee.company_id) for role in (HR, WORKS_COUNCIL, EMPLOYEE))
    record_access(
        session,
        now,
        actor,
        kind=kind,
        case_id=None,
        subject=employee.id,
        classes=PROTECTED if sees_facts(actor, employee) else PROTECTED[:1],
        capacity=next((grant for grant in held if grant is not None), None),
    )


def _facts(row: Any) -> dict[str, Any]:
    return {**{key: getattr(row.Employee, key) for key in LASTING}, **dated_facts(row)}


def _view(row: Any, actor: Actor, day: date) -> dict[str, Any]:
    employee: Employee = row.Employee
    view: dict[str, Any] = {
        "id": employee.id,
        "company": {"id": employee.company_id, "name": row.company_name},
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "active": employee.active and _works(employee.left_on, day),
    }
    return {**view, **_facts(row)} if sees_facts(actor, employee) else view


def _detail(session: Session, row: Any, actor: Actor, day: date, *, tagged: bool = True) -> dict[str, Any]:
    view = _view(row, actor, day)
    if sees_facts(actor, row.Employee):
        periods = session.scalars(
            sa.select(EmployeeFacts)
            .where(EmployeeFacts.employee_id == row.Employee.id)
            .order_by(EmployeeFacts.valid_from)
            .execution_options(populate_existing=True)
        )
        view["periods"] = [_period(period) for period in periods]
    return {**view, "etag": etag_of(view)} if tagged else view


def _period(period: EmployeeFacts) -> dict[str, Any]:
    begins = None if period.valid_from == SINCE_EVER else period.valid_from
    return {"valid_from": begins, **{key: getattr(period, key) for key in DATED}}
