"""Small forms for tests, valid unless a test makes them otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.forms.definition import FormDefinition, InvalidAnswers, check_form, load_form
from app.platform.problems import FieldError

PEOPLE = {"employees": [{"value": "e-1", "label": "Eins"}, {"value": "e-2", "label": "Zwei"}]}


def field(type_: str, key: str, example: str = "ja", **attributes: Any) -> dict[str, Any]:
    """A component with everything that the gate asks for."""
    properties = {"example": example, "sensitivity": "case", "label_en": f"English {key}"}
    properties |= attributes.pop("properties", {})
    label = {"subtype": "date", "dateLabel": f"Feld {key}"} if type_ == "datetime" else {"label": f"Feld {key}"}
    return {"type": type_, "id": f"field_{key}", "key": key, **label, **attributes, "properties": properties}


def choice(type_: str, key: str, values: Sequence[Any], example: str, **attributes: Any) -> dict[str, Any]:
    """A component with options whose labels are their values."""
    keys = [value if isinstance(value, str) else json.dumps(value) for value in values]
    english = json.dumps({name: f"English {name}" for name in keys})
    options = [{"value": value, "label": f"Wert {name}"} for value, name in zip(values, keys, strict=True)]
    properties = {"values_en": english} | attributes.pop("properties", {})
    return field(type_, key, example, values=options, properties=properties, **attributes)


def group(name: str, *components: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """A group of components."""
    properties = {"label_en": f"English {name}"}
    return {
        "type": "group",
        "id": f"group_{name}",
        "label": f"Gruppe {name}",
        "components": list(components),
        "properties": properties,
        **attributes,
    }


def rows(path: str, *components: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """A dynamic list."""
    return {**group(path, *components, **attributes), "type": "dynamiclist", "path": path}


def schema(*components: dict[str, Any], **root: Any) -> dict[str, Any]:
    """The form ``trial``."""
    return {"type": "default", "id": "trial", "schemaVersion": 19, "components": list(components), **root}


def source(*components: dict[str, Any], **root: Any) -> bytes:
    """The form ``trial`` as a file."""
    return json.dumps(schema(*components, **root), indent=1).encode()


def form(*components: dict[str, Any]) -> FormDefinition:
    """The form ``trial``, loaded; it has to be free of findings."""
    data = source(*components)
    findings = check_form(data, "forms/trial.form")
    assert not findings, findings
    return load_form(data, "forms/trial.form")


def errors_of(definition: FormDefinition, answers: object, **scope: object) -> list[FieldError]:
    """The errors of answers that are refused."""
    with pytest.raises(InvalidAnswers) as refused:
        definition.validate(answers, scope, PEOPLE)
    assert refused.value.status == 422
    return list(refused.value.errors)


def codes_of(definition: FormDefinition, answers: object, **scope: object) -> dict[str, str]:
    """Pointer → code of answers that are refused."""
    return {error.pointer: error.code for error in errors_of(definition, answers, **scope)}


def rules_of(*components: dict[str, Any], **root: Any) -> set[str]:
    """The rules that the gate finds broken."""
    return {finding.rule for finding in check_form(source(*components, **root), "forms/trial.form")}


def as_transported(value: Any) -> Any:
    """A JSON value as the transport reads it: floats are Decimal."""
    return json.loads(json.dumps(value), parse_float=Decimal)
