"""Writing documents: rows and what the history says of them, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.documents.problems import NotCurrent
from app.engine.noting import note
from app.engine.outcome import Entry
from app.engine.store import Author


def add(session: Session, row: dict[str, Any], author: Author, now: datetime) -> None:
    """Insert a version and note it in the history, with the hash of its file: so the chain proves the file, too.

    The note comes first, because it locks the case: two rows that already refer to it would wait for each other.
    """
    note(session, row["case_id"], Entry("document.added", _payload(row)), author, now)
    session.execute(sa.insert(Document).values(**row))


def supersede(session: Session, document_id: str) -> None:
    """Mark a version as replaced. Raises :class:`NotCurrent` if it no longer is the current one."""
    _change(session, Document.state == "current", document_id, state="superseded")


def remove(session: Session, document: Document, reason: str, author: Author, now: datetime) -> None:
    """Mark a version as removed and note it; the file stays. Raises :class:`NotCurrent` if it is removed already."""
    changed = {"state": "removed", "removed_reason": reason, "removed_by": author.user_id, "removed_at": now}
    _change(session, Document.state != "removed", document.id, **changed)
    row = {name: getattr(document, name) for name in _TOLD}
    payload = _payload({**row, "id": document.id, "sensitivity": document.sensitivity, "removed_reason": reason})
    note(session, document.case_id, Entry("document.removed", payload), author, now)


def _change(session: Session, still: sa.ColumnElement[bool], document_id: str, **values: Any) -> None:
    change = sa.update(Document).where(Document.id == document_id, still).values(**values).returning(Document.id)
    if session.scalar(change.execution_options(synchronize_session=False)) is None:
        raise NotCurrent


_TOLD = ("series_id", "version", "kind", "title", "filename", "media_type", "size", "sha256", "task_id", "subject_id")


def _payload(row: dict[str, Any]) -> dict[str, Any]:
    """What the history says of a document: everything under a key of its class, so that whoever may not see the
    document does not read its name there (``cases.redaction.KNOWN``); the person it is about reads all of it.
    """
    told = {name: row[name] for name in (*_TOLD, "removed_reason") if row.get(name) is not None}
    about = {} if row["subject_id"] is None else {"subject_id": row["subject_id"]}
    return {"document": row["id"], **about, f"{row['sensitivity']}_document": [told]}
