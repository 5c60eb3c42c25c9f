"""What an answer about a case really shows, for the access log: the classes that are left after redaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.audit.access import VIEW, record_access
from app.cases.redaction import TRANSPARENT, class_of
from app.cases.scope import seeing_grant
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case
from app.identity.actor import Actor

_NOTHING: tuple[object, ...] = (None, "", [], {})


def classes_of(value: Any, definition: LoadedDefinition) -> frozenset[str]:
    """The classes of all fields that hold something, at any depth of ``value`` (data that is redacted already)."""
    return frozenset(class_of(key, definition.sensitivity) for key in set(_keys(value)))


def _keys(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            yield from (str(key) for key, item in one.items() if key not in TRANSPARENT and item not in _NOTHING)
            pending.extend(one.values())
        elif isinstance(one, list | tuple):
            pending.extend(one)


def classes_of_sections(sections: Sequence[Mapping[str, Any]], definition: LoadedDefinition) -> frozenset[str]:
    """The same for ``summary.sections``: its items name their fields, its titles may name a person."""
    keys = {item["key"] for section in sections for item in section["items"]}
    if any(section["title"] != definition.element_name(section["element"]) for section in sections):
        keys.add("name")
    return frozenset(class_of(key, definition.sensitivity) for key in keys)


def record_view(session: Session, now: datetime, actor: Actor, case: Case, classes: Iterable[str]) -> None:
    """Note in the access log that ``actor`` is shown data of a case, about whichever persons it names."""
    record_access(
        session,
        now,
        actor,
        kind=VIEW,
        case_id=case.id,
        subject="",
        classes=classes,
        capacity=seeing_grant(actor, case.company_id),
    )
