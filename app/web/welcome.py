"""Without sign-in: the password is forgotten, and a one-time link leads here to choose one."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import credentials, links
from app.identity.guard import find_actor
from app.identity.problems import LinkUnusable, TooManyAttempts
from app.identity.rules import MIN_PASSWORD
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of, writes_late
from app.platform.i18n import _
from app.platform.problems import Unprocessable
from app.web.blueprint import blueprint
from app.web.profile import MAX_ENTERED
from app.web.users import entry, site


@blueprint.get("/password/forgotten")
def forgotten() -> ResponseReturnValue:
    """Ask for login or address."""
    find_actor()
    return render_template("forgotten.html", login="", problem=None, sent=False)


@blueprint.post("/password/forgotten")
def request_reset() -> ResponseReturnValue:
    """The answer is the same whether the login exists or not."""
    login = entry("login")
    if not login:
        problem = _("Please enter your login or e-mail address.")
        return render_template("forgotten.html", login="", problem=problem, sent=False), 422
    try:
        credentials.request_reset(db.session(), login, utcnow(), request.remote_addr or "")
    except TooManyAttempts as refused:
        return render_template("forgotten.html", login=login, problem=detail_of(refused), sent=False), 429
    return render_template("forgotten.html", login="", problem=None, sent=True)


@blueprint.get("/welcome")
def welcome() -> ResponseReturnValue:
    """Choose a password; looking at the page does not use the link up."""
    return _page(request.args.get("token", ""), {}, 200)


@blueprint.post("/welcome")
@writes_late
def redeem() -> ResponseReturnValue:
    """Set the password and go on to the sign-in."""
    secret, password = request.form.get("token", ""), request.form.get("password", "")[:MAX_ENTERED]
    if password != request.form.get("repeated", "")[:MAX_ENTERED]:
        return _page(secret, {"repeated": _("The two entries differ.")}, 422)
    try:
        credentials.redeem(db.session(), secret, password, utcnow(), site())
    except LinkUnusable:
        return _page("", {}, 410)
    except Unprocessable as problem:
        return _page(secret, {error.pointer.removeprefix("/"): error.message for error in problem.errors}, 422)
    return redirect(url_for("pages.sign_in_form", notice="password_set"), 303)


def _page(secret: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    find_actor()
    try:
        user = links.holder(db.session(), secret, utcnow())
    except LinkUnusable as refused:
        return render_template("welcome.html", user=None, problem=detail_of(refused)), 410
    page = render_template("welcome.html", user=user, secret=secret, errors=errors, min_password=MIN_PASSWORD)
    return page, status
