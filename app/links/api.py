"""Links over HTTP: HR hands them out, the participant's page confirms through them."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app.cases.schemas import PageArguments
from app.engine.service import Engine
from app.forms.problems import answers_at
from app.identity.guard import current_actor
from app.links import letter, schemas, service, visits
from app.links.issuing import NewLink
from app.links.participation import Proof
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import keep_out_of_replays, writes_late
from app.platform.i18n import current_language
from app.platform.settings import Settings

blueprint = ApiBlueprint("links_api", __name__, "Links for participants without an account")


def _settings() -> Settings:
    found: Settings = current_app.config["VORLAUF_SETTINGS"]
    return found


@blueprint.route("/cases/<string:case_id>/links")
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, schemas.LinkPage)
def list_links(arguments: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Links of a case, newest first; without their secrets."""
    cursor, limit = arguments.get("cursor"), arguments.get("limit")
    return service.list_links(db.session(), current_actor(), case_id, utcnow(), cursor, limit)


@blueprint.route("/cases/<string:case_id>/links", methods=["POST"])
@blueprint.arguments(schemas.NewLinkArguments)
@blueprint.response(201, schemas.IssuedLink)
def issue_link(body: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Hand out a link; the answer to a paper one carries address and code once."""
    keep_out_of_replays("address", "code")
    link, secrets = service.issue(db.session(), current_actor(), case_id, NewLink(**body), _settings(), utcnow())
    on_paper = secrets.code is not None
    address = letter.address_of(_settings().public_url, secrets.token) if on_paper else None
    return {**link, "address": address, "code": secrets.code}


@blueprint.route("/links/<string:link_id>", methods=["DELETE"])
@blueprint.response(204)
def revoke_link(link_id: str) -> None:
    """Make a link worthless at once; 409 if it has been used."""
    service.revoke(db.session(), current_actor(), link_id, utcnow())


@blueprint.route("/l/<string:token>", methods=["POST"])
@blueprint.arguments(schemas.Confirmation)
@blueprint.response(200, schemas.Confirmed)
@writes_late
def confirm(body: dict[str, Any], token: str) -> dict[str, Any]:
    """What the participant's page sends: do what the link is for, once. Needs no sign-in and begins none."""
    engine: Engine = current_app.extensions["vorlauf_engine"]
    visit = visits.Visit(db.session(), token, request.remote_addr or "", utcnow(), current_language())
    proof = Proof(body["code"], body["case_number"])
    with answers_at("/data"):
        purpose = visit.confirm(engine, body["statement"], _settings().public_url, data=body["data"], proof=proof)
    return {"purpose": purpose, "confirmed": True}
