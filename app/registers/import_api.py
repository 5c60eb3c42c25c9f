"""Imports and exports of registers over HTTP: upload, progress, confirmation, files."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from flask import Response, request, url_for
from marshmallow import validate

from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint, Text
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language
from app.registers import exporting, importing
from app.registers.exchange.export import CSV_TYPE, XLSX_TYPE
from app.registers.schemas import Day, EmployerRef

blueprint = ApiBlueprint("imports_api", __name__, "Registers from and to CSV and XLSX")
TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
Answer = tuple[dict[str, Any], int, dict[str, str]]
_FILE = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    }
}


class EmployeeUpload(ma.Schema):
    """Whose employees, and from which day changed facts hold (default: today)."""

    company = Text(required=True, validate=validate.Length(1, 36))
    valid_from = Day()


class ExportArguments(ma.Schema):
    """The kind of file."""

    format = ma.fields.String(load_default="csv", validate=validate.OneOf(sorted(TYPES)))


class EmployeeExportArguments(ExportArguments):
    """The kind of file, and whose employees."""

    company = Text(required=True, validate=validate.Length(1, 36))


class FindingSchema(ma.Schema):
    """One thing that is wrong: line (null: the file), column (null: the line), value, message, remedy."""

    line = ma.fields.Integer(allow_none=True, required=True)
    column = ma.fields.String(allow_none=True, required=True)
    value = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    remedy = ma.fields.String(required=True)


class ImportSchema(ma.Schema):
    """An import: progress (``checked`` of ``total``), what it would change or has changed, the first 500 findings."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    company = ma.fields.Nested(EmployerRef, allow_none=True, required=True)
    filename = ma.fields.String(required=True)
    valid_from = ma.fields.Date(required=True)
    state = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    ended_at = ma.fields.AwareDateTime(format="iso", allow_none=True, required=True)
    total = ma.fields.Integer(required=True)
    checked = ma.fields.Integer(required=True)
    added = ma.fields.Integer(required=True)
    changed = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    finding_count = ma.fields.Integer(required=True)
    findings = ma.fields.List(ma.fields.Nested(FindingSchema), required=True)


def uploaded() -> tuple[str, bytes]:
    """Name and content of the file that was sent; empty if there is none."""
    file = request.files.get("file")
    return ("", b"") if file is None else (file.filename or "", file.read(importing.MAX_BYTES + 1))


def download(content: bytes, name: str, file_format: str) -> Response:
    """A file to be saved, never shown."""
    response = Response(content, mimetype=TYPES[file_format])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
    return response


def _tagged(view: dict[str, Any]) -> Answer:
    return view, 200, {"ETag": f'"{view["etag"]}"'}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


def _upload(kind: str, endpoint: str, company: str | None = None, valid_from: date | None = None) -> Answer:
    name, content = uploaded()
    view = importing.upload(db.session(), current_actor(), kind, company, name, content, utcnow(), valid_from)
    return view, 202, {"Location": url_for(endpoint, import_id=view["id"]), "ETag": f'"{view["etag"]}"'}


@blueprint.route("/employees/imports", methods=["POST"])
@blueprint.arguments(EmployeeUpload, location="query")
@blueprint.doc(requestBody=_FILE, responses={"413": "REQUEST_ENTITY_TOO_LARGE"})
@blueprint.response(202, ImportSchema)
def upload_employees(arguments: dict[str, Any]) -> Answer:
    """Upload employees as CSV or XLSX (field ``file``); nothing changes before it is confirmed."""
    return _upload("employees", "imports_api.get_employee_import", arguments["company"], arguments.get("valid_from"))


@blueprint.route("/employees/imports/<string:import_id>")
@blueprint.response(200, ImportSchema)
def get_employee_import(import_id: str) -> Answer:
    """How far an import is, what it would change, and its findings."""
    return _tagged(importing.get_import(db.session(), current_actor(), "employees", import_id))


@blueprint.route("/employees/imports/<string:import_id>/confirm", methods=["POST"])
@blueprint.response(200, ImportSchema)
def confirm_employee_import(import_id: str) -> Answer:
    """Take all lines over; 409 while it is being checked or has findings."""
    session, actor = db.session(), current_actor()
    return _tagged(importing.confirm(session, actor, "employees", import_id, utcnow(), _if_match()))


@blueprint.route("/employees/imports/<string:import_id>", methods=["DELETE"])
@blueprint.response(200, ImportSchema)
def discard_employee_import(import_id: str) -> Answer:
    """Forget a file that has not been taken over."""
    session, actor = db.session(), current_actor()
    return _tagged(importing.discard(session, actor, "employees", import_id, utcnow(), _if_match()))


@blueprint.route("/employees/export")
@blueprint.arguments(EmployeeExportArguments, location="query")
@blueprint.response(200, content_type=CSV_TYPE)
def export_employees(arguments: dict[str, Any]) -> Response:
    """All employees of your company as CSV or XLSX; importing it again changes nothing."""
    kind, language = arguments["format"], current_language()
    content = exporting.export_employees(db.session(), current_actor(), arguments["company"], kind, language, utcnow())
    return download(content, "employees", kind)


@blueprint.route("/companies/imports", methods=["POST"])
@blueprint.doc(requestBody=_FILE, responses={"413": "REQUEST_ENTITY_TOO_LARGE"})
@blueprint.response(202, ImportSchema)
def upload_companies() -> Answer:
    """Upload companies with their facts as CSV or XLSX (field ``file``)."""
    return _upload("companies", "imports_api.get_company_import")


@blueprint.route("/companies/imports/<string:import_id>")
@blueprint.response(200, ImportSchema)
def get_company_import(import_id: str) -> Answer:
    """How far an import is, what it would change, and its findings."""
    return _tagged(importing.get_import(db.session(), current_actor(), "companies", import_id))


@blueprint.route("/companies/imports/<string:import_id>/confirm", methods=["POST"])
@blueprint.response(200, ImportSchema)
def confirm_company_import(import_id: str) -> Answer:
    """Take all lines over; 409 while it is being checked or has findings."""
    session, actor = db.session(), current_actor()
    return _tagged(importing.confirm(session, actor, "companies", import_id, utcnow(), _if_match()))


@blueprint.route("/companies/imports/<string:import_id>", methods=["DELETE"])
@blueprint.response(200, ImportSchema)
def discard_company_import(import_id: str) -> Answer:
    """Forget a file that has not been taken over."""
    session, actor = db.session(), current_actor()
    return _tagged(importing.discard(session, actor, "companies", import_id, utcnow(), _if_match()))


@blueprint.route("/companies/export")
@blueprint.arguments(ExportArguments, location="query")
@blueprint.response(200, content_type=CSV_TYPE)
def export_companies(arguments: dict[str, Any]) -> Response:
    """The companies in your sight as CSV or XLSX, with the columns you may see."""
    kind = arguments["format"]
    content = exporting.export_companies(db.session(), current_actor(), kind, current_language(), utcnow())
    return download(content, "companies", kind)
