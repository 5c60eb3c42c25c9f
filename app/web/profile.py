"""My profile: data, language, password, where I am signed in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import account, credentials
from app.identity.guard import current_actor, presented_token
from app.identity.problems import TooManyAttempts
from app.identity.rules import MIN_PASSWORD
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of, writes_late
from app.platform.i18n import LANGUAGES, _
from app.platform.problems import BadRequest, Unprocessable
from app.web.blueprint import blueprint
from app.web.devices import device_name
from app.web.users import site

MAX_ENTERED = 1000


@blueprint.get("/profile")
def profile() -> ResponseReturnValue:
    """Who I am here."""
    return _page({}, 200)


@blueprint.post("/profile/password")
@writes_late
def change_password() -> ResponseReturnValue:
    """Change my password; all other sign-ins end."""
    current, new = request.form.get("current", ""), request.form.get("new", "")[:MAX_ENTERED]
    errors = {}
    if not current or len(current) > MAX_ENTERED:
        errors["current"] = _("Please enter your current password.")
    if new != request.form.get("repeated", "")[:MAX_ENTERED]:
        errors["repeated"] = _("The two entries differ.")
    if errors:
        return _page(errors, 422)
    token, client = presented_token() or "", request.remote_addr or ""
    try:
        credentials.change_password(db.session(), current_actor(), current, new, token, utcnow(), client, site())
    except Unprocessable as problem:
        return _page({error.pointer.removeprefix("/"): error.message for error in problem.errors}, 422)
    except TooManyAttempts as problem:
        return _page({"current": detail_of(problem)}, 429)
    return redirect(url_for("pages.profile", notice="password_changed"), 303)


@blueprint.post("/profile/sign-ins/end")
def end_sign_ins() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    credentials.sign_out_elsewhere(db.session(), current_actor(), presented_token() or "", utcnow())
    return redirect(url_for("pages.profile", notice="sign_ins_ended"), 303)


@blueprint.post("/profile/language")
def choose_language() -> ResponseReturnValue:
    """Choose the language of the mails that I get."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise BadRequest(reason=_("this language is not offered"))
    account.choose_language(db.session(), current_actor(), language, utcnow())
    return redirect(url_for("pages.profile", notice="language_chosen"), 303)


def _page(errors: dict[str, str], status: int) -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    page = render_template(
        "profile.html",
        own=account.own(session, actor),
        sign_ins=credentials.sign_ins(session, actor, presented_token() or "", utcnow()),
        errors=errors,
        min_password=MIN_PASSWORD,
        device_name=device_name,
    )
    return page, status
