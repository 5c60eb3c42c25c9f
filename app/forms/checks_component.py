"""What one component of a form must and may have, its place in the form aside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from app.decisions.feel import FeelSyntaxError, compile_expression
from app.forms.answer_fields import FIELD_TYPES, MAX_DECIMALS
from app.forms.checks_shape import ATTRIBUTES, Said, check_shape
from app.forms.fields import MAX_TEXT, SENSITIVITIES, VALUES_KEYS, pattern_limit
from app.forms.localisation import english_values, missing_english, value_key
from app.forms.patterns import UnsafePattern, compile_pattern

_RULES: Final[Mapping[str, frozenset[str]]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "patternErrorMessage"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_NEEDED_TEXT: Final = {"text": "text", "datetime": "dateLabel", "spacer": None, "separator": None}


def check(component: Mapping[str, Any]) -> Iterator[Said]:
    """All findings about one component; its children are not looked at."""
    misshapen = list(check_shape(component))
    yield from misshapen
    if not misshapen:
        for rule in _CHECKS:
            yield from rule(component, component["type"])


def _key(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    name = {"dynamiclist": "path"}.get(kind, "key" if kind in FIELD_TYPES else "")
    if name and not _KEY.fullmatch(component.get(name, "")):
        yield Said(
            "bad_key",
            f"„{name}“ muss aus Kleinbuchstaben, Ziffern und _ bestehen.",
            f'"{name}" must consist of small letters, digits and _.',
        )


def _texts(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    """A German text where people need one, no template in it, and an English one beside it."""
    needed = _NEEDED_TEXT.get(kind, "label")
    if needed and not component.get(needed, "").strip():
        yield Said("missing_label", f"„{needed}“ fehlt.", f'"{needed}" is missing.')
    for name in ("label", "dateLabel", "description", "text"):
        text = component.get(name, "")
        if text.startswith("=") or "{{" in text:
            yield Said("template", f"„{name}“ enthält eine Vorlage.", f'"{name}" contains a template.')
    for name in missing_english(component):
        yield _missing("missing_english", name)


def _properties(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    if kind not in FIELD_TYPES:
        return
    properties = component.get("properties", {})
    if not properties.get("example", "").strip():
        yield _missing("missing_example", "example")
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


def _missing(rule: str, name: str) -> Said:
    return Said(rule, f"Die Eigenschaft „{name}“ fehlt.", f'The property "{name}" is missing.')


def _rules(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    rules = component.get("validate", {})
    for name in sorted(set(rules) - _RULES.get(kind, frozenset({"required"}))):
        yield Said(
            "unknown_rule",
            f"„validate.{name}“ gibt es bei {kind} nicht.",
            f'{kind} has no "validate.{name}".',
        )
    longest = rules.get("maxLength", MAX_TEXT.get(kind, 0))
    if rules.get("min", 0) > rules.get("max", rules.get("min", 0)) or rules.get("minLength", 0) > longest:
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


def _kind_of_value(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    digits, step = component.get("decimalDigits", 0), component.get("increment", 1)
    if kind == "number" and not (type(digits) is int and 0 <= digits <= MAX_DECIMALS):
        yield Said("wrong_attribute", "„decimalDigits“: 0 bis 10.", '"decimalDigits": 0 to 10.')
    if kind == "number" and not (type(step) in (int, Decimal) and step > 0):
        yield Said("wrong_attribute", "„increment“ muss über 0 liegen.", '"increment" must be above 0.')
    if kind == "datetime" and component.get("subtype") != "date":
        yield Said("unsupported_subtype", "Möglich ist nur „date“.", 'Only "date" is supported.')


def _options(component: Mapping[str, Any], kind: str) -> Iterator[Said]:
    if "values" not in ATTRIBUTES[kind]:
        return
    key = component.get("valuesKey")
    if ("values" in component) == (key is not None):
        yield Said("options", "Nötig ist „values“ oder „valuesKey“.", 'It needs either "values" or "valuesKey".')
    elif key is not None and key not in VALUES_KEYS:
        offered = ", ".join(VALUES_KEYS)
        yield Said("unknown_values_key", f"„valuesKey“ kennt nur {offered}.", f'"valuesKey" may be {offered}.')
    translated = set(english_values(component.get("properties", {})))
    strangers = sorted(translated - {value_key(option["value"]) for option in component.get("values", ())})
    if strangers:
        yield Said(
            "options",
            f"„values_en“ nennt Werte, die es nicht gibt: {', '.join(strangers)}.",
            f'"values_en" names values that do not exist: {", ".join(strangers)}.',
        )


_CHECKS: Final[tuple[Callable[[Mapping[str, Any], str], Iterator[Said]], ...]] = (
    _key,
    _texts,
    _properties,
    _rules,
    _kind_of_value,
    _options,
)
