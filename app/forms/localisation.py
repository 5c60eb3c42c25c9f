"""The same form in English: every German text replaced by the English one beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_TEXTS: Final = (
    (("label",), "label_en"),
    (("dateLabel",), "label_en"),
    (("description",), "description_en"),
    (("text",), "text_en"),
    (("appearance", "suffixAdorner"), "suffix_en"),
    (("appearance", "prefixAdorner"), "prefix_en"),
    (("validate", "patternErrorMessage"), "pattern_error_en"),
)
"""Where a component has German text, and the property with the English one."""


def english(component: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a component (or a whole form) with English texts; the properties stay as they are."""
    copy: dict[str, Any] = {
        key: english(value) if isinstance(value, dict) and key in ("appearance", "validate") else value
        for key, value in component.items()
    }
    properties = component.get("properties", {})
    for path, name in _TEXTS:
        if name in properties:
            _replace(copy, path, properties[name])
    if "values" in component:
        labels = json.loads(properties.get("values_en", "{}"))
        copy["values"] = [
            {**option, "label": labels.get(value_key(option["value"]), option["label"])}
            for option in component["values"]
        ]
    if "components" in component:
        copy["components"] = [english(child) for child in component["components"]]
    return copy


def missing_english(component: Mapping[str, Any]) -> Iterator[str]:
    """The properties a component lacks to be shown in English (its children not looked at)."""
    properties = component.get("properties", {})
    for path, name in _TEXTS:
        german = component
        for step in path:
            german = german.get(step, {})
        if german and not properties.get(name, "").strip():
            yield name
    labels = english_values(properties)
    if any(not labels.get(value_key(option["value"])) for option in component.get("values", ())):
        yield "values_en"


def english_values(properties: Mapping[str, str]) -> Mapping[str, str]:
    """The English labels of the options; empty if the property is no JSON object of texts."""
    try:
        labels = json.loads(properties.get("values_en", "{}"))
    except ValueError:
        return {}
    return labels if isinstance(labels, dict) and all(isinstance(label, str) for label in labels.values()) else {}


def value_key(value: Any) -> str:
    """The value of an option as a key of ``values_en``: texts as they are, ``true`` and ``1`` as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def _replace(copy: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    for step in path[:-1]:
        copy = copy.get(step, {})
    if path[-1] in copy:
        copy[path[-1]] = text
