"""Documents that a step cannot do without (``process.toml``): what is needed, what is there, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.documents.models import Document
from app.documents.problems import DocumentsMissing
from app.engine.catalogue import LoadedDefinition
from app.engine.manifest_documents import Requirement
from app.engine.models import Task
from app.platform.i18n import _, current_language
from app.platform.problems import FieldError


def check_required(session: Session, definition: LoadedDefinition, task: Task, names: Mapping[str, Any]) -> None:
    """Raise :class:`DocumentsMissing` with every missing document. ``names``: case data and the answers given.

    One statement, and only where the answers make a document necessary.
    """
    needed = [one for one in requirements(definition, task) if one.needed(names)]
    if not needed:
        return
    there = _there(session, task, needed)
    missing = dict.fromkeys(one.kind for one in needed if one.kind not in there)
    if missing:
        raise DocumentsMissing([_missing(definition, kind) for kind in missing])


def requirements(definition: LoadedDefinition, task: Task) -> Sequence[Requirement]:
    """What the process requires at a task."""
    return definition.manifest.documents.get(task.element, ())


def required_documents(
    session: Session, definition: LoadedDefinition, task: Task, names: Mapping[str, Any], language: str
) -> list[dict[str, Any]]:
    """For the page of a task: ``[{kind, name, class, condition, needed, present}]``."""
    wanted = requirements(definition, task)
    if not wanted:
        return []
    there = _there(session, task, wanted)
    return [
        {
            "kind": one.kind,
            "name": definition.manifest.document_kinds[one.kind].name(language),
            "class": definition.manifest.document_kinds[one.kind].sensitivity,
            "condition": one.en if language == "en" else one.de,
            "needed": one.needed(names),
            "present": one.kind in there,
        }
        for one in wanted
    ]


def _there(session: Session, task: Task, wanted: Sequence[Requirement]) -> frozenset[str]:
    """Kinds of which the case has a current document; at a task about a person, one about that person."""
    statement = sa.select(Document.kind).where(
        Document.case_id == task.case_id,
        Document.state == "current",
        Document.kind.in_(sorted({one.kind for one in wanted})),
    )
    if task.subject_id is not None:
        statement = statement.where(sa.or_(Document.subject_id == task.subject_id, Document.task_id == task.id))
    return frozenset(session.scalars(statement))


def _missing(definition: LoadedDefinition, kind: str) -> FieldError:
    name = definition.manifest.document_kinds[kind].name(current_language())
    message = _("Please add this document first: %(name)s.") % {"name": name}
    return FieldError(f"/documents/{kind}", "document_missing", message)
