"""Automatic steps that failed, and the button that tries one again."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import incidents as use_cases
from app.cases.incidents import IncidentQuery
from app.identity.guard import current_actor
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _l
from app.web.blueprint import blueprint

STATES = {"open": _l("Not solved yet"), "resolved": _l("Solved")}


@blueprint.get("/incidents")
def incidents() -> ResponseReturnValue:
    """The list, the newest first."""
    state = request.args.get("state", "")
    state = state if state in STATES else "open"
    query = IncidentQuery(state, request.args.get("cursor") or None)
    found = use_cases.list_incidents(db.session(), current_actor(), query)
    return render_template(
        "incidents.html", incidents=found["items"], next_cursor=found["next"], state=state, states=STATES
    )


@blueprint.post("/incidents/<incident_id>/retry")
def retry_incident(incident_id: str) -> ResponseReturnValue:
    """Try a step again; back to the list, which says whether it helped."""
    engine = current_app.extensions["vorlauf_engine"]
    tried = use_cases.retry_incident(db.session(), current_actor(), engine, incident_id, utcnow())
    notice = "retry_failed" if tried["state"] == "open" else "retry_helped"
    return redirect(url_for("pages.incidents", notice=notice), 303)
