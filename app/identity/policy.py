"""The one table of who may do what: a row per endpoint; an endpoint without a row is refused.

A row says who may call (``roles``) and how far the sight reaches (``scope``, applied in the query by the use
case). On an *object route* the scoped load comes first, so that somebody else's object is 404 for every
method and role; only then does the use case ask :func:`require_role`, which answers 403.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from app.identity.actor import Actor
from app.identity.roles import AUDITOR, COORDINATOR, EMPLOYEE, FUNDING_ADVISER, HR, PROVIDER, WORKS_COUNCIL
from app.platform.problems import Forbidden


class Access(enum.Enum):
    """Who may call without holding a certain role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC = Access.PUBLIC
SIGNED_IN = Access.SIGNED_IN

Scope = Literal["none", "self", "own_organisation", "party_of_the_case", "alliance"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may call an endpoint, over which objects, and why."""

    roles: frozenset[str] | Access
    scope: Scope
    note: str
    object_route: bool = False

    @property
    def public(self) -> bool:
        """Whether no sign-in is needed."""
        return self.roles is PUBLIC

    def allows(self, actor: Actor) -> bool:
        """Whether ``actor`` holds a role of this row."""
        return isinstance(self.roles, Access) or actor.has_role(*self.roles)


CASE_STARTERS = frozenset({HR, COORDINATOR})
HISTORY_READERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, AUDITOR, EMPLOYEE})
CASE_READERS = HISTORY_READERS | {PROVIDER}
MESSENGERS = frozenset({HR, FUNDING_ADVISER})
WITHDRAWERS = frozenset({HR, EMPLOYEE, COORDINATOR})
CANCELLERS = frozenset({HR, COORDINATOR})
ASSIGNERS = frozenset({COORDINATOR, HR})


def _public(note: str) -> Rule:
    return Rule(PUBLIC, "none", note)


def _case(roles: frozenset[str], note: str) -> Rule:
    return Rule(roles, "party_of_the_case", note, object_route=True)


def _task(roles: frozenset[str] | Access, note: str) -> Rule:
    return Rule(roles, "party_of_the_case", note, object_route=True)


_IDENTITY = {
    "identity_api.create_token": _public("signing in"),
    "identity_api.revoke_token": Rule(SIGNED_IN, "self", "signing out"),
    "identity_api.me": Rule(SIGNED_IN, "self", "one's own roles"),
}

_CASES = {
    "cases_api.start_case": Rule(CASE_STARTERS, "own_organisation", "others propose to HR"),
    "cases_api.list_cases": Rule(CASE_READERS, "party_of_the_case", "an administrator sees no case content"),
    "cases_api.get_case": _case(CASE_READERS, "fields hidden by sensitivity"),
    "cases_api.history": _case(HISTORY_READERS, "payloads redacted by sensitivity"),
    "cases_api.verification": _case(HISTORY_READERS, "whoever reads a history may prove it"),
    "cases_api.diagram": _case(CASE_READERS, "where the case stands"),
    "cases_api.decisions": _case(HISTORY_READERS, "inputs redacted by sensitivity"),
    "cases_api.send_message": _case(MESSENGERS, "messages of the employment agency are recorded by these"),
    "cases_api.withdraw": _case(WITHDRAWERS, "the coordinator on request of either side"),
}

_LEAVING = {
    "leaving_api.cancel_provider": _case(CANCELLERS | {PROVIDER}, "the chosen provider, or who heard of it"),
    "leaving_api.withdraw_participant": _case(WITHDRAWERS, "employees only themselves"),
    "pages.cancel_provider": _case(CANCELLERS | {PROVIDER}, "as leaving_api.cancel_provider"),
    "pages.withdraw_participant": _case(WITHDRAWERS, "as leaving_api.withdraw_participant"),
}

_INBOX = {
    "inbox_api.list_tasks": Rule(SIGNED_IN, "party_of_the_case", "mine, or with scope=visible all in sight"),
    "inbox_api.get_task": _task(SIGNED_IN, "whoever may complete it or read its case"),
    "inbox_api.claim_task": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.release_task": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.assign_task": _task(ASSIGNERS, "steering the work of others"),
    "inbox_api.save_draft": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.complete_task": _task(SIGNED_IN, "the task's own role decides"),
}

_DEFINITIONS = {
    "definitions_api.list_definitions": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
    "definitions_api.get_definition": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
}

_PAGES = {
    "pages.home": Rule(SIGNED_IN, "self", "goes to the inbox"),
    "pages.sign_in_form": _public("signing in"),
    "pages.sign_in": _public("signing in"),
    "pages.sign_out": Rule(SIGNED_IN, "self", "signing out"),
    "pages.set_language": _public("German or English before signing in, too"),
    "pages.inbox": Rule(SIGNED_IN, "party_of_the_case", "as inbox_api.list_tasks"),
    "pages.task": _task(SIGNED_IN, "as inbox_api.get_task and complete_task"),
    "pages.claim": _task(SIGNED_IN, "as inbox_api.claim_task"),
    "pages.release": _task(SIGNED_IN, "as inbox_api.release_task"),
    "pages.task_done": _task(SIGNED_IN, "leads on to the next task or the inbox"),
    "pages.case_list": Rule(CASE_READERS, "party_of_the_case", "as cases_api.list_cases"),
    "pages.case": _case(CASE_READERS, "as cases_api.get_case"),
    "pages.history": _case(HISTORY_READERS, "as cases_api.history and verification"),
    "pages.diagram": _case(CASE_READERS, "as cases_api.diagram"),
    "pages.decisions": _case(HISTORY_READERS, "as cases_api.decisions"),
    "pages.withdraw": _case(WITHDRAWERS, "as cases_api.withdraw"),
    "pages.start_case": Rule(CASE_STARTERS, "own_organisation", "as cases_api.start_case"),
}

_MACHINERY = {
    "static": _public("scripts, styles and fonts"),
    "health.healthz": _public("liveness"),
    "health.readyz": _public("readiness"),
    "api_docs.openapi_json": _public("the description of the API holds no data"),
    "api_docs.docs": _public("the same, to be read by people"),
    "api_docs.docs_script": _public("starts that page"),
}

POLICY: Mapping[str, Rule] = MappingProxyType(
    {**_IDENTITY, **_CASES, **_LEAVING, **_INBOX, **_DEFINITIONS, **_PAGES, **_MACHINERY}
)


def routes_without_row(routes: Iterable[Any]) -> list[str]:
    """Endpoints of an app's url map that nobody has decided about; the build fails if there is one."""
    return sorted({str(route.endpoint) for route in routes} - set(POLICY))


def require_role(actor: Actor, rule: Rule) -> None:
    """Raise :class:`Forbidden` unless ``actor`` holds a role of ``rule``; call it after the scoped load."""
    if not rule.allows(actor):
        raise Forbidden


def permit_roles(roles: frozenset[str], endpoint: str) -> None:
    """Raise :class:`Forbidden` unless the row of ``endpoint`` allows one of ``roles``: those that somebody holds in
    the very case, where a role in another organisation must not count.
    """
    rule = POLICY.get(endpoint)
    if rule is None or not (isinstance(rule.roles, Access) or rule.roles & roles):
        raise Forbidden


def permit(actor: Actor, endpoint: str) -> None:
    """Raise :class:`Forbidden` unless the row of ``endpoint`` allows ``actor``; an endpoint without a row is
    refused.
    """
    rule = POLICY.get(endpoint)
    if rule is None:
        raise Forbidden
    require_role(actor, rule)
