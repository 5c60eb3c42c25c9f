"""Users: the list, one user with everything that can be done about the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.engine.models import Task
from app.identity import administration, changes, invitations, memberships, people
from app.identity.guard import current_actor
from app.identity.memberships import Role
from app.identity.people import UserQuery
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of
from app.platform.i18n import LANGUAGES, _l
from app.platform.ids import is_id
from app.platform.problems import Problem
from app.web.blueprint import blueprint
from app.web.layout import may
from app.web.mail_warnings import mail_warning
from app.web.role_choices import choices, employees_to_choose
from app.web.typed import typed_text

STATES = {"active": _l("in use"), "invited": _l("invited"), "inactive": _l("closed")}
KINDS = {
    "user.invited": _l("invited"),
    "user.invitation_sent": _l("invitation sent again"),
    "user.invitation_revoked": _l("invitation revoked"),
    "user.invitation_accepted": _l("invitation accepted"),
    "user.changed": _l("data changed"),
    "user.deactivated": _l("account closed"),
    "user.activated": _l("account reopened"),
    "membership.added": _l("role given"),
    "membership.removed": _l("role taken"),
    "password.changed": _l("password changed"),
    "password.reset_requested": _l("link for a new password sent"),
    "password.reset": _l("new password chosen by link"),
    "sign_ins.ended": _l("other sign-ins ended"),
    "deputy.set": _l("deputy set"),
    "deputy.ended": _l("deputy ended"),
}


def site() -> str:
    """Our own address, for links in mails."""
    return str(current_app.config["VORLAUF_SETTINGS"].public_url)


def entry(name: str, most: int = 254) -> str:
    """One entry of the form that was sent, without NUL and blanks around it."""
    return typed_text(request.form, name, most)


@blueprint.get("/users")
def users() -> ResponseReturnValue:
    """The users I administer, by name."""
    session, actor = db.session(), current_actor()
    wanted = {
        "q": typed_text(request.args, "q", 200),
        "state": request.args.get("state", "") if request.args.get("state") in STATES else "",
        "organisation": request.args.get("organisation", "").replace("\x00", "")[:36],
    }
    query = UserQuery(
        q=wanted["q"] or None,
        state=wanted["state"] or None,
        organisation=wanted["organisation"] or None,
        cursor=request.args.get("cursor") or None,
    )
    found = people.list_users(session, actor, query, utcnow())
    places = [(one.id, one.name) for one in people.organisations(session, actor)]
    return render_template(
        "users.html",
        users=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        states=STATES,
        places=places if len(places) > 1 else [],
        warning=mail_warning(session) if people.administers(actor) else None,
    )


@blueprint.get("/users/<string:user_id>")
def user(user_id: str) -> ResponseReturnValue:
    """One user: data, roles, invitation, changes, and what can be done."""
    return _page(user_id)


@blueprint.post("/users/<string:user_id>")
def change_user(user_id: str) -> ResponseReturnValue:
    """Change name, address or language."""
    wanted = {"name": entry("name", 200), "email": entry("email"), "language": entry("language")}
    if wanted["language"] not in LANGUAGES:
        wanted.pop("language")
    return _do(user_id, "user_changed", lambda s, a, u, now: administration.change_user(s, a, u, wanted, now))


@blueprint.post("/users/<string:user_id>/invitation")
def send_invitation(user_id: str) -> ResponseReturnValue:
    """Send the invitation again."""
    return _do(user_id, "invitation_sent", lambda s, a, u, now: invitations.send_again(s, a, u, now, site()))


@blueprint.post("/users/<string:user_id>/invitation/revocation")
def revoke_invitation(user_id: str) -> ResponseReturnValue:
    """Make the link that was sent worthless."""
    return _do(user_id, "invitation_revoked", invitations.revoke)


@blueprint.post("/users/<string:user_id>/deactivation")
def deactivate_user(user_id: str) -> ResponseReturnValue:
    """Close the account."""
    return _do(user_id, "user_deactivated", administration.deactivate)


@blueprint.post("/users/<string:user_id>/activation")
def activate_user(user_id: str) -> ResponseReturnValue:
    """Reopen the account."""
    return _do(user_id, "user_activated", administration.activate)


@blueprint.post("/users/<string:user_id>/roles")
def add_membership(user_id: str) -> ResponseReturnValue:
    """Give one more role."""
    organisation, _colon, role = entry("role").partition(":")
    given = Role(role, organisation, entry("employee", 36) or None)
    return _do(user_id, "role_given", lambda s, a, u, now: memberships.add_role(s, a, u, given, now))


@blueprint.post("/users/<string:user_id>/roles/<string:membership_id>/removal")
def remove_membership(user_id: str, membership_id: str) -> ResponseReturnValue:
    """Take a role."""
    return _do(user_id, "role_taken", lambda s, a, u, now: memberships.remove_role(s, a, u, membership_id, now))


@blueprint.get("/identity-changes")
def identity_changes() -> ResponseReturnValue:
    """Who changed what about users, the newest first."""
    current_actor()
    items, following = changes.listed(db.session(), None, request.args.get("cursor") or None)
    return render_template("identity_changes.html", changes=items, next_cursor=following, kinds=KINDS)


def _do(user_id: str, notice: str, action: Callable[..., Any]) -> ResponseReturnValue:
    """Carry it out as ``action(session, actor, user_id, now)``; what is refused is said on the page of the user."""
    try:
        action(db.session(), current_actor(), user_id, utcnow())
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        texts = [error.message for error in problem.errors] or [detail_of(problem)]
        return _page(user_id, " ".join(dict.fromkeys(texts)), problem.status)
    return redirect(url_for("pages.user", user_id=user_id, notice=notice), 303)


def _page(user_id: str, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    session, actor, now = db.session(), current_actor(), utcnow()
    found = people.load(session, actor, user_id)
    shown = people.describe(session, actor, found, now)
    all_of_it = may(actor, "pages.change_user")
    recent = changes.listed(session, user_id, None, 10)[0] if may(actor, "pages.identity_changes") else []
    page = render_template(
        "user.html",
        user=shown,
        problem=problem,
        states=STATES,
        kinds=KINDS,
        changes=recent,
        may_invite=invitations.may_handle(session, actor, found),
        myself=user_id == actor.user_id,
        choices=choices(session, actor) if all_of_it else [],
        employees=employees_to_choose(session, actor) if all_of_it else [],
        claimed=_claimed(user_id) if all_of_it else 0,
    )
    return page, status


def _claimed(user_id: str) -> int:
    """How many open tasks the person has claimed: they stay with the person until somebody hands them over."""
    if not is_id(user_id):
        return 0
    count = sa.select(sa.func.count()).select_from(Task).where(Task.assignee_id == user_id, Task.state == "open")
    return db.session().scalar(count) or 0
