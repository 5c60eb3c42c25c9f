"""The chain of a case: its format, as documented, computed here a second time."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.platform.db import counting, unit_of_work
from app.platform.ids import new_id
from tests.audit.conftest import START, make_chain


def test_an_entry_is_hashed_as_documented() -> None:
    chain = journal.Chain("case-1", 3, "f" * 64)
    row = chain.append(START, "user-1", None, "task.completed", {"b": Decimal("1.50"), "a": "ü"})

    payload = '{"a":"ü","b":1.50}'
    others = {
        "actor_id": "user-1",
        "at": "2026-03-02T08:00:00.000000Z",
        "case_id": "case-1",
        "digest": hashlib.sha256((row["salt"] + payload).encode()).hexdigest(),
        "kind": "task.completed",
        "on_behalf_of": None,
        "seq": 4,
    }
    canonical = json.dumps(others, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row["payload"] == payload
    assert row["digest"] == others["digest"]
    assert row["previous"] == "f" * 64
    assert row["hash"] == hashlib.sha256(("f" * 64 + canonical).encode()).hexdigest()
    assert (chain.seq, chain.head) == (4, row["hash"])


def test_the_first_entry_follows_sixty_four_zeros() -> None:
    row = journal.Chain("case-1").append(START, None, None, "case.started", {})
    assert (row["seq"], row["previous"]) == (1, "0" * 64)


def test_two_entries_with_the_same_payload_cannot_be_told_by_their_digest() -> None:
    chain = journal.Chain("case-1")
    first, second = (chain.append(START, None, None, "note", {"degree": 50}) for _ in range(2))
    assert first["salt"] != second["salt"]
    assert first["digest"] != second["digest"]


def test_times_are_written_in_utc() -> None:
    local = datetime(2026, 7, 1, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    row = journal.Chain("case-1").append(local, None, None, "note", {})
    assert row["at"] == "2026-07-01T08:30:00.000000Z"
    assert datetime.fromisoformat(row["at"]) == local.astimezone(UTC)


def test_many_entries_are_one_statement(session: Session) -> None:
    _, rows = make_chain(12)
    with unit_of_work(session), counting() as counter:
        journal.write(session, rows)
    assert counter.statements == 1


def test_writing_nothing_asks_the_database_nothing(session: Session) -> None:
    with counting() as counter:
        journal.write(session, [])
    assert counter.statements == 0


def test_two_writers_cannot_both_continue_a_chain(session: Session) -> None:
    chain, rows = make_chain(2)
    with unit_of_work(session):
        journal.write(session, rows)
    rival = journal.Chain(chain.case_id, 1, rows[0]["hash"])
    with pytest.raises(sa.exc.IntegrityError), unit_of_work(session):
        journal.write(session, [rival.append(START, None, None, "note", {})])


def test_a_history_is_read_page_by_page(session: Session) -> None:
    chain, rows = make_chain(5)
    _, foreign = make_chain(5)
    with unit_of_work(session):
        journal.write(session, rows + foreign)
    first = journal.entries(session, chain.case_id, 0, 3)
    rest = journal.entries(session, chain.case_id, first[-1].seq, 3)
    assert [entry.seq for entry in first + rest] == [1, 2, 3, 4, 5]
    assert [entry.payload for entry in first + rest] == [row["payload"] for row in rows]
    assert journal.entries(session, new_id()) == []
