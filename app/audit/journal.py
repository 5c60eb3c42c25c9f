"""The chain of one case: every entry carries the hash of the one before it.

``digest = SHA-256(salt ‖ payload text)`` and ``hash = SHA-256(previous ‖ canonical JSON of all other
columns)``, payload and salt excluded, digest included. So a payload can be erased together with its salt, and
the chain stays whole.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.platform import clock, codec
from app.platform.db import insert

GENESIS = "0" * 64
"""What the first entry of a case names as previous."""

ERASED = "journal.erased"
"""Kind of the entry that names erased entries in its payload: ``{"entries": [seq, …], …}``."""

CHAINED_COLUMNS = ("actor_id", "at", "case_id", "digest", "kind", "on_behalf_of", "seq")


def digest_of(salt: str, payload: str) -> str:
    """SHA-256 over the salt's 32 characters and the payload's text, in hexadecimal."""
    return hashlib.sha256(f"{salt}{payload}".encode("utf-8", "surrogatepass")).hexdigest()


def hash_of(previous: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over ``previous`` and the canonical JSON of :data:`CHAINED_COLUMNS`, in hexadecimal."""
    chained = codec.canonical({name: row[name] for name in CHAINED_COLUMNS})
    return hashlib.sha256(f"{previous}{chained}".encode()).hexdigest()


@dataclass(slots=True)
class Chain:
    """The end of one case's chain: number and hash of the last entry; (0, :data:`GENESIS`) for a new case."""

    case_id: str
    seq: int = 0
    head: str = GENESIS

    def append(
        self,
        at: datetime,
        actor_id: str | None,
        on_behalf_of: str | None,
        kind: str,
        payload: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The row of the next entry, for :func:`write`; moves the end of the chain. Touches no database.

        ``actor_id`` is None for work of the service itself; ``payload`` holds JSON values (int and Decimal,
        no float).
        """
        salt, text = secrets.token_hex(16), codec.canonical(payload)
        row: dict[str, Any] = {
            "case_id": self.case_id,
            "seq": self.seq + 1,
            "at": clock.iso(at),
            "actor_id": actor_id,
            "on_behalf_of": on_behalf_of,
            "kind": kind,
            "payload": text,
            "salt": salt,
            "digest": digest_of(salt, text),
            "previous": self.head,
        }
        row["hash"] = hash_of(self.head, row)
        self.seq, self.head = row["seq"], row["hash"]
        return row


def write(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store entries made by :meth:`Chain.append` in one INSERT; raises IntegrityError if another writer was
    faster.
    """
    if rows:
        insert(session, JournalEntry, rows)


def entries(session: Session, case_id: str, after_seq: int = 0, limit: int = 100) -> list[JournalEntry]:
    """Up to ``limit`` entries of a case behind ``after_seq``, in order."""
    statement = (
        sa.select(JournalEntry)
        .where(JournalEntry.case_id == case_id, JournalEntry.seq > after_seq)
        .order_by(JournalEntry.seq)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))
