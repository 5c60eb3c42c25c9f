"""What companies and providers have in common: a name, and a short name that no other organisation has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import Organisation
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.problems import FieldError
from app.registers import changes
from app.registers.changes import Change
from app.registers.problems import NameTaken


def create(session: Session, actor: Actor, kind: str, values: Mapping[str, Any], now: datetime) -> Organisation:
    """A new organisation, recorded in the change log. Raises NameTaken."""
    _refuse_taken(session, values["short_name"], None)
    row = Organisation(id=new_id(), kind=kind, name=values["name"], short_name=values["short_name"])
    session.add(row)
    session.flush()
    made = Change(kind, row.id, row.id, None, {"name": row.name, "short_name": row.short_name})
    changes.record(session, now, actor.user_id, [made])
    return row


def rename(session: Session, organisation: Organisation, values: Mapping[str, Any]) -> None:
    """Take over name and short name, if given. Raises NameTaken."""
    if "short_name" in values:
        _refuse_taken(session, values["short_name"], organisation.id)
        organisation.short_name = values["short_name"]
    organisation.name = values.get("name", organisation.name)
    session.flush()


def _refuse_taken(session: Session, short_name: str, own_id: str | None) -> None:
    holder = session.scalar(sa.select(Organisation.id).where(Organisation.short_name == short_name))
    if holder is not None and holder != own_id:
        raise NameTaken([FieldError("/short_name", NameTaken.code, _(NameTaken.message_id()))])
