"""Liveness and readiness for whoever runs the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify

from app.platform import mail
from app.platform.db import db
from app.platform.problems import Unavailable
from app.platform.settings import ROOT

blueprint = Blueprint("health", __name__)


class SchemaOutdated(Unavailable):
    """The database schema does not fit this version; run `python3 -m app migrate`."""

    code = "schema_outdated"


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process is alive."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and has the schema of this version; 503 otherwise. ``warnings`` names what works but needs
    somebody's attention.
    """
    with db.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        current = MigrationContext.configure(connection).get_current_revision()
    if current != expected_revision():
        raise SchemaOutdated
    warnings = mail.warnings(db.session(), current_app.config["VORLAUF_SETTINGS"])
    return jsonify({"status": "ready", "schema": current, "warnings": warnings})


def expected_revision() -> str | None:
    """The newest migration of this version."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()
