"""Use cases of documents: list, look at, add, replace, remove, open. Permission, change and history in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.access import record_access
from app.cases.access import load_visible
from app.cases.scope import roles_in_case, seeing_grant
from app.cases.shown import record_view
from app.documents import rules, store
from app.documents.models import Document
from app.documents.parties import author_of, check_class, open_task, subject_of
from app.documents.present import document_view, etag_of
from app.documents.problems import ClassTooLow, KindUnknown, NotCurrent, NotForYourRole, Removed, StoredFileDamaged
from app.documents.scope import visible_documents
from app.engine import catalogue
from app.engine.models import Case, Snapshot
from app.engine.service import CaseEnded, snapshot_columns, snapshot_of, variables_of
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.policy import permit_roles
from app.platform import paging
from app.platform.filestore import FileStore, Staged
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import FieldError, NotFound, Problem

OTHER = "other"
"""The kind of what is nothing else; every process has it, also one without ``[document_kinds]``."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived, been checked and staged; ``pages`` of a PDF."""

    staged: Staged
    media_type: str
    filename: str
    pages: int | None


Take = Callable[[], Received]
"""Gives the file that came with a request, or raises why it was refused: called once everything else is decided, so
that a stranger to the case learns nothing."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What is said about a new document; ``sensitivity`` and ``subject`` may stay open."""

    kind: str = OTHER
    title: str = ""
    sensitivity: str | None = None
    subject: str | None = None
    task: str | None = None


def list_documents(
    session: Session,
    actor: Actor,
    case_id: str,
    language: str,
    now: datetime,
    cursor: str | None = None,
    limit: int | None = None,
    state: str = "current",
) -> dict[str, Any]:
    """``{"items": [document…], "next": cursor or None}``, newest first; ``state``: current or all."""
    row = load_visible(session, actor, case_id, "documents_api.list_documents")
    statement = _columns().where(Document.case_id == case_id, visible_documents(actor))
    if state == "current":
        statement = statement.where(Document.state == "current")
    rows, following = paging.fetch(
        session, statement, Document.id, Document.id, descending=True, cursor=cursor, limit=limit
    )
    definition, variables = catalogue.load(session, row.Case.definition_id), variables_of(row.blob)
    items = [document_view(one, definition, variables, actor, language) for one in rows]
    record_view(session, now, actor, row.Case, {one.Document.sensitivity for one in rows})
    return {"items": items, "next": following}


def get_document(session: Session, actor: Actor, document_id: str, language: str, now: datetime) -> dict[str, Any]:
    """A document with all its versions; the view is logged. Raises NotFound outside the actor's sight."""
    row = _load(session, actor, document_id, "documents_api.get_document")
    definition, variables = catalogue.load(session, row.Case.definition_id), variables_of(row.blob)
    series = _columns().where(Document.series_id == row.Document.series_id, visible_documents(actor))
    versions = session.execute(series.order_by(Document.version.desc())).all()
    record_view(session, now, actor, row.Case, {one.Document.sensitivity for one in versions})
    return {
        **document_view(row, definition, variables, actor, language),
        "versions": [document_view(one, definition, variables, actor, language) for one in versions],
    }


