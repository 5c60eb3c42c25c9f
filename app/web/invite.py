"""Inviting somebody: who, and with which first role."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import administration
from app.identity.administration import NewUser
from app.identity.guard import current_actor
from app.identity.memberships import Role
from app.identity.people import administers
from app.identity.roles import EMPLOYEE
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import LANGUAGES
from app.platform.problems import Unprocessable
from app.web.blueprint import blueprint
from app.web.role_choices import choices, employees_to_choose
from app.web.users import entry, site

FIELDS = {
    "/login": "login",
    "/name": "name",
    "/email": "email",
    "/memberships": "role",
    "/memberships/0/organisation": "role",
    "/memberships/0/role": "role",
    "/memberships/0/employee": "employee",
}


@blueprint.route("/users/new", methods=["GET", "POST"])
def invite_user() -> ResponseReturnValue:
    """The form, and what it does: an account that waits, and the mail with the link."""
    session, actor = db.session(), current_actor()
    offered = choices(session, actor)
    values = {name: entry(name) for name in ("login", "name", "email", "language", "role", "employee")}
    values["login"] = values["login"].lower()
    if not administers(actor) and len(offered) == 1:
        values["role"] = offered[0][1][0][0]
    errors = {}
    if request.method == "POST":
        try:
            made = administration.invite(session, actor, _wanted(values), utcnow(), site())
            return redirect(url_for("pages.user", user_id=made["id"], notice="invited"), 303)
        except Unprocessable as problem:
            errors = {FIELDS.get(error.pointer, "name"): error.message for error in problem.errors}
    page = render_template(
        "invite.html",
        values=values,
        errors=errors,
        choices=offered,
        employees=employees_to_choose(session, actor),
        only_employees=not administers(actor),
    )
    return page, 422 if errors else 200


def _wanted(values: dict[str, str]) -> NewUser:
    organisation, _colon, role = values["role"].partition(":")
    employee = values["employee"] or None if role == EMPLOYEE else None
    language = values["language"] if values["language"] in LANGUAGES else "de"
    roles = [Role(role, organisation, employee)] if organisation else []
    return NewUser(values["login"], values["name"], values["email"], language, roles)
