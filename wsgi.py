"""Entry for WSGI servers: ``gunicorn wsgi:app``. Settings come from VORLAUF_* (docs/settings.md)."""

from __future__ import annotations

import gc

from app.factory import create_app
from app.worker import prepare, start_embedded

app = create_app()
prepare(app)
gc.collect()
gc.freeze()  # what is loaded by now stays: the collector need not look through it again during requests
start_embedded(app)
