"""Use cases of imports: upload, look at the findings, confirm or discard. Nothing is ever imported in part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.roles import ADMIN, COORDINATOR, HR
from app.platform import codec, jobs
from app.platform.clock import local_date
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import FieldError, NotFound
from app.registers.companies import on_behalf_of
from app.registers.exchange.messages import described
from app.registers.import_models import RegisterImport, RegisterImportPart
from app.registers.problems import FileMissing, FileTooLarge, ImportNotReady, NoSuchCompany
from app.registers.scope import etag_of

MAX_BYTES = 1_900_000
WAITING = ("reading", "checking", "ready")
"""States in which an import has changed nothing yet and can be discarded."""
KEEP_WAITING, KEEP_FINDINGS = timedelta(days=2), timedelta(days=30)
COUNTS = ("total", "checked", "added", "changed", "unchanged", "finding_count")


def upload(
    session: Session,
    actor: Actor,
    kind: str,
    company_id: str | None,
    filename: str,
    content: bytes,
    now: datetime,
    valid_from: date | None = None,
) -> dict[str, Any]:
    """Take a file in; a job reads it. An earlier import of the same person that waits is discarded.

    ``valid_from``: the day from which changed facts of employees hold (default: today).
    Raises NoSuchCompany, FileMissing, FileTooLarge.
    """
    if kind == "employees" and (company_id is None or actor.acts_for(HR, company_id) is None):
        raise NoSuchCompany([FieldError("/company", NoSuchCompany.code, _(NoSuchCompany.message_id()))])
    if not content:
        raise FileMissing([FieldError("/file", FileMissing.code, _(FileMissing.message_id()))])
    if len(content) > MAX_BYTES:
        raise FileTooLarge(megabytes=f"{MAX_BYTES / 1_000_000:g}")
    _discard_waiting(session, actor, kind, company_id, now)
    row = RegisterImport(
        id=new_id(),
        kind=kind,
        company_id=company_id if kind == "employees" else None,
        created_by=actor.user_id,
        on_behalf_of=on_behalf_of(actor, company_id) if company_id else None,
        created_at=now,
        filename="".join(sign for sign in filename if sign.isprintable())[-200:],
        content=content,
        valid_from=valid_from or local_date(now),
        state="reading",
        findings="[]",
    )
    session.add(row)
    session.flush()
    jobs.defer(session, "registers.read_import", f"{row.id}:read", now, import_id=row.id)
    return view(session, row)


def own_companies(session: Session, actor: Actor) -> list[dict[str, str]]:
    """Companies whose employees ``actor`` may import, by name."""
    held = sorted(actor.organisations(HR))
    rows = session.execute(
        sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(held)).order_by(Organisation.name)
    )
    return [{"id": row.id, "name": row.name} for row in rows]


def get_import(session: Session, actor: Actor, kind: str, import_id: str) -> dict[str, Any]:
    """How far an import is, its counts and findings. Raises NotFound."""
    return view(session, _load(session, actor, kind, import_id))


def confirm(
    session: Session, actor: Actor, kind: str, import_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Have a job take over all rows at once. Raises NotFound, StaleVersion, ImportNotReady."""
    row = _load(session, actor, kind, import_id, lock=True)
    require_match(if_match, view(session, row)["etag"])
    if row.state != "ready":
        raise ImportNotReady
    row.state = "applying"
    session.flush()
    jobs.defer(session, "registers.apply_import", f"{row.id}:apply", now, import_id=row.id)
    return view(session, row)


def discard(
    session: Session, actor: Actor, kind: str, import_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Forget a file that has not been taken over. Raises NotFound, StaleVersion, ImportNotReady."""
    row = _load(session, actor, kind, import_id, lock=True)
    require_match(if_match, view(session, row)["etag"])
    if row.state not in WAITING:
        raise ImportNotReady
    finish(session, row, "discarded", now)
    return view(session, row)


def finish(session: Session, row: RegisterImport, state: str, now: datetime) -> None:
    """End an import; its lines are forgotten, the findings stay."""
    row.state, row.ended_at, row.content = state, now, None
    session.execute(sa.delete(RegisterImportPart).where(RegisterImportPart.import_id == row.id))
    session.flush()


def view(session: Session, row: RegisterImport) -> dict[str, Any]:
    """An import as it is shown, findings in the language of the request."""
    company = None if row.company_id is None else session.get(Organisation, row.company_id)
    shown: dict[str, Any] = {
        "id": row.id,
        "kind": row.kind,
        "company": None if company is None else {"id": company.id, "name": company.name},
        "filename": row.filename,
        "valid_from": row.valid_from,
        "state": row.state,
        "created_at": row.created_at,
        "ended_at": row.ended_at,
        **{name: getattr(row, name) for name in COUNTS},
        "findings": [described(finding) for finding in codec.loads(row.findings)],
    }
    return {**shown, "etag": etag_of(_version(shown))}


def _version(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What makes an import another version of itself: not the language of its findings."""
    return {key: shown[key] for key in ("id", "state", *COUNTS)}


def _load(session: Session, actor: Actor, kind: str, import_id: str, *, lock: bool = False) -> RegisterImport:
    statement = sa.select(RegisterImport).where(RegisterImport.id == import_id, RegisterImport.kind == kind)
    if kind == "employees":
        statement = statement.where(RegisterImport.company_id.in_(sorted(actor.organisations(HR))))
    elif not actor.has_role(COORDINATOR, ADMIN):
        statement = statement.where(sa.false())
    if lock:
        statement = statement.with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def _discard_waiting(session: Session, actor: Actor, kind: str, company_id: str | None, now: datetime) -> None:
    waiting = sa.select(RegisterImport).where(
        RegisterImport.created_by == actor.user_id,
        RegisterImport.kind == kind,
        RegisterImport.company_id == company_id if kind == "employees" else sa.true(),
        RegisterImport.state.in_(WAITING),
    )
    for row in session.scalars(waiting):
        finish(session, row, "discarded", now)


def forget_old(session: Session, now: datetime) -> int:
    """Discard files that nobody has confirmed in two days, and blank the findings of ended imports after 30 days: they
    quote what was in the file. Returns how many rows it touched.
    """
    waiting = sa.select(RegisterImport).where(
        RegisterImport.state.in_(WAITING), RegisterImport.created_at < now - KEEP_WAITING
    )
    discarded = list(session.scalars(waiting))
    for row in discarded:
        finish(session, row, "discarded", now)
    blanked = session.scalars(
        sa.update(RegisterImport)
        .where(RegisterImport.ended_at < now - KEEP_FINDINGS, RegisterImport.findings != "[]")
        .values(findings="[]")
        .returning(RegisterImport.id)
        .execution_options(synchronize_session=False)
    )
    return len(discarded) + len(blanked.all())
