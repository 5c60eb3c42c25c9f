"""Which fields of a case somebody sees: by the sensitivity class that the forms give every field.

A key counts wherever it stands in the data; keys no form names are ``case``. Names and classes: domain § 6, § 26 BDSG.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.cases.telling import telling_rules
from app.engine.catalogue import LoadedDefinition
from app.identity.roles import ALL_DATA

KNOWN: Mapping[str, str] = {
    "name": "personal",
    "first_name": "personal",
    "last_name": "personal",
    "last_funding_end": "personal",
    "correction_reason": "personal",
    "handover_reason": "personal",
    "birth_date": "special",
    "age": "special",
    "monthly_gross": "special",
    "age_45_or_disabled": "special",
    "disability_degree": "special",
    "equal_status": "special",
    "sgb2_benefits": "special",
    "has_child": "special",
    "message": "special",
    "public_document": "public",
    "case_document": "case",
    "personal_document": "personal",
    "special_document": "special",
    "subject_id": "special",
}
"""Fields from registers and calculations, and those of forms that domain § 6 protects better than their form does: age
and pay are, like disability, for the funding adviser, the company's HR and the person only. ``message`` is what a
failed step says, which may quote any value. ``…_document`` is
what the history says of a document of that class, ``subject_id`` whom it is about."""

TRANSPARENT = frozenset({"answers", "data", "set", "payload", "inputs", "outputs", "value", "matched", "annotations"})
"""Containers of a journal payload: shown, their content is judged key by key."""

_ORDER = ("public", "case", "personal", "special")
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Sight:
    """What one reader sees of one case.

    ``classes``: of every field. ``own``: ids of employees or organisations; rows about them are shown in full.
    ``keys``: single fields beyond the classes. ``elements``: tasks whose answers about people the reader has given.
    """

    classes: frozenset[str]
    own: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.classes >= ALL_DATA

    def shows(self, key: str, definition: LoadedDefinition) -> bool:
        """Whether a field of the case is shown, wherever it stands."""
        return key in self.keys or class_of(key, definition.sensitivity) in self.classes

    def owns(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the case is about the reader."""
        return any(row.get(key) in self.own for key in ("id", "employee", "subject_id"))

    def of_own(self) -> Sight:
        """The sight inside rows about the reader."""
        return _Full


_Full = Sight(ALL_DATA)


def class_of(key: str, sensitivity: Mapping[str, str]) -> str:
    """The stricter of what the registers and the forms say; an expression is as sensitive as the names in it."""
    names = (key,) if key.isidentifier() else _names_in(key) or (key,)
    return max((_class_of_name(name, sensitivity) for name in names), key=_ORDER.index)


@lru_cache(maxsize=2048)
def _names_in(expression: str) -> tuple[str, ...]:
    return tuple(_NAME.findall(expression))


def _class_of_name(name: str, sensitivity: Mapping[str, str]) -> str:
    known = KNOWN.get(name)
    if known is None:
        return sensitivity.get(name, "case")
    return max(known, sensitivity.get(name, "public"), key=_ORDER.index)


def redact(value: Any, sight: Sight, definition: LoadedDefinition) -> Any:
    """A copy of ``value`` without what ``sight`` does not show, at any depth.

    Of a hidden list the rows about the reader stay. Rules of decision tables that test hidden fields are left out:
    their texts would tell what the fields hide.
    """
    if sight.everything:
        return value
    return _Redaction(sight, definition, telling_rules(definition, KNOWN)).copy(value)


@dataclass(frozen=True)
class _Redaction:
    sight: Sight
    definition: LoadedDefinition
    telling: frozenset[str] = field(default_factory=frozenset)

    def copy(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return value if self.sight.owns(value) else self._mapping(value)
        if isinstance(value, list):
            return [self.copy(item) for item in value if not self._tells(item)]
        return value

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        kept = {}
        for key, item in value.items():
            if key in TRANSPARENT or self.sight.shows(str(key), self.definition):
                kept[key] = self.copy(item)
            elif own := [row for row in _rows(item) if self.sight.owns(row)]:
                kept[key] = own
        return kept

    def _tells(self, item: Any) -> bool:
        if not isinstance(item, Mapping) or "special" in self.sight.classes:
            return False
        return item.get("rule_id") in self.telling or item.get("code") in self.telling


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
