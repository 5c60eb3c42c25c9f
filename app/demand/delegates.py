"""The demand's automatic step: copy people and company from the registers, as of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.demand.rules import each_once, participant
from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.platform.clock import local_date
from app.registers import reading as registers


class NoParticipants(DelegateFailed):
    """The demand names nobody to be trained."""


class ParticipantUnknown(DelegateFailed):
    """A participant is not in the company's employee register."""


class CompanyFactsMissing(DelegateFailed):
    """The company's register holds no facts for this day; HR has to record them first."""


@delegate("demand.register")
def register(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``participants``, ``company_facts``, ``has_works_council``, ``demand_registered_on`` (ISO day).

    Answers that later conditions read whatever path a case takes begin as null, again after every ask-back.
    Raises NoParticipants, ParticipantUnknown, CompanyFactsMissing.
    """
    today = local_date(call.now)
    facts = registers.company_facts(call.session, call.case.company, today)
    if facts is None:
        raise CompanyFactsMissing(f"company {call.case.company} on {today.isoformat()}")
    return {
        "participants": _participants(call),
        "company_facts": facts,
        "has_works_council": bool(facts["has_works_council"]),
        "self_pay": None,
        "after_refusal": None,
        "decision": None,
        "late_application": None,
        "demand_registered_on": today.isoformat(),
    }


def _participants(call: DelegateCall) -> list[dict[str, Any]]:
    chosen = each_once(call.variables.get("participants_selected") or [])
    if not chosen:
        raise NoParticipants("participants_selected is empty")
    facts = _register_rows(call, chosen)
    unknown = [employee for employee in chosen if employee not in facts]
    if unknown:
        raise ParticipantUnknown(", ".join(unknown))
    return [participant(employee, facts[employee]) for employee in chosen]


def _register_rows(call: DelegateCall, chosen: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Facts by employee: as the form just completed has offered them; on a retry, from the register."""
    offered = {option["value"]: option["facts"] for option in call.options.get("employees", ())}
    missing = [employee for employee in chosen if employee not in offered]
    if missing:
        found = registers.employees_by_id(call.session, call.case.company, missing, local_date(call.now))
        offered |= {option["value"]: option["facts"] for option in found}
    return offered
