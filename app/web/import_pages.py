"""Pages of imports: choose a file, watch it being checked, see what would change, confirm."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.guard import current_actor
from app.platform.clock import local_date, utcnow
from app.platform.db import db
from app.platform.i18n import _, _l, current_language
from app.platform.problems import Unprocessable
from app.registers import exporting, importing
from app.registers.fields import COMPANY_FIELDS, EMPLOYEE_FIELDS
from app.registers.import_api import TYPES, download, uploaded
from app.registers.schemas import EmployeeChange
from app.web.blueprint import blueprint
from app.web.register_forms import Entry, errors_by_entry, load, shown, typed

STATES = {
    "reading": _l("The file is being read."),
    "checking": _l("The lines are being checked."),
    "ready": _l("Everything is in order. Nothing has been changed yet."),
    "refused": _l("The file has findings. Nothing has been changed."),
    "applying": _l("The lines are being taken over."),
    "done": _l("The lines have been taken over."),
    "discarded": _l("This file was discarded. Nothing has been changed."),
}
MOVING = ("reading", "checking", "applying")
VALID_FROM = Entry("valid_from", _l("Changed facts hold from"), "date")


@blueprint.route("/employees/import", methods=["GET", "POST"])
def employee_upload() -> ResponseReturnValue:
    """Choose a file of employees."""
    session, actor, now = db.session(), current_actor(), utcnow()
    own = importing.own_companies(session, actor)
    given = {"valid_from": local_date(now).isoformat(), "company": own[0]["id"] if own else ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        given = {**typed([VALID_FROM]), "company": request.form.get("company", given["company"])}
        try:
            day = load(EmployeeChange(), [VALID_FROM], given).get("valid_from") if given["valid_from"] else None
            name, content = uploaded()
            found = importing.upload(session, actor, "employees", given["company"], name, content, now, day)
            return redirect(url_for("pages.employee_import", import_id=found["id"]), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return _upload_page("employees", given, errors, own)


@blueprint.route("/companies/import", methods=["GET", "POST"])
def company_upload() -> ResponseReturnValue:
    """Choose a file of companies."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            name, content = uploaded()
            found = importing.upload(db.session(), current_actor(), "companies", None, name, content, utcnow())
            return redirect(url_for("pages.company_import", import_id=found["id"]), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return _upload_page("companies", {}, errors, [])


@blueprint.route("/employees/imports/<import_id>", methods=["GET", "POST"])
def employee_import(import_id: str) -> ResponseReturnValue:
    """How far an import of employees is; confirm or discard it."""
    return _import("employees", import_id)


@blueprint.route("/companies/imports/<import_id>", methods=["GET", "POST"])
def company_import(import_id: str) -> ResponseReturnValue:
    """How far an import of companies is; confirm or discard it."""
    return _import("companies", import_id)


@blueprint.get("/employees/export")
def employee_export() -> ResponseReturnValue:
    """The employees of a company of mine as a file."""
    session, actor = db.session(), current_actor()
    own = importing.own_companies(session, actor)
    company = request.args.get("company") or (own[0]["id"] if own else "")
    content = exporting.export_employees(session, actor, company, _format(), current_language(), utcnow())
    return download(content, _("employees"), _format())


@blueprint.get("/companies/export")
def company_export() -> ResponseReturnValue:
    """The companies in my sight as a file."""
    content = exporting.export_companies(db.session(), current_actor(), _format(), current_language(), utcnow())
    return download(content, _("companies"), _format())


def _format() -> str:
    wanted = request.args.get("format", "csv")
    return wanted if wanted in TYPES else "csv"


def _import(kind: str, import_id: str) -> ResponseReturnValue:
    session, actor, now = db.session(), current_actor(), utcnow()
    page = "pages.employee_import" if kind == "employees" else "pages.company_import"
    found = importing.get_import(session, actor, kind, import_id)
    if request.method == "POST":
        if request.form.get("action") == "confirm":
            importing.confirm(session, actor, kind, import_id, now)
            return redirect(url_for(page, import_id=import_id), 303)
        importing.discard(session, actor, kind, import_id, now)
        return redirect(url_for(page, import_id=import_id, notice="discarded"), 303)
    return render_template(
        "import.html", found=found, page=page, state=STATES[found["state"]], moving=MOVING, shown=shown, **_names(kind)
    )


def _names(kind: str) -> dict[str, str]:
    if kind == "employees":
        return {
            "heading": _("Import employees"),
            "register": _("Employees"),
            "back": url_for("pages.employee_list"),
            "upload": url_for("pages.employee_upload"),
        }
    return {
        "heading": _("Import companies"),
        "register": _("Companies"),
        "back": url_for("pages.company_list"),
        "upload": url_for("pages.company_upload"),
    }


def _upload_page(
    kind: str, given: dict[str, str], errors: dict[str, str], own: list[dict[str, str]]
) -> ResponseReturnValue:
    fields = EMPLOYEE_FIELDS if kind == "employees" else COMPANY_FIELDS
    index = 1 if current_language() == "en" else 0
    page = render_template(
        "import_new.html",
        kind=kind,
        given=given,
        errors=errors,
        companies=own,
        columns=[(field.headers[index], field.required) for field in fields],
        **_names(kind),
    )
    return page, 422 if errors else 200
