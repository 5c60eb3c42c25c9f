"""Files outside the database, each under the SHA-256 of its content, in folders of two levels (``ab/cd/abcd…``).

A file is written under a temporary name, brought to the disk and then renamed, so that what has its name is whole. A
file that no row names, as a crash may leave one, is harmless: nothing ever looks for it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.platform.problems import TooLarge

CHUNK = 1 << 16
_NAME = re.compile(r"[0-9a-f]{64}")


class FileTooLarge(TooLarge):
    """The file is larger than the %(megabytes)s MB that are allowed."""

    code = "file_too_large"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is on the disk, but has no name yet."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class FileStore:
    """The folder of all files."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the file with this content is or would be. Raises ValueError for what is no SHA-256."""
        if not _NAME.fullmatch(sha256):
            raise ValueError(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def staged(self, source: BinaryIO, limit: int) -> Iterator[Staged]:
        """Bring ``source`` to the disk, read piece by piece; what has not been kept at the end of the block is gone.

        Raises :class:`FileTooLarge` as soon as more than ``limit`` bytes have come.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=self.folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as written:
                digest, size = _copied(source, written, limit)
                written.flush()
                os.fsync(written.fileno())
            yield Staged(path, digest, size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, staged: Staged) -> None:
        """Give a staged file its name; the same content is kept once."""
        target = self.path(staged.sha256)
        if self.intact(staged.sha256):
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(staged.path, target)
        for folder in (target.parent, target.parent.parent, self.folder):
            _to_disk(folder)

    def intact(self, sha256: str) -> bool:
        """Whether the file is there and has the content that its name says."""
        path = self.path(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _copied(source: BinaryIO, target: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(CHUNK):
        size += len(piece)
        if size > limit:
            raise FileTooLarge(megabytes=megabytes(limit))
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest(), size


def megabytes(size: int) -> str:
    """A limit as people read it."""
    return f"{size / 1_000_000:g}"


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
