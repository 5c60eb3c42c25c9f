"""What a form to add a document offers to whom: kinds, people and providers, classes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.cases.access import load_visible
from app.cases.scope import roles_in_case
from app.documents.parties import subjects
from app.documents.present import kind_name
from app.documents.rules import CLASSES
from app.documents.service import OTHER
from app.engine import catalogue
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case
from app.engine.service import variables_of
from app.identity.actor import Actor
from app.identity.policy_rule import DOCUMENT_CHANGERS
from app.identity.roles import EMPLOYEE, PROVIDER


def choices_for(session: Session, actor: Actor, case_id: str, language: str) -> dict[str, Any]:
    """``{may_add, kinds: [{key, name, class}], subjects: [{id, name}], classes: […]}``. Employees and providers are not
    asked whom their document is about.
    """
    row = load_visible(session, actor, case_id, "documents_api.list_documents")
    roles = roles_in_case(actor, row.Case.company_id)
    whole = roles - {EMPLOYEE, PROVIDER}
    definition, variables = catalogue.load(session, row.Case.definition_id), variables_of(row.blob)
    people = subjects(variables).items() if whole else []
    classes = actor.visible_classes(*whole) if whole else frozenset()
    return {
        "may_add": row.Case.status == "open" and bool(roles & DOCUMENT_CHANGERS),
        "kinds": kinds_offered(actor, row.Case, definition, language),
        "subjects": [{"id": key, "name": name} for key, name in people],
        "classes": [name for name in CLASSES if name in classes],
    }


def kinds_offered(actor: Actor, case: Case, definition: LoadedDefinition, language: str) -> list[dict[str, str]]:
    """``[{key, name, class}]`` of the kinds whose class is not out of the actor's sight."""
    whole = roles_in_case(actor, case.company_id) - {EMPLOYEE, PROVIDER}
    classes = actor.visible_classes(*whole) if whole else frozenset(CLASSES)
    kinds = {key: kind.sensitivity for key, kind in definition.manifest.document_kinds.items()} or {OTHER: "case"}
    return [
        {"key": key, "name": kind_name(definition, key, language), "class": sensitivity}
        for key, sensitivity in kinds.items()
        if sensitivity in classes
    ]
