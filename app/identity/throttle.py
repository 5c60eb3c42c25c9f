"""Guessing passwords is slowed down per login and per address, in the database and so for all processes
together.

Two limits within :data:`WINDOW`. Above the *soft* one a wrong password is answered with 429 and a right one
still signs in: nobody can lock a colleague, or an office behind one address, out. Above the *hard* one,
counted per login and address together, passwords are not even looked at, which bounds what one attacker can
try on one login.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import SignInAttempt
from app.platform.ids import new_id

WINDOW = timedelta(minutes=15)
SOFT_PER_LOGIN = 10
SOFT_PER_ADDRESS = 50
HARD_PER_LOGIN_AND_ADDRESS = 100


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins within the window; ``since`` is the oldest of those that count for this caller."""

    of_login: int = 0
    of_address: int = 0
    of_both: int = 0
    since: datetime | None = None

    @property
    def soft(self) -> bool:
        """Whether one more failure is answered with 429."""
        return self.of_login >= SOFT_PER_LOGIN or self.of_address >= SOFT_PER_ADDRESS

    @property
    def hard(self) -> bool:
        """Whether the password is not even looked at."""
        return self.of_both >= HARD_PER_LOGIN_AND_ADDRESS

    def retry_after(self, now: datetime) -> int:
        """Seconds until the oldest failure leaves the window, at least 1."""
        if self.since is None:
            return 1
        return max(1, int((self.since + WINDOW - now).total_seconds()) + 1)


def login_hash(login: str) -> str:
    """The stored form of a login."""
    return hashlib.sha256(login.encode("utf-8", "surrogatepass")).hexdigest()


def failures(session: Session, login: str, address: str, now: datetime) -> Failures:
    """Count the failed sign-ins that concern this login or this address."""
    same_login = SignInAttempt.login_hash == login_hash(login)
    same_address = SignInAttempt.address == address
    row = session.execute(
        sa.select(
            sa.func.count().filter(same_login),
            sa.func.count().filter(same_address),
            sa.func.count().filter(same_login, same_address),
            sa.func.min(SignInAttempt.at),
        ).where(SignInAttempt.at > now - WINDOW, sa.or_(same_login, same_address))
    ).one()
    return Failures(*row)


def record_failure(session: Session, login: str, address: str, now: datetime) -> None:
    """Remember one failure and forget those outside the window."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at <= now - WINDOW))
    session.execute(sa.insert(SignInAttempt).values(id=new_id(), login_hash=login_hash(login), address=address, at=now))


def forgive(session: Session, login: str, address: str) -> None:
    """After a success: the caller's own earlier failures on this login no longer count."""
    session.execute(
        sa.delete(SignInAttempt).where(SignInAttempt.login_hash == login_hash(login), SignInAttempt.address == address)
    )
