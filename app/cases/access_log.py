"""Reading the access log: auditors all of it, employees what concerns themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.audit.access import EXPORT, PROTECTED, erasures, record_access
from app.audit.models import AccessEntry
from app.engine.models import Case, Task
from app.identity.actor import Actor
from app.identity.models import Organisation, User
from app.platform import paging
from app.platform.clock import BERLIN
from app.platform.problems import Unprocessable
from app.registers.models import Employee

MAX_EXPORT = 20_000
Member = aliased(User, name="member")


class TooManyEntries(Unprocessable):
    """More than %(limit)s entries fit these filters; please narrow them down."""

    code = "too_many_entries"


@dataclass(frozen=True)
class AccessQuery:
    """What the log is asked for; every field may stay empty. ``case``: id or number; ``actor``: login; days are those
    in Thuringia, both included.
    """

    case: str | None = None
    actor: str | None = None
    kind: str | None = None
    data_class: str | None = None
    from_day: date | None = None
    until_day: date | None = None
    cursor: str | None = None
    limit: int | None = None


def list_access(session: Session, query: AccessQuery) -> dict[str, Any]:
    """``{"items": [entry…], "next": cursor or None, "erasures": […]}``, the newest first."""
    rows, following = paging.fetch(
        session,
        _filtered(query),
        AccessEntry.at,
        AccessEntry.id,
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
    )
    erased = [{"at": item.at, "before": item.before, "entries": item.entries} for item in erasures(session)]
    return {"items": [_view(row) for row in rows], "next": following, "erasures": erased}


def my_access(session: Session, actor: Actor, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Who has been shown data about the actor, the newest first: when, in which organisation, what; not which colleague
    (CJEU, C-579/21).
    """
    me = sorted(actor.employee_ids)
    about_me = sa.select(Task.case_id).where(Task.subject_id.in_(me))
    whole_case = sa.and_(AccessEntry.subject_id.is_(None), AccessEntry.case_id.in_(about_me))
    statement = _columns().where(sa.or_(AccessEntry.subject_id.in_(me), whole_case))
    rows, following = paging.fetch(
        session, statement, AccessEntry.at, AccessEntry.id, descending=True, cursor=cursor, limit=limit
    )
    hidden = ("actor", "on_behalf_of", "subject", "route", "request_id")
    items = []
    for row in rows:
        entry = {key: value for key, value in _view(row).items() if key not in hidden}
        items.append({**entry, "myself": row.AccessEntry.user_id == actor.user_id})
    return {"items": items, "next": following}


def export_access(session: Session, actor: Actor, query: AccessQuery, now: datetime) -> Sequence[Mapping[str, Any]]:
    """All entries that fit, for a file; that is logged itself, as it names persons. Raises TooManyEntries."""
    newest_first = _filtered(query).order_by(AccessEntry.at.desc(), AccessEntry.id.desc())
    rows = session.execute(newest_first.limit(MAX_EXPORT + 1)).all()
    if len(rows) > MAX_EXPORT:
        raise TooManyEntries(limit=MAX_EXPORT)
    record_access(session, now, actor, kind=EXPORT, case_id=None, subject="", classes=PROTECTED[:1])
    return [_view(row) for row in rows]


def _filtered(query: AccessQuery) -> sa.Select[*tuple[Any, ...]]:
    statement = _columns()
    if query.case:
        named = sa.select(Case.id).where(sa.or_(Case.id == query.case, Case.number == query.case))
        statement = statement.where(AccessEntry.case_id.in_(named))
    if query.actor:
        statement = statement.where(AccessEntry.user_id.in_(sa.select(User.id).where(User.login == query.actor)))
    if query.kind:
        statement = statement.where(AccessEntry.kind == query.kind)
    if query.data_class:
        statement = statement.where(AccessEntry.classes.contains(query.data_class))
    if query.from_day:
        statement = statement.where(AccessEntry.at >= _midnight(query.from_day))
    if query.until_day:
        statement = statement.where(AccessEntry.at < _midnight(_next(query.until_day)))
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, BERLIN)


def _next(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _columns() -> sa.Select[*tuple[Any, ...]]:
    """Entries with the names that are still known; what is gone since stays empty."""
    return (
        sa.select(
            AccessEntry,
            User.login,
            User.name.label("user_name"),
            Member.name.label("member_name"),
            Organisation.name.label("organisation_name"),
            Case.number,
            Employee.first_name,
            Employee.last_name,
        )
        .outerjoin(User, User.id == AccessEntry.user_id)
        .outerjoin(Member, Member.id == AccessEntry.on_behalf_of)
        .outerjoin(Organisation, Organisation.id == AccessEntry.organisation_id)
        .outerjoin(Case, Case.id == AccessEntry.case_id)
        .outerjoin(Employee, Employee.id == AccessEntry.subject_id)
    )


def _view(row: Any) -> dict[str, Any]:
    entry: AccessEntry = row.AccessEntry
    subject = None
    if entry.subject_id is not None:
        subject = {"id": entry.subject_id, "name": f"{row.first_name or ''} {row.last_name or ''}".strip()}
    return {
        "id": entry.id,
        "at": entry.at,
        "actor": {"id": entry.user_id, "login": row.login or "", "name": row.user_name or ""},
        "on_behalf_of": None if entry.on_behalf_of is None else row.member_name or "",
        "organisation": row.organisation_name or "",
        "kind": entry.kind,
        "case": None if entry.case_id is None else {"id": entry.case_id, "number": row.number or ""},
        "subject": subject,
        "classes": entry.classes.split(","),
        "route": entry.route,
        "request_id": entry.request_id,
    }
