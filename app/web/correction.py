"""Correcting an answer: a page of its own that asks for the reason and says what happens."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.engine.correction import NotDone
from app.identity.guard import current_actor
from app.inbox import corrections, service
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, current_language
from app.web.blueprint import blueprint
from app.web.layout import role_name
from app.web.typed import typed_text

MAX_REASON = 2000


@blueprint.route("/tasks/<task_id>/correction", methods=["GET", "POST"])
def correct(task_id: str) -> ResponseReturnValue:
    """Ask for the reason, then open the task again; where that is too late, say why."""
    session, actor, now = db.session(), current_actor(), utcnow()
    task = service.get_task(session, actor, task_id, current_language(), now)
    engine = current_app.extensions["vorlauf_engine"]
    reason = typed_text(request.form, "reason")
    found = corrections.correction_of(session, actor, task_id)
    verdict = found or {"allowed": False, "why": _why_not(task)}
    errors = _errors(reason) if request.method == "POST" else {}
    if request.method == "GET" or (found is not None and (errors or not found["allowed"])):
        return _page(task, verdict, reason, errors)
    corrections.reopen_task(session, actor, engine, task_id, reason, now)
    return redirect(url_for("pages.task", task_id=task_id, notice="reopened"), 303)


def _page(task: dict[str, Any], verdict: dict[str, Any], reason: str, errors: dict[str, str]) -> tuple[str, int]:
    page = render_template(
        "correction.html", task=task, verdict=verdict, reason=reason, errors=errors, max_reason=MAX_REASON
    )
    late = request.method == "POST" and not verdict["allowed"]
    return page, 409 if late else 422 if errors else 200


def _why_not(task: dict[str, Any]) -> str:
    if task["state"] == "open":
        return _(NotDone.message_id())
    return _("You may look at this task, but it is done by: %(role)s.", role=role_name(task["role"]))


def _errors(reason: str) -> dict[str, str]:
    if not reason:
        return {"reason": _("Please say why the answer has to be corrected; the reason becomes part of the history.")}
    if len(reason) > MAX_REASON:
        return {"reason": _("At most %(max)s characters fit here.", max=MAX_REASON)}
    return {}
