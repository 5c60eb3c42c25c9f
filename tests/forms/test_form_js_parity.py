"""Server and form-js 2.0 agree: what is shown, what is required, where the limits are."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.node import find_node
from app.forms.definition import FormDefinition, InvalidAnswers, load_form
from tests.forms.building import as_transported, choice, field, form, group

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / "forms").rglob("*.form"))
OFFERED = {
    key: [{"value": f"{key}-{n}", "label": f"{key} {n}"} for n in (1, 2, 3)]
    for key in ("employees", "providers", "ranking_options")
}

# What form-js says, and our code for it.
CODES = {
    "Field is required": "required",
    "minimum value": "min",
    "maximum value": "max",
    "minimum length": "min_length",
    "maximum length": "max_length",
    "match pattern": "pattern",
    "an integer": "decimal_digits",
    "decimal digit": "decimal_digits",
    "nearest valid values": "increment",
}

Case = tuple[FormDefinition, dict[str, Any], dict[str, Any]]
"""A form, the case variables, the answers."""


def code_of(text: str) -> str:
    """Our code for a sentence of form-js."""
    return next(code for part, code in CODES.items() if part in text)


def by_form_js(cases: list[Case]) -> list[dict[str, Any]]:
    """What form-js makes of the cases."""
    asked = [{"schema": f.schema, "data": {**scope, **OFFERED}, "answers": answers} for f, scope, answers in cases]
    script = Path(__file__).parent / "node" / "form_js.mjs"
    done = subprocess.run(
        [str(find_node().program), str(script)],
        input=json.dumps(asked, default=float),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def by_us(definition: FormDefinition, scope: dict[str, Any], answers: dict[str, Any]) -> dict[str, str]:
    """Key → code of what the server refuses."""
    try:
        definition.validate(as_transported(answers), scope, OFFERED)
    except InvalidAnswers as refused:
        return {error.pointer[1:]: error.code for error in refused.errors}
    return {}


def compare(case: Case, theirs: dict[str, Any]) -> None:
    """The same fields shown, the same fields refused, for a reason form-js gives too."""
    definition, scope, answers = case
    ours = by_us(definition, scope, answers)
    refused = {key: {code_of(text) for text in texts} for key, texts in theirs["errors"].items()}
    assert ours.keys() == refused.keys(), (definition.id, answers, ours, refused)
    assert all(code in refused[key] for key, code in ours.items()), (definition.id, answers, ours, refused)
    hidden = definition.level.keys - set(theirs["shown"])
    if not ours:
        checked = definition.validate(as_transported(answers), scope, OFFERED)
        assert {key for key in hidden if checked[key] is not None} == set()
        submitted = {key: value for key, value in theirs["data"].items() if value not in (None, "")}
        assert as_transported(submitted) == {key: value for key, value in checked.items() if value is not None}


# --- limits ---------------------------------------------------------------------------------------

LIMITS: list[tuple[dict[str, Any], list[Any]]] = [
    (field("textfield", "a", validate={"required": True}), ["", None, "x"]),
    (
        field("textarea", "a", "abc", validate={"minLength": 2, "maxLength": 4}),
        ["", "a", "ab", "abcd", "abcde", "🙂🙂", "🙂🙂🙂"],
    ),
    (field("textfield", "a", "abc", validate={"minLength": 2, "maxLength": 4}), [" a "]),
    (
        field("textfield", "a", "AB-1", validate={"pattern": "^[A-Z]{2}-[0-9]+$", "maxLength": 9}),
        ["AB-1", "AB-", "ab-1", "xAB-1", "AB-1x", "", "AB-1234567"],
    ),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), [0, 1, 8, 9, 1.5, 0.999, 8.001, None, -1]),
    (field("number", "a", "0", validate={"min": 0, "required": True}), [0, None, -1]),
    (field("number", "a", "1", decimalDigits=0), [1, 1.0, 1.5, 0, 0.1]),
    (field("number", "a", "1", decimalDigits=2), [1.25, 1.255, 0.01, 0.001]),
    (field("number", "a", "5", increment=5), [5, 10, 12, 0]),
    (field("number", "a", "0.5", increment=0.5), [0.5, 1.25, 2]),
    (field("checkbox", "a", "true", validate={"required": True}), [True, False]),
    (field("checkbox", "a", "true"), [True, False]),
    (field("datetime", "a", "2027-01-01", validate={"required": True}), ["2027-02-28", None, ""]),
    (choice("radio", "a", [True, False], "true", validate={"required": True}), [True, False, None]),
    (choice("select", "a", ["x", 0], "x", validate={"required": True}), ["x", 0, None]),
    (choice("checklist", "a", ["x", "y"], '["x"]', validate={"required": True}), [[], ["x"], ["x", "y"]]),
    (choice("taglist", "a", ["x", "y"], '["x"]', validate={"required": True}), [[], ["y"]]),
]


def test_the_limits_are_where_form_js_has_them() -> None:
    cases: list[Case] = [(form(component), {}, {"a": value}) for component, values in LIMITS for value in values]
    assert len(cases) > 50
    for case, theirs in zip(cases, by_form_js(cases), strict=True):
        compare(case, theirs)


# --- conditions -----------------------------------------------------------------------------------

CONDITIONS = [
    '=kind = "x"',
    '=kind != "x"',
    "=kind = null",
    "=kind != null",
    "=n >= 3",
    "=n > 1 and n < 4",
    "=n between 1 and 3",
    "=n + quotes > 4",
    "=flag",
    "=flag = false",
    "=flag and n > 1",
    "=flag or n > 1",
    '=list contains(["x", "y"], kind)',
    "=quotes >= 3",
    "=quotes",
    "=missing",
    "=missing = null",
    "=missing.deep = 1",
    '=missing != "x" and n >= 3',
    '=text = ""',
    "=string length(text) > 2",
    "=count(tags) > 1",
    '=list contains(tags, "x")',
    '=if flag then n > 1 else kind = "x"',
    '=quotes != null and quotes >= 3 and kind != "x"',
    "=list contains(sublist(ranking_options.value, 1, 1), kind)",
]
ASKED = [
    choice("radio", "kind", ["x", "y", "ranking_options-1"], "x"),
    field("number", "n", "1"),
    field("checkbox", "flag", "true"),
    field("textfield", "text"),
    choice("taglist", "tags", ["x", "y"], '["x"]'),
]
ENTERED: list[dict[str, Any]] = [
    {},
    {"kind": "x", "n": 3, "flag": True, "text": "abc", "tags": ["x"]},
    {"kind": "y", "n": 1, "flag": False, "text": "", "tags": ["x", "y"]},
    {"kind": "ranking_options-1", "n": 4, "flag": True},
    {"n": 0, "text": "abcd"},
    {"n": 2.5, "kind": "x"},
]
SCOPES: list[dict[str, Any]] = [{}, {"quotes": 2}, {"quotes": 3}, {"quotes": None}]


def hidden_by(hide: str) -> list[Case]:
    """A field and a group with the condition, in every case and with all that may be entered."""
    guarded = field("textfield", "guarded", validate={"required": True}, conditional={"hide": hide})
    inner = field("textfield", "inner", validate={"required": True})
    trial = form(*ASKED, guarded, group("g", inner, conditional={"hide": hide}))
    return [(trial, scope, answers) for scope in SCOPES for answers in ENTERED]


@pytest.fixture(scope="module")
def conditions() -> dict[str, list[tuple[Case, dict[str, Any]]]]:
    """Condition → its cases, each with what form-js makes of it (asked once for all)."""
    cases = {hide: hidden_by(hide) for hide in CONDITIONS}
    theirs = iter(by_form_js([case for found in cases.values() for case in found]))
    return {hide: [(case, next(theirs)) for case in found] for hide, found in cases.items()}


@pytest.mark.parametrize("hide", CONDITIONS)
def test_a_condition_hides_where_form_js_hides(
    hide: str, conditions: dict[str, list[tuple[Case, dict[str, Any]]]]
) -> None:
    for case, theirs in conditions[hide]:
        compare(case, theirs)


# --- the shipped forms ----------------------------------------------------------------------------


def variations(definition: FormDefinition) -> Iterator[dict[str, Any]]:
    """The examples, nothing at all, and the examples with each choice made in every other way or left open."""
    examples = json.loads(json.dumps(definition.example_answers(OFFERED), default=float))
    yield examples
    yield {}
    for chosen in definition.fields:
        if chosen.type == "checkbox":
            yield from ({**examples, chosen.key: value} for value in (True, False))
        if chosen.type in ("radio", "select"):
            values = [option["value"] for option in chosen.options(OFFERED)]
            yield from ({**examples, chosen.key: value} for value in values)
            yield from ({chosen.key: value} for value in values)
        yield {key: value for key, value in examples.items() if key != chosen.key}


def test_the_shipped_forms_ask_what_form_js_asks() -> None:
    cases: list[Case] = []
    for path in FORMS:
        definition = load_form(path.read_bytes(), str(path))
        scopes = [{}, {"quote_count": 2}, {"quote_count": 3}] if definition.context_names else [{}]
        cases += [(definition, scope, answers) for scope in scopes for answers in variations(definition)]
    assert len(cases) > 300
    for case, theirs in zip(cases, by_form_js(cases), strict=True):
        compare(case, theirs)


def test_the_comparison_itself_sees_a_difference() -> None:
    wide, narrow = (form(field("number", "a", "1", validate={"max": limit})) for limit in (9, 8))
    (theirs,) = by_form_js([(wide, {}, {"a": 9})])
    with pytest.raises(AssertionError):
        compare((narrow, {}, {"a": 9}), theirs)
    assert Decimal(theirs["data"]["a"]) == 9
