"""Headers of pages: a strict Content-Security-Policy with a nonce per answer; static files kept for good."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, g, request

POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self' data:",  # KERN's icons are masks with data addresses
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
STYLE_ATTRIBUTES = "style-src-attr 'unsafe-inline'"
"""bpmn-js writes style attributes into the markup that it inserts; only its page allows them."""
ONE_YEAR = 365 * 24 * 3600


def csp_nonce() -> str:
    """The nonce of this answer; a page that asks for it gets the policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def allow_style_attributes() -> None:
    """Let this page use style attributes (never style elements)."""
    g.csp_style_attributes = True


def init_blueprint(blueprint: Blueprint) -> None:
    """Set the headers on every answer of the app that holds a page or a static file."""

    @blueprint.after_app_request
    def _headers(response: Response) -> Response:
        if "csp_nonce" in g and response.mimetype == "text/html":
            extra = (STYLE_ATTRIBUTES,) if g.get("csp_style_attributes") else ()
            policy = "; ".join((*POLICY, *extra)).format(nonce=g.csp_nonce)
            response.headers["Content-Security-Policy"] = policy
            response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
            response.headers["Vary"] = "Accept-Encoding"
        return response
