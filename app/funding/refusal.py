"""Automatic steps where an application fails: after a refusal, and where the course begins without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.funding import objection
from app.platform.clock import BERLIN


class ServiceUnknown(DelegateFailed):
    """The day on which the refusal was served is missing; the period for an objection runs from it."""


class InstrumentMissing(DelegateFailed):
    """Another funding is wanted, but not which."""


class NewDatesMissing(DelegateFailed):
    """The course is postponed, but not to which days."""


@delegate("funding.objection_period")
def period(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``objection_until`` (the last day, ISO), ``objection_reminder_at`` a week before and ``objection_ends_at``
    when that day is over in Thuringia (ISO). Raises ServiceUnknown.
    """
    served_on = call.variables.get("served_on")
    if not served_on:
        raise ServiceUnknown("served_on")
    instructed = not call.variables.get("appeal_instruction_missing")
    last = objection.objection_until(date.fromisoformat(served_on), instructed=instructed)
    return {
        "objection_until": last.isoformat(),
        "objection_reminder_at": _midnight(last - objection.REMINDER),
        "objection_ends_at": _midnight(last + timedelta(days=1)),
    }


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), BERLIN).isoformat()


@delegate("funding.change_instrument")
def change_instrument(call: DelegateCall) -> Mapping[str, Any]:
    """Make the chosen instrument the ``funding_path``; what was refused goes to the end of ``refused_applications``.

    The answers of the refused application are forgotten, so that later conditions read only the new one's.
    Raises InstrumentMissing.
    """
    path = call.variables.get("other_path")
    if not path:
        raise InstrumentMissing("other_path")
    refused = {name: call.variables.get(name) for name in ("funding_path", "file_number", "decision_date", "served_on")}
    return {
        "funding_path": path,
        "refused_applications": [*(call.variables.get("refused_applications") or []), refused],
        "decision": None,
        "after_refusal": None,
        "late_application": None,
    }


@delegate("funding.late_application")
def late_application(call: DelegateCall) -> Mapping[str, Any]:
    """Take over the days to which the course is postponed: ``course_start`` and ``course_end`` (ISO).

    An application for hardship (§ 324 Abs. 1 Satz 2 SGB III) keeps the days. Raises NewDatesMissing.
    """
    if call.variables.get("late_application") != "postponed":
        return {}
    days = {name: call.variables.get(f"new_{name}") for name in ("course_start", "course_end")}
    if not all(days.values()):
        raise NewDatesMissing("new_course_start, new_course_end")
    return days
