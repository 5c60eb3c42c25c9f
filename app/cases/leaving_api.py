"""Over HTTP: the chosen provider cancels, one participant withdraws; the case goes on."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import current_app, request

from app.cases import leaving
from app.cases.leavers import CAUSES
from app.cases.schemas import CaseDetail, Withdrawal, Words
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("leaving_api", __name__, "Somebody leaves a case that goes on: a provider, a participant")


class ProviderCancellation(Withdrawal):
    """Why the chosen provider cancels the course."""


class ParticipantWithdrawal(ma.Schema):
    """Why one participant withdraws, and when the agency was told if an application had been made."""

    cause = ma.fields.String(required=True, validate=ma.validate.OneOf(CAUSES))
    reason = Words(required=True, validate=ma.validate.Length(1, 2000))
    agency_notified_on = ma.fields.Date(load_default=None, allow_none=True)


def _tagged(case: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return case, 200, {"ETag": f'"{case["etag"]}"'}


@blueprint.route("/cases/<string:case_id>/provider-cancellation", methods=["POST"])
@blueprint.arguments(ProviderCancellation)
@blueprint.response(200, CaseDetail)
def cancel_provider(body: dict[str, Any], case_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The chosen provider cancels: another one is chosen; 409 where nobody is chosen."""
    case = leaving.cancel_provider(
        db.session(),
        current_actor(),
        current_app.extensions["vorlauf_engine"],
        case_id,
        body["reason"],
        utcnow(),
        current_language(),
        request.headers.get("If-Match"),
    )
    return _tagged(case)


@blueprint.route("/cases/<string:case_id>/participants/<string:employee_id>/withdrawal", methods=["POST"])
@blueprint.arguments(ParticipantWithdrawal)
@blueprint.response(200, CaseDetail)
def withdraw_participant(
    body: dict[str, Any], case_id: str, employee_id: str
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One participant withdraws, the others go on; with the last one the case is withdrawn."""
    case = leaving.withdraw_participant(
        db.session(),
        current_actor(),
        current_app.extensions["vorlauf_engine"],
        case_id,
        employee_id,
        leaving.Leaving(body["cause"], body["reason"], body["agency_notified_on"]),
        utcnow(),
        current_language(),
        request.headers.get("If-Match"),
    )
    return _tagged(case)
