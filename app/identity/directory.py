"""Looking users up: by login, with everything they may act as in their own right."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor, Grant
from app.identity.models import Membership, Organisation, User


def actor_for_login(session: Session, login: str) -> Actor | None:
    """The active user ``login`` with its own grants (no deputised ones), None if there is none."""
    statement = (
        sa.select(User, Membership, Organisation)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.login == login, User.active.is_(True))
    )
    rows = session.execute(statement).all()
    if not rows:
        return None
    grants = tuple(
        Grant(
            row.Membership.role,
            row.Organisation.id,
            row.Organisation.name,
            row.Organisation.kind,
            row.Membership.employee_id,
        )
        for row in rows
        if row.Membership is not None
    )
    user: User = rows[0].User
    return Actor(user.id, user.login, user.name, grants)
