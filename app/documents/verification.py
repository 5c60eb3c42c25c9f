"""Proving all documents at once: row, history and file say the same."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.documents.models import Document
from app.engine.models import Case
from app.platform import codec
from app.platform.filestore import FileStore


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A document that is not what it was. ``what``: missing, altered, or unlike history."""

    case_number: str
    document_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Proved:
    """How many documents were looked at, and what was found."""

    documents: int
    findings: tuple[FileFinding, ...]


def verify_files(session: Session, files: FileStore) -> Proved:
    """Compute every file's hash again and compare it with row and history; the histories are proved elsewhere
    (``cases.chains``). A document whose entry has been erased is compared with its row only.
    """
    told = _told(session)
    statement = sa.select(Document.id, Document.sha256, Document.case_id, Case.number)
    rows = session.execute(statement.join(Case, Case.id == Document.case_id).order_by(Document.id)).all()
    findings = []
    for row in rows:
        if told.get(row.id, row.sha256) != row.sha256:
            findings.append(FileFinding(row.number, row.id, "unlike history"))
        elif not files.path(row.sha256).is_file():
            findings.append(FileFinding(row.number, row.id, "missing"))
        elif not files.intact(row.sha256):
            findings.append(FileFinding(row.number, row.id, "altered"))
    return Proved(len(rows), tuple(findings))


def _told(session: Session) -> dict[str, str]:
    """Document → hash, as the histories have it."""
    added = sa.select(JournalEntry.payload).where(JournalEntry.kind == "document.added", JournalEntry.payload != "")
    found: dict[str, str] = {}
    for text in session.scalars(added):
        payload = codec.loads(text)
        for key, told in payload.items():
            if key.endswith("_document"):
                found[payload["document"]] = told[0]["sha256"]
    return found
