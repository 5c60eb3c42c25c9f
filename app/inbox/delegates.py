"""Reminders and escalations: timers never block, they make somebody look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.engine.delegates import DelegateCall, delegate


@delegate("inbox.remind")
def remind(call: DelegateCall) -> Mapping[str, Any]:
    """Raise the priority of the case's overdue tasks by a job in the same transaction; sets nothing in the case."""
    call.defer("inbox.raise_priority", call.now, case_id=call.case.id, by=20)
    return {}


@delegate("inbox.escalate")
def escalate(call: DelegateCall) -> Mapping[str, Any]:
    """As a reminder, but to the top of every list: a legal deadline is near (§ 324 SGB III)."""
    call.defer("inbox.raise_priority", call.now, case_id=call.case.id, by=50)
    return {"escalated_on": call.now.date().isoformat()}
