"""Tables of the links: what was handed out to whom, and how often somebody tried an address that opens nothing."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class ParticipantLink(Base):
    """A link for one participant and one purpose; token and code are kept as SHA-256 only.

    ``id`` begins with ``link``: as the author of a journal entry it says by itself that no account acted.
    ``task_id`` is the task it answers (purpose ``evidence``); ``attempts`` counts wrong codes of a paper link.
    """

    __tablename__ = "participant_link"
    __table_args__ = (sa.Index("ix_participant_link_case", "case_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(sa.String(64))
    purpose: Mapped[str] = mapped_column(sa.String(10))
    channel: Mapped[str] = mapped_column(sa.String(10))
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    task_id: Mapped[str | None] = mapped_column(sa.ForeignKey("task.id"))
    employee_id: Mapped[str] = mapped_column(Id)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)


class LinkMiss(Base):
    """A call of a link that opened nothing, kept for the throttle's window only."""

    __tablename__ = "link_miss"
    __table_args__ = (sa.Index("ix_link_miss_address", "address", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
