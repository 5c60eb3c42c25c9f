"""Who may report that somebody leaves a case: whole companies, the chosen provider, single participants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cases.scope import roles_in_case
from app.engine.models import Case
from app.identity.actor import Actor
from app.identity.policy_rule import CANCELLERS, WITHDRAWERS
from app.identity.roles import EMPLOYEE, PROVIDER

WITHDRAWAL = "withdrawal"
PROVIDER_CANCELLED = "provider_cancelled"
PARTICIPANT_WITHDRAWAL = "participant_withdrawal"
OWN_ENDPOINTS = frozenset({WITHDRAWAL, PROVIDER_CANCELLED, PARTICIPANT_WITHDRAWAL})
"""Messages with a use case of their own, which says who may send them and what they hold."""

CAUSES = ("own_wish", "left_company", "notice", "unavailable", "operational", "other")
"""Why a participant withdraws: by choice, has left, was given notice, cannot attend, is needed at work, other."""


def may_cancel(actor: Actor, case: Case, variables: Mapping[str, Any]) -> bool:
    """Whether ``actor`` may report that the chosen provider cancels."""
    chosen = variables.get("chosen_provider")
    roles = roles_in_case(actor, case.company_id)
    return bool(chosen) and (bool(roles & CANCELLERS) or actor.acts_for(PROVIDER, str(chosen)) is not None)


def may_leave(actor: Actor, case: Case, variables: Mapping[str, Any]) -> list[dict[str, str]]:
    """The participants whom ``actor`` may withdraw: all for HR and coordination, employees only themselves."""
    roles = roles_in_case(actor, case.company_id) & WITHDRAWERS
    people = [{"employee": row["employee"], "name": row["name"]} for row in variables.get("participants") or []]
    if roles - {EMPLOYEE}:
        return people
    return [row for row in people if EMPLOYEE in roles and row["employee"] in actor.employee_ids]
