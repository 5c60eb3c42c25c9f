"""Bringing a database to the state a command needs: tables, shipped processes, demo data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app.demo import seed
from app.engine import catalogue
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.settings import Settings


def migrate(app: Flask) -> None:
    """Create or update all tables and deploy the shipped processes; nothing happens if all is current."""
    settings: Settings = app.config["VORLAUF_SETTINGS"]
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        upgrade()
        session = db.session()
        with unit_of_work(session):
            catalogue.deploy_shipped(session, Path(settings.processes_dir), Path(settings.forms_dir), utcnow())
        db.session.remove()


def fill_if_empty(app: Flask, told: Callable[[str], None] = lambda _line: None) -> int:
    """Fill an empty database with the demo alliance; returns the number of cases made (0 if it was filled already)."""
    with app.app_context():
        session = db.session()
        made = seed.fill(session, app.extensions["vorlauf_engine"], utcnow(), told) if seed.is_empty(session) else 0
        db.session.remove()
        return made
