"""Tables of the audit room. Every journal column is text or an integer: a changed byte is a changed value."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


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
