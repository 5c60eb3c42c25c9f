"""The gate for form files: each thing that would not work is found, with its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.forms.definition import InvalidForm, check_form, load_form
from tests.forms.building import choice, field, group, rows, rules_of, schema, source

TEXT = field("textfield", "a")
HIDE_A = {"hide": '=a = "x"'}


def without(component: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in component.items() if name not in names}


def property_less(component: dict[str, Any], name: str) -> dict[str, Any]:
    return {**component, "properties": without(component["properties"], name)}


BROKEN: list[tuple[str, list[dict[str, Any]]]] = [
    ("unknown_component", [{"type": "html", "id": "h", "content": "<b>"}]),
    ("unknown_component", [{"type": "iframe", "id": "h", "url": "x"}]),
    ("unknown_component", [field("filepicker", "f")]),
    ("component_id", [without(TEXT, "id")]),
    ("component_id", [{**TEXT, "id": "kein id"}]),
    ("duplicate_id", [TEXT, {**field("textfield", "b"), "id": "field_a"}]),
    ("duplicate_key", [TEXT, {**field("textfield", "a"), "id": "other"}]),
    ("duplicate_key", [TEXT, rows("a", field("textfield", "b"))]),
    ("bad_key", [without(TEXT, "key")]),
    ("bad_key", [{**TEXT, "key": "a.b"}]),
    ("bad_key", [{**TEXT, "key": "Ä"}]),
    ("bad_key", [without(rows("r", TEXT), "path")]),
    ("missing_label", [without(TEXT, "label")]),
    ("missing_label", [{"type": "text", "id": "t", "text": " ", "properties": {"text_en": "x"}}]),
    ("missing_label", [without(field("datetime", "d", "2027-01-01"), "dateLabel")]),
    ("template", [{**TEXT, "label": "Hallo {{name}}"}]),
    ("template", [{**TEXT, "label": '="Hallo"'}]),
    ("missing_english", [property_less(TEXT, "label_en")]),
    ("missing_english", [{**TEXT, "description": "Hilfe"}]),
    ("missing_english", [property_less(choice("radio", "a", ["x"], "x"), "values_en")]),
    ("missing_english", [group("g", TEXT) | {"properties": {}}]),
    ("missing_english", [field("number", "a", "1", appearance={"suffixAdorner": "Stunden"})]),
    ("missing_english", [choice("radio", "a", ["x"], "x", properties={"values_en": "[kaputt"})]),
    ("missing_example", [property_less(TEXT, "example")]),
    ("missing_sensitivity", [property_less(TEXT, "sensitivity")]),
    ("missing_sensitivity", [field("textfield", "a", properties={"sensitivity": "secret"})]),
    ("bad_example", [field("number", "a", "viel")]),
    ("bad_example", [field("number", "a", "9", validate={"max": 8})]),
    ("bad_example", [field("datetime", "a", "2027-02-30")]),
    ("bad_example", [choice("select", "a", ["x"], "z")]),
    ("bad_example", [field("textfield", "a", "x", validate={"minLength": 2})]),
    ("bad_example", [TEXT, field("textfield", "b", "x", validate={"minLength": 2}, conditional=HIDE_A)]),
    ("unknown_attribute", [{**TEXT, "requried": True}]),
    ("unknown_attribute", [{**TEXT, "disabled": True}]),
    ("unknown_attribute", [choice("select", "a", ["x"], "x", valuesExpression="=x")]),
    ("wrong_attribute", [{**TEXT, "properties": []}]),
    ("wrong_attribute", [field("textfield", "a", properties={"example": 5})]),
    ("wrong_attribute", [field("number", "a", "1", decimalDigits=11)]),
    ("wrong_attribute", [field("number", "a", "1", increment=0)]),
    ("wrong_attribute", [{**TEXT, "layout": {"columns": 17}}]),
    ("wrong_attribute", [{**TEXT, "layout": {"row": 1}}]),
    ("unknown_attribute", [{**TEXT, "defaultValue": "x"}]),
    ("unknown_rule", [field("textfield", "a", validate={"min": 1})]),
    ("unknown_rule", [field("textfield", "a", validate={"validationType": "phone"})]),
    ("wrong_rule", [field("textfield", "a", validate={"required": "yes"})]),
    ("wrong_rule", [field("number", "a", "1", validate={"min": "=b"})]),
    ("wrong_rule", [field("number", "a", "1", validate={"min": 3, "max": 2})]),
    ("wrong_rule", [field("textfield", "a", "abc", validate={"minLength": 5, "maxLength": 2})]),
    ("unsafe_pattern", [field("textfield", "a", "aa", validate={"pattern": "^(a+)+$", "maxLength": 9})]),
    ("unsafe_pattern", [field("textfield", "a", "aa", validate={"pattern": "^a+$"})]),
    ("unsupported_subtype", [{**field("datetime", "a", "2027-01-01"), "subtype": "time"}]),
    ("options", [field("select", "a", "x")]),
    ("options", [choice("select", "a", ["x"], "x", valuesKey="employees")]),
    ("options", [choice("select", "a", ["x", "x"], "x")]),
    ("options", [{**choice("select", "a", ["x"], "x"), "values": []}]),
    ("options", [{**choice("select", "a", ["x"], "x"), "values": [{"value": "x", "label": ""}]}]),
    ("options", [choice("select", "a", ["x"], "x", properties={"values_en": '{"x": "X", "y": "Y"}'})]),
    ("unknown_values_key", [field("select", "a", "$first", valuesKey="friends")]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": '=a == "x"'})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": 'a = "x"'})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": '=not(a = "x")'})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": '=a in ("x", "y")'})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": ' =a = "x"'})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": True})]),
    ("bad_condition", [TEXT, field("textfield", "b", conditional={"hide": '="immer"'})]),
    ("unknown_condition", [TEXT, field("textfield", "b", conditional={"show": '=a = "x"'})]),
    ("condition_on_hidden", [field("textfield", "a", conditional=HIDE_A)]),
    (
        "condition_on_hidden",
        [TEXT, field("textfield", "b", conditional=HIDE_A), field("textfield", "c", conditional={"hide": '=b = "x"'})],
    ),
    (
        "condition_on_hidden",
        [
            TEXT,
            group("g", field("textfield", "b"), conditional=HIDE_A),
            field("textfield", "c", conditional={"hide": "=b = null"}),
        ],
    ),
    (
        "condition_on_hidden",
        [
            rows(
                "r",
                TEXT,
                field("textfield", "b", conditional={"hide": "=this.a = null"}),
                field("textfield", "c", conditional={"hide": "=this.b = null"}),
            )
        ],
    ),
    ("nested_lists", [rows("r", rows("s", TEXT))]),
    ("not_before", [field("datetime", "d", "2027-01-01", properties={"not_before": "e"})]),
    ("bad_prefill", [field("textfield", "a", properties={"prefill": "=1 +"})]),
    ("empty_group", [{**group("g", TEXT), "components": []}]),
    ("component", [{**group("g", TEXT), "components": ["a"]}]),
]


@pytest.mark.parametrize(("rule", "components"), BROKEN, ids=[f"{r}-{n}" for n, (r, _c) in enumerate(BROKEN)])
def test_what_would_not_work_is_found_and_nothing_else(rule: str, components: list[dict[str, Any]]) -> None:
    assert rules_of(*components) == {rule}


def test_a_text_in_a_condition_may_contain_any_word() -> None:
    assert rules_of(TEXT, field("textfield", "b", conditional={"hide": '=a = "in (not)"'})) == set()


def test_a_condition_inside_a_group_may_ask_within_the_group() -> None:
    inside = field("textfield", "c", conditional={"hide": '=b = "x"'})
    assert rules_of(TEXT, group("g", field("textfield", "b"), inside, conditional=HIDE_A)) == set()


@pytest.mark.parametrize(
    ("rule", "root"),
    [
        ("form_type", {"type": "form"}),
        ("form_id", {"id": "another"}),
        ("schema_version", {"schemaVersion": 20}),
        ("schema_version", {"schemaVersion": "19"}),
        ("unknown_attribute", {"title": "x"}),
        ("empty_form", {"components": []}),
        ("empty_form", {"components": {}}),
    ],
)
def test_the_root_of_a_form_is_checked(rule: str, root: dict[str, Any]) -> None:
    assert rules_of(TEXT, **root) == {rule}


def test_what_editors_add_is_no_fault() -> None:
    assert rules_of(TEXT, exporter={"name": "Camunda Modeler"}, executionPlatform="Camunda Platform") == set()


def test_a_finding_names_file_line_and_component_in_both_languages() -> None:
    (finding,) = check_form(source(TEXT, field("number", "n", "viel")), "forms/trial.form")
    line = source(TEXT, field("number", "n", "viel")).decode().split("\n").index('   "id": "field_n",') + 1
    assert (finding.file, finding.line, finding.element) == ("forms/trial.form", line, "field_n")
    assert "Beispiel" in finding.message_de
    assert "example" in finding.message_en


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b'{"a": 1,\n"b": }', 2),
        (b"[]", 1),
        (b'{"id": "x", "id": "y"}', 0),
        (b'{"a": NaN}', 0),
        (b"\xff\xfe", 0),
        (b'{"a":' * 100_000, 0),
        (b'{"a": "' + b"x" * 600_000 + b'"}', 0),
    ],
)
def test_a_file_that_is_no_json_object_is_refused(data: bytes, line: int) -> None:
    (finding,) = check_form(data, "forms/trial.form")
    assert (finding.rule, finding.line) == ("form_json", line)


def test_a_tree_without_end_is_refused() -> None:
    deep: dict[str, Any] = TEXT
    for number in range(20):
        deep = group(f"g{number}", deep)
    assert "too_complex" in rules_of(deep)
    many = [field("textfield", f"a{number}") for number in range(501)]
    assert rules_of(*many) == {"too_complex"}


def test_a_form_with_findings_is_not_loaded() -> None:
    with pytest.raises(InvalidForm, match=r"validate\.min"):
        load_form(source(field("textfield", "a", validate={"min": 1})), "forms/trial.form")


SPOILERS: list[Callable[[Any], Any]] = [
    lambda _v: None,
    lambda _v: 5,
    lambda _v: "=",
    lambda _v: [],
    lambda _v: {},
    lambda _v: [{}],
    lambda _v: {"x": {"y": 1}},
]


def test_no_spoilt_form_breaks_the_gate_itself() -> None:
    """Every value anywhere in a rich form is replaced by every kind of JSON: the gate answers, it never raises."""
    whole = schema(
        choice("radio", "a", ["x"], "x", validate={"required": True}, layout={"row": "r", "columns": 8}),
        group(
            "g",
            field(
                "number", "n", "1", decimalDigits=0, appearance={"suffixAdorner": "h"}, properties={"suffix_en": "h"}
            ),
        ),
        rows("r", field("datetime", "d", "2027-01-01", properties={"prefill": "=a", "not_before": "d"})),
        field(
            "textfield", "t", "AB", conditional={"hide": '=a = "x"'}, validate={"pattern": "^[A-Z]+$", "maxLength": 9}
        ),
    )
    tried = 0
    for path in _paths(whole):
        for spoil in SPOILERS:
            spoilt = json.loads(json.dumps(whole))
            target = spoilt
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = spoil(target[path[-1]])
            check_form(json.dumps(spoilt).encode(), "forms/trial.form")
            tried += 1
    assert tried > 500


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        inner = [(*path, key) for key in value]
    elif isinstance(value, list):
        inner = [(*path, index) for index in range(len(value))]
    else:
        return []
    return [found for step in inner for found in (step, *_paths(value[step[-1]], step))]
