"""Signing in and out, and choosing the language."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import service
from app.identity.guard import SESSION_COOKIE, find_actor, presented_token
from app.identity.problems import InvalidCredentials, TooManyAttempts
from app.identity.tokens import SESSION
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import writes_late
from app.platform.i18n import LANGUAGE_COOKIE, LANGUAGES, _
from app.platform.problems import BadRequest
from app.platform.settings import Settings
from app.web.addresses import own_path
from app.web.blueprint import blueprint

LANGUAGE_SECONDS = 365 * 24 * 3600
MAX_LENGTH = 200


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The start page is the inbox."""
    return redirect(url_for("pages.inbox"), 303)


@blueprint.get("/sign-in")
def sign_in_form() -> ResponseReturnValue:
    """The sign-in page; who is signed in already goes on at once."""
    if find_actor() is not None:
        return redirect(own_path(request.args.get("next")), 303)
    return render_template("sign_in.html", wanted=request.args.get("next", ""), login="", problem=None)


@blueprint.post("/sign-in")
@writes_late
def sign_in() -> ResponseReturnValue:
    """Check login and password; back to the wanted page with a session cookie."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    if not login or not password:
        return _refused(login, _("Please enter login and password."), 422)
    if len(login) > MAX_LENGTH or len(password) > MAX_LENGTH or "\x00" in login:
        return _refused(login[:MAX_LENGTH], _("Login or password is wrong."), 401)
    settings: Settings = current_app.config["VORLAUF_SETTINGS"]
    lifetime = timedelta(hours=settings.session_hours)
    try:
        secret, _expires = service.sign_in(
            db.session(),
            login,
            password,
            SESSION,
            lifetime,
            utcnow(),
            request.remote_addr or "",
            request.user_agent.string,
        )
    except InvalidCredentials:
        return _refused(login, _("Login or password is wrong."), 401)
    except TooManyAttempts as problem:
        minutes = problem.values["minutes"]
        text = _("Too many failed sign-ins. Please wait %(minutes)s minutes, then try again.", minutes=minutes)
        response = _refused(login, text, 429)
        response.headers["Retry-After"] = str(problem.retry_after)
        return response
    welcome = make_response(redirect(own_path(request.form.get("next")), 303))
    welcome.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.cookie_secure,
    )
    return welcome


def _refused(login: str, problem: str, status: int) -> Response:
    page = render_template("sign_in.html", wanted=request.form.get("next", ""), login=login, problem=problem)
    return make_response(page, status)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Make the session worthless at once."""
    service.sign_out(db.session(), presented_token() or "", utcnow())
    response = make_response(redirect(url_for("pages.sign_in_form", notice="signed_out"), 303))
    response.delete_cookie(SESSION_COOKIE, samesite="Lax")
    return response


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    """German or English from now on, on this device."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest(reason=_("this language is not offered"))
    settings: Settings = current_app.config["VORLAUF_SETTINGS"]
    response = make_response(redirect(own_path(request.form.get("next")), 303))
    response.set_cookie(
        LANGUAGE_COOKIE, chosen, max_age=LANGUAGE_SECONDS, samesite="Lax", secure=settings.cookie_secure
    )
    return response
