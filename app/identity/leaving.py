"""Deputyships of somebody who leaves: those one holds for others pass to the successor, all others end."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.actor import Actor
from app.identity.models import Deputy, Membership, User
from app.identity.rules import may_stand_in
from app.platform.db import rows_changed


def hand_over_deputies(
    session: Session, leaving: User, successor: Actor | None, organisations: frozenset[str] | None, now: datetime
) -> int:
    """Pass on or end the running and coming deputyships of ``leaving``; returns how many.

    Touched are those for members of ``organisations`` (None: of all). A successor stands in only for members of an
    organisation of its own, HR not for the works council nor the other way round, and nobody for oneself; else it ends.
    Nobody stands in for ``leaving`` then.
    """
    running = [Deputy.valid_until > now]
    if organisations is not None:
        inside = sa.select(Membership.user_id).where(Membership.organisation_id.in_(sorted(organisations)))
        running.append(Deputy.member_user_id.in_(inside))
    of_leaving = sa.or_(Deputy.deputy_user_id == leaving.id, Deputy.member_user_id == leaving.id)
    found = session.scalars(sa.select(Deputy).where(*running, of_leaving).order_by(Deputy.id)).all()
    passed = _passable(session, [row for row in found if row.deputy_user_id == leaving.id], successor)
    ended = [row.id for row in found if row.id not in passed]
    if passed and successor is not None:
        _update(session, passed, deputy_user_id=successor.user_id)
    if ended:
        _update(session, ended, valid_until=now)
    return len(found)


def _passable(session: Session, held: list[Deputy], successor: Actor | None) -> list[str]:
    """Those of ``held`` that the successor may take over."""
    if successor is None or not held:
        return []
    statement = sa.select(Membership.user_id, Membership.organisation_id, Membership.role)
    roles: dict[str, dict[str, set[str]]] = {}
    for row in session.execute(statement.where(Membership.user_id.in_([row.member_user_id for row in held]))):
        roles.setdefault(row.user_id, {}).setdefault(row.organisation_id, set()).add(row.role)
    return [row.id for row in held if _fits(row.member_user_id, roles.get(row.member_user_id, {}), successor)]


def _fits(member_id: str, held: Mapping[str, Set[str]], successor: Actor) -> bool:
    """A colleague; and employer and works council do not stand in for each other."""
    own = {place: {grant.role for grant in successor.grants if grant.organisation_id == place} for place in held}
    fitting = all(may_stand_in(held[place], own[place]) for place in held)
    return member_id != successor.user_id and any(own.values()) and fitting


def _update(session: Session, ids: list[str], **values: object) -> None:
    rows_changed(session, sa.update(Deputy).where(Deputy.id.in_(ids)).values(**values))
