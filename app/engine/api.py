"""The catalogue over HTTP (reading)."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.engine import catalogue
from app.engine.models import Case, Definition
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("definitions_api", __name__, "Processes: versions, diagrams, forms, decisions")


class DefinitionFields(ma.Schema):
    """One version of a process."""

    key = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    hash = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    deployed_at = ma.fields.AwareDateTime(format="iso", required=True)
    running = ma.fields.Integer(required=True, metadata={"description": "Cases running on this version."})


class DefinitionDetail(DefinitionFields):
    """A version with its files and elements."""

    legal_basis = ma.fields.List(ma.fields.String(), required=True)
    phases = ma.fields.List(ma.fields.Dict(), required=True)
    files = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    tasks = ma.fields.List(ma.fields.Dict(), required=True)


class DefinitionPage(ma.Schema):
    """All versions, newest first."""

    items = ma.fields.List(ma.fields.Nested(DefinitionFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


def _rows(session: Session, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    running = (
        sa.select(sa.func.count()).where(Case.definition_id == Definition.id, Case.status == "open").scalar_subquery()
    )
    statement = sa.select(Definition, running.label("running")).where(*conditions)
    rows = session.execute(statement.order_by(Definition.key, Definition.version.desc())).all()
    return [
        {
            "id": row.Definition.id,
            "key": row.Definition.key,
            "version": row.Definition.version,
            "hash": row.Definition.hash,
            "title": row.Definition.title,
            "deployed_at": row.Definition.deployed_at,
            "running": row.running,
        }
        for row in rows
    ]


@blueprint.route("/definitions")
@blueprint.response(200, DefinitionPage)
def list_definitions() -> dict[str, Any]:
    """Every version of every process."""
    current_actor()
    return {"items": _rows(db.session()), "next": None}


@blueprint.route("/definitions/<string:key>/<int:version>")
@blueprint.response(200, DefinitionDetail)
def get_definition(key: str, version: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One version with its files, phases and tasks."""
    current_actor()
    session, language = db.session(), current_language()
    if version > 1_000_000:
        raise catalogue.ProcessUnknown
    rows = _rows(session, Definition.key == key, Definition.version == version)
    if not rows:
        raise catalogue.ProcessUnknown
    loaded = catalogue.load(session, rows[0]["id"])
    manifest = loaded.manifest
    found = {
        **rows[0],
        "legal_basis": list(manifest.legal_basis),
        "phases": [{"key": phase, "title": manifest.phase_title(phase, language)} for phase in manifest.phases],
        "files": {name: content.decode() for name, content in loaded.files.items()},
        "tasks": [
            {"element": task.id, "name": task.name, "roles": list(task.roles), "phase": task.process}
            for task in loaded.model.user_tasks()
        ],
    }
    return found, 200, {"ETag": f'"{loaded.hash}"'}
