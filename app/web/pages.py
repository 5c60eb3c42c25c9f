"""Everything the factory needs of the pages.

``blueprint`` carries all views; ``render_error`` goes to ``platform.http.init_app(render_page=…)`` and
``on_unauthenticated`` to ``identity.guard.init_app``.
"""

from __future__ import annotations

from app.web import (
    case,
    case_list,
    deputies,
    headers,
    inbox,
    invite,
    layout,
    mail_warnings,
    mailbox,
    profile,
    sign_in,
    start_case,
    task,
    users,
    welcome,
    withdrawal,
)
from app.web.blueprint import blueprint
from app.web.errors import on_unauthenticated, render_error

__all__ = ["blueprint", "on_unauthenticated", "render_error"]

VIEWS = (sign_in, inbox, task, case_list, start_case, case, withdrawal, mailbox)
PEOPLE = (users, invite, profile, welcome, deputies, mail_warnings)

layout.init_blueprint(blueprint)
headers.init_blueprint(blueprint)
