"""Tables of the comments room."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class Comment(Base):
    """One remark about a case. ``audience``: a key of ``rules.AUDIENCES``; ``role`` and ``organisation_id``: the side
    on which the author spoke. Never changed; withdrawing blanks ``text`` and ``salt`` and sets ``withdrawn_at``.
    """

    __tablename__ = "comment"
    __table_args__ = (sa.Index("ix_comment_case", "case_id", "at", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    role: Mapped[str] = mapped_column(sa.String(20))
    organisation_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    audience: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[str] = mapped_column(sa.Text)
    salt: Mapped[str] = mapped_column(sa.String(32))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mention(Base):
    """Somebody who is asked to look at a comment; ``read_at`` once that has happened."""

    __tablename__ = "mention"
    __table_args__ = (
        sa.UniqueConstraint("comment_id", "user_id"),
        sa.Index("ix_mention_user", "user_id", "at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    comment_id: Mapped[str] = mapped_column(sa.ForeignKey("comment.id"))
    user_id: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
