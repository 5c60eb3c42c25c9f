"""What a row of the policy table says, and the groups of roles its rows name."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

from app.identity.actor import Actor
from app.identity.roles import ADMIN, AUDITOR, COORDINATOR, EMPLOYEE, FUNDING_ADVISER, HR, PROVIDER, WORKS_COUNCIL


class Access(enum.Enum):
    """Who may call without holding a certain role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC = Access.PUBLIC
SIGNED_IN = Access.SIGNED_IN

Scope = Literal["none", "self", "own_organisation", "party_of_the_case", "alliance"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may call an endpoint, over which objects, and why.

    ``secret_address``: the address itself is the permission, no cookie counts; so nothing can be forged by a page that
    does not know it.
    """

    roles: frozenset[str] | Access
    scope: Scope
    note: str
    object_route: bool = False
    secret_address: bool = False

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
COMMENTERS = CASE_READERS - {AUDITOR}
ACCESS_LOG_READERS = frozenset({AUDITOR})
CANCELLERS = frozenset({HR, COORDINATOR})
ASSIGNERS = frozenset({COORDINATOR, HR})
ADMINS = frozenset({ADMIN})
USER_READERS = frozenset({ADMIN, HR})
IDENTITY_CHANGE_READERS = frozenset({ADMIN, AUDITOR})
DOCUMENT_CHANGERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, EMPLOYEE, PROVIDER})
PAPER_MAKERS = frozenset({HR, COORDINATOR, FUNDING_ADVISER})
HANDERS_OVER = ASSIGNERS | {ADMIN}
MENDERS = frozenset({COORDINATOR, ADMIN})
COMPANY_READERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, AUDITOR, ADMIN})
PROVIDER_READERS = COMPANY_READERS | {PROVIDER}
CHANGE_READERS = frozenset({HR, PROVIDER, COORDINATOR, AUDITOR, ADMIN})
STAFF_READERS = frozenset({HR, WORKS_COUNCIL, EMPLOYEE})
COMPANY_KEEPERS = frozenset({HR, COORDINATOR, ADMIN})
PROVIDER_KEEPERS = frozenset({PROVIDER, ADMIN})
COMPANY_IMPORTERS = frozenset({COORDINATOR, ADMIN})
LINK_ISSUERS = frozenset({HR, COORDINATOR})
OF_HR, OF_ADMIN = frozenset({HR}), frozenset({ADMIN})


def public(note: str) -> Rule:
    """Open to everybody."""
    return Rule(PUBLIC, "none", note)


def case_row(roles: frozenset[str], note: str) -> Rule:
    """About one case."""
    return Rule(roles, "party_of_the_case", note, object_route=True)


def task_row(roles: frozenset[str] | Access, note: str) -> Rule:
    """About one task."""
    return Rule(roles, "party_of_the_case", note, object_route=True)


def user_row(roles: frozenset[str], note: str) -> Rule:
    """About one user."""
    return Rule(roles, "own_organisation", note, object_route=True)


def document_row(roles: frozenset[str], note: str) -> Rule:
    """About one document."""
    return Rule(roles, "party_of_the_case", note, object_route=True)


def register(roles: frozenset[str], scope: Scope, note: str) -> Rule:
    """About one entry of a register."""
    return Rule(roles, scope, note, object_route=True)


def by_link(note: str) -> Rule:
    """For whoever holds a link."""
    return Rule(PUBLIC, "none", note, secret_address=True)
