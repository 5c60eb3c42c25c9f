"""What a file really is: told from its content, never from what the sender says. Everything else is refused.

A file that is two things at once (a PDF that is also an archive, a picture that is also a page) is refused, too: what
this room checks has to be what the reader's program opens.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import filetype

from app.documents.office import check_office
from app.documents.pdf import check_pdf
from app.documents.problems import FileDamaged, NameMismatch, TypeRefused

HEAD = 8192
MAX_PIXELS = 50_000_000
"""A picture of more is refused: a few bytes could otherwise fill a reader's memory."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ODT = "application/vnd.oasis.opendocument.text"
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    _WORD: (".docx",),
    _SHEET: (".xlsx",),
    _ODT: (".odt",),
    "text/plain": (".txt",),
    "text/csv": (".csv",),
}
"""Accepted media types, each with the endings that a name may have; the first one is added where there is none."""
PICTURES = frozenset({"image/png", "image/jpeg"})
_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)|^#!|^\s*mz[\x00-\xff]|{\\rtf", re.I)
_ARCHIVE_END = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that is accepted: its media type and the name under which it is kept."""

    media_type: str
    filename: str


def recognise(path: Path, filename: str) -> Recognised:
    """What the file at ``path`` is. ``filename`` is the cleaned name from the sender, whose ending has to fit.

    Raises TypeRefused, NameMismatch, ActiveContent, ProtectedFile, FileDamaged.
    """
    head, tail = _ends_of(path)
    media_type = _media_type(path, head, Path(filename).suffix.lower())
    if media_type != "application/pdf" and b"%PDF-" in head[:1024]:
        raise TypeRefused
    if "openxml" not in media_type and media_type != _ODT and _ARCHIVE_END in tail:
        raise TypeRefused
    if check := _CHECKS.get(media_type):
        check(path, media_type)
    return Recognised(media_type, _fitting(filename, media_type))


def _ends_of(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - (1 << 16) - 22))
        return head, file.read()


def _media_type(path: Path, head: bytes, ending: str) -> str:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    guessed = filetype.guess_mime(head)
    if head.startswith(b"PK\x03\x04"):
        return check_office(path, {"word/document.xml": _WORD, "xl/workbook.xml": _SHEET, "content.xml": _ODT})
    if guessed in PICTURES:
        return str(guessed)
    if guessed is None and _is_text(path, head):
        return "text/csv" if ending == ".csv" else "text/plain"
    raise TypeRefused


def _is_text(path: Path, head: bytes) -> bool:
    """Text in UTF-8 or Windows' own encoding, as German spreadsheets write it; no markup and no control characters."""
    if _MARKUP.search(head[:1024]):
        return False
    data = path.read_bytes()
    if re.search(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]", data):
        return False
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _fitting(filename: str, media_type: str) -> str:
    """The name with an ending that fits. Raises :class:`NameMismatch` where it says something else."""
    endings, ending = ENDINGS[media_type], Path(filename).suffix.lower()
    if ending in endings:
        return filename
    if ending == "":
        return filename + endings[0]
    raise NameMismatch(ending=ending[:12], content=endings[0].removeprefix(".").upper())


def _check_picture(path: Path, media_type: str) -> None:
    with path.open("rb") as file:
        data = file.read()
    try:
        width, height = _png_size(data) if media_type == "image/png" else _jpeg_size(data)
    except (struct.error, IndexError) as error:
        raise FileDamaged from error
    if width * height > MAX_PIXELS:
        raise TypeRefused
    if not width or not height:
        raise FileDamaged
    if _MARKUP.search(data[:1024]):
        raise TypeRefused


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or b"IEND" not in data[-64:]:
        raise FileDamaged
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame header (ITU T.81 B.2.2), found by going from marker to marker."""
    position = 2
    while position < len(data):
        while data[position] == 0xFF:
            position += 1
        marker = data[position]
        length = struct.unpack(">H", data[position + 1 : position + 3])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 4 : position + 8])
            return int(width), int(height)
        if length < 2 or data[position + 1 + length : position + 2 + length] != b"\xff":
            raise FileDamaged
        position += 1 + length
    raise FileDamaged


_CHECKS: Mapping[str, Callable[[Path, str], None]] = {
    "application/pdf": check_pdf,
    "image/png": _check_picture,
    "image/jpeg": _check_picture,
}
