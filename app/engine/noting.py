"""Entries of a case's history that belong to no step: a document, the follow-up after six months."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.engine.models import Case
from app.engine.outcome import Entry
from app.engine.store import Author, ChangedMeanwhile
from app.platform.problems import NotFound


def note(session: Session, case_id: str, entry: Entry, author: Author, now: datetime) -> None:
    """Append ``entry`` to the history of a case, in the caller's transaction.

    The case is locked until the transaction ends, so two who note something at once wait for each other. A step that
    has read the case before finds its journal grown and is refused, as by any other step. Raises NotFound, and
    ChangedMeanwhile where no lock exists and somebody was faster.
    """
    statement = sa.select(Case.journal_seq, Case.journal_head).where(Case.id == case_id).with_for_update()
    row = session.execute(statement).first()
    if row is None:
        raise NotFound
    chain = journal.Chain(case_id, row.journal_seq, row.journal_head)
    journal.write(session, [chain.append(now, author.user_id, author.on_behalf_of, entry.kind, entry.payload)])
    guard = sa.update(Case).where(Case.id == case_id, Case.journal_seq == row.journal_seq)
    change = guard.values(journal_seq=chain.seq, journal_head=chain.head).returning(Case.id)
    if session.scalar(change.execution_options(synchronize_session=False)) is None:
        raise ChangedMeanwhile
