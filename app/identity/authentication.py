"""From a secret to an :class:`Actor`, in one SQL statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.identity.actor import Actor, Grant
from app.identity.models import AccessToken, Deputy, Membership, Organisation, User
from app.identity.roles import PERSONAL_ROLES
from app.identity.tokens import hash_of
from app.platform.db import Id, UtcDateTime


def _statement() -> sa.CompoundSelect[Any]:
    """Two branches: the user with the own memberships (one row without role if there are none), and the
    deputised ones.
    """
    now = sa.bindparam("now", type_=UtcDateTime)
    user, member = User, aliased(User)
    valid = (
        AccessToken.token_hash == sa.bindparam("token_hash", type_=sa.String(64)),
        AccessToken.revoked_at.is_(None),
        AccessToken.expires_at > now,
        user.active.is_(True),
    )
    columns = (
        user.id.label("user_id"),
        user.login,
        user.name,
        Membership.role,
        Membership.employee_id,
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation_name"),
        Organisation.kind.label("organisation_kind"),
    )
    own = (
        sa.select(*columns, sa.cast(sa.null(), Id).label("on_behalf_of"))
        .select_from(AccessToken)
        .join(user, user.id == AccessToken.user_id)
        .outerjoin(Membership, Membership.user_id == user.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(*valid)
    )
    deputised = (
        sa.select(*columns, member.id)
        .select_from(AccessToken)
        .join(user, user.id == AccessToken.user_id)
        .join(Deputy, Deputy.deputy_user_id == user.id)
        .join(member, member.id == Deputy.member_user_id)
        .join(Membership, Membership.user_id == member.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(*valid, member.active.is_(True), Deputy.valid_from <= now, now < Deputy.valid_until)
        .where(Membership.role.not_in(PERSONAL_ROLES))
    )
    return sa.union_all(own, deputised)


_AUTHENTICATE = _statement()


def authenticate(session: Session, token: str, now: datetime) -> Actor | None:
    """The user behind ``token`` with all grants valid at ``now``; None if the token is unknown, expired or
    revoked.

    A deputy holds the member's grants from ``valid_from`` until just before ``valid_until``, as long as the
    member is active; the role of an employee is never deputised.
    """
    rows = session.execute(_AUTHENTICATE, {"token_hash": hash_of(token), "now": now}).all()
    if not rows:
        return None
    grants = {
        Grant(
            row.role,
            row.organisation_id,
            row.organisation_name,
            row.organisation_kind,
            row.employee_id,
            row.on_behalf_of,
        )
        for row in rows
        if row.role is not None
    }
    return Actor(rows[0].user_id, rows[0].login, rows[0].name, tuple(sorted(grants, key=_order)))


def _order(grant: Grant) -> tuple[bool, str, str, str]:
    return grant.on_behalf_of is not None, grant.organisation_name, grant.role, grant.on_behalf_of or ""
