"""Use cases of one's own account that need no password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import changes
from app.identity.actor import Actor
from app.identity.models import User


def own(session: Session, actor: Actor) -> dict[str, str]:
    """Login, name, e-mail address and language of the actor."""
    columns = (User.login, User.name, User.email, User.language)
    row = session.execute(sa.select(*columns).where(User.id == actor.user_id)).one()
    return dict(row._mapping)


def choose_language(session: Session, actor: Actor, language: str, now: datetime) -> dict[str, str]:
    """Change the language of the actor's mails; returns :func:`own`."""
    before = own(session, actor)
    if before["language"] != language:
        session.execute(sa.update(User).where(User.id == actor.user_id).values(language=language))
        changed = {"language": [before["language"], language]}
        changes.record(session, now, actor.user_id, actor.user_id, "user.changed", changed)
    return {**before, "language": language}
