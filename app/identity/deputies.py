"""Who stands in for whom: set by the member for oneself, by the administration for anybody, and ended early.

What a deputy may do meanwhile is decided in ``authentication.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.identity import changes
from app.identity.actor import Actor
from app.identity.models import Deputy, Membership, User
from app.identity.people import administers
from app.identity.policy import permit
from app.identity.roles import PERSONAL_ROLES
from app.identity.rules import may_stand_in, period_fault
from app.platform.i18n import _
from app.platform.ids import is_id, new_id
from app.platform.paging import fetch
from app.platform.problems import FieldError, Forbidden, NotFound, Unprocessable

Member, StandIn = aliased(User), aliased(User)


def list_deputies(
    session: Session, actor: Actor, now: datetime, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Present and future deputies of and by the actor (the administration: of everybody), the earliest first."""
    statement = _joined().where(_in_sight(actor), Deputy.valid_until > now)
    rows, following = fetch(session, statement, Deputy.valid_from, Deputy.id, cursor=cursor, limit=limit)
    return {"items": [_described(row, actor, now) for row in rows], "next": following}


def candidates(session: Session, member_id: str) -> list[dict[str, str]]:
    """Who may stand in for a member: active colleagues in the same organisation, by name.

    Employer and works council do not stand in for each other.
    """
    own = _roles_by_organisation(session, sa.select(Membership).where(Membership.user_id == member_id))
    held = own.get(member_id, {})
    places = [place for place, roles in held.items() if roles - PERSONAL_ROLES]
    colleagues = sa.select(Membership).where(Membership.organisation_id.in_(places), Membership.user_id != member_id)
    others = _roles_by_organisation(session, colleagues)
    fitting = [user_id for user_id, there in others.items() if _compatible(held, there)]
    people = sa.select(User).where(User.id.in_(fitting), User.active.is_(True)).order_by(User.name, User.id)
    return [{"id": user.id, "login": user.login, "name": user.name} for user in session.scalars(people)]


def set_deputy(
    session: Session,
    actor: Actor,
    deputy_id: str,
    valid_from: datetime,
    valid_until: datetime,
    now: datetime,
    member_id: str | None = None,
) -> dict[str, Any]:
    """Let ``deputy_id`` act for the actor, or as the administration for ``member_id``, from–until (exclusive).

    Raises :class:`Forbidden` and :class:`Unprocessable`.
    """
    permit(actor, "deputies_api.set_deputy")
    member = member_id or actor.user_id
    if member != actor.user_id and not administers(actor):
        raise Forbidden
    errors = _errors(session, member, deputy_id, valid_from, valid_until, now)
    if errors:
        raise Unprocessable(errors)
    values = {"member_user_id": member, "deputy_user_id": deputy_id}
    period = {"valid_from": valid_from, "valid_until": valid_until}
    made = Deputy(id=new_id(), **values, **period)
    session.execute(sa.insert(Deputy).values(id=made.id, **values, **period))
    told = {"deputy": deputy_id, "from": valid_from.isoformat(), "until": valid_until.isoformat()}
    changes.record(session, now, actor.user_id, member, "deputy.set", told)
    return _described(session.execute(_joined().where(Deputy.id == made.id)).one(), actor, now)


def end_deputy(session: Session, actor: Actor, deputy_row_id: str, now: datetime) -> None:
    """End it at once; one that lies ahead does not begin. Raises :class:`NotFound` and :class:`Forbidden`."""
    wanted = sa.select(Deputy).where(Deputy.id == deputy_row_id, _in_sight(actor), Deputy.valid_until > now)
    found = session.scalar(wanted) if is_id(deputy_row_id) else None
    if found is None:
        raise NotFound
    if found.member_user_id != actor.user_id and not administers(actor):
        raise Forbidden
    end = max(now, found.valid_from)
    session.execute(sa.update(Deputy).where(Deputy.id == found.id).values(valid_until=end))
    told = {"deputy": found.deputy_user_id, "until": end.isoformat()}
    changes.record(session, now, actor.user_id, found.member_user_id, "deputy.ended", told)


def _in_sight(actor: Actor) -> sa.ColumnElement[bool]:
    if administers(actor):
        return sa.true()
    return sa.or_(Deputy.member_user_id == actor.user_id, Deputy.deputy_user_id == actor.user_id)


def _joined() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *(Deputy.id, Deputy.valid_from, Deputy.valid_until),
            *(Member.id.label("member_id"), Member.login.label("member_login"), Member.name.label("member_name")),
            *(StandIn.id.label("deputy_id"), StandIn.login.label("deputy_login"), StandIn.name.label("deputy_name")),
        )
        .join(Member, Member.id == Deputy.member_user_id)
        .join(StandIn, StandIn.id == Deputy.deputy_user_id)
    )


def _described(row: Any, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "member": {"id": row.member_id, "login": row.member_login, "name": row.member_name},
        "deputy": {"id": row.deputy_id, "login": row.deputy_login, "name": row.deputy_name},
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "active": row.valid_from <= now < row.valid_until,
        "may_end": row.member_id == actor.user_id or administers(actor),
    }


def _errors(
    session: Session, member: str, deputy: str, valid_from: datetime, valid_until: datetime, now: datetime
) -> list[FieldError]:
    errors = []
    if deputy not in {one["id"] for one in candidates(session, member)}:
        errors.append(FieldError("/deputy", "unknown", _("Please choose a colleague of the same organisation.")))
    fault = period_fault(valid_from, valid_until, now)
    texts = {
        "order": _("The end has to lie behind the beginning."),
        "past": _("This time is over already."),
        "long": _("Please choose a year at most."),
    }
    if fault is not None:
        errors.append(FieldError("/valid_until", f"period_{fault}", texts[fault]))
    return errors


def _roles_by_organisation(session: Session, statement: sa.Select[Membership]) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.user_id, {}).setdefault(row.organisation_id, set()).add(row.role)
    return found


def _compatible(held: dict[str, set[str]], there: dict[str, set[str]]) -> bool:
    return all(may_stand_in(held[place], roles) for place, roles in there.items())
