"""The completion's automatic step: close the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from app.completion import rules
from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.platform.clock import BERLIN, local_date

FOLLOW_UP_AT = time(8)


class ResultMissing(DelegateFailed):
    """The coordinator's result of the case is missing."""


class DateMalformed(DelegateFailed):
    """A date of the case is no ISO date."""


@delegate("completion.close")
def close(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``result``, ``follow_up_on`` and ``retention_until`` (ISO days), and ask for the follow-up job.

    Raises ResultMissing, DateMalformed.
    """
    result = call.variables.get("case_result")
    if not result:
        raise ResultMissing("case_result")
    today = local_date(call.now)
    follow_up = rules.follow_up_on(_day(call, "course_end"), today)
    paid_on = _day(call, "paid_on")
    years = rules.retention_years(
        str(call.variables.get("funding_path") or "none"),
        paid=paid_on is not None or bool(call.variables.get("invoice_amount")),
    )
    call.retention_until = rules.retention_until(paid_on, today, years).isoformat()
    due = max(datetime.combine(follow_up, FOLLOW_UP_AT, BERLIN), call.now)
    call.defer("completion.follow_up", due, case_id=call.case.id)
    return {"result": result, "follow_up_on": follow_up.isoformat(), "retention_until": call.retention_until}


def _day(call: DelegateCall, name: str) -> date | None:
    value = call.variables.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise DateMalformed(name) from None
