"""A case with a real chain, and ways to change it behind the service's back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.audit.models import JournalEntry
from app.audit.verification import Verification, verify
from app.platform.db import unit_of_work
from app.platform.ids import new_id

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LENGTH = 6


@dataclass
class Tampering:
    """One case of :data:`LENGTH` entries, seen through a connection that is rolled back afterwards."""

    connection: sa.Connection
    chain: journal.Chain
    rows: list[dict[str, Any]]

    def execute(self, statement: str, **values: Any) -> None:
        """Change the journal by raw SQL."""
        self.connection.execute(sa.text(statement), values)

    def attempt(self, change: Callable[[], None]) -> bool:
        """Whether the database accepts a change at all; if not, nothing has happened."""
        try:
            with self.connection.begin_nested():
                change()
        except sa.exc.DBAPIError:
            return False
        return True

    def verify(self) -> Verification:
        """Verify the case against the end it was written with."""
        with Session(self.connection) as session:
            return verify(session, self.chain.case_id, self.chain.seq, self.chain.head)

    @property
    def on_sqlite(self) -> bool:
        """Whether the database stores any bytes it is given."""
        return self.connection.dialect.name == "sqlite"


def make_chain(length: int = LENGTH) -> tuple[journal.Chain, list[dict[str, Any]]]:
    """A chain with people, deputies and the service itself as actors, and umlauts in the payload."""
    chain = journal.Chain(new_id())
    rows = [
        chain.append(
            START + timedelta(minutes=number),
            actor_id=None if number % 3 == 2 else new_id(),
            on_behalf_of=new_id() if number % 2 else None,
            kind="task.completed",
            payload={"element": "capture_demand", "note": f"Übergabe {number}", "hours": 120 + number},
        )
        for number in range(length)
    ]
    return chain, rows


@pytest.fixture
def tampering(engine: sa.Engine, session: Session) -> Iterator[Tampering]:
    """A committed chain, next to a case that must not matter; every change is undone afterwards."""
    chain, rows = make_chain()
    _, foreign = make_chain()
    with unit_of_work(session):
        journal.write(session, rows + foreign)
    with engine.connect() as connection:
        yield Tampering(connection, chain, rows)
        connection.rollback()


COLUMNS = [column.name for column in JournalEntry.__table__.columns]
UPDATE = "UPDATE journal SET {} = {} WHERE case_id = :case AND seq = :number"


def change(tampering: Tampering, column: str, number: int, value: Any) -> None:
    statement = UPDATE.format(column, ":value")
    tampering.execute(statement, value=value, case=tampering.chain.case_id, number=number)


def insert(
    tampering: Tampering, chain: journal.Chain, kind: str = "note", payload: dict[str, Any] | None = None
) -> None:
    row = chain.append(START, None, None, kind, payload or {})
    names = ", ".join(COLUMNS)
    values = ", ".join(f":{name}" for name in COLUMNS)
    tampering.execute(f"INSERT INTO journal ({names}) VALUES ({values})", **row)
