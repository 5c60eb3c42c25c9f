"""Tables of imports: a file on its way into a register."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class RegisterImport(Base):
    """One uploaded file. ``kind``: employees, companies. The content is dropped as soon as it has been read.

    ``state``: reading, checking, ready (waits for confirmation), refused (has findings), applying, done, discarded.
    ``findings`` is JSON text, without words.
    """

    __tablename__ = "register_import"
    __table_args__ = (sa.Index("ix_register_import_owner", "created_by", "kind", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))
    company_id: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.id"))
    created_by: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    filename: Mapped[str] = mapped_column(sa.String(200))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    valid_from: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(10))
    total: Mapped[int] = mapped_column(default=0)
    checked: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    finding_count: Mapped[int] = mapped_column(default=0)
    findings: Mapped[str] = mapped_column(sa.Text, default="[]")


class RegisterImportPart(Base):
    """Some lines of a file that is being checked or waits for confirmation; deleted when the import ends."""

    __tablename__ = "register_import_part"

    import_id: Mapped[str] = mapped_column(sa.ForeignKey("register_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows: Mapped[str] = mapped_column(sa.Text)
