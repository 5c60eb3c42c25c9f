"""Automatic steps of the funding check: assess the participants, take over the adviser's review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.funding import reading, rules
from app.funding.assessment import assess
from app.platform.clock import BERLIN, local_date


class NotAssessed(DelegateFailed):
    """There is no funding path yet that a review could be about."""


class CorrectionMissing(DelegateFailed):
    """The review corrects the funding path but does not say to which."""


@delegate("funding.assess")
def assess_participants(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``assessments`` (one a participant), ``any_fundable``, ``any_review``, ``all_not_fundable``,
    ``funding_total`` (euro of course costs), ``four_eyes_limit`` (euro), and when the application's deadline is near
    (``application_escalation_at``) and over (``application_closes_at``), ISO.

    The law at the start of the course counts (§ 422 SGB III, with the day of the decision still unknown).
    """
    course = reading.read_course(call.variables)
    assessments = [_assessment(call, course, person) for person in call.variables.get("participants") or []]
    outcomes = {item["outcome"] for item in assessments}
    return {
        "assessments": assessments,
        "any_fundable": "fundable" in outcomes,
        "any_review": "review" in outcomes,
        "all_not_fundable": outcomes <= {"not_fundable"},
        "funding_total": sum((item["course_cost"] for item in assessments), Decimal(0)),
        "four_eyes_limit": call.settings.four_eyes_limit,
        **_deadlines(course.start, late=call.variables.get("late_application") == "hardship"),
    }


def _assessment(call: DelegateCall, course: reading.Course, person: Mapping[str, Any]) -> dict[str, Any]:
    found = assess(call.decide, _inputs(call, course, person))
    likely = found.outcome != "not_fundable"
    percent = found.course_cost_percent if likely else 0
    return {
        "employee": person["employee"],
        "name": person["name"],
        "instrument": found.key,
        "outcome": found.outcome,
        "course_cost_percent": percent,
        "wage_subsidy_percent": found.wage_subsidy_percent if likely else 0,
        "course_cost": rules.course_cost(course.price, percent),
        "reasons": [dict(reason) for reason in found.reasons],
        "law_date": course.start and course.start.isoformat(),
    }


def _inputs(call: DelegateCall, course: reading.Course, person: Mapping[str, Any]) -> dict[str, Any]:
    today = local_date(call.now)
    start = course.start
    inputs: dict[str, Any] = {"course_start": start and start.isoformat(), "hours": course.hours}
    if start is None:
        return inputs
    evidence = reading.evidence_of(call.variables, person["employee"])
    return {
        **inputs,
        "law_date": start.isoformat(),
        "application_date": call.variables.get("application_date") or today.isoformat(),
        "starts_in_short_time": reading.read_short_time(call.variables, start),
        **reading.read_company(call.variables),
        **reading.read_person(person, evidence, start, today),
    }


def _deadlines(start: date | None, *, late: bool) -> dict[str, str | None]:
    """When to warn that the application is missing, and when the course begins without one (§ 324 Abs. 1 SGB III): the
    beginnings of days in Thuringia. Never for an application that comes late on purpose, as a case of hardship.
    """
    if start is None or late:
        return {"application_escalation_at": None, "application_closes_at": None}
    return {
        "application_escalation_at": datetime.combine(start - rules.ESCALATION, time(), BERLIN).isoformat(),
        "application_closes_at": datetime.combine(start, time(), BERLIN).isoformat(),
    }


@delegate("funding.apply_review")
def apply_review(call: DelegateCall) -> Mapping[str, Any]:
    """Set the final ``funding_path``: as assessed, or as the adviser corrects it.

    Raises NotAssessed, CorrectionMissing.
    """
    assessed = call.variables.get("funding_path")
    if assessed is None:
        raise NotAssessed("funding_path")
    path = rules.final_path(assessed, call.variables.get("review"), call.variables.get("corrected_path"))
    if not path:
        raise CorrectionMissing("corrected_path")
    return {"funding_path": path}
