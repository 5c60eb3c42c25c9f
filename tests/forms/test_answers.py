"""What may be answered: every kind of field on both sides of its limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.forms.building import PEOPLE, choice, codes_of, field, form

BIG = 10**15

ACCEPTED: list[tuple[dict[str, Any], Any, Any]] = [
    (field("textfield", "a"), "Prüfung", "Prüfung"),
    (field("textfield", "a"), "  mit Rand ", "mit Rand"),
    (field("textfield", "a"), "   ", None),
    (field("textfield", "a"), "", None),
    (field("textfield", "a"), None, None),
    (field("textfield", "a", validate={"minLength": 2}), "ab", "ab"),
    (field("textfield", "a", validate={"maxLength": 4}), "abcd", "abcd"),
    (field("textfield", "a", validate={"maxLength": 4}), "🙂🙂", "🙂🙂"),
    (field("textfield", "a"), "x" * 4_000, "x" * 4_000),
    (field("textarea", "a"), "x" * 10_000, "x" * 10_000),
    (field("textarea", "a"), "eins\n\tzwei", "eins\n\tzwei"),
    (field("textfield", "a", "AB-1", validate={"pattern": "^[A-Z]{2}-[0-9]+$", "maxLength": 9}), "XY-99", "XY-99"),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), 1, 1),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), 8, 8),
    (field("number", "a", "0", validate={"min": 0}), 0, 0),
    (field("number", "a", "0", validate={"required": True}), 0, 0),
    (field("number", "a", "1", decimalDigits=0), Decimal("8.0"), 8),
    (field("number", "a", "1", decimalDigits=2), Decimal("4800.55"), Decimal("4800.55")),
    (field("number", "a", "5", increment=5), 15, 15),
    (field("number", "a", "1"), BIG - 1, BIG - 1),
    (field("number", "a", "1"), 1 - BIG, 1 - BIG),
    (field("number", "a", "1"), Decimal("1e3"), 1000),
    (field("number", "a", "1"), Decimal("-0.0"), 0),
    (field("checkbox", "a", "true"), True, True),
    (field("checkbox", "a", "true"), None, False),
    (field("checkbox", "a", "true", validate={"required": True}), True, True),
    (field("datetime", "a", "2027-03-01"), "2028-02-29", "2028-02-29"),
    (field("datetime", "a", "2027-03-01"), "1900-01-01", "1900-01-01"),
    (field("datetime", "a", "2027-03-01"), "2199-12-31", "2199-12-31"),
    (field("datetime", "a", "2027-03-01"), "", None),
    (choice("select", "a", ["x", "y"], "x"), "y", "y"),
    (choice("radio", "a", [True, False], "true"), False, False),
    (choice("radio", "a", [True, False], "true", validate={"required": True}), False, False),
    (choice("select", "a", [1, 2], "1"), 2, 2),
    (choice("select", "a", ["x"], "x"), None, None),
    (choice("checklist", "a", ["x", "y"], '["x"]'), ["y", "x"], ["y", "x"]),
    (choice("taglist", "a", ["x", "y"], '["x"]'), [], []),
    (field("taglist", "a", "$employees", valuesKey="employees"), ["e-2"], ["e-2"]),
    (field("select", "a", "$first", valuesKey="employees"), "e-1", "e-1"),
]

REFUSED: list[tuple[dict[str, Any], Any, str]] = [
    (field("textfield", "a"), 5, "wrong_type"),
    (field("textfield", "a"), True, "wrong_type"),
    (field("textfield", "a"), ["x"], "wrong_type"),
    (field("textfield", "a", validate={"required": True}), "  ", "required"),
    (field("textfield", "a", validate={"required": True}), None, "required"),
    (field("textfield", "a", validate={"minLength": 2}), " a ", "min_length"),
    (field("textfield", "a", validate={"maxLength": 4}), "abcde", "max_length"),
    (field("textfield", "a", validate={"maxLength": 4}), "🙂🙂🙂", "max_length"),
    (field("textfield", "a"), "x" * 4_001, "max_length"),
    (field("textarea", "a"), "x" * 10_001, "max_length"),
    (field("textfield", "a"), "eins\nzwei", "invalid_characters"),
    (field("textarea", "a"), "eins\x00zwei", "invalid_characters"),
    (field("textarea", "a"), "halb \ud83d", "invalid_characters"),
    (field("textfield", "a", "AB-1", validate={"pattern": "^[A-Z]{2}-[0-9]+$", "maxLength": 9}), "XY-9a", "pattern"),
    (field("textfield", "a", "AB-1", validate={"pattern": "^[A-Z]{2}-[0-9]+$", "maxLength": 9}), "XY-٣", "pattern"),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), 0, "min"),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), 9, "max"),
    (field("number", "a", "4", validate={"min": 1, "max": 8}), Decimal("8.0001"), "max"),
    (field("number", "a", "1"), "8", "wrong_type"),
    (field("number", "a", "1"), True, "wrong_type"),
    (field("number", "a", "1"), 1.5, "wrong_type"),
    (field("number", "a", "1"), Decimal("NaN"), "wrong_type"),
    (field("number", "a", "1"), Decimal("Infinity"), "wrong_type"),
    (field("number", "a", "1"), BIG, "too_large"),
    (field("number", "a", "1"), -BIG, "too_large"),
    (field("number", "a", "1"), Decimal("1e15"), "too_large"),
    (field("number", "a", "1"), Decimal("1e999999"), "too_large"),
    (field("number", "a", "1"), 10**5000, "too_large"),
    (field("number", "a", "1"), Decimal("1e-999999"), "decimal_digits"),
    (field("number", "a", "1"), Decimal("0.00000000001"), "decimal_digits"),
    (field("number", "a", "1", decimalDigits=0), Decimal("8.5"), "decimal_digits"),
    (field("number", "a", "1", decimalDigits=2), Decimal("0.125"), "decimal_digits"),
    (field("number", "a", "5", increment=5), 12, "increment"),
    (field("checkbox", "a", "true"), "true", "wrong_type"),
    (field("checkbox", "a", "true"), 1, "wrong_type"),
    (field("checkbox", "a", "true", validate={"required": True}), False, "required"),
    (field("checkbox", "a", "true", validate={"required": True}), None, "required"),
    (field("datetime", "a", "2027-03-01"), "2027-02-29", "invalid_date"),
    (field("datetime", "a", "2027-03-01"), "01.03.2027", "invalid_date"),
    (field("datetime", "a", "2027-03-01"), "20270301", "invalid_date"),
    (field("datetime", "a", "2027-03-01"), "2027-03-01T00:00", "invalid_date"),
    (field("datetime", "a", "2027-03-01"), "1899-12-31", "date_out_of_range"),
    (field("datetime", "a", "2027-03-01"), "2200-01-01", "date_out_of_range"),
    (field("datetime", "a", "2027-03-01"), 20270301, "wrong_type"),
    (choice("select", "a", ["x", "y"], "x"), "z", "not_an_option"),
    (choice("select", "a", [1, 2], "1"), True, "not_an_option"),
    (choice("radio", "a", [True, False], "true"), 1, "not_an_option"),
    (choice("radio", "a", [True, False], "true"), "true", "not_an_option"),
    (choice("select", "a", ["x"], "x"), {"value": "x"}, "wrong_type"),
    (choice("select", "a", ["x"], "x", validate={"required": True}), None, "required"),
    (choice("taglist", "a", ["x", "y"], '["x"]', validate={"required": True}), [], "required"),
    (choice("taglist", "a", ["x", "y"], '["x"]'), "x", "wrong_type"),
    (choice("taglist", "a", ["x", "y"], '["x"]'), ["x", "x"], "duplicate_option"),
    (choice("taglist", "a", ["x", "y"], '["x"]'), ["x", "z"], "not_an_option"),
    (choice("taglist", "a", ["x", "y"], '["x"]'), ["x", {}], "wrong_type"),
    (choice("checklist", "a", ["x", "y"], '["x"]'), ["x"] * 1_000_000, "not_an_option"),
    (field("taglist", "a", "$employees", valuesKey="employees"), ["somebody-else"], "not_an_option"),
]


def _names(cases: list[tuple[dict[str, Any], Any, Any]]) -> list[str]:
    return [f"{component['type']}-{number}" for number, (component, *_rest) in enumerate(cases)]


@pytest.mark.parametrize(("component", "answer", "stored"), ACCEPTED, ids=_names(ACCEPTED))
def test_an_answer_is_taken(component: dict[str, Any], answer: Any, stored: Any) -> None:
    checked = form(component).validate({"a": answer}, {}, PEOPLE)
    assert checked == {"a": stored}
    assert type(checked["a"]) is type(stored)


@pytest.mark.parametrize(("component", "answer", "code"), REFUSED, ids=_names(REFUSED))
def test_an_answer_is_refused(component: dict[str, Any], answer: Any, code: str) -> None:
    assert codes_of(form(component), {"a": answer}) == {"/a": code}


def test_all_errors_come_at_once_in_the_order_of_the_form() -> None:
    trial = form(
        field("number", "n", "3", validate={"max": 5}),
        field("textfield", "t", validate={"required": True}),
        field("datetime", "d", "2027-03-01"),
    )
    codes = codes_of(trial, {"d": "gestern", "n": 6, "extra": 1})
    assert list(codes.items()) == [
        ("/n", "max"),
        ("/t", "required"),
        ("/d", "invalid_date"),
        ("/extra", "unknown_field"),
    ]


def test_an_unknown_key_is_named_as_a_json_pointer() -> None:
    assert codes_of(form(field("textfield", "a")), {"a/b~c\x00": 1}) == {"/a~1b~0c?": "unknown_field"}


def test_a_list_that_nobody_offered_has_no_entries() -> None:
    trial = form(field("select", "a", "$first", valuesKey="ranking_options"))
    assert codes_of(trial, {"a": "e-1"}) == {"/a": "not_an_option"}


def test_what_was_not_answered_is_stored_as_null() -> None:
    trial = form(field("textfield", "a"), field("number", "b", "1"), field("checkbox", "c", "true"))
    assert trial.validate({}, {}, {}) == {"a": None, "b": None, "c": False}


def test_the_end_must_not_come_before_the_beginning() -> None:
    trial = form(
        field("datetime", "start", "2027-03-01"),
        field("datetime", "end", "2027-04-01", properties={"not_before": "start"}),
    )
    same_day = {"start": "2027-03-01", "end": "2027-03-01"}
    assert trial.validate(same_day, {}, {}) == same_day
    assert codes_of(trial, {"start": "2027-03-02", "end": "2027-03-01"}) == {"/end": "not_before"}
    assert trial.validate({"end": "2027-03-01"}, {}, {}) == {"start": None, "end": "2027-03-01"}
