"""Who may see which document, as a condition for the query: the table of domain § 6 by class and role.

The company's HR and the funding adviser see everything; coordinator, works council and auditor all but ``special``
(disability, child and tax data, age); an employee and a provider what is public or about themselves: a provider never
learns why something is funded.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.cases.scope import ALL_CASES, Condition, visible_cases
from app.documents.models import Document
from app.engine.models import Case
from app.identity.actor import Actor
from app.identity.roles import EMPLOYEE, HR, PROVIDER, WORKS_COUNCIL, visible_classes


def visible_documents(actor: Actor) -> Condition:
    """Documents ``actor`` may see; the query has to join :class:`Case`."""
    ways: list[Condition] = [
        Document.sensitivity.in_(sorted(visible_classes(role))) for role in ALL_CASES if actor.has_role(role)
    ]
    for role in (HR, WORKS_COUNCIL):
        if companies := actor.organisations(role):
            seen = Document.sensitivity.in_(sorted(visible_classes(role)))
            ways.append(sa.and_(Case.company_id.in_(sorted(companies)), seen))
    if actor.has_role(EMPLOYEE, PROVIDER):
        ways.append(Document.sensitivity == "public")
        ways.append(Document.subject_id.in_(sorted(own_ids(actor))))
    return sa.and_(visible_cases(actor), sa.or_(sa.false(), *ways))


def own_ids(actor: Actor) -> frozenset[str]:
    """What a document may be about for it to be the actor's own: employee rows and providers."""
    return actor.employee_ids | actor.organisations(PROVIDER)
