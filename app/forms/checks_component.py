"""What one component of a form must and may have, its place in the form aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from app.decisions.feel import FeelSyntaxError, compile_expression
from app.forms.answer_fields import FIELD_TYPES, MAX_DECIMALS
from app.forms.fields import MAX_TEXT, SENSITIVITIES, VALUES_KEYS, pattern_limit
from app.forms.localisation import english_values, missing_english, value_key
from app.forms.patterns import UnsafePattern, compile_pattern


class Said(NamedTuple):
    """A finding without its place."""

    rule: str
    de: str
    en: str


_COMMON: Final = frozenset({"id", "type", "layout", "conditional", "properties"})
_INPUT: Final = _COMMON | {"key", "label", "description", "validate", "defaultValue", "appearance"}
_CHOICE: Final = _INPUT | {"values", "valuesKey"}
_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "textfield": _INPUT,
    "textarea": _INPUT,
    "number": _INPUT | {"decimalDigits", "increment"},
    "checkbox": _INPUT,
    "datetime": (_INPUT | {"subtype", "dateLabel"}) - {"label"},
    "select": _CHOICE | {"searchable"},
    "radio": _CHOICE,
    "checklist": _CHOICE,
    "taglist": _CHOICE,
    "group": _COMMON | {"label", "components", "showOutline", "verticalAlignment"},
    "dynamiclist": _COMMON
    | {"label", "path", "components", "showOutline", "isRepeating", "allowAddRemove", "defaultRepetitions"},
    "text": _COMMON | {"text"},
    "spacer": _COMMON | {"height"},
    "separator": _COMMON,
}
_RULES: Final[Mapping[str, frozenset[str]]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "patternErrorMessage"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check(component: Mapping[str, Any]) -> Iterator[Said]:
    """All findings about one component; its children are not looked at."""
    kind = component["type"]
    if kind not in _ATTRIBUTES:
        yield Said(
            "unknown_component",
            f"Elemente vom Typ „{kind}“ gibt es hier nicht.",
            f'Components of the type "{kind}" are not supported.',
        )
        return
    for name in sorted(set(component) - _ATTRIBUTES[kind]):
        yield Said(
            "unknown_attribute", f"„{name}“ ist bei {kind} unbekannt.", f'"{name}" is unknown for {kind}.'
        )
    for part in ("properties", "layout", "conditional", "validate", "appearance"):
        if not isinstance(component.get(part, {}), dict):
            yield Said("wrong_attribute", f"„{part}“ muss ein Objekt sein.", f'"{part}" must be an object.')
            return
    if any(not isinstance(text, str) for text in component.get("properties", {}).values()):
        yield Said("wrong_attribute", "Eigenschaften sind Texte.", "Properties are texts.")
        return
    for rule in _CHECKS:
        yield from rule(component, kind)


def _texts(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    """A German text where people need one, no template in it, and an English one beside it."""
    needed = {"text": "text", "datetime": "dateLabel", "spacer": "", "separator": ""}.get(kind, "label")
    if needed and not str(component.get(needed) or "").strip():
        yield Said("missing_label", f"„{needed}“ fehlt.", f'"{needed}" is missing.')
    for name in ("label", "dateLabel", "description", "text"):
        text = component.get(name, "")
        if not isinstance(text, str):
            yield Said("wrong_attribute", f"„{name}“ muss ein Text sein.", f'"{name}" must be a text.')
        elif text.startswith("=") or "{{" in text:
            yield Said("template", f"„{name}“ enthält eine Vorlage.", f'"{name}" contains a template.')
    for name in missing_english(component):
        yield Said(
            "missing_english", f"Die Eigenschaft „{name}“ fehlt.", f'The property "{name}" is missing.'
        )


def _key(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    name = {"dynamiclist": "path"}.get(kind, "key" if kind in FIELD_TYPES else "")
    if name and not (isinstance(component.get(name), str) and _KEY.fullmatch(component[name])):
        yield Said(
            "bad_key",
            f"„{name}“ muss aus Kleinbuchstaben, Ziffern und _ bestehen.",
            f'"{name}" must consist of small letters, digits and _.',
        )


def _properties(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    if kind not in FIELD_TYPES:
        return
    properties = component.get("properties", {})
    if not properties.get("example", "").strip():
        yield Said(
            "missing_example", "Die Eigenschaft „example“ fehlt.", 'The property "example" is missing.'
        )
    if properties.get("sensitivity") not in SENSITIVITIES:
        classes = ", ".join(SENSITIVITIES)
        yield Said(
            "missing_sensitivity",
            f"„sensitivity“ muss eins sein von {classes}.",
            f'"sensitivity" must be one of {classes}.',
        )
    if "prefill" in properties:
        try:
            compile_expression(properties["prefill"])
        except FeelSyntaxError as error:
            yield Said("bad_prefill", f"„prefill“: {error.message_de}", f'"prefill": {error.message}')


def _rules(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    rules = component.get("validate", {})
    for name in sorted(set(rules) - _RULES.get(kind, frozenset({"required"}))):
        yield Said(
            "unknown_rule",
            f"„validate.{name}“ gibt es bei {kind} nicht.",
            f'{kind} has no "validate.{name}".',
        )
    expected: Mapping[str, type | tuple[type, ...]] = {
        "required": bool,
        "min": (int, Decimal),
        "max": (int, Decimal),
        "minLength": int,
        "maxLength": int,
        "pattern": str,
        "patternErrorMessage": str,
    }
    for name, type_ in expected.items():
        value = rules.get(name)
        if name in rules and (
            not isinstance(value, type_) or (isinstance(value, bool) and type_ is not bool)
        ):
            yield Said(
                "wrong_rule",
                f"„validate.{name}“ hat die falsche Art.",
                f'"validate.{name}" is of a wrong kind.',
            )
            return
    if rules.get("min", 0) > rules.get("max", rules.get("min", 0)) or rules.get("minLength", 0) > rules.get(
        "maxLength", MAX_TEXT.get(kind, 0)
    ):
        yield Said(
            "wrong_rule",
            "Die Untergrenze liegt über der Obergrenze.",
            "The lower limit is above the upper one.",
        )
    yield from _pattern(component, rules.get("pattern"))


def _pattern(component: Mapping[str, Any], pattern: str | None) -> Iterator[Said]:
    if not pattern:
        return
    try:
        compile_pattern(pattern)
    except UnsafePattern as error:
        yield Said("unsafe_pattern", f"Muster nicht erlaubt: {error}.", f"Pattern not allowed: {error}.")
    if not pattern_limit(component):
        yield Said(
            "unsafe_pattern",
            "Zu einem Muster gehört „maxLength“ von höchstens 100.",
            'A pattern needs a "maxLength" of at most 100.',
        )


def _numbers(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    digits, step = component.get("decimalDigits", 0), component.get("increment", 1)
    if kind == "number" and not (type(digits) is int and 0 <= digits <= MAX_DECIMALS):
        yield Said("wrong_attribute", "„decimalDigits“: 0 bis 10.", '"decimalDigits": 0 to 10.')
    if kind == "number" and not (type(step) in (int, Decimal) and step > 0):
        yield Said("wrong_attribute", "„increment“ muss größer als 0 sein.", '"increment" must be above 0.')
    if kind == "datetime" and component.get("subtype") != "date":
        yield Said(
            "unsupported_subtype",
            "Nur „subtype“ „date“ ist möglich.",
            'Only the "subtype" "date" is supported.',
        )


def _options(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    if "values" not in _ATTRIBUTES[kind]:
        return
    values, key = component.get("values"), component.get("valuesKey")
    if (values is None) == (key is None):
        yield Said(
            "options", "Nötig ist „values“ oder „valuesKey“.", 'It needs either "values" or "valuesKey".'
        )
    elif key is not None and key not in VALUES_KEYS:
        offered = ", ".join(VALUES_KEYS)
        yield Said(
            "unknown_values_key", f"„valuesKey“ kennt nur {offered}.", f'"valuesKey" may be {offered}.'
        )
    elif key is None and not _usable(values):
        yield Said(
            "options",
            "„values“ braucht verschiedene Werte, jeder mit „value“ und „label“.",
            '"values" needs different values, each with "value" and "label".',
        )
    unknown = set(english_values(component.get("properties", {}))) - {
        value_key(o["value"]) for o in values or () if _usable(values)
    }
    if unknown:
        yield Said(
            "options",
            f"„values_en“: {sorted(unknown)} fehlt.",
            f'"values_en": {sorted(unknown)} is no option.',
        )


def _usable(values: object) -> bool:
    if not isinstance(values, list) or not values:
        return False
    keys = set()
    for option in values:
        if (
            not isinstance(option, dict)
            or not isinstance(option.get("label"), str)
            or not option["label"].strip()
        ):
            return False
        if not isinstance(option.get("value"), str | int) or option["value"] == "":
            return False
        keys.add(value_key(option["value"]))
    return len(keys) == len(values)


_CHECKS: Final[tuple[Callable[[Mapping[str, Any], str], Iterator[Said]], ...]] = (
    _key,
    _texts,
    _properties,
    _rules,
    _numbers,
    _options,
)
