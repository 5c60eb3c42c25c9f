"""Handing over the tasks of somebody who leaves: whose, to whom, why; afterwards what became of each."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.identity.guard import current_actor
from app.identity.policy import permit
from app.inbox import handover
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _
from app.platform.problems import Unprocessable
from app.web.blueprint import blueprint
from app.web.typed import typed_text

MAX_REASON = 2000
LISTED = 100
"""Tasks named on the page; the API names all."""


@blueprint.route("/tasks/hand-over", methods=["GET", "POST"])
def hand_over() -> ResponseReturnValue:
    """Ask who leaves and who follows, then move everything and say what became of it."""
    session, actor, now = db.session(), current_actor(), utcnow()
    permit(actor, "pages.hand_over")
    sent = request.args if request.method == "GET" else request.form
    given = {name: typed_text(sent, name) for name in ("from_user", "to_user", "reason")}
    if request.method == "GET":
        return _page(given, {}), 200
    errors = _errors(given)
    if errors:
        return _page(given, errors), 422
    try:
        done = handover.hand_over(session, actor, given["from_user"], given["to_user"] or None, given["reason"], now)
    except Unprocessable as problem:
        return _page(given, {error.pointer.strip("/"): error.message for error in problem.errors}), 422
    names = {person["login"]: person["name"] for person in handover.successors(session, actor)}
    return render_template(
        "handed_over.html",
        done=done,
        successor=names.get(given["to_user"], given["to_user"]),
        left=[item for item in done["items"] if item["outcome"] == handover.POOL][:LISTED],
        moved=[item for item in done["items"] if item["outcome"] == handover.ASSIGNED][:LISTED],
        listed=LISTED,
    )


def _page(given: dict[str, str], errors: dict[str, str]) -> str:
    session, actor = db.session(), current_actor()
    return render_template(
        "hand_over.html",
        given=given,
        errors=errors,
        people=handover.people_with_tasks(session, actor),
        successors=handover.successors(session, actor),
        max_reason=MAX_REASON,
    )


def _errors(given: dict[str, Any]) -> dict[str, str]:
    found = {}
    if not given["from_user"]:
        found["from_user"] = _("Please choose whose tasks are handed over.")
    if not given["reason"]:
        found["reason"] = _("Please say why the tasks are handed over; the reason becomes part of the histories.")
    elif len(given["reason"]) > MAX_REASON:
        found["reason"] = _("At most %(max)s characters fit here.", max=MAX_REASON)
    return found
