"""Failed automatic steps over HTTP; the page calls the same use cases."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app.cases import incidents, schemas
from app.cases.incidents import IncidentQuery
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db

blueprint = ApiBlueprint("incidents_api", __name__, "Incidents: automatic steps that failed")


@blueprint.route("/incidents")
@blueprint.arguments(schemas.IncidentQueryArguments, location="query")
@blueprint.response(200, schemas.IncidentPage)
def list_incidents(arguments: dict[str, Any]) -> dict[str, Any]:
    """Automatic steps that failed, the newest first."""
    return incidents.list_incidents(db.session(), current_actor(), IncidentQuery(**arguments))


@blueprint.route("/incidents/<string:incident_id>/retry", methods=["POST"])
@blueprint.response(200, schemas.IncidentFields)
def retry_incident(incident_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Try a failed step again at once; the answer says whether it is still open."""
    actor = current_actor()
    tried = incidents.retry_incident(
        db.session(),
        actor,
        current_app.extensions["vorlauf_engine"],
        incident_id,
        utcnow(),
        request.headers.get("If-Match"),
    )
    return tried, 200, {"ETag": f'"{tried["etag"]}"'}
