"""Documents as the API answers and the pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cases.scope import roles_in_case
from app.documents.content import PICTURES
from app.documents.models import Document
from app.documents.papers import PAPERS
from app.documents.parties import subjects
from app.documents.rules import may_change
from app.documents.scope import own_ids
from app.engine.catalogue import LoadedDefinition
from app.identity.actor import Actor
from app.identity.policy_rule import DOCUMENT_CHANGERS
from app.identity.roles import EMPLOYEE, PROVIDER

MAX_PREVIEW = 50
"""Pages of one document that are shown as pictures."""


def document_view(
    row: Any, definition: LoadedDefinition, variables: Mapping[str, Any], actor: Actor, language: str
) -> dict[str, Any]:
    """A row (``Document``, ``Case``, ``uploader``) as plain data; times stay datetimes."""
    document: Document = row.Document
    roles = roles_in_case(actor, row.Case.company_id)
    changeable = bool(roles & DOCUMENT_CHANGERS) and may_change(roles, document.uploaded_by, actor.user_id)
    current = document.state == "current"
    return {
        "id": document.id,
        "case": {"id": row.Case.id, "number": row.Case.number, "title": row.Case.title},
        "task": document.task_id,
        "element": document.element,
        "step": definition.element_name(document.element) if document.element else "",
        "series": document.series_id,
        "version": document.version,
        "kind": document.kind,
        "kind_name": kind_name(definition, document.kind, language),
        "title": document.title,
        "class": document.sensitivity,
        "subject": _subject(document, variables, roles, actor),
        "filename": document.filename,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
        "pages": preview_pages(document),
        "state": document.state,
        "uploaded_by": {"id": document.uploaded_by, "name": row.uploader},
        "at": document.at,
        "removed_reason": document.removed_reason,
        "removed_at": document.removed_at,
        "etag": etag_of(document),
        "may": {
            "replace": changeable and current and row.Case.status == "open" and document.kind not in PAPERS,
            "remove": changeable and document.state != "removed",
        },
    }


def kind_name(definition: LoadedDefinition, kind: str, language: str) -> str:
    """What a kind is called: by the process, or by this room for the papers it makes."""
    if kind in PAPERS:
        return PAPERS[kind].name(language)
    known = definition.manifest.document_kinds.get(kind)
    if known is not None:
        return known.name(language)
    return "Other document" if language == "en" else "Sonstige Unterlage"


def preview_pages(document: Document) -> int:
    """How many pages can be shown as pictures; 0 for what is only downloaded."""
    if document.state == "removed":
        return 0
    if document.media_type in PICTURES:
        return 1
    return min(document.pages or 0, MAX_PREVIEW)


def etag_of(document: Document) -> str:
    """The state of a version for ETag and If-Match, without quotes."""
    return f"{document.id[-8:]}-{document.version}-{document.state}"


def _subject(
    document: Document, variables: Mapping[str, Any], roles: frozenset[str], actor: Actor
) -> dict[str, str] | None:
    """Whom a document is about; of others an employee or a provider learns neither name nor id."""
    if document.subject_id is None:
        return None
    if not roles - {EMPLOYEE, PROVIDER} and document.subject_id not in own_ids(actor):
        return None
    return {"id": document.subject_id, "name": subjects(variables).get(document.subject_id, "")}
