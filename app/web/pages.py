"""Everything the factory needs of the pages.

``blueprint`` carries all views; ``render_error`` goes to ``platform.http.init_app(render_page=…)`` and
``on_unauthenticated`` to ``identity.guard.init_app``.
"""

from __future__ import annotations

from app.web import (
    access_log,
    case,
    case_links,
    case_list,
    comments,
    correction,
    documents,
    hand_over,
    headers,
    inbox,
    incidents,
    layout,
    mailbox,
    participation,
    sign_in,
    start_case,
    task,
    withdrawal,
)
from app.web.blueprint import blueprint
from app.web.errors import on_unauthenticated, render_error

__all__ = ["blueprint", "on_unauthenticated", "render_error"]

VIEWS = (
    sign_in,
    inbox,
    task,
    case_list,
    start_case,
    case,
    withdrawal,
    mailbox,
    case_links,
    participation,
    access_log,
    comments,
    documents,
    correction,
    hand_over,
    incidents,
)

layout.init_blueprint(blueprint)
headers.init_blueprint(blueprint)
