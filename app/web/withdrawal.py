"""Withdrawing a case: a page of its own, so that nobody does it by a slip of the mouse."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import service
from app.identity.guard import current_actor
from app.identity.policy import permit
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, current_language
from app.web.blueprint import blueprint
from app.web.typed import typed_text

MAX_REASON = 2000


@blueprint.route("/cases/<case_id>/withdrawal", methods=["GET", "POST"])
def withdraw(case_id: str) -> ResponseReturnValue:
    """Ask for the reason and the confirmation, then withdraw."""
    session, actor, now, language = db.session(), current_actor(), utcnow(), current_language()
    case = service.case_frame(session, actor, case_id, language, now)
    permit(actor, "pages.withdraw")
    reason = typed_text(request.form, "reason")
    errors = _errors(reason) if request.method == "POST" else {}
    if request.method == "GET" or errors or not case["may"]["withdraw"]:
        page = render_template("withdrawal.html", case=case, reason=reason, errors=errors, max_reason=MAX_REASON)
        return page, 422 if errors else 200
    engine = current_app.extensions["vorlauf_engine"]
    service.withdraw(session, actor, engine, case_id, reason, now, language)
    return redirect(url_for("pages.case", case_id=case_id, notice="withdrawn"), 303)


def _errors(reason: str) -> dict[str, str]:
    found = {}
    if not reason:
        found["reason"] = _("Please say why the case is withdrawn; the reason becomes part of the history.")
    elif len(reason) > MAX_REASON:
        found["reason"] = _("At most %(max)s characters fit here.", max=MAX_REASON)
    if request.form.get("confirmed") != "yes":
        found["confirmed"] = _("Please confirm that the case is to be withdrawn.")
    return found
