"""Signing in and out, and who am I, for machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, current_app, request

from app.identity import service
from app.identity.actor import Actor
from app.identity.guard import current_actor, presented_token
from app.identity.schemas import Credentials, IssuedToken, Me
from app.identity.tokens import TOKEN
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import writes_late

blueprint = ApiBlueprint("identity_api", __name__, "Signing in and out, and who am I")


@blueprint.route("/tokens", methods=["POST"])
@blueprint.public
@blueprint.doc(responses={"401": "UNAUTHORIZED", "429": "TOO_MANY_REQUESTS"})
@blueprint.arguments(Credentials)
@blueprint.response(201, IssuedToken)
@writes_late
def create_token(credentials: dict[str, str]) -> dict[str, Any]:
    """Sign in: a bearer token for login and password."""
    lifetime = timedelta(hours=current_app.config["VORLAUF_SETTINGS"].token_hours)
    token, expires_at = service.sign_in(
        db.session(),
        credentials["login"],
        credentials["password"],
        TOKEN,
        lifetime,
        utcnow(),
        request.remote_addr or "",
        request.user_agent.string,
    )
    return {"token": token, "expires_at": expires_at}


@blueprint.route("/tokens/current", methods=["DELETE"])
@blueprint.response(204)
def revoke_token() -> Response:
    """Sign out: the token of this very call is worthless from now on."""
    current_actor()
    service.sign_out(db.session(), presented_token() or "", utcnow())
    return Response(status=204)


@blueprint.route("/me")
@blueprint.response(200, Me)
def me() -> dict[str, Any]:
    """The signed-in user: roles, organisations, deputies."""
    actor = current_actor()
    return {
        "login": actor.login,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "organisations": _organisations(actor),
        "deputies": service.deputyships(db.session(), actor, utcnow()),
    }


def _organisations(actor: Actor) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for grant in actor.grants:
        entry = found.setdefault(
            grant.organisation_id,
            {
                "id": grant.organisation_id,
                "name": grant.organisation_name,
                "kind": grant.organisation_kind,
                "roles": set(),
            },
        )
        entry["roles"].add(grant.role)
    return [{**entry, "roles": sorted(entry["roles"])} for entry in found.values()]
