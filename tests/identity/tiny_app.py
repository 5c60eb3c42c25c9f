"""An app of a few routes behind the real guard, without any business room."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.audit import refusals
from app.identity import guard
from app.identity.actor import Actor
from app.identity.guard import current_actor
from app.identity.models import Organisation
from app.identity.policy import permit
from app.identity.policy_rule import PUBLIC, SIGNED_IN, Rule
from app.platform import http, i18n
from app.platform.db import db
from app.platform.db import init_app as init_database
from app.platform.problems import Conflict, NotFound, StaleVersion, Unprocessable
from app.platform.settings import Settings

POLICY = {
    "open": Rule(PUBLIC, "none", "for everybody"),
    "mine": Rule(SIGNED_IN, "self", "for everybody who is signed in"),
    "hr_only": Rule(frozenset({"hr"}), "own_organisation", "for HR"),
    "thing": Rule(frozenset({"hr"}), "own_organisation", "HR of the very company", object_route=True),
    "fails": Rule(SIGNED_IN, "self", "raises what it is told to"),
}
"""Stands in for the real table; ``forgotten`` has no row."""

PROBLEMS = {"conflict": Conflict, "stale": StaleVersion, "invalid": Unprocessable, "gone": NotFound}


def load_thing(session: Session, actor: Actor, thing_id: str) -> Organisation:
    """A use case with scope before role: somebody else's is 404, mine with the wrong role 403."""
    statement = sa.select(Organisation).where(Organisation.id == thing_id, Organisation.id.in_(actor.organisations()))
    thing = session.scalar(statement)
    if thing is None:
        raise NotFound
    permit(actor, "thing")
    return thing


def make_tiny_app(settings: Settings, on_unauthenticated: guard.OnUnauthenticated | None = None) -> Flask:
    """Routes below /api/ answer as an API, the others as pages."""
    app = http.VorlaufFlask("tiny")
    app.config["VORLAUF_SETTINGS"] = settings
    init_database(app, settings)
    i18n.init_app(app)
    http.init_app(app, settings)
    guard.init_app(app, on_unauthenticated)
    refusals.init_app(app)

    def answer() -> ResponseReturnValue:
        return {"ok": True}

    def thing(thing_id: str) -> ResponseReturnValue:
        return {"name": load_thing(db.session(), current_actor(), thing_id).name}

    def fails(how: str) -> ResponseReturnValue:
        db.session.execute(sa.update(Organisation).values(name="half written"))
        raise PROBLEMS[how]

    for endpoint in ("open", "mine", "hr_only", "forgotten"):
        app.add_url_rule(f"/api/{endpoint}", endpoint, answer, methods=["GET", "POST"])
        app.add_url_rule(f"/{endpoint}", endpoint, answer, methods=["GET", "POST"])
    app.add_url_rule("/api/things/<thing_id>", "thing", thing, methods=["GET", "POST"])
    app.add_url_rule("/api/fails/<how>", "fails", fails, methods=["POST"])
    return app