def add_document(
    session: Session,
    actor: Actor,
    files: FileStore,
    case_id: str,
    new: NewDocument,
    take: Take,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Add a document to an open case. Raises what :mod:`app.documents.problems` names, and CaseEnded."""
    row = load_visible(session, actor, case_id, "documents_api.add_document", if_match)
    case = row.Case
    if case.status != "open":
        raise CaseEnded
    definition, variables = catalogue.load(session, case.definition_id), variables_of(row.blob)
    kind = definition.manifest.document_kinds.get(new.kind)
    if kind is None and new.kind != OTHER:
        raise KindUnknown([_error("kind", KindUnknown)])
    sensitivity = rules.stricter(new.sensitivity, kind.sensitivity if kind else "case")
    if sensitivity is None:
        raise ClassTooLow([_error("class", ClassTooLow)])
    task = open_task(session, actor, case_id, new.task)
    subject = subject_of(actor, case, variables, new.subject, task)
    check_class(actor, case, sensitivity, subject)
    received = take()
    document_id = new_id()
    about = {
        "case_id": case_id,
        "task_id": None if task is None else task.id,
        "element": None if task is None else task.element,
        "series_id": document_id,
        "version": 1,
        "kind": new.kind,
        "title": new.title.strip() or Path(received.filename).stem,
        "sensitivity": sensitivity,
        "subject_id": subject,
    }
    files.keep(received.staged)
    store.add(
        session, {**_row(document_id, received, actor, now), **about}, author_of(actor, case.company_id, subject), now
    )
    return get_document(session, actor, document_id, language, now)


def add_version(
    session: Session,
    actor: Actor,
    files: FileStore,
    document_id: str,
    take: Take,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Replace a document by a newer version; the older one stays readable."""
    row = _load_to_change(session, actor, document_id, "documents_api.add_version", if_match)
    old: Document = row.Document
    if row.Case.status != "open":
        raise CaseEnded
    if old.state != "current":
        raise NotCurrent
    received = take()
    same = ("case_id", "task_id", "element", "series_id", "kind", "title", "sensitivity", "subject_id")
    about = {name: getattr(old, name) for name in same}
    author = author_of(actor, row.Case.company_id, old.subject_id)
    made = {**_row(new_id(), received, actor, now), **about, "version": old.version + 1}
    store.supersede(session, old.id)
    files.keep(received.staged)
    store.add(session, made, author, now)
    return get_document(session, actor, made["id"], language, now)


def remove_document(
    session: Session,
    actor: Actor,
    document_id: str,
    reason: str,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Take a version out of use with a reason; its file is kept until the end of retention."""
    row = _load_to_change(session, actor, document_id, "documents_api.remove_document", if_match)
    author = author_of(actor, row.Case.company_id, row.Document.subject_id)
    store.remove(session, row.Document, reason, author, now)
    return get_document(session, actor, document_id, language, now)


def check_change(session: Session, actor: Actor, document_id: str, language: str, now: datetime) -> dict[str, Any]:
    """The document, if the actor may change it; raises as :func:`remove_document` does."""
    _load_to_change(session, actor, document_id, "documents_api.remove_document", None)
    return get_document(session, actor, document_id, language, now)


def file_of(
    session: Session, actor: Actor, files: FileStore, document_id: str, endpoint: str, now: datetime, kind: str
) -> tuple[Document, Path]:
    """A document and its file, whose hash has just been computed again; logged as ``kind`` (view or download). Raises
    Removed, StoredFileDamaged.
    """
    row = _load(session, actor, document_id, endpoint)
    document: Document = row.Document
    if document.state == "removed":
        raise Removed
    if not files.intact(document.sha256):
        raise StoredFileDamaged
    record_access(
        session,
        now,
        actor,
        kind=kind,
        case_id=document.case_id,
        subject=document.subject_id or "",
        classes=[document.sensitivity],
        capacity=seeing_grant(actor, row.Case.company_id),
    )
    return document, files.path(document.sha256)


# -- parts -----------------------------------------------------------------------------------------------------------


def _columns() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Document, Case, User.name.label("uploader"))
        .join(Case, Case.id == Document.case_id)
        .join(User, User.id == Document.uploaded_by)
        .execution_options(populate_existing=True)
    )


def _load(session: Session, actor: Actor, document_id: str, endpoint: str) -> Any:
    """Document, case and snapshot in the actor's sight (else NotFound), then the role in this very case."""
    statement = _columns().add_columns(*snapshot_columns()).join(Snapshot, snapshot_of())
    row = session.execute(statement.where(Document.id == document_id, visible_documents(actor))).first()
    if row is None:
        raise NotFound
    permit_roles(roles_in_case(actor, row.Case.company_id), endpoint)
    return row


def _load_to_change(session: Session, actor: Actor, document_id: str, endpoint: str, if_match: str | None) -> Any:
    row = _load(session, actor, document_id, endpoint)
    document: Document = row.Document
    if not rules.may_change(roles_in_case(actor, row.Case.company_id), document.uploaded_by, actor.user_id):
        raise NotForYourRole
    require_match(if_match, etag_of(document))
    return row


def _row(document_id: str, received: Received, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": document_id,
        "sha256": received.staged.sha256,
        "size": received.staged.size,
        "media_type": received.media_type,
        "filename": received.filename,
        "pages": received.pages,
        "uploaded_by": actor.user_id,
        "at": now,
        "state": "current",
    }


def _error(field: str, kind: type[Problem]) -> FieldError:
    return FieldError(f"/{field}", kind.code, _(kind.message_id()))
