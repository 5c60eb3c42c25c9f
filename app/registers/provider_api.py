"""Training providers over HTTP: list, look at, create, change, certificates."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.registers import provider_schemas, providers, schemas
from app.registers.providers import ProviderQuery

blueprint = ApiBlueprint("providers_api", __name__, "Training providers and their AZAV certificates")


def _tagged(view: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return view, 200, {"ETag": f'"{view["etag"]}"'}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


@blueprint.route("/providers")
@blueprint.arguments(schemas.ListArguments, location="query")
@blueprint.response(200, provider_schemas.ProviderPage)
def list_providers(arguments: dict[str, Any]) -> dict[str, Any]:
    """Training providers in your sight, by name."""
    return providers.list_providers(db.session(), current_actor(), ProviderQuery(**arguments), utcnow())


@blueprint.route("/providers", methods=["POST"])
@blueprint.arguments(schemas.NewOrganisation)
@blueprint.response(201, provider_schemas.ProviderSchema)
def create_provider(new: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add a training provider."""
    provider = providers.create_provider(db.session(), current_actor(), new, utcnow())
    address = url_for("providers_api.get_provider", provider_id=provider["id"])
    return provider, 201, {"Location": address, "ETag": f'"{provider["etag"]}"'}


@blueprint.route("/providers/<string:provider_id>")
@blueprint.response(200, provider_schemas.ProviderSchema)
def get_provider(provider_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One training provider with profile and certificates."""
    return _tagged(providers.get_provider(db.session(), current_actor(), provider_id, utcnow()))


@blueprint.route("/providers/<string:provider_id>", methods=["PATCH"])
@blueprint.arguments(provider_schemas.ProviderChange)
@blueprint.response(200, provider_schemas.ProviderSchema)
def change_provider(changed: dict[str, Any], provider_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Change profile or name (administration)."""
    session, actor = db.session(), current_actor()
    return _tagged(providers.change_provider(session, actor, provider_id, changed, utcnow(), _if_match()))


@blueprint.route("/providers/<string:provider_id>/certificates")
@blueprint.response(200, provider_schemas.CertificatePage)
def list_certificates(provider_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The certificates of a provider and of its measures."""
    return _tagged(providers.list_certificates(db.session(), current_actor(), provider_id, utcnow()))


@blueprint.route("/providers/<string:provider_id>/certificates", methods=["POST"])
@blueprint.arguments(provider_schemas.NewCertificate)
@blueprint.response(200, provider_schemas.CertificatePage)
def add_certificate(new: dict[str, Any], provider_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Record a certificate."""
    session, actor = db.session(), current_actor()
    return _tagged(providers.add_certificate(session, actor, provider_id, new, utcnow(), _if_match()))


@blueprint.route("/providers/<string:provider_id>/certificates/<string:certificate_id>", methods=["DELETE"])
@blueprint.response(200, provider_schemas.CertificatePage)
def remove_certificate(provider_id: str, certificate_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Take a certificate out of the register."""
    session, actor = db.session(), current_actor()
    return _tagged(providers.remove_certificate(session, actor, provider_id, certificate_id, utcnow(), _if_match()))
