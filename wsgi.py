"""Entry for WSGI servers: ``gunicorn wsgi:app``. Settings come from VORLAUF_* (docs/settings.md)."""

from __future__ import annotations

from app.factory import create_app
from app.worker import start_embedded

app = create_app()
start_embedded(app)
