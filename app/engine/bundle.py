"""A process as files: reading it from disk, hashing it by content, its manifest ``process.toml``."""

from __future__ import annotations

import hashlib
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.engine.manifest_documents import DocumentKind, Requirement, read_kinds, read_required
from app.platform import codec

Files = Mapping[str, bytes]
"""File name inside the bundle (``training_case.bpmn``, ``decisions/x.dmn``, ``forms/y.form``) → content."""


class ManifestInvalid(ValueError):
    """process.toml is missing or unusable."""


@dataclass(frozen=True)
class Manifest:
    """What ``process.toml`` says about a process."""

    key: str
    main: str
    title: Mapping[str, str]
    owner: str
    legal_basis: tuple[str, ...]
    phases: Mapping[str, Mapping[str, str]]
    results: Mapping[str, str]
    start: tuple[str, ...] = field(default=())
    retention_years: int = 6
    english: Mapping[str, str] = field(default_factory=dict)
    document_kinds: Mapping[str, DocumentKind] = field(default_factory=dict)
    documents: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)

    def title_in(self, language: str) -> str:
        """German or English title."""
        return self.title.get(language) or self.title["de"]

    def phase_title(self, phase: str, language: str) -> str:
        """Title of a phase, its key if it is unknown."""
        titles = self.phases.get(phase, {})
        return titles.get(language) or titles.get("de") or phase


def read_folder(process_folder: Path, forms_folder: Path) -> dict[str, bytes]:
    """All files of one shipped process."""
    files: dict[str, bytes] = {"process.toml": (process_folder / "process.toml").read_bytes()}
    for path in sorted(process_folder.glob("*.bpmn")):
        files[path.name] = path.read_bytes()
    for folder, pattern in (("decisions", "*.dmn"), ("scenarios", "*.json")):
        for path in sorted((process_folder / folder).glob(pattern)):
            files[f"{folder}/{path.name}"] = path.read_bytes()
    for path in sorted(forms_folder.glob("*.form")):
        files[f"forms/{path.name}"] = path.read_bytes()
    return files


def content_hash(files: Files) -> str:
    """SHA-256 over the sorted names and contents: equal files, equal hash."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return digest.hexdigest()


def pack(files: Files) -> bytes:
    """Files as one compressed blob for the definition table."""
    return zlib.compress(codec.dumps({name: content.decode("utf-8") for name, content in files.items()}), 6)


def unpack(blob: bytes) -> dict[str, bytes]:
    """Inverse of :func:`pack`."""
    return {name: text.encode("utf-8") for name, text in codec.loads(zlib.decompress(blob)).items()}


def read_manifest(files: Files) -> Manifest:
    """Parse ``process.toml``. Raises :class:`ManifestInvalid`."""
    try:
        raw: dict[str, Any] = tomllib.loads(files["process.toml"].decode("utf-8"))
        _check(raw)
        return Manifest(
            key=raw["key"],
            main=raw["main"],
            title=raw["title"],
            owner=raw.get("owner", ""),
            legal_basis=tuple(raw.get("legal_basis", ())),
            phases=_phases(raw.get("phases", {})),
            results=raw.get("results", {}),
            start=tuple(raw.get("start", {}).get("variables", ())),
            retention_years=int(raw.get("retention_years", 6)),
            english=raw.get("english", {}),
            document_kinds=read_kinds(raw.get("document_kinds", {})),
            documents=read_required(raw.get("documents", {})),
        )
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise ManifestInvalid(f"process.toml: {error}") from error


def _check(raw: Mapping[str, Any]) -> None:
    """Raise ValueError or KeyError where the catalogue could not store or show what is written."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", raw["key"]):
        raise ValueError("key: a to z, 0 to 9 and _, at most 80 characters")
    if not isinstance(raw["title"], dict) or not 1 <= len(raw["title"]["de"]) <= 200:
        raise ValueError("title: a table with de (and en), at most 200 characters")
    results = raw.get("results", {})
    if not isinstance(results, dict) or any(not isinstance(item, str) or len(item) > 40 for item in results.values()):
        raise ValueError("results: end event = result of at most 40 characters")


def _phases(raw: Any) -> dict[str, Mapping[str, str]]:
    """Phases in order, whether written as tables ``[phases.x]`` or as a list of tables with ``key``."""
    if isinstance(raw, list):
        return {item["key"]: {name: text for name, text in item.items() if name != "key"} for item in raw}
    return {key: titles for key, titles in raw.items() if isinstance(titles, dict)}
