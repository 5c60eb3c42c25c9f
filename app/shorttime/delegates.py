"""The automatic step of the alignment: the chosen course against the plan of short-time work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.platform.clock import local_date
from app.shorttime import findings, rules
from app.shorttime.findings import Staff
from app.shorttime.rules import Course, Plan


class CourseNotChosen(DelegateFailed):
    """No course with its dates and hours has been chosen yet."""


@delegate("shorttime.align")
def align(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``alignment`` (hours per person, warnings, last safe day to apply); reset ``alignment_council``.

    Raises CourseNotChosen.
    """
    course, plan, staff = _course(call.variables), _plan(call.variables), _staff(call.variables)
    hours = rules.overlap(course, plan)
    alignment = {
        "overlap_hours": hours.inside,
        "hours_outside": hours.outside,
        "double_claim_hours": hours.double_claim,
        "quorum": _quorum(plan, staff),
        "warnings": findings.find(course, plan, staff, hours, local_date(call.now)),
        "latest_application": rules.latest_application(course.start).isoformat(),
    }
    return {"alignment": alignment, "alignment_council": None}


def _course(variables: Mapping[str, Any]) -> Course:
    start, end, hours = (variables.get(name) for name in ("course_start", "course_end", "course_hours"))
    if not start or not end or hours is None:
        raise CourseNotChosen("course_start, course_end, course_hours")
    return Course(date.fromisoformat(start), date.fromisoformat(end), Decimal(hours))


def _plan(variables: Mapping[str, Any]) -> Plan:
    return Plan(
        first_month=_day(variables.get("short_time_from")),
        last_month=_day(variables.get("short_time_to")),
        lost_hours_weekly=Decimal(variables.get("lost_hours_weekly") or 0),
        notified_on=_day(variables.get("notified_on")),
    )


def _staff(variables: Mapping[str, Any]) -> Staff:
    counts = (variables.get("short_time_headcount"), variables.get("short_time_affected"))
    headcount, affected = (None if value is None or value == "" else int(value) for value in counts)
    return Staff(headcount, affected)


def _quorum(plan: Plan, staff: Staff) -> dict[str, Any] | None:
    """Needed and affected staff (§ 96 SGB III), None while a figure is missing."""
    if plan.first_month is None or not staff.headcount or staff.affected is None:
        return None
    needed = rules.quorum_needed(staff.headcount, plan.first_month)
    return {"needed": needed, "affected": staff.affected, "met": staff.affected >= needed}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
