"""Whether a component has the parts of its type, each of the right kind of JSON; the other checks build on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from app.forms.localisation import value_key


class Said(NamedTuple):
    """A finding without its place."""

    rule: str
    de: str
    en: str


_COMMON: Final = frozenset({"id", "type", "layout", "conditional", "properties"})
_INPUT: Final = _COMMON | {"key", "label", "description", "validate", "appearance"}
_CHOICE: Final = _INPUT | {"values", "valuesKey"}
_LIST: Final = frozenset({"path", "isRepeating", "allowAddRemove", "defaultRepetitions"})
_GROUP: Final = _COMMON | {"label", "components", "showOutline", "verticalAlignment"}
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "textfield": _INPUT,
    "textarea": _INPUT,
    "number": _INPUT | {"decimalDigits", "increment"},
    "checkbox": _INPUT,
    "datetime": (_INPUT | {"subtype", "dateLabel"}) - {"label"},
    "select": _CHOICE | {"searchable"},
    "radio": _CHOICE,
    "checklist": _CHOICE,
    "taglist": _CHOICE,
    "group": _GROUP,
    "dynamiclist": _GROUP | _LIST,
    "text": _COMMON | {"text"},
    "spacer": _COMMON | {"height"},
    "separator": _COMMON,
}
"""What a component of each supported type may have."""

_OBJECTS: Final = ("properties", "layout", "conditional", "validate", "appearance")
_TEXTS: Final = ("label", "dateLabel", "description", "text", "valuesKey", "key", "path")
_NUMBER: Final = (int, Decimal)
_RULE_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "required": bool,
    "min": _NUMBER,
    "max": _NUMBER,
    "minLength": int,
    "maxLength": int,
    "pattern": str,
    "patternErrorMessage": str,
}


def check_shape(component: Mapping[str, Any]) -> Iterator[Said]:
    """Findings about the type of a component, its attributes and their kinds of JSON."""
    kind = component["type"]
    if kind not in ATTRIBUTES:
        yield Said(
            "unknown_component",
            f"Elemente vom Typ „{kind}“ gibt es hier nicht.",
            f'Components of the type "{kind}" are not supported.',
        )
        return
    for name in sorted(set(component) - ATTRIBUTES[kind]):
        yield Said("unknown_attribute", f"„{name}“ ist bei {kind} unbekannt.", f'{kind} has no "{name}".')
    for name in _OBJECTS:
        if not isinstance(component.get(name, {}), dict):
            yield Said("wrong_attribute", f"„{name}“ muss ein Objekt sein.", f'"{name}" must be an object.')
            return
    for name in _TEXTS:
        if not isinstance(component.get(name, ""), str):
            yield Said("wrong_attribute", f"„{name}“ muss ein Text sein.", f'"{name}" must be a text.')
    for name in ("properties", "appearance"):
        if any(not isinstance(text, str) for text in component.get(name, {}).values()):
            yield Said("wrong_attribute", f"„{name}“ darf nur Texte enthalten.", f'"{name}" may hold texts only.')
    yield from _layout(component.get("layout", {}))
    yield from _rule_kinds(component.get("validate", {}))
    if "values" in component and not _usable(component["values"]):
        yield Said(
            "options",
            "„values“ braucht verschiedene Werte, jeder mit „value“ und „label“.",
            '"values" needs different values, each with "value" and "label".',
        )


def _layout(layout: Mapping[str, Any]) -> Iterator[Said]:
    columns = layout.get("columns")
    if columns is not None and not (type(columns) is int and 1 <= columns <= 16):
        yield Said("wrong_attribute", "„layout.columns“: 1 bis 16.", '"layout.columns": 1 to 16.')
    if not isinstance(layout.get("row", ""), str):
        yield Said("wrong_attribute", "„layout.row“ muss ein Text sein.", '"layout.row" must be a text.')


def _rule_kinds(rules: Mapping[str, Any]) -> Iterator[Said]:
    for name in sorted(_RULE_KINDS.keys() & rules.keys()):
        value, kind = rules[name], _RULE_KINDS[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            yield Said(
                "wrong_rule",
                f"„validate.{name}“ hat die falsche Art.",
                f'"validate.{name}" is of the wrong kind.',
            )


def _usable(values: object) -> bool:
    if not isinstance(values, list) or not values:
        return False
    keys = set()
    for option in values:
        label = option.get("label") if isinstance(option, dict) else None
        if not isinstance(label, str) or not label.strip():
            return False
        if not isinstance(option.get("value"), str | int) or option["value"] == "":
            return False
        keys.add(value_key(option["value"]))
    return len(keys) == len(values)
