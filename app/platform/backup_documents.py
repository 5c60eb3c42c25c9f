"""The documents that belong to a copy of the database: a folder beside it, with the files that the copy names.

A file is never changed once it has its name, and it is there before its row is; so whatever a copy of the database
names can be copied after it, while people work. Every file's hash is computed on the way.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.platform.filestore import FileStore


@dataclass(frozen=True, slots=True)
class Carried:
    """How many files a copy names, and those that are missing or not what their name says."""

    files: int = 0
    lost: tuple[str, ...] = ()


def beside(copy: Path) -> Path:
    """The folder with the documents of the copy ``copy``."""
    return copy.with_name(f"{copy.name}.documents")


def carry(database: Path, source: Path, target: Path) -> Carried:
    """Bring every file that ``database`` names from the folder ``source`` to ``target``; intact ones that are there
    already stay.
    """
    named, lost = _named(database), []
    taken, kept = FileStore(source), FileStore(target)
    for sha256 in named:
        if not kept.intact(sha256) and not _copied(taken, kept, sha256):
            lost.append(sha256)
    return Carried(len(named), tuple(lost))


def _named(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'document'").fetchone()[0]
        if not tables:  # a copy from before there were documents
            return []
        return [row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM document ORDER BY sha256")]


def _copied(source: FileStore, target: FileStore, sha256: str) -> bool:
    """Copy one file; False if it is missing or has another content. The copy itself is what is checked."""
    path = source.path(sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file, target.staged(file, path.stat().st_size) as staged:
        if staged.sha256 == sha256:
            target.keep(staged)
        return staged.sha256 == sha256
