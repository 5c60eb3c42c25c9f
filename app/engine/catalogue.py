"""Definitions by content hash: parsed once per process and kept; a running case keeps the version it started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.decisions.dmn import DecisionModel, load_model
from app.engine import gate
from app.engine.bundle import Files, Manifest, content_hash, pack, read_folder, read_manifest, unpack
from app.engine.delegates import delegate_topics
from app.engine.model import ProcessModel, read_model
from app.engine.models import Definition
from app.engine.spiff_parser import parse_specs
from app.engine.xml import parse
from app.forms.definition import FormDefinition, load_form
from app.identity.roles import ROLES
from app.platform.findings import Finding
from app.platform.i18n import current_language
from app.platform.ids import new_id
from app.platform.problems import FieldError, NotFound, Unprocessable


class DefinitionRefused(Unprocessable):
    """The process was refused; nothing was stored."""

    code = "definition_refused"

    def __str__(self) -> str:
        """All findings, for logs and the command line."""
        lines = [f"{item.file}:{item.line} {item.element} [{item.rule}] {item.message_en}" for item in self.findings]
        return "\n".join([self.message_id(), *lines])

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(
            [
                FieldError(f"/{item.file}", item.rule, f"{item.line}: {item.element}: {item.message_en}")
                for item in findings
            ]
        )


class ProcessUnknown(NotFound):
    """There is no process with this key and version."""

    code = "process_unknown"


@dataclass(frozen=True)
class LoadedDefinition:
    """A definition ready to run; shared by all threads, never changed."""

    id: str
    key: str
    version: int
    hash: str
    files: Files
    manifest: Manifest
    model: ProcessModel
    spec: Any
    subprocess_specs: Mapping[str, Any]
    forms: Mapping[str, FormDefinition]
    decisions: Mapping[str, DecisionModel]
    sensitivity: Mapping[str, str]

    def element_name(self, element: str) -> str:
        """What readers call an element: its name on the diagram, or process.toml's English one; else its id."""
        found = self.model.elements.get(element)
        german = (found.name if found else "") or element
        return self.manifest.english.get(element, german) if current_language() == "en" else german

    def task_name(self, element: str, stored: str) -> str:
        """The stored name of a task (with its suffix, a person or a provider) in the reader's language."""
        found = self.model.elements.get(element)
        suffix = stored.removeprefix(found.name) if found else ""
        return self.element_name(element) + suffix if found and stored.startswith(found.name) else stored


_loaded: dict[str, LoadedDefinition] = {}
_lock = Lock()


def load(session: Session, definition_id: str) -> LoadedDefinition:
    """The definition by its row id, from memory or the database. Raises :class:`ProcessUnknown`."""
    found = _loaded.get(definition_id)
    if found is not None:
        return found
    row = session.get(Definition, definition_id)
    if row is None:
        raise ProcessUnknown
    with _lock:
        if definition_id not in _loaded:
            _loaded[definition_id] = build(unpack(row.files), row.id, row.version)
        return _loaded[definition_id]


def build(files: Files, definition_id: str, version: int) -> LoadedDefinition:
    """Parse everything of a bundle that has passed the gate."""
    manifest = read_manifest(files)
    roots = {name: parse(data) for name, data in files.items() if name.endswith(".bpmn")}
    model = read_model(manifest.main, roots)
    spec, subprocess_specs = parse_specs(model, roots)
    forms = {
        name.removeprefix("forms/").removesuffix(".form"): load_form(data, name)
        for name, data in files.items()
        if name.endswith(".form")
    }
    models = [load_model(data, name) for name, data in files.items() if name.endswith(".dmn")]
    return LoadedDefinition(
        id=definition_id,
        key=manifest.key,
        version=version,
        hash=content_hash(files),
        files=files,
        manifest=manifest,
        model=model,
        spec=spec,
        subprocess_specs=subprocess_specs,
        forms=forms,
        decisions={decision: item for item in models for decision in item.decisions},
        sensitivity=_sensitivity(forms),
    )


def _sensitivity(forms: Mapping[str, FormDefinition]) -> dict[str, str]:
    """Field key → class over all forms; the strictest class wins where two forms share a key."""
    order = ("public", "case", "personal", "special")
    classes: dict[str, str] = {}
    for form in forms.values():
        for key, level in form.sensitivity.items():
            classes[key] = max(level, classes.get(key, "public"), key=order.index)
    return classes


def latest(session: Session, key: str) -> LoadedDefinition:
    """The newest version of a process. Raises :class:`ProcessUnknown`."""
    newest = sa.select(Definition.id).where(Definition.key == key).order_by(Definition.version.desc()).limit(1)
    definition_id = session.scalar(newest)
    if definition_id is None:
        raise ProcessUnknown
    return load(session, definition_id)


def warm(session: Session) -> int:
    """Load the newest version of every process into memory; returns how many. For servers, before the first request."""
    newest: dict[str, str] = {}
    for row in session.execute(sa.select(Definition.key, Definition.id).order_by(Definition.version)):
        newest[row.key] = row.id
    for definition_id in newest.values():
        load(session, definition_id)
    return len(newest)


def surroundings() -> gate.Surroundings:
    """What bundles may refer to in this installation."""
    return gate.Surroundings(frozenset(ROLES), delegate_topics())


def deploy(session: Session, files: Files, now: datetime, by: str | None = None) -> Definition:
    """Store a bundle as the newest version, or return the existing one with the same content.

    Raises :class:`DefinitionRefused` with all findings; warnings do not refuse.
    """
    errors = [finding for finding in gate.check(files, surroundings()) if finding.severity == "error"]
    if errors:
        raise DefinitionRefused(errors)
    manifest = read_manifest(files)
    newest = session.scalar(
        sa.select(Definition).where(Definition.key == manifest.key).order_by(Definition.version.desc()).limit(1)
    )
    digest = content_hash(files)
    if newest is not None and newest.hash == digest:
        return newest
    _rehearse(files)
    definition = Definition(
        id=new_id(),
        key=manifest.key,
        version=1 if newest is None else newest.version + 1,
        hash=digest,
        title=manifest.title_in("de"),
        files=pack(files),
        deployed_at=now,
        deployed_by=by,
    )
    session.add(definition)
    session.flush()
    return definition


def _rehearse(files: Files) -> None:
    """Parse everything once before it is stored: what cannot be loaded must not become the newest version."""
    try:
        build(files, "", 0)
    except Exception as error:
        de = f"Das Modell lässt sich nicht laden: {error}"
        raise DefinitionRefused([Finding("", 0, "", "loadable", de, f"The model cannot be loaded: {error}")]) from error


def deploy_shipped(session: Session, processes_dir: Path, forms_dir: Path, now: datetime) -> list[Definition]:
    """Deploy every process folder of the installation; unchanged ones stay as they are."""
    return [
        deploy(session, read_folder(folder, forms_dir / folder.name), now)
        for folder in sorted(processes_dir.iterdir())
        if (folder / "process.toml").exists()
    ]
