"""The change log of the registers: every use case that changes one records who, when, what before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import User
from app.identity.roles import ADMIN, AUDITOR, COORDINATOR, HR, PROVIDER
from app.platform import codec, db, paging
from app.platform.ids import new_id
from app.registers.fields import shown
from app.registers.models import RegisterChange
from app.registers.scope import classes_for


@dataclass(frozen=True)
class Change:
    """One object before and after; ``before`` is None for something new, ``after`` None for something removed."""

    kind: str
    object_id: str
    organisation_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[dict[str, Any], ...]:
    """Both sides, reduced to what differs."""
    old, new = dict(before or {}), dict(after or {})
    keys = [key for key in {**old, **new} if key not in old or key not in new or old[key] != new[key]]
    return tuple({key: side[key] for key in keys if key in side} for side in (old, new))


def record(
    session: Session,
    now: datetime,
    actor_id: str,
    changes: Sequence[Change],
    on_behalf_of: str | None = None,
    import_id: str | None = None,
) -> None:
    """Add the changes to the log in one statement; what does not differ is left out."""
    rows = []
    for change in changes:
        before, after = differences(change.before, change.after)
        if before or after:
            rows.append(
                {
                    "id": new_id(),
                    "at": now,
                    "actor_id": actor_id,
                    "on_behalf_of": on_behalf_of,
                    "kind": change.kind,
                    "object_id": change.object_id,
                    "organisation_id": change.organisation_id,
                    "import_id": import_id,
                    "before": codec.canonical(_plain(before)),
                    "after": codec.canonical(_plain(after)),
                }
            )
    if rows:
        db.insert(session, RegisterChange, rows)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def list_changes(
    session: Session, actor: Actor, object_id: str | None = None, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """``{"items": [change…], "next": cursor or None}``, newest first, without fields the reader may not see.

    Auditors and coordinators see all; administrators too, as far as the fields are public; HR its company's; a
    provider its own.
    """
    statement = sa.select(RegisterChange, User.name.label("actor_name")).outerjoin(
        User, User.id == RegisterChange.actor_id
    )
    if not actor.has_role(AUDITOR, COORDINATOR, ADMIN):
        own = sorted(actor.organisations(HR, PROVIDER))
        statement = statement.where(RegisterChange.organisation_id.in_(own))
    if not actor.has_role(AUDITOR):
        of_people = RegisterChange.organisation_id.in_(sorted(actor.organisations(HR)))
        statement = statement.where(sa.or_(RegisterChange.kind != "employee", of_people))
    if object_id is not None:
        statement = statement.where(RegisterChange.object_id == object_id)
    rows, following = paging.fetch(
        session, statement, RegisterChange.id, RegisterChange.id, descending=True, cursor=cursor, limit=limit
    )
    return {"items": [_view(row, actor) for row in rows], "next": following}


def _view(row: Any, actor: Actor) -> dict[str, Any]:
    change: RegisterChange = row.RegisterChange
    classes = classes_for(actor, change.organisation_id)
    return {
        "id": change.id,
        "at": change.at,
        "actor": row.actor_name or "",
        "kind": change.kind,
        "object": change.object_id,
        "organisation": change.organisation_id,
        "imported": change.import_id is not None,
        "before": shown(codec.loads(change.before), classes),
        "after": shown(codec.loads(change.after), classes),
    }
