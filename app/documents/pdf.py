"""PDF files: refused if something in them could run, if they are locked, or if they cannot be read.

Names of a PDF may be written with escapes (``/J#61vaScript``) and hide in compressed object streams (ISO 32000-1
§§ 7.3.5 and 7.5.7); both are looked through. What is accepted is still only handed out as a download, and shown as
pictures of its pages.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.documents.problems import ActiveContent, FileDamaged, ProtectedFile

MAX_UNPACKED = 64_000_000
"""Bytes of object streams that are looked through; a file that unpacks to more is refused."""
_STREAM = re.compile(rb"\bstream\r?\n")
_BEFORE = 4096
"""Bytes before a stream in which its dictionary is looked for."""
_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA|GoToE|Sound|Movie)(?![A-Za-z0-9])"
)
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")


def check_pdf(path: Path, _media_type: str) -> None:
    """Raise ActiveContent, ProtectedFile or FileDamaged unless the file at ``path`` is a plain PDF."""
    data = path.read_bytes()
    if b"%%EOF" not in data[-2048:]:
        raise FileDamaged
    for part in _parts(data):
        if _LOCKED.search(part):
            raise ProtectedFile
        if found := _ACTIVE.search(part):
            raise ActiveContent(what=found.group(1).decode())


def _parts(data: bytes) -> Iterator[bytes]:
    """The objects written openly, and those in object streams; names without escapes."""
    yield _unescaped(_without_streams(data))
    left = MAX_UNPACKED
    for match in _STREAM.finditer(data):
        before = data[max(0, match.start() - _BEFORE) : match.start()]
        described = _unescaped(before[before.rfind(b"obj") + 3 :])
        if b"/ObjStm" not in described:
            continue
        if b"/Predictor" in described:  # allowed, but nobody writes it, and it would hide what is looked for
            raise FileDamaged
        unpacked = _inflated(data, match.end(), left)
        left -= len(unpacked)
        yield _unescaped(unpacked)


def _inflated(data: bytes, start: int, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(data[start:], limit + 1)
    except zlib.error as error:
        raise FileDamaged from error
    if len(found) > limit:
        raise ActiveContent(what="ObjStm")
    return found


def _without_streams(data: bytes) -> bytes:
    """Pictures and fonts are no objects: their bytes may look like anything."""
    return re.sub(rb"\bstream\r?\n.*?endstream", b"stream endstream", data, flags=re.S)


def _unescaped(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match.group(1), 16)]), data)
