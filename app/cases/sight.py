"""Who sees what of a case: roles, the reader's own rows, and how far a provider is involved (domain § 6)."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.redaction import Sight
from app.cases.scope import roles_in_case
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case, Task
from app.identity.actor import Actor
from app.identity.roles import EMPLOYEE, PROVIDER, PUBLIC_DATA

NAMES = frozenset({"name", "first_name", "last_name", "participants_selected"})
"""Who takes part: all that a provider learns of people before they attend."""


def sight_of(session: Session, actor: Actor, case: Case, definition: LoadedDefinition) -> Sight:
    """What ``actor`` sees of ``case``.

    An employee sees public data and what concerns the employee. A provider sees public data and the own quotes; the
    provider that trains also the names of the participants and what it has itself reported about them.
    """
    roles = roles_in_case(actor, case.company_id)
    whole = roles - {EMPLOYEE, PROVIDER}
    classes = actor.visible_classes(*whole) if whole else PUBLIC_DATA
    own = actor.employee_ids if EMPLOYEE in roles else frozenset()
    if PROVIDER not in roles:
        return Sight(classes, own)
    organisations = actor.organisations(PROVIDER)
    elements = frozenset(_training(session, case, definition, organisations))
    return Sight(classes, own | organisations, NAMES if elements else frozenset(), elements)


def _training(
    session: Session, case: Case, definition: LoadedDefinition, organisations: Iterable[str]
) -> Iterable[str]:
    """Tasks the organisations have or had in the case, apart from those that several providers get side by side."""
    mine = sa.select(Task.element).distinct()
    mine = mine.where(Task.case_id == case.id, Task.role == PROVIDER, Task.organisation_id.in_(sorted(organisations)))
    for name in session.scalars(mine):
        element = definition.model.elements.get(name)
        if element is not None and element.prop("outputKey") != element.prop("organisation"):
            yield name
