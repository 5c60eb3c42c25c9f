"""The record of changes: who changed what about a user, and when. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.identity.models import IdentityChange, User
from app.platform import codec
from app.platform.ids import new_id
from app.platform.paging import fetch


def record(
    session: Session, now: datetime, actor_id: str | None, user_id: str, kind: str, payload: dict[str, Any]
) -> None:
    """Add one change in the caller's transaction. ``payload`` holds JSON values and never a secret."""
    session.execute(
        sa.insert(IdentityChange).values(
            id=new_id(), at=now, actor_id=actor_id, user_id=user_id, kind=kind, payload=codec.canonical(payload)
        )
    )


def listed(
    session: Session, user_id: str | None, cursor: str | None, limit: int | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of changes, of one user or of all, the newest first: id, at, actor, user, kind, payload."""
    actor, user = aliased(User), aliased(User)
    statement = (
        sa.select(
            *(IdentityChange.id, IdentityChange.at, IdentityChange.kind, IdentityChange.payload),
            *(actor.id.label("actor_id"), actor.name.label("actor_name")),
            *(user.id.label("user_id"), user.name.label("user_name")),
        )
        .outerjoin(actor, actor.id == IdentityChange.actor_id)
        .outerjoin(user, user.id == IdentityChange.user_id)
    )
    if user_id is not None:
        statement = statement.where(IdentityChange.user_id == user_id)
    key = IdentityChange.id
    rows, following = fetch(session, statement, key, key, descending=True, cursor=cursor, limit=limit)
    return [_entry(row) for row in rows], following


def _entry(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at,
        "kind": row.kind,
        "actor": None if row.actor_id is None else {"id": row.actor_id, "name": row.actor_name},
        "user": None if row.user_id is None else {"id": row.user_id, "name": row.user_name},
        "payload": codec.loads(row.payload),
    }
