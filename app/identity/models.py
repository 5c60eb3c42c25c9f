"""Tables of the identity room."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class Organisation(Base):
    """A company, a training provider, a network or the alliance itself. ``kind``: alliance, company,
    provider, network.
    """

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    name: Mapped[str] = mapped_column(sa.String(200))
    short_name: Mapped[str] = mapped_column(sa.String(40), unique=True)


class User(Base):
    """A person who can sign in. ``active`` off keeps the history readable and closes the door.

    Somebody who is only invited so far is not active and has an empty ``password_hash``. ``language``: "de" or "en",
    for mails.
    """

    __tablename__ = "user_account"
    __table_args__ = (sa.Index("ix_user_account_name", "name", "id"), sa.Index("ix_user_account_email", "email"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str] = mapped_column(sa.String(254))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(sa.String(2), default="de", server_default="de")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """One role of one user in one organisation (keys in ``roles.py``).

    ``employee_id`` is the row of the company's employee register behind a membership with the role
    ``employee``.
    """

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("user_id", "organisation_id", "role"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    employee_id: Mapped[str | None] = mapped_column(Id)


class Deputy(Base):
    """``deputy_user_id`` may act for ``member_user_id`` from ``valid_from`` until just before
    ``valid_until``.
    """

    __tablename__ = "deputy"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    member_user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    deputy_user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessToken(Base):
    """An opaque credential, kept as its SHA-256 only. ``kind``: token (API) or session (pages); ``device``: what the
    caller called itself when it signed in.
    """

    __tablename__ = "access_token"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")


class OneTimeLink(Base):
    """A link by which somebody chooses a password once, kept as the SHA-256 of its secret.

    ``purpose``: invitation or reset; ``created_by`` is None where nobody was signed in.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (sa.Index("ix_one_time_link_user", "user_id", "purpose", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(10))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    created_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdentityChange(Base):
    """Who changed what about a user, and when; rows are only ever added. No secrets stand in ``payload`` (JSON).

    ``actor_id`` is None where nobody was signed in (a reset) or the command line acted.
    """

    __tablename__ = "identity_change"
    __table_args__ = (sa.Index("ix_identity_change_user", "user_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str | None] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(40))
    payload: Mapped[str] = mapped_column(sa.Text)


class SignInAttempt(Base):
    """A sign-in that failed, kept for the throttle's window only.

    The login is hashed: people type passwords into the wrong field.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_login", "login_hash", "at"),
        sa.Index("ix_sign_in_attempt_address", "address", "at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login_hash: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
