"""The pages of the access log: for auditors with filters and as a file, for employees about themselves."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.audit.access import DOWNLOAD, EXPORT, KINDS, PROTECTED, VIEW
from app.cases import access_log as service
from app.cases.access_log import AccessQuery
from app.identity.guard import current_actor
from app.platform.clock import iso, utcnow
from app.platform.db import db
from app.platform.i18n import _l
from app.web.blueprint import blueprint
from app.web.typed import typed_text

KIND_NAMES = {VIEW: _l("looked at"), EXPORT: _l("exported"), DOWNLOAD: _l("downloaded")}
CLASS_NAMES = {"personal": _l("personal"), "special": _l("specially protected")}
FILTERS = ("case", "actor", "kind", "class", "from", "until")
COLUMNS = (
    "at",
    "login",
    "name",
    "on_behalf_of",
    "organisation",
    "kind",
    "case",
    "subject",
    "classes",
    "route",
    "request_id",
)


@blueprint.get("/audit/access")
def access_log() -> ResponseReturnValue:
    """Who was shown whose data, filtered by the address."""
    wanted = _wanted()
    found = service.list_access(db.session(), _query(wanted, request.args.get("cursor") or None))
    return render_template(
        "access_log.html",
        entries=found["items"],
        next_cursor=found["next"],
        erasures=found["erasures"],
        wanted=wanted,
        kinds=KIND_NAMES,
        classes=CLASS_NAMES,
    )


@blueprint.get("/audit/access.csv")
def access_log_csv() -> ResponseReturnValue:
    """The same entries as a file for a spreadsheet."""
    found = service.export_access(db.session(), current_actor(), _query(_wanted(), None), utcnow())
    headers = {"Content-Disposition": "attachment; filename=access-log.csv"}
    return Response(_as_csv(found), mimetype="text/csv", headers=headers)


@blueprint.get("/me/access")
def my_access() -> ResponseReturnValue:
    """When data about me was shown, and to which organisation."""
    found = service.my_access(db.session(), current_actor(), request.args.get("cursor") or None, None)
    return render_template(
        "my_access.html",
        entries=found["items"],
        next_cursor=found["next"],
        kinds=KIND_NAMES,
        classes=CLASS_NAMES,
    )


def _wanted() -> dict[str, str]:
    """The filters of the address; anything unusable counts as not asked."""
    given = {name: typed_text(request.args, name) for name in FILTERS}
    given["case"], given["actor"] = given["case"][:36], given["actor"][:80]
    given["kind"] = given["kind"] if given["kind"] in KINDS else ""
    given["class"] = given["class"] if given["class"] in PROTECTED else ""
    for name in ("from", "until"):
        given[name] = given[name] if _day(given[name]) else ""
    return given


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _query(wanted: Mapping[str, str], cursor: str | None) -> AccessQuery:
    return AccessQuery(
        case=wanted["case"] or None,
        actor=wanted["actor"] or None,
        kind=wanted["kind"] or None,
        data_class=wanted["class"] or None,
        from_day=_day(wanted["from"]),
        until_day=_day(wanted["until"]),
        cursor=cursor,
    )


def _as_csv(entries: Iterable[Mapping[str, Any]]) -> str:
    """Semicolons and a byte order mark: as German spreadsheets expect it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for entry in entries:
        flat = {
            **entry,
            "at": iso(entry["at"]),
            "login": entry["actor"]["login"],
            "name": entry["actor"]["name"],
            "case": entry["case"]["number"] if entry["case"] else "",
            "subject": entry["subject"]["name"] if entry["subject"] else "",
            "classes": ",".join(entry["classes"]),
        }
        writer.writerow([_harmless(str(flat[name] or "")) for name in COLUMNS])
    return "\ufeff" + text.getvalue()


def _harmless(cell: str) -> str:
    """No spreadsheet may take a name for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
