"""Pages by key: complete, without repetition, whatever is added meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.platform import paging
from app.platform.jobs import Job
from app.platform.paging import BadCursor, decode_cursor, encode_cursor

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fill(session: Session, count: int, prefix: str = "j") -> None:
    rows = [
        {
            "id": f"{prefix}{number:04}",
            "name": "n",
            "key": f"{prefix}{number}",
            "payload": "{}",
            "state": "open",
            "run_at": NOW + timedelta(microseconds=number // 3),
            "attempts": number % 4,
            "created_at": NOW,
        }
        for number in range(count)
    ]
    session.execute(sa.insert(Job), rows)


def pages(session: Session, order: Any, descending: bool, limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        rows, cursor = paging.fetch(
            session, sa.select(Job.id), order, Job.id, descending=descending, cursor=cursor, limit=limit
        )
        found.append([row.id for row in rows])
        if cursor is None:
            return found


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["run_at", "attempts", "id"])
@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_all_pages_together_are_the_list(session: Session, column: str, descending: bool, limit: int) -> None:
    fill(session, 20)
    order = getattr(Job, column)
    direction = (order.desc(), Job.id.desc()) if descending else (order, Job.id)
    whole = list(session.scalars(sa.select(Job.id).order_by(*direction)))
    found = pages(session, order, descending, limit)
    assert [key for page in found for key in page] == whole
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    session.rollback()


def test_a_page_is_never_larger_than_the_most(session: Session) -> None:
    fill(session, 120)
    rows, cursor = paging.fetch(session, sa.select(Job.id), Job.id, Job.id, limit=5000)
    assert len(rows) == paging.MAX_LIMIT
    assert cursor is not None
    rows, cursor = paging.fetch(session, sa.select(Job.id), Job.id, Job.id)
    assert len(rows) == paging.DEFAULT_LIMIT
    session.rollback()


def test_what_is_added_before_the_cursor_repeats_nothing(session: Session) -> None:
    fill(session, 10)
    first, cursor = paging.fetch(session, sa.select(Job.id), Job.id, Job.id, limit=5)
    fill(session, 10, "a")
    second, _ = paging.fetch(session, sa.select(Job.id), Job.id, Job.id, limit=5, cursor=cursor)
    assert [row.id for row in first] + [row.id for row in second] == [f"j{number:04}" for number in range(10)]
    session.rollback()


@given(st.text(max_size=40) | st.binary(max_size=30).map(lambda data: data.hex()))
def test_a_made_up_cursor_is_refused_and_nothing_else(cursor: str) -> None:
    try:
        value, key = decode_cursor(cursor)
    except BadCursor:
        return
    assert isinstance(value, str)
    assert isinstance(key, str)


@pytest.mark.parametrize("value", [NOW, "text", 5])
def test_a_cursor_comes_back(value: Any) -> None:
    assert decode_cursor(encode_cursor(value, "key"), type(value)) == (value, "key")
