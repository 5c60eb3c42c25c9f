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
    company_pages,
    correction,
    deputies,
    documents,
    employee_pages,
    hand_over,
    headers,
    import_pages,
    inbox,
    incidents,
    invite,
    layout,
    mail_warnings,
    mailbox,
    participation,
    profile,
    provider_pages,
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
    company_pages,
    employee_pages,
    provider_pages,
    import_pages,
    users,
    invite,
    profile,
    welcome,
    deputies,
    mail_warnings,
)

layout.init_blueprint(blueprint)
headers.init_blueprint(blueprint)
