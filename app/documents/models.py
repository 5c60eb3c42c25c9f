"""The table of the documents room. The files themselves lie outside the database (``platform.filestore``)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class Document(Base):
    """One version of a document of a case.

    ``series_id`` is the id of its first version. ``sensitivity``: public, case, personal, special; ``subject_id``: the
    employee or the organisation it is about. ``state``: current, superseded (a newer version exists), removed (with a
    reason; the file stays until the end of retention).
    """

    __tablename__ = "document"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "version"),
        sa.Index("ix_document_case", "case_id", "state", "id"),
        sa.Index("ix_document_sha256", "sha256"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    task_id: Mapped[str | None] = mapped_column(Id)
    element: Mapped[str | None] = mapped_column(sa.String(80))
    series_id: Mapped[str] = mapped_column(Id)
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    sensitivity: Mapped[str] = mapped_column(sa.String(10))
    subject_id: Mapped[str | None] = mapped_column(Id)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(sa.String(100))
    filename: Mapped[str] = mapped_column(sa.String(150))
    pages: Mapped[int | None]
    uploaded_by: Mapped[str] = mapped_column(sa.ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10))
    removed_reason: Mapped[str | None] = mapped_column(sa.String(500))
    removed_by: Mapped[str | None] = mapped_column(Id)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
