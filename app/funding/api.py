"""The funding check as a calculator, for machines."""

from __future__ import annotations

from typing import Any

from app.funding.schemas import AssessmentAnswer, AssessmentRequest
from app.funding.service import calculate
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("funding_api", __name__, "The funding check without a case")


@blueprint.route("/funding/assessments", methods=["POST"])
@blueprint.arguments(AssessmentRequest)
@blueprint.response(200, AssessmentAnswer)
def assess_funding(request: dict[str, Any]) -> dict[str, Any]:
    """What is a course likely to be funded with, under the law of its dates, and why? Nothing is stored."""
    return calculate(db.session(), current_actor(), request, current_language())
