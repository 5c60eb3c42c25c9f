"""At the door of every request: who is it, was it really them, and may they call this at all?"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from app.identity.actor import Actor
from app.identity.authentication import authenticate
from app.identity.policy import POLICY, permit, require_role
from app.identity.policy_rule import Rule
from app.identity.problems import TooManyAttempts
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import SAFE_METHODS, problem_response, wants_json
from app.platform.problems import Forbidden, NotFound, Problem, Unauthenticated

__all__ = [
    "SESSION_COOKIE",
    "current_actor",
    "current_rule",
    "find_actor",
    "init_app",
    "permit",
    "presented_token",
    "require_role",
]

SESSION_COOKIE = "vorlauf_session"

OnUnauthenticated = Callable[[], ResponseReturnValue]
"""Answers a page request without sign-in, for example with a redirect to the sign-in page."""


class CrossSite(Problem):
    """This request came from another website and was not carried out."""

    status = 403
    code = "cross_site"


def init_app(app: Flask, on_unauthenticated: OnUnauthenticated | None = None) -> None:
    """Guard every route of ``app`` by the policy table; must be registered after ``platform.http``."""

    @app.errorhandler(TooManyAttempts)
    def _slow_down(problem: TooManyAttempts) -> ResponseReturnValue:
        response = problem_response(problem)
        response.headers["Retry-After"] = str(problem.retry_after)
        return response

    @app.before_request
    def _guard() -> ResponseReturnValue | None:
        if request.url_rule is None or request.endpoint is None:
            return None  # no such route, or not this method: stays 404 or 405
        refuse_nul()
        rule = POLICY.get(request.endpoint)
        refuse_cross_site(opaque=rule is not None and rule.secret_address)
        if rule is None:
            raise Forbidden
        g.rule = rule
        if rule.public:
            return None
        actor = find_actor()
        if actor is None:
            if wants_json() or on_unauthenticated is None:
                raise Unauthenticated
            return on_unauthenticated()
        if not rule.object_route:
            require_role(actor, rule)
        return None


def refuse_nul() -> None:
    """Raise :class:`NotFound` for a NUL in the address: PostgreSQL cannot even look for it."""
    if "\0" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise NotFound


def refuse_cross_site(*, opaque: bool = False) -> None:
    """Raise :class:`CrossSite` for a changing call that another website may have made the browser send.

    A call with an ``Authorization`` header cannot be forged that way. Otherwise the browser's own word
    decides: ``Sec-Fetch-Site`` (W3C Fetch Metadata), else ``Origin``; a call with our cookie and neither of
    them is refused. A page that tells nobody its address has the origin ``null`` in browsers without Fetch Metadata;
    with ``opaque`` that is accepted.
    """
    if request.method in SAFE_METHODS or "Authorization" in request.headers:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    elif origin is not None:
        same = urlsplit(origin).netloc.lower() == request.host.lower() or (opaque and origin == "null")
    else:
        same = SESSION_COOKIE not in request.cookies
    if not same:
        raise CrossSite


def presented_token() -> str | None:
    """The secret this request carries: bearer token, else session cookie. A header, even a broken one, rules
    out the cookie.
    """
    if "Authorization" not in request.headers:
        return request.cookies.get(SESSION_COOKIE)
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer":
        return None
    return authorization.token


def find_actor() -> Actor | None:
    """The signed-in user of this request or None; looked up once, also on public pages."""
    if "actor" not in g:
        token = presented_token()
        g.actor = authenticate(db.session(), token, utcnow()) if token else None
        g.user_id = None if g.actor is None else g.actor.user_id
    return cast("Actor | None", g.actor)


def current_actor() -> Actor:
    """The signed-in user of this request. Raises :class:`Unauthenticated`."""
    actor = find_actor()
    if actor is None:
        raise Unauthenticated
    return actor


def current_rule() -> Rule:
    """The policy row of this request, for :func:`require_role` after the scoped load."""
    return cast(Rule, g.rule)
