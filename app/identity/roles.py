"""The nine roles of the alliance and the classes of data each may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COORDINATOR = "coordinator"
HR = "hr"
WORKS_COUNCIL = "works_council"
EMPLOYEE = "employee"
FUNDING_ADVISER = "funding_adviser"
PROVIDER = "provider"
CLUSTER_PARTNER = "cluster_partner"
AUDITOR = "auditor"
ADMIN = "admin"

PUBLIC_DATA = frozenset({"public"})
ALL_DATA = frozenset({"public", "case", "personal", "special"})
WITHOUT_SPECIAL = ALL_DATA - {"special"}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its key, its names, and the sensitivity classes (public, case, personal, special) it may see.

    ``special`` is disability, child and tax data (Art. 9 GDPR and its neighbours): the funding adviser, the
    company's HR and the person concerned only.
    """

    key: str
    name_de: str
    name_en: str
    classes: frozenset[str]

    def name(self, language: str) -> str:
        """The name in ``language`` ("de" or "en")."""
        return self.name_en if language == "en" else self.name_de


_ALL = (
    Role(COORDINATOR, "Verbundkoordination", "Alliance coordination", WITHOUT_SPECIAL),
    Role(HR, "Personalabteilung", "Human resources", ALL_DATA),
    Role(WORKS_COUNCIL, "Betriebsrat", "Works council", WITHOUT_SPECIAL),
    Role(EMPLOYEE, "Beschäftigte", "Employee", ALL_DATA),
    Role(FUNDING_ADVISER, "Förderberatung", "Funding advice", ALL_DATA),
    Role(PROVIDER, "Bildungsträger", "Training provider", frozenset({"public", "personal"})),
    Role(CLUSTER_PARTNER, "Netzwerk", "Network partner", PUBLIC_DATA),
    Role(AUDITOR, "Revision und Datenschutz", "Audit and data protection", WITHOUT_SPECIAL),
    Role(ADMIN, "Administration", "Administration", PUBLIC_DATA),
)

ROLES: Mapping[str, Role] = MappingProxyType({role.key: role for role in _ALL})

ALLIANCE_ROLES = frozenset({COORDINATOR, FUNDING_ADVISER, CLUSTER_PARTNER, AUDITOR, ADMIN})
"""Roles that are not bound to one company or provider."""

COMPANY_ROLES = frozenset({HR, WORKS_COUNCIL, EMPLOYEE})
"""Roles that count in their own company only."""

PERSONAL_ROLES = frozenset({EMPLOYEE})
"""Roles nobody can stand in for: consent to training is given by the person (§ 82 SGB III, Art. 7 GDPR)."""


def visible_classes(role: str) -> frozenset[str]:
    """The sensitivity classes ``role`` may see; an employee's count for the employee's own data only.

    An unknown role sees public data.
    """
    known = ROLES.get(role)
    return known.classes if known is not None else PUBLIC_DATA
