"""PDF files: refused if something in them could run, if they are locked, or if they cannot be read.

Names of a PDF may be written with escapes (``/J#61vaScript``) and hide in compressed object streams (ISO 32000-1
§§ 7.3.5 and 7.5.7); both are looked through. Nothing is skipped because it claims to be a picture or a comment: what we
took for one a reader may take for an object. What is accepted is still only handed out as a download, and shown as
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
MAX_DICTIONARY = 100_000
"""Bytes of a stream's dictionary; nobody writes a longer one except to hide something."""
_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")


def _spelled(*names: str) -> bytes:
    """A pattern for names of a PDF, each sign as it is or escaped."""
    signs = [
        [rb"(?:%s|#(?i:%02x))" % (re.escape(chr(sign)).encode(), sign) for sign in name.encode()] for name in names
    ]
    return rb"/(" + rb"|".join(b"".join(name) for name in signs) + rb")(?![A-Za-z0-9])"


_ACTIVE = re.compile(
    _spelled(
        *("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm", "ImportData"),
        *("GoToE", "Rendition", "Movie"),
    )
)
_FORM_CODE = re.compile(_spelled("XFA") + rb"\s*[\[0-9]")
_LOCKED = re.compile(_spelled("Encrypt"))
_OBJECT_STREAM = re.compile(_spelled("ObjStm"))
_PLAIN_FILTER = re.compile(rb"/Filter\s*(\[\s*)?/FlateDecode\s*(?(1)\])")


def check_pdf(path: Path, _media_type: str) -> None:
    """Raise ActiveContent, ProtectedFile or FileDamaged unless the file at ``path`` is a plain PDF."""
    data = path.read_bytes()
    if b"%%EOF" not in data[-2048:]:
        raise FileDamaged
    for part in _parts(data):
        if _LOCKED.search(part):
            raise ProtectedFile
        if found := _ACTIVE.search(part) or _FORM_CODE.search(part):
            raise ActiveContent(what=_plain(found.group(1)).decode("latin-1"))


def _parts(data: bytes) -> Iterator[bytes]:
    """The file as it is, and its object streams unpacked."""
    yield data
    left, start = MAX_UNPACKED, -1
    for match in _OBJECT_STREAM.finditer(data):
        position = match.start()
        if position < start:  # the same dictionary names it again
            continue
        start = data.find(b"stream", position, position + MAX_DICTIONARY)
        begin = data.rfind(b"obj", max(0, position - MAX_DICTIONARY), position)
        if start < 0 or begin < 0:
            raise FileDamaged
        unpacked = _unpacked(data, begin, start, left)
        left -= len(unpacked)
        yield unpacked


def _unpacked(data: bytes, begin: int, start: int, limit: int) -> bytes:
    """The object stream whose dictionary reaches from ``begin`` to ``start``; empty if it is not compressed.

    Raises FileDamaged for anything but the one filter that programs use for it: others could hide what is looked for.
    """
    described = _plain(data[begin:start])
    filters = described.count(b"/Filter")
    if filters == 0:
        return b""
    if filters > 1 or not _PLAIN_FILTER.search(described) or b"/DecodeParms" in described:
        raise FileDamaged
    start += len(b"stream")
    start += 2 if data[start : start + 2] == b"\r\n" else 1
    end = data.find(b"endstream", start)
    return _inflated(data[start:end] if end >= 0 else b"", limit)


def _inflated(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(packed, limit + 1)
    except zlib.error as error:
        raise FileDamaged from error
    if len(found) > limit:
        raise ActiveContent(what="ObjStm")
    if not unpacker.eof:  # its end lies elsewhere than where we looked for it
        raise FileDamaged
    return found


def _plain(text: bytes) -> bytes:
    """Names without their escapes."""
    return _ESCAPE.sub(lambda match: bytes([int(match.group(1), 16)]), text)
