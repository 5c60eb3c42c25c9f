"""Companies over HTTP: list, look at, create, change, dated facts; and the change log of all registers."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.registers import changes, companies, provider_schemas, schemas
from app.registers.companies import CompanyQuery

blueprint = ApiBlueprint("companies_api", __name__, "Companies: sites, clusters and facts that hold from a day on")


def tagged(view: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """``view`` as an answer that carries its version."""
    return view, 200, {"ETag": f'"{view["etag"]}"'}


@blueprint.route("/companies")
@blueprint.arguments(schemas.CompanyArguments, location="query")
@blueprint.response(200, schemas.CompanyPage)
def list_companies(arguments: dict[str, Any]) -> dict[str, Any]:
    """Companies in your sight, by name, with the facts of today."""
    return companies.list_companies(db.session(), current_actor(), CompanyQuery(**arguments), utcnow())


@blueprint.route("/companies", methods=["POST"])
@blueprint.arguments(schemas.NewOrganisation)
@blueprint.response(201, schemas.CompanyDetail)
def create_company(new: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add a company."""
    company = companies.create_company(db.session(), current_actor(), new, utcnow())
    address = url_for("companies_api.get_company", company_id=company["id"])
    return company, 201, {"Location": address, "ETag": f'"{company["etag"]}"'}


@blueprint.route("/companies/<string:company_id>")
@blueprint.response(200, schemas.CompanyDetail)
def get_company(company_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One company with pooled counts of its people; groups smaller than 5 are not shown."""
    return tagged(companies.get_company(db.session(), current_actor(), company_id, utcnow()))


@blueprint.route("/companies/<string:company_id>", methods=["PATCH"])
@blueprint.arguments(schemas.CompanyChange)
@blueprint.response(200, schemas.CompanyDetail)
def change_company(changed: dict[str, Any], company_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Change name (administration), sites or clusters."""
    tag = request.headers.get("If-Match")
    return tagged(companies.change_company(db.session(), current_actor(), company_id, changed, utcnow(), tag))


@blueprint.route("/companies/<string:company_id>/facts")
@blueprint.response(200, schemas.CompanyFactsPage)
def list_facts(company_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """All dated facts of a company, the latest first."""
    return tagged(companies.list_facts(db.session(), current_actor(), company_id))


@blueprint.route("/companies/<string:company_id>/facts", methods=["POST"])
@blueprint.arguments(schemas.NewCompanyFacts)
@blueprint.response(200, schemas.CompanyFactsPage)
def record_facts(facts: dict[str, Any], company_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Record what holds from a day on; the same day again is a correction."""
    tag = request.headers.get("If-Match")
    return tagged(companies.record_facts(db.session(), current_actor(), company_id, facts, utcnow(), tag))


@blueprint.route("/registers/changes")
@blueprint.arguments(provider_schemas.ChangeArguments, location="query")
@blueprint.response(200, provider_schemas.RegisterChangePage)
def list_register_changes(arguments: dict[str, Any]) -> dict[str, Any]:
    """Changes of the registers in your sight: who, when, what before and after."""
    return changes.list_changes(
        db.session(), current_actor(), arguments.get("object"), arguments.get("cursor"), arguments.get("limit")
    )
