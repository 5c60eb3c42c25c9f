"""The automatic step when one of several participants withdraws: the others go on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate


class NobodyLeaves(DelegateFailed):
    """It is not said which participant has withdrawn."""


@delegate("demand.drop_participant")
def drop_participant(call: DelegateCall) -> Mapping[str, Any]:
    """Take ``leaving_participant`` out of ``participants``, ``participants_selected`` and ``assessments``, and put the
    entry, with its cause, at the end of ``withdrawn_participants``. Answers about the person stay as they are.

    Raises NobodyLeaves.
    """
    entry = call.variables.get("leaving_participant")
    if not entry:
        raise NobodyLeaves("leaving_participant")
    gone = entry["employee"]
    others = {
        "participants": [row for row in call.variables.get("participants") or [] if row["employee"] != gone],
        "participants_selected": [key for key in call.variables.get("participants_selected") or [] if key != gone],
    }
    withdrawn = [*(call.variables.get("withdrawn_participants") or []), entry]
    return {**others, **_assessed(call, gone), "withdrawn_participants": withdrawn, "leaving_participant": None}


def _assessed(call: DelegateCall, gone: str) -> dict[str, Any]:
    """The assessments of those who stay, and what they come to, if there are any yet."""
    if call.variables.get("assessments") is None:
        return {}
    staying = [row for row in call.variables["assessments"] if row["employee"] != gone]
    return {"assessments": staying, "funding_total": sum((row["course_cost"] for row in staying), Decimal(0))}
