"""The pages of documents: those of a case with the papers made of it, and one document with versions and preview."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import service as cases
from app.documents import paper_service, service
from app.documents.choices import choices_for
from app.documents.receiving import file_store, taken
from app.documents.service import NewDocument
from app.identity.guard import current_actor
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of
from app.platform.i18n import _, current_language
from app.platform.problems import Problem
from app.web.addresses import own_path, with_notice
from app.web.blueprint import blueprint
from app.web.case_list import STATUSES
from app.web.typed import typed_text

MAX_TITLE, MAX_REASON = 200, 500
FIELDS = ("kind", "title", "class", "subject", "task")
REFUSED = (413, 415, 422)
"""What the sender can put right: said on the page of the form."""


@blueprint.get("/cases/<case_id>/documents")
def documents(case_id: str) -> ResponseReturnValue:
    """The documents of a case that I may see, its papers, and the form to add one."""
    return _page_of_case(case_id, {})


@blueprint.post("/cases/<case_id>/documents")
def add_document(case_id: str) -> ResponseReturnValue:
    """Add the chosen file, then go on where the form stood: on the page of the case or of a task."""
    session, actor = db.session(), current_actor()
    values = _values()
    new = NewDocument(
        kind=values["kind"] or service.OTHER,
        title=values["title"],
        sensitivity=values["class"] or None,
        subject=values["subject"] or None,
        task=values["task"] or None,
    )
    try:
        service.add_document(session, actor, file_store(), case_id, new, taken, utcnow(), current_language())
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _page_of_case(case_id, _errors(problem), values), problem.status
    following = own_path(request.form.get("next") or url_for("pages.documents", case_id=case_id))
    return redirect(with_notice(following, "document_added"), 303)


@blueprint.post("/cases/<case_id>/papers/<paper>")
def make_paper(case_id: str, paper: str) -> ResponseReturnValue:
    """Make a paper and show it."""
    session, actor, language = db.session(), current_actor(), current_language()
    made = paper_service.make_paper(session, actor, file_store(), case_id, paper, utcnow(), language)
    return redirect(url_for("pages.document", document_id=made["id"], notice="paper_made"), 303)


@blueprint.get("/documents/<document_id>")
def document(document_id: str) -> ResponseReturnValue:
    """One document: what it is, its pages as pictures, its versions."""
    return _page_of_document(document_id, {})


@blueprint.post("/documents/<document_id>/versions")
def add_version(document_id: str) -> ResponseReturnValue:
    """Replace the document by the chosen file."""
    session, actor, language = db.session(), current_actor(), current_language()
    try:
        made = service.add_version(session, actor, file_store(), document_id, taken, utcnow(), language)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return _page_of_document(document_id, _errors(problem)), problem.status
    return redirect(url_for("pages.document", document_id=made["id"], notice="document_added"), 303)


@blueprint.post("/documents/<document_id>/removal")
def remove_document(document_id: str) -> ResponseReturnValue:
    """Take the document out of use, with a reason."""
    session, actor, language = db.session(), current_actor(), current_language()
    reason = typed_text(request.form, "reason")
    found = service.check_change(session, actor, document_id, language, utcnow())
    if not reason or len(reason) > MAX_REASON:
        text = _("Please say in at most %(max)s characters why the document is removed.", max=MAX_REASON)
        return _page_of_document(document_id, {"reason": text}), 422
    service.remove_document(session, actor, document_id, reason, utcnow(), language)
    return redirect(url_for("pages.documents", case_id=found["case"]["id"], notice="document_removed"), 303)


def _values() -> dict[str, str]:
    return {name: typed_text(request.form, name, MAX_TITLE) for name in FIELDS}


def _errors(problem: Problem) -> dict[str, str]:
    """By field of the form; what is wrong with the file itself belongs to the file."""
    found = {error.pointer.removeprefix("/"): error.message for error in problem.errors}
    return found or {"file": detail_of(problem)}


def _page_of_case(case_id: str, errors: dict[str, str], values: dict[str, str] | None = None) -> str:
    session, actor, language = db.session(), current_actor(), current_language()
    now = utcnow()
    case = cases.case_frame(session, actor, case_id, language, now)
    everything = request.args.get("state") == "all"
    listed = service.list_documents(
        session, actor, case_id, language, now, request.args.get("cursor"), 50, "all" if everything else "current"
    )
    return render_template(
        "documents.html",
        case=case,
        documents=listed["items"],
        next_cursor=listed["next"],
        everything=everything,
        papers=paper_service.list_papers(session, actor, case_id, language),
        choices=choices_for(session, actor, case_id, language),
        values=values or dict.fromkeys(FIELDS, ""),
        errors=errors,
        statuses=STATUSES,
    )


def _page_of_document(document_id: str, errors: dict[str, Any]) -> str:
    found = service.get_document(db.session(), current_actor(), document_id, current_language(), utcnow())
    return render_template("document.html", document=found, errors=errors, max_reason=MAX_REASON)
