"""``Idempotency-Key``: the same changing call twice has one effect and the same answer.

The record is written in the transaction of the effect, so there is never one without the other
(draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.platform.db import Base, Id, UtcDateTime
from app.platform.problems import BadRequest, IdempotencyMismatch

KEEP = timedelta(days=2)
MAX_KEY = 200
_VISIBLE = re.compile(r"[!-~]+")


class IdempotencyRecord(Base):
    """The answer a changing call got, kept for :data:`KEEP`."""

    __tablename__ = "idempotency_record"

    user_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(MAX_KEY), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    headers: Mapped[str] = mapped_column(sa.Text)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def check_key(key: str) -> str:
    """Refuse keys that are not 1 to :data:`MAX_KEY` visible ASCII characters with :class:`BadRequest`."""
    if len(key) > MAX_KEY or not _VISIBLE.fullmatch(key):
        raise BadRequest(reason="Idempotency-Key")
    return key


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two calls the same: method, path with query, body bytes."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).hexdigest()


def find(session: Session, user_id: str, key: str, wanted: str) -> IdempotencyRecord | None:
    """The stored answer, None if there is none. Raises :class:`IdempotencyMismatch` if the call was another one."""
    record = session.get(IdempotencyRecord, (user_id, key))
    if record is not None and record.fingerprint != wanted:
        raise IdempotencyMismatch
    return record


def forget_old(session: Session, now: datetime) -> int:
    """Delete records older than :data:`KEEP`; returns how many."""
    statement = (
        sa.delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now - KEEP).returning(IdempotencyRecord.key)
    )
    return len(session.scalars(statement).all())
