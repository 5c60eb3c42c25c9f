"""Tables of the audit room. Every journal column is text or an integer: a changed byte is a changed value."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.audit.append_only import refuse_changes
from app.platform.db import Base, Id, UtcDateTime, table_of


class JournalEntry(Base):
    """One thing that happened in one case. No foreign key: the proof outlives what it is about.

    ``at`` is the text of ``clock.iso``; ``actor_id`` is None for timers and other work of the service itself;
    ``payload`` is canonical JSON text; ``salt`` (32 hexadecimal digits) keeps an erased payload from being
    guessed; ``digest``, ``previous`` and ``hash`` are SHA-256 in hexadecimal, see ``journal.py``.
    """

    __tablename__ = "journal"

    case_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(sa.String(27))
    actor_id: Mapped[str | None] = mapped_column(Id)
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[str] = mapped_column(sa.Text)
    salt: Mapped[str] = mapped_column(sa.String(32))
    digest: Mapped[str] = mapped_column(sa.String(64))
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Refusal(Base):
    """One attempt of a signed-in user that was refused: what, on which object, with which answer."""

    __tablename__ = "refusal"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[str] = mapped_column(Id, index=True)
    method: Mapped[str] = mapped_column(sa.String(10))
    path: Mapped[str] = mapped_column(sa.String(200))
    object_id: Mapped[str | None] = mapped_column(sa.String(64))
    status: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(60))


class AccessEntry(Base):
    """One request that showed personal or special data to somebody. Append-only, see ``append_only.py``.

    ``kind``: view, export, download. ``organisation_id`` and ``on_behalf_of``: in which capacity the user looked.
    ``subject_id``: the register row of the person it was about; None where it was about all persons of the case.
    ``classes``: the shown ones of ``personal,special``. ``route``: the template of the address; empty for a job. No
    foreign keys: the proof outlives what it is about.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        sa.Index("ix_access_log_at", "at", "id"),
        sa.Index("ix_access_log_case", "case_id", "at", "id"),
        sa.Index("ix_access_log_user", "user_id", "at", "id"),
        sa.Index("ix_access_log_subject", "subject_id", "at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str] = mapped_column(Id)
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    organisation_id: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(10))
    case_id: Mapped[str | None] = mapped_column(Id)
    subject_id: Mapped[str | None] = mapped_column(Id)
    classes: Mapped[str] = mapped_column(sa.String(20))
    route: Mapped[str] = mapped_column(sa.String(200))
    request_id: Mapped[str] = mapped_column(Id)


class AccessErasure(Base):
    """One end of retention: the ``entries`` of the access log older than ``before`` were deleted. Append-only too, and
    the only thing that lets the database delete them.
    """

    __tablename__ = "access_log_erasure"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[datetime] = mapped_column(UtcDateTime)
    entries: Mapped[int]


for _table in (AccessEntry, AccessErasure):
    refuse_changes(table_of(_table))
