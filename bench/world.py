"""A fresh database with the demo alliance and the shipped process, for one measurement."""

from __future__ import annotations

from app.demo import alliance
from app.demo.prepare import migrate
from app.factory import create_app
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.settings import Settings

MEASURING = {"VORLAUF_MEASURE": "1"}
"""What a measured server is told: answers say how many statements they took."""


def prepared(url: str) -> Settings:
    """Migrate the empty database at ``url`` and create the alliance; settings to serve it with."""
    settings = Settings.from_environment(database_url=url)
    app = create_app(settings)
    migrate(app)
    with app.app_context():
        session = db.session()
        with unit_of_work(session):
            alliance.create(session, utcnow())
        db.session.remove()
        db.engine.dispose()
    return settings
