"""The list of cases, each with where it stands in words."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.cases import service
from app.cases.service import CaseQuery
from app.engine import catalogue
from app.engine.catalogue import ProcessUnknown
from app.identity.guard import current_actor
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _l, current_language
from app.web.blueprint import blueprint
from app.web.companies import companies_to_choose
from app.web.start_case import PROCESS
from app.web.typed import typed_text

STATUSES = {
    "open": _l("running"),
    "completed": _l("completed"),
    "cancelled": _l("withdrawn"),
    "suspended": _l("suspended"),
}


@blueprint.get("/cases")
def case_list() -> ResponseReturnValue:
    """Cases in my sight, the newest first."""
    session, actor, language = db.session(), current_actor(), current_language()
    wanted = _wanted(_phases(language))
    query = CaseQuery(
        status=wanted["status"] or None,
        phase=wanted["phase"] or None,
        company=wanted["company"] or None,
        q=wanted["q"] or None,
        cursor=request.args.get("cursor") or None,
    )
    found = service.list_cases(session, actor, query, language, utcnow())
    return render_template(
        "case_list.html",
        cases=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        statuses=STATUSES,
        phases=_phases(language),
        companies=companies_to_choose(session, actor),
    )


def _phases(language: str) -> dict[str, str]:
    """Phases of the process in its newest version, with their titles; none before it is deployed."""
    try:
        manifest = catalogue.latest(db.session(), PROCESS).manifest
    except ProcessUnknown:
        return {}
    return {key: manifest.phase_title(key, language) for key in manifest.phases}


def _wanted(phases: dict[str, str]) -> dict[str, Any]:
    def one_of(name: str, known: Any) -> str:
        value = request.args.get(name, "")
        return value if value in known else ""

    return {
        "status": one_of("status", STATUSES),
        "phase": one_of("phase", phases),
        "company": request.args.get("company", "").replace("\x00", "")[:36],
        "q": typed_text(request.args, "q", 200),
    }
