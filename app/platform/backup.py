"""Copies of the embedded database: made while it is in use, checked before anything is replaced.

SQLite's online backup (sqlite.org/backup.html) reads one state of the database; writers go on meanwhile. A copy gets
its name only once it is whole and on the disk, so that a crash never leaves half of one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.platform.backup_documents import Carried, beside, carry
from app.platform.ids import new_id

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; left over from another one, it would be read into the restored one."""


class BackupRefused(Exception):
    """A copy is not made or not put back; the classes below say why."""

    def __str__(self) -> str:
        """The docstring is the message."""
        return (type(self).__doc__ or "").strip()


class NotEmbedded(BackupRefused):
    """Only the embedded database (sqlite:///FILE) is copied here; for PostgreSQL use pg_dump and pg_restore."""


class TargetExists(BackupRefused):
    """There is a file of this name already; nothing was overwritten."""


class CopyDamaged(BackupRefused):
    """The file is no intact database of Vorlauf; nothing was changed."""


class DatabaseInUse(BackupRefused):
    """The database is in use; end the server and the worker first. Nothing was changed."""


def database_file(url: str) -> Path:
    """The file of an embedded database. Raises :class:`NotEmbedded`."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise NotEmbedded
    return Path(parsed.database)


def back_up(database: Path, target: Path, documents: Path | None = None) -> Carried:
    """Copy ``database`` as it is now to the new file ``target``, and what it names in the folder ``documents`` beside
    it. Raises TargetExists, CopyDamaged.
    """
    if target.exists():
        raise TargetExists
    with _copied(database, target) as whole:
        carried = Carried() if documents is None else carry(whole, documents, beside(target))
        _rename(whole, target)
    return carried


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the database before is kept, if there was one, and what became of the documents."""

    kept: Path | None
    documents: Carried


def restore(copy: Path, database: Path, *, replace: bool = False, documents: Path | None = None) -> Restored:
    """Put ``copy`` in the place of ``database``, and the documents beside it into the folder ``documents``.

    Documents that are lost or altered do not stop it: without them most can still be read. Raises CopyDamaged,
    TargetExists (without ``replace``) and DatabaseInUse.
    """
    existed = database.exists()
    if existed and not replace:
        raise TargetExists
    with _copied(copy, database) as whole:
        carried = Carried() if documents is None else carry(whole, beside(copy), documents)
        kept = _kept(database) if existed else None
        for suffix in SIDE_FILES:
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        _rename(whole, database)
    return Restored(kept, carried)


@contextmanager
def _copied(source: Path, target: Path) -> Iterator[Path]:
    """A checked copy of ``source`` on the disk beside ``target``, gone at the end unless it was renamed."""
    if not source.exists():
        raise CopyDamaged
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        # For nobody but the owner: the copy holds everybody's data.
        unfinished.touch(mode=0o600)
        _copy(source, unfinished)
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
            written.execute("PRAGMA journal_mode=DELETE")
            answer = written.execute("PRAGMA integrity_check").fetchall()
            cases = written.execute("SELECT count(*) FROM sqlite_master WHERE name = 'case_record'").fetchone()[0]
    except sqlite3.Error as error:
        raise CopyDamaged from error
    if answer != [("ok",)] or not cases:
        raise CopyDamaged
    _to_disk(target)


def _kept(database: Path) -> Path:
    """A second name for what is there: at no moment is there no database. Raises :class:`DatabaseInUse`."""
    _settle(database)
    kept = database.with_name(f"{database.name}.before-{new_id()}")
    os.link(database, kept)
    return kept


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


def _rename(whole: Path, target: Path) -> None:
    os.replace(whole, target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
