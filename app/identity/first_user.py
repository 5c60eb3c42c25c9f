"""The first user of an empty installation, made by whoever has the machine: an administrator with an invitation."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import administration, changes, links
from app.identity.administration import NewUser
from app.identity.invitations import address
from app.identity.models import Membership, Organisation, User
from app.identity.people import INVITED, state_of
from app.identity.roles import ADMIN
from app.identity.rules import is_login
from app.platform import mail
from app.platform.ids import new_id

ALLIANCE = "Weiterbildungsverbund"


class AdministratorRefused(Exception):
    """The login or address cannot be used, or the login belongs to somebody already."""


def create_admin(session: Session, login: str, email: str, now: datetime, site: str) -> str:
    """The link by which the new administrator chooses a password; no mail is sent. Who has not used an earlier link
    yet gets a new one. Raises :class:`AdministratorRefused`.
    """
    if not is_login(login):
        raise AdministratorRefused(f"{login!r} cannot be a login: lower-case letters, digits, dots, dashes.")
    try:
        mail.check_address(email)
    except mail.Unmailable as error:
        raise AdministratorRefused(f"{email!r} is no e-mail address.") from error
    user = session.scalar(sa.select(User).where(User.login == login))
    if user is None:
        user = _create(session, login, email.lower(), now)
    elif state_of(user) != INVITED or not _administers(session, user.id):
        raise AdministratorRefused(f"The login {login} is taken.")
    _link_id, secret = links.issue(session, now, user.id, links.INVITATION, None)
    changes.record(session, now, None, user.id, "user.invited", {"login": login, "email": user.email})
    return address(site, secret)


def _create(session: Session, login: str, email: str, now: datetime) -> User:
    user = administration.create_account(session, NewUser(login=login, name=login, email=email), now)
    alliance = session.scalar(sa.select(Organisation.id).where(Organisation.kind == "alliance").limit(1))
    if alliance is None:
        alliance = new_id()
        values = {"id": alliance, "kind": "alliance", "name": ALLIANCE, "short_name": "alliance"}
        session.execute(sa.insert(Organisation).values(**values))
    membership = {"id": new_id(), "user_id": user.id, "organisation_id": alliance, "role": ADMIN}
    session.execute(sa.insert(Membership).values(**membership))
    given = {"role": ADMIN, "organisation": alliance, "employee": None}
    changes.record(session, now, None, user.id, "membership.added", given)
    return user


def _administers(session: Session, user_id: str) -> bool:
    held = sa.select(Membership.id).where(Membership.user_id == user_id, Membership.role == ADMIN)
    return session.scalar(held) is not None
