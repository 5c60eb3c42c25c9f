"""Entry for WSGI servers: ``gunicorn wsgi:app``. Settings come from VORLAUF_* (docs/settings.md)."""

from __future__ import annotations

from app.factory import create_app
from app.worker import prepare, start_embedded

app = create_app()
prepare(app)
start_embedded(app)
