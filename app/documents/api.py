"""Documents over HTTP: list, add, look at, open, replace, remove; and the papers made from a case."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, request, send_file, url_for

from app.audit.access import DOWNLOAD, VIEW
from app.documents import paper_service, schemas, service
from app.documents.content import PICTURES
from app.documents.present import MAX_PREVIEW
from app.documents.preview import page_picture
from app.documents.problems import NoPreview
from app.documents.receiving import file_store, taken
from app.documents.service import NewDocument
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("documents_api", __name__, "Documents of a case: uploads, versions, previews, papers")
Tagged = tuple[dict[str, Any], int, dict[str, str]]
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
BINARY = {"type": "string", "format": "binary"}


def _tagged(document: dict[str, Any], status: int = 200) -> Tagged:
    headers = {"ETag": f'"{document["etag"]}"'}
    if status == 201:
        headers["Location"] = url_for("documents_api.get_document", document_id=document["id"])
    return document, status, headers


def _if_match() -> str | None:
    return request.headers.get("If-Match")


@blueprint.route("/cases/<string:case_id>/documents")
@blueprint.arguments(schemas.DocumentQuery, location="query")
@blueprint.response(200, schemas.DocumentPage)
def list_documents(arguments: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Documents of a case that you may see, newest first."""
    return service.list_documents(db.session(), current_actor(), case_id, current_language(), utcnow(), **arguments)


@blueprint.route("/cases/<string:case_id>/documents", methods=["POST"])
@blueprint.arguments(schemas.NewDocumentFields, location="form")
@blueprint.arguments(schemas.FilePart, location="files")
@blueprint.response(201, schemas.DocumentDetail)
def add_document(new: dict[str, Any], _file: dict[str, Any], case_id: str) -> Tagged:
    """Add a document (multipart/form-data, the file in the part "file")."""
    session, actor, files = db.session(), current_actor(), file_store()
    wanted = NewDocument(**new)
    made = service.add_document(
        session, actor, files, case_id, wanted, taken, utcnow(), current_language(), _if_match()
    )
    return _tagged(made, 201)


@blueprint.route("/documents/<string:document_id>")
@blueprint.response(200, schemas.DocumentDetail)
def get_document(document_id: str) -> Tagged:
    """One document with its versions."""
    return _tagged(service.get_document(db.session(), current_actor(), document_id, current_language(), utcnow()))


@blueprint.route("/documents/<string:document_id>", methods=["DELETE"])
@blueprint.arguments(schemas.Removal)
@blueprint.response(200, schemas.DocumentDetail)
def remove_document(body: dict[str, Any], document_id: str) -> Tagged:
    """Take a version out of use, with a reason; its file is kept until the end of retention."""
    session, actor = db.session(), current_actor()
    removed = service.remove_document(
        session, actor, document_id, body["reason"], utcnow(), current_language(), _if_match()
    )
    return _tagged(removed)


@blueprint.route("/documents/<string:document_id>/versions", methods=["POST"])
@blueprint.arguments(schemas.FilePart, location="files", content_type="multipart/form-data")
@blueprint.response(201, schemas.DocumentDetail)
def add_version(_file: dict[str, Any], document_id: str) -> Tagged:
    """Replace a document by a newer version (multipart/form-data, the file in the part "file")."""
    session, actor, files = db.session(), current_actor(), file_store()
    made = service.add_version(session, actor, files, document_id, taken, utcnow(), current_language(), _if_match())
    return _tagged(made, 201)


@blueprint.route("/documents/<string:document_id>/content")
@blueprint.doc(responses={"200": {"description": "The file", "content": {"*/*": {"schema": BINARY}}}})
def content(document_id: str) -> Response:
    """The file, to be saved: never shown inside the browser, never with any right of this site."""
    endpoint = "documents_api.content"
    session, actor, files = db.session(), current_actor(), file_store()
    document, path = service.file_of(session, actor, files, document_id, endpoint, utcnow(), DOWNLOAD)
    answer = send_file(
        path, mimetype=document.media_type, as_attachment=True, download_name=document.filename, etag=document.sha256
    )
    return _sandboxed(answer)


@blueprint.route("/documents/<string:document_id>/preview/<int:page>")
@blueprint.doc(responses={"200": {"description": "The page", "content": {"image/*": {"schema": BINARY}}}})
def preview(document_id: str, page: int) -> Response:
    """A page of a PDF as a picture, or a picture as it is (page 1)."""
    endpoint = "documents_api.preview"
    session, actor, files = db.session(), current_actor(), file_store()
    document, path = service.file_of(session, actor, files, document_id, endpoint, utcnow(), VIEW)
    if document.media_type in PICTURES and page == 1:
        return _sandboxed(send_file(path, mimetype=document.media_type, etag=document.sha256))
    if not 1 <= page <= min(document.pages or 0, MAX_PREVIEW):
        raise NoPreview
    answer = make_response(page_picture(path, page))
    answer.mimetype = "image/png"
    return _sandboxed(answer)


@blueprint.route("/cases/<string:case_id>/papers")
@blueprint.response(200, schemas.PaperList)
def list_papers(case_id: str) -> dict[str, Any]:
    """The papers of a case: which can be made now, and whether they are up to date."""
    return {"items": paper_service.list_papers(db.session(), current_actor(), case_id, current_language())}


@blueprint.route("/cases/<string:case_id>/papers/<string:paper>", methods=["POST"])
@blueprint.response(200, schemas.DocumentDetail)
def make_paper(case_id: str, paper: str) -> Tagged:
    """Make a paper from the case as PDF/A; without a change since the last time, that version is answered."""
    session, actor, files = db.session(), current_actor(), file_store()
    made = paper_service.make_paper(session, actor, files, case_id, paper, utcnow(), current_language(), _if_match())
    return _tagged(made)


def _sandboxed(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
