"""Cases over HTTP: list, look at, start, message, withdraw, history, proof, diagram, decisions."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for

from app.cases import schemas, service
from app.cases.service import CaseQuery
from app.engine.service import Engine
from app.forms.problems import answers_at
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("cases_api", __name__, "Cases: where they stand, their history, their diagram")


def _engine() -> Engine:
    engine: Engine = current_app.extensions["vorlauf_engine"]
    return engine


def _tagged(case: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return case, 200, {"ETag": f'"{case["etag"]}"'}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


@blueprint.route("/cases")
@blueprint.arguments(schemas.CaseQueryArguments, location="query")
@blueprint.response(200, schemas.CasePage)
def list_cases(arguments: dict[str, Any]) -> dict[str, Any]:
    """Cases in your sight, newest first."""
    return service.list_cases(db.session(), current_actor(), CaseQuery(**arguments), current_language(), utcnow())


@blueprint.route("/cases", methods=["POST"])
@blueprint.arguments(schemas.NewCase)
@blueprint.response(201, schemas.CaseDetail)
def start_case(new: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Start a case; its first task appears in the inbox of the company's HR."""
    case = service.start_case(
        db.session(),
        current_actor(),
        _engine(),
        new["process"],
        new["company"],
        new["title"],
        new["data"],
        utcnow(),
        current_language(),
    )
    return case, 201, {"Location": url_for("cases_api.get_case", case_id=case["id"]), "ETag": f'"{case["etag"]}"'}


@blueprint.route("/cases/<string:case_id>")
@blueprint.response(200, schemas.CaseDetail)
def get_case(case_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One case: where it is, open tasks, phases, what comes next."""
    return _tagged(service.get_case(db.session(), current_actor(), case_id, current_language(), utcnow()))


@blueprint.route("/cases/<string:case_id>/history")
@blueprint.arguments(schemas.PageArguments, location="query")
@blueprint.response(200, schemas.AnyPage)
def history(arguments: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Journal entries, oldest first; payloads without what your role may not see."""
    cursor, limit = arguments.get("cursor"), arguments.get("limit")
    return service.history(db.session(), current_actor(), case_id, cursor, limit, utcnow())


@blueprint.route("/cases/<string:case_id>/history/verification")
@blueprint.response(200, schemas.VerificationResult)
def verification(case_id: str) -> Any:
    """Whether the history is unaltered: every hash is computed again."""
    return service.verification(db.session(), current_actor(), case_id)


@blueprint.route("/cases/<string:case_id>/diagram")
@blueprint.response(200, schemas.Diagram)
def diagram(case_id: str) -> dict[str, Any]:
    """The BPMN files with the path: completed and active elements with counts."""
    return service.diagram(db.session(), current_actor(), case_id)


@blueprint.route("/cases/<string:case_id>/decisions")
@blueprint.response(200, schemas.AnyPage)
def decisions(case_id: str) -> dict[str, Any]:
    """Decisions with inputs, matched rules, paragraphs, outputs and the hash of the table."""
    return service.decisions(db.session(), current_actor(), case_id, utcnow())


@blueprint.route("/cases/<string:case_id>/messages", methods=["POST"])
@blueprint.arguments(schemas.Message)
@blueprint.response(200, schemas.CaseDetail)
def send_message(message: dict[str, Any], case_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Correlate a message from outside; 409 if the case does not wait for it."""
    with answers_at("/payload"):
        case = service.send_message(
            db.session(),
            current_actor(),
            _engine(),
            case_id,
            message["name"],
            message["payload"],
            utcnow(),
            current_language(),
            _if_match(),
        )
    return _tagged(case)


@blueprint.route("/cases/<string:case_id>/withdrawal", methods=["POST"])
@blueprint.arguments(schemas.Withdrawal)
@blueprint.response(200, schemas.CaseDetail)
def withdraw(body: dict[str, Any], case_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Withdraw the case with a reason; its open tasks end."""
    case = service.withdraw(
        db.session(),
        current_actor(),
        _engine(),
        case_id,
        body["reason"],
        utcnow(),
        current_language(),
        _if_match(),
    )
    return _tagged(case)
