"""Entries in the histories of many cases at once, apart from any step: no version, no snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.engine.models import Case
from app.engine.outcome import Entry
from app.engine.store import Author
from app.platform.db import table_of

_CASE = table_of(Case)
_MOVE_ON = (
    sa.update(_CASE)
    .where(_CASE.c.id == sa.bindparam("case_id"))
    .values(journal_seq=sa.bindparam("seq"), journal_head=sa.bindparam("head"))
)


def note_in_cases(session: Session, entries: Mapping[str, Entry], author: Author, now: datetime) -> None:
    """Append one entry to each case, by case id, in three statements.

    The cases are locked: a step that read one of them before is told that it has changed meanwhile.
    """
    if not entries:
        return
    ends = sa.select(Case.id, Case.journal_seq, Case.journal_head).where(Case.id.in_(sorted(entries)))
    rows, moved = [], []
    for case in session.execute(ends.order_by(Case.id).with_for_update()):
        chain, entry = journal.Chain(case.id, case.journal_seq, case.journal_head), entries[case.id]
        rows.append(chain.append(now, author.user_id, author.on_behalf_of, entry.kind, entry.payload))
        moved.append({"case_id": case.id, "seq": chain.seq, "head": chain.head})
    journal.write(session, rows)
    session.connection().execute(_MOVE_ON, moved)
