"""One relational model for SQLite and PostgreSQL, and the one way to begin and end a transaction.

``commit`` is called in this folder only. Reads begin a plain transaction; writes on SQLite begin IMMEDIATE, so that a
read never has to be upgraded (which SQLite refuses without waiting).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import RLock
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.platform.settings import ROOT, Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = sa.MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware UTC in Python, without zone in the database on both engines."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored UTC time its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


Id = sa.String(36)
"""Column type of every id (see ``platform.ids``): text, so that a changed byte is a changed value."""

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()


@dataclass
class Counter:
    """SQL statements and commits of one unit of work."""

    statements: int = 0
    commits: int = 0


_writing: ContextVar[bool] = ContextVar("vorlauf_writing", default=False)
_sqlite_writer = RLock()
_counter: ContextVar[Counter | None] = ContextVar("vorlauf_counter", default=None)


@contextmanager
def counting() -> Iterator[Counter]:
    """Count statements and commits inside the block (tests, ``bench``, Server-Timing)."""
    counter = Counter()
    token = _counter.set(counter)
    try:
        yield counter
    finally:
        _counter.reset(token)


@contextmanager
def write_intent(session: Session) -> Iterator[None]:
    """Transactions begun inside the block take SQLite's write lock at once.

    SQLite has one writer: the threads of this process queue for it here, which is fair and does not sleep, instead of
    meeting at its busy handler, which is neither.
    """
    queue = _sqlite_writer if session.get_bind().dialect.name == "sqlite" else nullcontext()
    with queue:
        token = _writing.set(True)
        try:
            release_read(session)
            yield
        finally:
            _writing.reset(token)


def writing() -> bool:
    """Whether the caller is inside :func:`write_intent`."""
    return _writing.get()


@contextmanager
def unit_of_work(session: Session) -> Iterator[Session]:
    """One transaction that writes: commit at the end, roll everything back on any exception."""
    with write_intent(session):
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Call ``action`` once this session's transaction has been committed; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


@sa.event.listens_for(Session, "after_commit")
def _run_actions(session: Session) -> None:
    for action in session.info.pop("after_commit", ()):
        action()


@sa.event.listens_for(Session, "after_rollback")
def _forget_actions(session: Session) -> None:
    session.info.pop("after_commit", None)


def table_of(model: type[Base]) -> sa.Table:
    """The table behind a model: statements on tables write all rows at once, those on models group them by their
    nulls.
    """
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


def insert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert plain rows, all with the same keys, in one statement."""
    session.connection().execute(_insert(model), _parameters(rows))


def upsert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], update: tuple[str, ...]) -> None:
    """Insert plain rows; where the primary key exists already, overwrite the columns ``update``. One statement."""
    session.connection().execute(_upsert(model, update, session.get_bind().dialect.name), _parameters(rows))


def _parameters(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
    """A single row goes as itself: for a list of one, psycopg would open and end a pipeline around it."""
    return rows[0] if len(rows) == 1 else rows


@lru_cache(maxsize=100)
def _insert(model: type[Base]) -> sa.Insert:
    return sa.insert(table_of(model))


@lru_cache(maxsize=100)
def _upsert(model: type[Base], update: tuple[str, ...], dialect: str) -> sa.Insert:
    """Kept, because building it costs more than running it."""
    table = table_of(model)
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    changed = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=[key.name for key in table.primary_key], set_=changed)


def counted_up(
    session: Session, table: type[Base], key: Mapping[str, Any], counter: sa.orm.InstrumentedAttribute[int]
) -> sa.sql.dml.ReturningInsert[int]:
    """A statement that counts ``counter`` of the row ``key`` up and returns it. A new row begins with 1, also where
    several callers begin it at once.
    """
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**key, **{counter.key: 1})
    return statement.on_conflict_do_update(index_elements=list(key), set_={counter.key: counter + 1}).returning(counter)


def matches(text: str, *columns: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Whether one of ``columns`` contains ``text``, upper and lower case alike; ``%`` and ``_`` mean themselves."""
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return sa.or_(*(column.ilike(pattern, escape="\\") for column in columns))


def release_read(session: Session) -> None:
    """End a read transaction before a write begins. Only SQLite needs it: it cannot upgrade a read safely."""
    if session.in_transaction() and session.get_bind().dialect.name == "sqlite":
        session.rollback()


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the database to ``app``; ``postgresql://`` means psycopg 3."""
    url = sa.make_url(settings.database_url)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    options: dict[str, Any] = {"pool_pre_ping": False, "hide_parameters": True}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 15, "check_same_thread": False}
        options["pool_size"] = 20
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        instrument(db.engine, settings)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def instrument(engine: Engine, settings: Settings) -> None:
    """Attach pragmas, explicit BEGIN and the counters to ``engine``."""
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in ("journal_mode=WAL", f"synchronous={settings.sqlite_synchronous}", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            # SQLite's own lower() knows ASCII only: searching for "öl" would miss "Öl", which PostgreSQL finds.
            connection.create_function("lower", 1, _lower, deterministic=True)

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.connection.cursor().execute("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _count_statement(*_args: object) -> None:
        counter = _counter.get()
        if counter is not None:
            counter.statements += 1

    @sa.event.listens_for(engine, "commit")
    def _count_commit(_connection: Connection) -> None:
        counter = _counter.get()
        if counter is not None:
            counter.commits += 1


def lost_race(error: sa.exc.DBAPIError) -> bool:
    """Whether PostgreSQL has ended this transaction because it and another waited for each other (40P01, 40001)."""
    return getattr(error.orig, "sqlstate", None) in ("40P01", "40001")


def rows_changed(session: Session, statement: sa.UpdateBase) -> int:
    """Carry out an UPDATE or DELETE without looking at objects in memory; how many rows it has touched."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("sa.CursorResult[Any]", result).rowcount
