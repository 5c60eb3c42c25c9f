"""Use cases around one's own password and sign-ins: change, forget, choose by a one-time link, sign out elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import changes, links, mails, passwords, throttle
from app.identity.actor import Actor
from app.identity.administration import end_sign_ins
from app.identity.invitations import address
from app.identity.models import AccessToken, User
from app.identity.problems import LinkUnusable, TooManyAttempts, WrongPassword
from app.identity.rules import MAX_PASSWORD, MIN_PASSWORD, password_fault
from app.identity.tokens import hash_of
from app.platform import jobs
from app.platform.db import unit_of_work
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.problems import FieldError, Unauthenticated, Unprocessable

RESETS_PER_LOGIN = 3
RESETS_PER_ADDRESS = 20


def change_password(
    session: Session, actor: Actor, current: str, new: str, token: str, now: datetime, client: str, site: str
) -> None:
    """Replace the own password; all sign-ins but this one (``token``) end. Opens its own transaction, since hashing
    is slow; ``client`` is the caller's network address.

    Raises :class:`WrongPassword`, :class:`TooManyAttempts` and :class:`Unprocessable`.
    """
    before = throttle.failures(session, actor.login, client, now)
    if before.hard:
        raise TooManyAttempts(before.retry_after(now))
    user = session.execute(_account(User.id == actor.user_id)).first()
    if user is None:
        raise Unauthenticated
    if not passwords.check_password(user.password_hash, current):
        with unit_of_work(session):
            throttle.record_failure(session, actor.login, client, now)
        if before.soft:
            raise TooManyAttempts(before.retry_after(now))
        raise WrongPassword([FieldError("/current", "wrong_password", _(WrongPassword.message_id()))])
    _require_good(new, user, "/new")
    if current == new:
        raise Unprocessable([FieldError("/new", "same", _("Please choose a password that you do not use already."))])
    hashed = passwords.hash_password(new)
    with unit_of_work(session):
        throttle.forgive(session, actor.login, client)
        _store(session, user.id, hashed)
        ended = end_sign_ins(session, now, user.id, besides=hash_of(token))
        links.revoke(session, now, user.id)
        changes.record(session, now, user.id, user.id, "password.changed", {"sign_ins_ended": ended})
        _tell(session, now, user, site)


def request_reset(session: Session, login: str, now: datetime, client: str) -> None:
    """Somebody has forgotten the password of ``login`` (or an e-mail address). Known and unknown ones are answered
    alike and take the same statements; the mail is a job. Raises :class:`TooManyAttempts` per network address.
    """
    key, place = f"reset:{login}", f"reset:{client}"[:64]
    before = throttle.failures(session, key, place, now)
    if before.of_address >= RESETS_PER_ADDRESS:
        raise TooManyAttempts(before.retry_after(now))
    throttle.record_failure(session, key, place, now)
    named = login if login.isprintable() else ""  # PostgreSQL cannot look for a NUL
    wanted = sa.or_(User.login == named, User.email == named.lower())
    known = session.execute(_account(wanted, User.active.is_(True)).order_by(User.id).limit(10)).all()
    allowed = [user.id for user in known] if before.of_login < RESETS_PER_LOGIN else []
    jobs.defer(session, "identity.reset", f"identity.reset:{new_id()}", now, user_ids=allowed)


def send_reset(session: Session, now: datetime, user_id: str, site: str) -> None:
    """Mail a link for a new password to an active user; nothing happens for anybody else."""
    user = session.execute(_account(User.id == user_id, User.active.is_(True))).first()
    if user is None:
        return
    link_id, secret = links.issue(session, now, user.id, links.RESET, None)
    until = now + links.LIFETIME[links.RESET]
    mails.write(session, now, _recipient(user), "reset", f"link:{link_id}", address(site, secret), until)
    changes.record(session, now, None, user.id, "password.reset_requested", {})


def redeem(session: Session, secret: str, password: str, now: datetime, site: str) -> str:
    """Choose a password by a one-time link: an invitation opens the account, a reset ends all its sign-ins.

    Opens its own transaction, since hashing is slow. Returns the login. Raises :class:`LinkUnusable` and
    :class:`Unprocessable`, which leaves the link as it is.
    """
    user = links.holder(session, secret, now)
    _require_good(password, user, "/password")
    hashed = passwords.hash_password(password)
    with unit_of_work(session):
        session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
        if links.holder(session, secret, now).id != user.id:
            raise LinkUnusable
        links.use(session, secret, now)
        _store(session, user.id, hashed, active=True)
        links.revoke(session, now, user.id)
        if user.purpose == links.INVITATION:
            changes.record(session, now, user.id, user.id, "user.invitation_accepted", {})
        else:
            ended = end_sign_ins(session, now, user.id)
            changes.record(session, now, user.id, user.id, "password.reset", {"sign_ins_ended": ended})
            _tell(session, now, user, site)
    return str(user.login)


def sign_ins(session: Session, actor: Actor, token: str, now: datetime) -> list[dict[str, Any]]:
    """The actor's live sign-ins, the newest first; ``current`` is the one that asks."""
    statement = (
        sa.select(AccessToken)
        .where(AccessToken.user_id == actor.user_id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
        .order_by(AccessToken.created_at.desc(), AccessToken.id)
        .limit(100)
    )
    here = hash_of(token)
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "device": row.device,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "current": row.token_hash == here,
        }
        for row in session.scalars(statement)
    ]


def sign_out_elsewhere(session: Session, actor: Actor, token: str, now: datetime) -> int:
    """End all sign-ins of the actor but this one; returns how many."""
    ended = end_sign_ins(session, now, actor.user_id, besides=hash_of(token))
    if ended:
        changes.record(session, now, actor.user_id, actor.user_id, "sign_ins.ended", {"sign_ins_ended": ended})
    return ended


def _account(*which: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(User.id, User.login, User.name, User.email, User.language, User.password_hash).where(*which)


def _recipient(user: Any) -> mails.Recipient:
    return mails.Recipient(user.login, user.name, user.email, user.language)


def _store(session: Session, user_id: str, password_hash: str, **values: Any) -> None:
    session.execute(sa.update(User).where(User.id == user_id).values(password_hash=password_hash, **values))


def _tell(session: Session, now: datetime, user: Any, site: str) -> None:
    """A changed password is announced, so that a thief does not stay unnoticed."""
    link = f"{site.rstrip('/')}/password/forgotten"
    mails.write(session, now, _recipient(user), "changed", f"password:{new_id()}", link, now)


def _require_good(password: str, user: Any, pointer: str) -> None:
    fault = password_fault(password, user.login, user.name, user.email)
    if fault is not None:
        raise Unprocessable([FieldError(pointer, f"password_{fault}", fault_text(fault))])


def fault_text(fault: str) -> str:
    """What is wrong with a password, for people; see ``rules.password_fault``."""
    texts = {
        "short": _("The password needs at least %(min)s characters; several words are fine.", min=MIN_PASSWORD),
        "long": _("The password may have at most %(max)s characters.", max=MAX_PASSWORD),
        "own": _("The password must not consist of your name, login or e-mail address."),
        "plain": _("This password is a row or a repetition; please choose another one."),
        "common": _("This password is among those that are tried first; please choose another one."),
    }
    return texts[fault]
