"""The floor of a durable step: one transaction that writes three rows, without any framework."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg

TABLES = (
    "CREATE TABLE bare_case (id TEXT PRIMARY KEY, version INTEGER, body TEXT)",
    "CREATE TABLE bare_journal (id TEXT PRIMARY KEY, body TEXT)",
    "CREATE TABLE bare_task (id TEXT PRIMARY KEY, body TEXT)",
)
BODY = "x" * 1500


def sqlite_times(path: Path, rounds: int) -> list[float]:
    """Seconds of each transaction on SQLite, WAL, synchronous FULL as the product uses it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    for table in TABLES:
        connection.execute(table)
    connection.execute("INSERT INTO bare_case VALUES ('c', 0, '')")
    times = []
    for number in range(rounds):
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE bare_case SET version = ?, body = ? WHERE id = 'c' AND version = ?", (number + 1, BODY, number)
        )
        connection.execute("INSERT INTO bare_journal VALUES (?, ?)", (str(uuid.uuid4()), BODY))
        connection.execute("INSERT INTO bare_task VALUES (?, ?)", (str(uuid.uuid4()), BODY))
        connection.execute("COMMIT")
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def postgres_tables(url: str, cases: int) -> None:
    """Create the tables and one row for each of ``cases`` writers."""
    with psycopg.connect(_address(url), autocommit=True) as connection:
        for table in TABLES:
            connection.execute(table)
        for number in range(cases):
            connection.execute("INSERT INTO bare_case VALUES (%s, 0, '')", (str(number),))


def postgres_times(url: str, rounds: int, case: int = 0, ready: Callable[[], object] = lambda: None) -> list[float]:
    """Seconds of each transaction on PostgreSQL with synchronous commit; ``ready`` is called once connected."""
    times = []
    with psycopg.connect(_address(url), autocommit=True) as connection:
        ready()
        for number in range(rounds):
            began = time.perf_counter()
            with connection.transaction():
                connection.execute(
                    "UPDATE bare_case SET version = %s, body = %s WHERE id = %s AND version = %s",
                    (number + 1, BODY, str(case), number),
                )
                connection.execute("INSERT INTO bare_journal VALUES (%s, %s)", (str(uuid.uuid4()), BODY))
                connection.execute("INSERT INTO bare_task VALUES (%s, %s)", (str(uuid.uuid4()), BODY))
            times.append(time.perf_counter() - began)
    return times


def _address(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
