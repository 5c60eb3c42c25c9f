"""Links for participants without an account: hand one out, by mail or on paper, see what became of it, revoke it."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import service as cases
from app.identity.guard import current_actor
from app.identity.policy import permit
from app.inbox.rules import TakenByOther
from app.links import letter, service
from app.links.issuing import NewLink
from app.links.problems import LinkOver, NothingToAnswer
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of
from app.platform.i18n import _, _l, current_language
from app.platform.mail import Unmailable
from app.platform.settings import Settings
from app.web.blueprint import blueprint
from app.web.case_list import STATUSES
from app.web.typed import typed_text

PURPOSES = {"evidence": _l("answer an open task"), "consent": _l("consent"), "withdraw": _l("withdraw")}
ASKED_FOR = {
    "evidence": _l("your details"),
    "consent": _l("your consent"),
    "withdraw": _l("a confirmation of your withdrawal"),
}
CHANNELS = {"mail": _l("by mail"), "paper": _l("on paper, with a code")}
STATES = {
    "open": _l("valid"),
    "used": _l("confirmed"),
    "revoked": _l("revoked"),
    "expired": _l("expired"),
    "closed": _l("settled otherwise"),
}
FIELDS = ("employee", "purpose", "channel", "email")
MAX_EMAIL = 254


def _settings() -> Settings:
    found: Settings = current_app.config["VORLAUF_SETTINGS"]
    return found


@blueprint.route("/cases/<case_id>/links", methods=["GET", "POST"])
def case_links(case_id: str) -> ResponseReturnValue:
    """All links of a case with the form for a new one; what is asked for on paper is answered with the sheet."""
    session, actor, now = db.session(), current_actor(), utcnow()
    case = cases.case_frame(session, actor, case_id, current_language(), now)
    permit(actor, "pages.case_links")
    people = service.choices(session, actor, case_id)
    given = request.form if request.method == "POST" else request.args
    values = {name: typed_text(given, name) for name in FIELDS}
    errors = _errors(values, people) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        try:
            return _issue(case_id, values)
        except (NothingToAnswer, TakenByOther) as problem:
            errors = {"purpose": detail_of(problem)}
        except Unmailable as problem:
            errors = {"email": detail_of(problem)}
    page = render_template(
        "case_links.html",
        case=case,
        people=people,
        values=values,
        errors=errors,
        links=service.list_links(session, actor, case_id, now, request.args.get("cursor")),
        statuses=STATUSES,
        purposes=PURPOSES,
        channels=CHANNELS,
        states=STATES,
        days=_settings().link_days,
        max_email=MAX_EMAIL,
    )
    return page, 422 if errors else 200


def _issue(case_id: str, values: dict[str, str]) -> ResponseReturnValue:
    new = NewLink(values["purpose"], values["employee"], values["channel"], email=values["email"] or None)
    link, secrets = service.issue(db.session(), current_actor(), case_id, new, _settings(), utcnow())
    if secrets.code is None:
        return redirect(url_for("pages.case_links", case_id=case_id, notice="link_mailed"), 303)
    case = cases.case_frame(db.session(), current_actor(), case_id, current_language(), utcnow())
    address = letter.address_of(_settings().public_url, secrets.token)
    return render_template(
        "link_paper.html", link=link, code=secrets.code, address=address, case=case, asked_for=ASKED_FOR
    )


@blueprint.post("/cases/<case_id>/links/<link_id>/revocation")
def revoke_link(case_id: str, link_id: str) -> ResponseReturnValue:
    """Make one link worthless."""
    notice = "link_revoked"
    try:
        service.revoke(db.session(), current_actor(), link_id, utcnow())
    except LinkOver:
        notice = "link_over"
    return redirect(url_for("pages.case_links", case_id=case_id, notice=notice), 303)


def _errors(values: dict[str, str], people: list[dict[str, Any]]) -> dict[str, str]:
    found = {}
    chosen = next((person for person in people if person["id"] == values["employee"]), None)
    if chosen is None:
        found["employee"] = _("Please choose the person.")
    if values["purpose"] not in PURPOSES:
        found["purpose"] = _("Please choose what the link is for.")
    if values["channel"] not in CHANNELS:
        found["channel"] = _("Please choose how the link gets there.")
    elif values["channel"] == "mail" and ("@" not in values["email"] or len(values["email"]) > MAX_EMAIL):
        found["email"] = _("Please enter the e-mail address to which the link is to be sent.")
    return found
