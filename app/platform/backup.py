"""Copies of the embedded database: made while it is in use, checked before anything is replaced.

SQLite's online backup (sqlite.org/backup.html) reads one state of the database; writers go on meanwhile. A copy gets
its name only once it is whole and on the disk, so that a crash never leaves half of one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from app.platform.ids import new_id


class NotEmbedded(Exception):
    """Only the embedded database (sqlite:///FILE) is copied here; for PostgreSQL use pg_dump and pg_restore."""


class TargetExists(Exception):
    """There is a file of this name already; nothing was overwritten."""


class CopyDamaged(Exception):
    """The file is no intact database of Vorlauf; nothing was changed."""


class DatabaseInUse(Exception):
    """The database is in use; end the server and the worker first. Nothing was changed."""


def database_file(url: str) -> Path:
    """The file of an embedded database. Raises :class:`NotEmbedded`."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise NotEmbedded
    return Path(parsed.database)


def back_up(database: Path, target: Path) -> None:
    """Copy ``database`` as it is now to the new file ``target``. Raises TargetExists, CopyDamaged."""
    if target.exists():
        raise TargetExists
    _copy(database, target)


def restore(copy: Path, database: Path, *, replace: bool = False) -> Path | None:
    """Put ``copy`` in the place of ``database``; returns where the one before is kept, if there was one.

    Raises CopyDamaged, TargetExists (without ``replace``) and DatabaseInUse.
    """
    check(copy)
    kept = None
    if database.exists():
        if not replace:
            raise TargetExists
        _settle(database)
        kept = database.with_name(f"{database.name}.before-{new_id()}")
    unfinished = database.with_name(f"{database.name}.restored")
    unfinished.unlink(missing_ok=True)
    _copy(copy, unfinished)
    if kept is not None:
        os.link(database, kept)  # a second name: at no moment is there no database
    os.replace(unfinished, database)
    _to_disk(database.parent)
    return kept


def check(copy: Path) -> None:
    """Read every page of a copy. Raises :class:`CopyDamaged`."""
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            answer = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            cases = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'case_record'").fetchone()[0]
    except sqlite3.Error as error:
        raise CopyDamaged from error
    if answer != ["ok"] or not cases:
        raise CopyDamaged


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise CopyDamaged
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        # As nobody but the owner: the copy holds everybody's data.
        unfinished.touch(mode=0o600)
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(unfinished)) as written:
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
        check(unfinished)
        _to_disk(unfinished)
        os.replace(unfinished, target)
        _to_disk(target.parent)
    except sqlite3.Error as error:
        raise CopyDamaged from error
    finally:
        unfinished.unlink(missing_ok=True)


def _settle(database: Path) -> None:
    """Bring what waits in the write-ahead log into the file, which needs the database for ourselves alone."""
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.rollback()
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise DatabaseInUse from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
