"""Deputies over HTTP; the page calls the same use cases."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.identity import deputies
from app.identity import users_schemas as schemas
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db

blueprint = ApiBlueprint("deputies_api", __name__, "Deputies: who stands in for whom")


@blueprint.route("/deputies")
@blueprint.arguments(schemas.Page, location="query")
@blueprint.response(200, schemas.DeputyPage)
def list_deputies(arguments: dict[str, Any]) -> dict[str, Any]:
    """Who stands in for me and for whom I stand in, now and later; as administration everybody's."""
    return deputies.list_deputies(db.session(), current_actor(), utcnow(), **arguments)


@blueprint.route("/deputies/candidates")
@blueprint.response(200, schemas.People)
def list_candidates() -> dict[str, Any]:
    """Colleagues who may stand in for me."""
    return {"items": deputies.candidates(db.session(), current_actor().user_id)}


@blueprint.route("/deputies", methods=["POST"])
@blueprint.arguments(schemas.NewDeputy)
@blueprint.response(201, schemas.DeputyFields)
def set_deputy(body: dict[str, Any]) -> dict[str, Any]:
    """Let a colleague act for me (as administration: for ``member``) from–until."""
    wanted = (body["deputy"], body["valid_from"], body["valid_until"])
    return deputies.set_deputy(db.session(), current_actor(), *wanted, utcnow(), body["member"])


@blueprint.route("/deputies/<string:deputy_id>", methods=["DELETE"])
@blueprint.response(204)
def end_deputy(deputy_id: str) -> Response:
    """End it at once."""
    deputies.end_deputy(db.session(), current_actor(), deputy_id, utcnow())
    return Response(status=204)
