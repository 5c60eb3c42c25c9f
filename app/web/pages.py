"""Everything the factory needs of the pages.

``blueprint`` carries all views; ``render_error`` goes to ``platform.http.init_app(render_page=…)`` and
``on_unauthenticated`` to ``identity.guard.init_app``.
"""

from __future__ import annotations

from app.web import case, case_list, headers, inbox, layout, leaving, sign_in, start_case, task, withdrawal
from app.web.blueprint import blueprint
from app.web.errors import on_unauthenticated, render_error

__all__ = ["blueprint", "on_unauthenticated", "render_error"]

VIEWS = (sign_in, inbox, task, case_list, start_case, case, withdrawal, leaving)

layout.init_blueprint(blueprint)
headers.init_blueprint(blueprint)
