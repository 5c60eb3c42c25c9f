"""Use cases of papers: which ones a case has, and making one as a document with version and history."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.access import load_visible
from app.cases.formats import day as day_in_words
from app.cases.scope import roles_in_case
from app.documents import store
from app.documents.models import Document
from app.documents.papers import LANGUAGE, PAPERS, Facts, Paper
from app.documents.parties import author_of, check_class
from app.documents.preview import count_pages
from app.documents.problems import PaperNotReady, PaperUnknown
from app.documents.scope import visible_documents
from app.documents.service import get_document
from app.documents.typesetting import pdf_of
from app.engine import catalogue
from app.engine.models import Case
from app.engine.service import variables_of
from app.identity.actor import Actor
from app.identity.policy_rule import PAPER_MAKERS
from app.platform.clock import local_date
from app.platform.filestore import FileStore
from app.platform.ids import new_id

MAX_BYTES = 20_000_000


def list_papers(session: Session, actor: Actor, case_id: str, language: str) -> list[dict[str, Any]]:
    """``[{key, name, class, ready, may_make, document: {id, version, at} or None}]`` of the papers in sight."""
    row = load_visible(session, actor, case_id, "documents_api.list_papers")
    variables = variables_of(row.blob)
    classes = _classes(actor, row.Case)
    made = _made(session, actor, case_id)
    maker = bool(roles_in_case(actor, row.Case.company_id) & PAPER_MAKERS)
    return [
        {
            "key": paper.key,
            "name": paper.name(language),
            "class": paper.sensitivity,
            "ready": paper.ready(variables),
            "may_make": maker and paper.ready(variables),
            "document": made.get(paper.key),
        }
        for paper in PAPERS.values()
        if paper.sensitivity in classes
    ]


def make_paper(
    session: Session,
    actor: Actor,
    files: FileStore,
    case_id: str,
    key: str,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Make a paper from what the case holds now. The same data give the same bytes: then the version that is there
    stays. Raises PaperUnknown, PaperNotReady, OutOfYourSight.
    """
    row = load_visible(session, actor, case_id, "documents_api.make_paper", if_match)
    paper = PAPERS.get(key)
    if paper is None:
        raise PaperUnknown
    check_class(actor, row.Case, paper.sensitivity, None)
    variables = variables_of(row.blob)
    if not paper.ready(variables):
        raise PaperNotReady
    definition = catalogue.load(session, row.Case.definition_id)
    facts = Facts(definition, variables, row.company_name, row.Case.number, row.Case.title)
    content = _typeset(paper, facts, row.Case)
    current = session.scalars(
        sa.select(Document)
        .where(Document.case_id == case_id, Document.kind == key, Document.state == "current")
        .execution_options(populate_existing=True)
    ).first()
    with files.staged(io.BytesIO(content), MAX_BYTES) as staged:
        if current is not None and current.sha256 == staged.sha256 and files.intact(staged.sha256):
            return get_document(session, actor, current.id, language, now)
        document_id = new_id()
        made = {
            "id": document_id,
            "case_id": case_id,
            "task_id": None,
            "element": None,
            "series_id": current.series_id if current else document_id,
            "version": current.version + 1 if current else 1,
            "kind": key,
            "title": paper.de,
            "sensitivity": paper.sensitivity,
            "subject_id": None,
            "sha256": staged.sha256,
            "size": staged.size,
            "media_type": "application/pdf",
            "filename": f"{paper.de} {row.Case.number}.pdf",
            "pages": count_pages(staged.path),
            "uploaded_by": actor.user_id,
            "at": now,
            "state": "current",
        }
        if current is not None:
            store.supersede(session, current.id)
        files.keep(staged)
        store.add(session, made, author_of(actor, row.Case.company_id, None), now)
    return get_document(session, actor, document_id, language, now)


def _typeset(paper: Paper, facts: Facts, case: Case) -> bytes:
    day, words = _day(paper, facts.variables) or (local_date(case.created_at), "Fall begonnen am")
    data = {
        **paper.build(facts, paper.sight),
        "number": facts.number,
        "case_title": facts.title,
        "company_name": facts.company,
        "day": [day.year, day.month, day.day],
        "dated": [words, day_in_words(day.isoformat(), LANGUAGE)],
    }
    return pdf_of(paper.key, data, day)


def _day(paper: Paper, variables: Mapping[str, Any]) -> tuple[date, str] | None:
    for name, words in paper.days:
        try:
            return date.fromisoformat(str(variables.get(name))), words
        except ValueError:
            continue
    return None


def _classes(actor: Actor, case: Case) -> frozenset[str]:
    roles = roles_in_case(actor, case.company_id) - {"employee", "provider"}
    return actor.visible_classes(*roles) if roles else frozenset({"public"})


def _made(session: Session, actor: Actor, case_id: str) -> dict[str, dict[str, Any]]:
    statement = (
        sa.select(Document.kind, Document.id, Document.version, Document.at)
        .join(Case, Case.id == Document.case_id)
        .where(Document.case_id == case_id, Document.state == "current", Document.kind.in_(PAPERS))
        .where(visible_documents(actor))
    )
    rows = session.execute(statement)
    return {row.kind: {"id": row.id, "version": row.version, "at": row.at} for row in rows}
