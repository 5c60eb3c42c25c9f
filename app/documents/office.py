"""Office files are archives: what is in them decides what they are, and whether they are accepted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from app.documents.problems import ActiveContent, FileDamaged, ProtectedFile, TypeRefused

MAX_ENTRIES = 5_000
MAX_UNPACKED = 300_000_000
MAX_PART = 20_000_000
_ACTIVE = re.compile(
    r"vbaproject|vbadata|/activex/|oleobject|/embeddings/|^basic/|^scripts/|^object |\.(exe|dll|js|vbs)$"
)
_REMOTE = re.compile(rb"attachedTemplate[^>]*TargetMode\s*=\s*\"External\"|macroEnabled", re.I)


def check_office(path: Path, kinds: Mapping[str, str]) -> str:
    """The media type of the archive at ``path``, by the part that makes it one of ``kinds`` (part → media type).

    Raises TypeRefused, ActiveContent, ProtectedFile, FileDamaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _inspected(archive, kinds)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise FileDamaged from error
    except RuntimeError as error:  # what zipfile raises for a password
        raise ProtectedFile from error


def _inspected(archive: zipfile.ZipFile, kinds: Mapping[str, str]) -> str:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise TypeRefused
    if any(entry.flag_bits & 1 for entry in entries):
        raise ProtectedFile
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name for name in names):
        raise FileDamaged
    for name in names:
        if found := _ACTIVE.search(name.lower()):
            raise ActiveContent(what=found.group().strip("/. "))
    media_type = _media_type(archive, set(names), kinds)
    for entry in entries:
        described = entry.filename.endswith(".rels") or entry.filename == "[Content_Types].xml"
        if described and _REMOTE.search(_part(archive, entry.filename)):
            raise ActiveContent(what="attachedTemplate")
    return media_type


def _media_type(archive: zipfile.ZipFile, names: set[str], kinds: Mapping[str, str]) -> str:
    if "mimetype" in names:
        stated = _part(archive, "mimetype").decode("ascii", "replace").strip()
        if stated in kinds.values() and "content.xml" in names:
            return stated
        raise TypeRefused
    found = [kinds[part] for part in kinds if part in names and "[Content_Types].xml" in names]
    if len(found) != 1:
        raise TypeRefused
    return found[0]


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        data = part.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise TypeRefused
    return data
