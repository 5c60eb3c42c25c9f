"""Pages for somebody who leaves a case that goes on: the chosen provider cancels, one participant withdraws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import leaving, service
from app.cases.leavers import CAUSES
from app.identity.guard import current_actor
from app.identity.policy import permit
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, _l, current_language
from app.web.blueprint import blueprint
from app.web.typed import typed_text

MAX_REASON = 2000
CAUSE_NAMES: Mapping[str, Any] = {
    "own_wish": _l("Own wish"),
    "left_company": _l("Has left the company"),
    "notice": _l("Was given notice"),
    "unavailable": _l("Cannot attend at that time"),
    "operational": _l("Is needed in the company"),
    "other": _l("Other"),
}


@blueprint.route("/cases/<case_id>/provider-cancellation", methods=["GET", "POST"])
def cancel_provider(case_id: str) -> ResponseReturnValue:
    """Ask for the provider's reason, then undo the choice."""
    session, actor, now, language = db.session(), current_actor(), utcnow(), current_language()
    case = service.get_case(session, actor, case_id, language, now)
    permit(actor, "pages.cancel_provider")
    given = _given("reason")
    errors = _reason_errors(given["reason"]) if request.method == "POST" else {}
    if request.method == "GET" or errors or not case["may"]["cancel_provider"]:
        page = render_template(
            "provider_cancellation.html", case=case, given=given, errors=errors, max_reason=MAX_REASON
        )
        return page, 422 if errors else 200
    engine = current_app.extensions["vorlauf_engine"]
    leaving.cancel_provider(session, actor, engine, case_id, given["reason"], now, language)
    return redirect(url_for("pages.case", case_id=case_id, notice="provider_cancelled"), 303)


@blueprint.route("/cases/<case_id>/participant-withdrawal", methods=["GET", "POST"])
def withdraw_participant(case_id: str) -> ResponseReturnValue:
    """Ask who withdraws and why, then go on without the person."""
    session, actor, now, language = db.session(), current_actor(), utcnow(), current_language()
    case = service.get_case(session, actor, case_id, language, now)
    permit(actor, "pages.withdraw_participant")
    given = _given("employee", "cause", "reason", "agency_notified_on")
    people = {row["employee"]: row["name"] for row in case["may"]["leave"]}
    errors = _errors(given, people) if request.method == "POST" else {}
    if request.method == "GET" or errors or not people:
        page = render_template(
            "participant_withdrawal.html",
            case=case,
            people=people,
            causes=CAUSE_NAMES,
            given=given,
            errors=errors,
            max_reason=MAX_REASON,
        )
        return page, 422 if errors else 200
    left = leaving.Leaving(given["cause"], given["reason"], _day(given["agency_notified_on"]))
    engine = current_app.extensions["vorlauf_engine"]
    leaving.withdraw_participant(session, actor, engine, case_id, given["employee"], left, now, language)
    return redirect(url_for("pages.case", case_id=case_id, notice="participant_withdrawn"), 303)


def _given(*names: str) -> dict[str, str]:
    return {name: typed_text(request.form, name) for name in names}


def _reason_errors(reason: str) -> dict[str, str]:
    if not reason:
        return {"reason": _("Please give the reason; it becomes part of the history.")}
    if len(reason) > MAX_REASON:
        return {"reason": _("At most %(max)s characters fit here.", max=MAX_REASON)}
    return {}


def _errors(given: Mapping[str, str], people: Mapping[str, str]) -> dict[str, str]:
    found = {}
    if given["employee"] not in people:
        found["employee"] = _("Please choose the person who withdraws.")
    if given["cause"] not in CAUSES:
        found["cause"] = _("Please choose the cause.")
    if given["agency_notified_on"] and _day(given["agency_notified_on"]) is None:
        found["agency_notified_on"] = _("Please enter a valid date.")
    return found | _reason_errors(given["reason"])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
