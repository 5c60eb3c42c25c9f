"""Proving that a case's history is unaltered, and saying where it is not."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.journal import ERASED, GENESIS, digest_of, hash_of
from app.audit.models import JournalEntry
from app.platform import codec

BATCH = 500
TEXT_COLUMNS = ("at", "kind", "payload", "salt", "digest", "previous", "hash")
_SALT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Verification:
    """The result: ``first_broken`` is the number of the first entry that is missing, surplus or altered.

    ``entries`` counts the rows in the database; ``head`` is the hash of the last entry that could be proved.
    ``reason`` says what is wrong with ``first_broken``: ``missing`` (or out of order), ``surplus`` (more
    entries than the case has made), ``unreadable``, ``previous``, ``digest``, ``hash``, ``erased`` (blanked,
    and no later entry says so), ``head`` (the case names another last hash).
    """

    valid: bool
    entries: int
    head: str
    first_broken: int | None = None
    reason: str | None = None


class _Broken(Exception):
    """The entry after the last proved one is not what it should be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True)
class _Pass:
    """One walk along the chain: how far it is proved, and which blanked entries still lack their witness."""

    case_id: str
    seq: int = 0
    head: str = GENESIS
    blanked: set[int] = field(default_factory=set)

    def check(self, row: Mapping[Any, Any]) -> None:
        """Prove one entry and move on to it. Raises :class:`_Broken`."""
        if row["seq"] != self.seq + 1:
            raise _Broken("missing")
        if not all(isinstance(row[name], str) for name in TEXT_COLUMNS):
            raise _Broken("unreadable")
        if row["previous"] != self.head:
            raise _Broken("previous")
        if row["hash"] != hash_of(self.head, row):
            raise _Broken("hash")
        self._check_payload(row)
        self.seq, self.head = row["seq"], row["hash"]

    def _check_payload(self, row: Mapping[Any, Any]) -> None:
        salt, payload = row["salt"], row["payload"]
        if salt == payload == "" and row["kind"] != ERASED:
            self.blanked.add(row["seq"])
        elif _SALT.fullmatch(salt) is None or row["digest"] != digest_of(salt, payload):
            raise _Broken("digest")
        elif row["kind"] == ERASED:
            self.blanked.difference_update(codec.loads(payload)["entries"])


def verify(session: Session, case_id: str, expected_seq: int, expected_head: str) -> Verification:
    """Walk the whole chain of a case once, in batches, against what the case's own row says its end is.

    ``expected_seq`` and ``expected_head`` are number and hash of the last entry; (0, GENESIS) for none.
    """
    walk = _Pass(case_id)
    try:
        for row in _rows(session, walk):
            walk.check(row)
            if walk.seq > expected_seq:
                raise _Broken("surplus")
        reason = None
    except _Broken as broken:
        reason = broken.reason
    statement = sa.select(sa.func.count()).where(JournalEntry.case_id == case_id)
    count = session.scalar(statement) or 0
    first, reason = _verdict(walk, reason, count, expected_seq, expected_head)
    return Verification(first is None, count, walk.head, first, reason)


def _verdict(walk: _Pass, reason: str | None, count: int, seq: int, head: str) -> tuple[int | None, str | None]:
    if reason == "surplus":
        return walk.seq, reason
    if reason is not None or walk.seq < seq:
        return walk.seq + 1, reason or "missing"
    if count > walk.seq:
        return 0, "surplus"  # numbered below 1, where no entry ever was
    if walk.head != head:
        return walk.seq, "head"
    if walk.blanked:
        return min(walk.blanked), "erased"
    return None, None


def _rows(session: Session, walk: _Pass) -> Iterator[Mapping[Any, Any]]:
    """The entries in order; where a batch cannot be decoded, one by one up to the one that cannot."""
    table = JournalEntry.__table__
    ordered = sa.select(table).where(table.c.case_id == walk.case_id, table.c.seq > 0).order_by(table.c.seq)
    try:
        with session.execute(ordered.execution_options(yield_per=BATCH)) as result:
            yield from result.mappings()
    except sa.exc.OperationalError as error:
        if not _undecodable(error):
            raise
        while row := _single(session, ordered.where(table.c.seq > walk.seq).limit(1)):
            yield row


def _single(session: Session, statement: sa.Select[Any]) -> Mapping[Any, Any] | None:
    try:
        return session.execute(statement).mappings().first()
    except sa.exc.OperationalError as error:
        if not _undecodable(error):
            raise
        raise _Broken("unreadable") from error


def _undecodable(error: sa.exc.OperationalError) -> bool:
    """Whether text in the database is no UTF-8: SQLite stores any bytes, PostgreSQL refuses such text."""
    return isinstance(error.orig, sqlite3.OperationalError) and "decode" in str(error.orig)
