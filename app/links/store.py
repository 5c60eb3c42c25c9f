"""Reading and writing links, each in one statement; their entries in the journal of the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.engine.models import Case, Snapshot, Task
from app.engine.outcome import Entry
from app.engine.service import snapshot_columns, snapshot_of
from app.engine.store import Author, ChangedMeanwhile
from app.identity.models import Organisation
from app.links import rules
from app.links.models import LinkMiss, ParticipantLink
from app.platform.ids import new_id

LINK = ParticipantLink
MISS_WINDOW = timedelta(minutes=15)
"""How long a call that opened nothing counts against its network address."""


def new_link_id() -> str:
    """``link`` and 32 hexadecimal digits: never the id of a user."""
    return f"link{new_id().replace('-', '')}"


def by_token(session: Session, token_hash: str, *, lock: bool = False) -> Any | None:
    """Link, case, task, company and snapshot behind a token; ``lock`` keeps other writers away (PostgreSQL)."""
    statement = (
        sa.select(LINK, Case, Task, Organisation.name.label("company_name"), *snapshot_columns())
        .join(Case, Case.id == LINK.case_id)
        .join(Organisation, Organisation.id == Case.company_id)
        .join(Snapshot, snapshot_of())
        .outerjoin(Task, Task.id == LINK.task_id)
        .where(LINK.token_hash == token_hash)
        .execution_options(populate_existing=True)
    )
    if lock:
        statement = statement.with_for_update(of=LINK)
    return session.execute(statement).first()


def state_in(now: datetime, row: Any) -> rules.State:
    """The state of the link in a row with ``ParticipantLink``, ``Case`` and ``Task``."""
    link: ParticipantLink = row.ParticipantLink
    return rules.state_of(
        now,
        used_at=link.used_at,
        revoked_at=link.revoked_at,
        expires_at=link.expires_at,
        case_open=row.Case.status == "open",
        task_open=row.Task is None or row.Task.state == "open",
    )


def use_up(session: Session, link_id: str, now: datetime) -> bool:
    """Mark a link used; False if it was used or revoked meanwhile."""
    return bool(_close(session, (LINK.id == link_id,), used_at=now))


def revoke(session: Session, now: datetime, *which: sa.ColumnElement[bool]) -> list[str]:
    """Revoke the links that are neither used nor revoked yet; returns their ids."""
    return sorted(_close(session, which, revoked_at=now))


def _close(session: Session, which: Sequence[sa.ColumnElement[bool]], **values: datetime) -> list[str]:
    statement = (
        sa.update(LINK)
        .where(LINK.used_at.is_(None), LINK.revoked_at.is_(None), *which)
        .values(**values)
        .returning(LINK.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(statement))


def count_wrong_code(session: Session, link_id: str) -> int:
    """One more wrong code; returns how many it has been."""
    statement = (
        sa.update(LINK)
        .where(LINK.id == link_id)
        .values(attempts=LINK.attempts + 1)
        .returning(LINK.attempts)
        .execution_options(synchronize_session=False)
    )
    return session.scalars(statement).one()


def note(session: Session, case: Case, entries: Sequence[Entry], author: Author, now: datetime) -> None:
    """Add entries to the journal of ``case`` as it was read, outside any step of it. Raises ChangedMeanwhile."""
    chain = journal.Chain(case.id, case.journal_seq, case.journal_head)
    rows = [chain.append(now, author.user_id, author.on_behalf_of, entry.kind, entry.payload) for entry in entries]
    journal.write(session, rows)
    moved = (
        sa.update(Case)
        .where(Case.id == case.id, Case.journal_seq == case.journal_seq, Case.journal_head == case.journal_head)
        .values(journal_seq=chain.seq, journal_head=chain.head)
        .returning(Case.id)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(moved) is None:
        raise ChangedMeanwhile


def forget_old(session: Session, now: datetime) -> int:
    """Delete misses outside the window and the mail addresses of expired links; returns how many."""
    old = sa.delete(LinkMiss).where(LinkMiss.at <= now - MISS_WINDOW).returning(LinkMiss.id)
    expired = sa.and_(LINK.email.is_not(None), LINK.expires_at <= now)
    blank = sa.update(LINK).where(expired).values(email=None).returning(LINK.id)
    found = [session.scalars(change.execution_options(synchronize_session=False)).all() for change in (old, blank)]
    return sum(len(rows) for rows in found)
