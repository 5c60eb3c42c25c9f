"""Pages for what went wrong, in the same layout as everything else."""

from __future__ import annotations

import sqlalchemy as sa
from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.guard import find_actor
from app.web.addresses import here, own_path


def render_error(status: int, title: str, detail: str) -> ResponseReturnValue:
    """An error page with ``status``; ``detail`` is a sentence for people."""
    _know_actor(status)
    page = render_template("error.html", status=status, title=title, detail=detail, request_id=g.get("request_id", ""))
    return page, status


def _know_actor(status: int) -> None:
    """Find out who is asking, so that the navigation stands: unknown addresses never met the guard."""
    if status >= 500 or "actor" in g:
        return
    try:
        find_actor()
    except sa.exc.SQLAlchemyError:
        g.actor = None


def on_unauthenticated() -> ResponseReturnValue:
    """Lead to the sign-in page and from there back to what was wanted (for a form that was sent: its page)."""
    wanted = here()
    if request.method not in ("GET", "HEAD"):
        wanted = own_path(_path_of(request.referrer))
    return redirect(url_for("pages.sign_in_form", next=wanted, notice="sign_in_first"), 303)


def _path_of(referrer: str | None) -> str | None:
    root = request.host_url
    return f"/{referrer[len(root) :]}" if referrer and referrer.startswith(root) else None
