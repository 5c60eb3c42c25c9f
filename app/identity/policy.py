"""The one table of who may do what: a row per endpoint; an endpoint without a row is refused.

A row says who may call (``roles``) and how far the sight reaches (``scope``, applied in the query by the use
case). On an *object route* the scoped load comes first, so that somebody else's object is 404 for every
method and role; only then does the use case ask :func:`require_role`, which answers 403.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from app.identity import policy_of_registers as registers
from app.identity import policy_of_work as work
from app.identity.actor import Actor
from app.identity.policy_rule import Access, Rule
from app.platform.problems import Forbidden

POLICY: Mapping[str, Rule] = MappingProxyType(
    {
        **registers.IDENTITY,
        **registers.REGISTERS,
        **registers.REGISTER_PAGES,
        **registers.USERS,
        **registers.USER_PAGES,
        **registers.MAILBOX,
        **registers.MACHINERY,
        **work.CASES,
        **work.LEAVING,
        **work.INBOX,
        **work.DOCUMENTS,
        **work.CORRECTIONS,
        **work.HANDING_OVER,
        **work.INCIDENTS,
        **work.DEFINITIONS,
        **work.FUNDING,
        **work.PAGES,
        **work.ACCESS_LOG,
        **work.LINKS,
        **work.COMMENTS,
    }
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
