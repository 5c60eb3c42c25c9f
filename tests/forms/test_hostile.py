"""Whatever is sent: answers or InvalidAnswers, never anything else, and never more than the form asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.forms.definition import FormDefinition, InvalidAnswers, clean_draft
from app.platform.problems import FieldError
from tests.forms.building import PEOPLE, choice, codes_of, field, form, group, rows

HIDE = {"hide": '=choice = "x" and number > 3'}


def rich_form() -> FormDefinition:
    return form(
        field("textfield", "line", "AB", validate={"pattern": "^[A-Z]+$", "maxLength": 20}),
        field("textarea", "area", validate={"required": True}),
        field("number", "number", "1", decimalDigits=2, increment=1, validate={"min": -5, "max": 5}),
        field("checkbox", "flag", "true"),
        field("datetime", "start", "2027-01-01"),
        field("datetime", "end", "2027-01-02", properties={"not_before": "start"}),
        choice("select", "choice", ["x", 1, True], "x"),
        choice("checklist", "several", ["x", 1, True], "[1, true]"),
        field("taglist", "people", "$employees", valuesKey="employees"),
        group("g", field("textfield", "inner", validate={"required": True}), conditional=HIDE),
        rows("rows", field("number", "n", "1"), field("textfield", "t", conditional={"hide": "=this.n > number"})),
    )


RICH = rich_form()
KEYS = [*sorted(RICH.level.keys), "unknown", "", "a/b", "\ud800"]

numbers = st.one_of(
    st.integers(),
    st.integers(min_value=-(10**60), max_value=10**60),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.floats(),
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=40), st.sampled_from(["x", "2027-01-01", "e-1", "AB"])
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.one_of(st.sampled_from(["n", "t", "value"]), texts), inner, max_size=5),
    ),
    max_leaves=12,
)
answers_of_any_kind = st.one_of(
    json_values, st.dictionaries(st.one_of(st.sampled_from(KEYS), texts), json_values, max_size=12)
)


@settings(max_examples=600, deadline=None)
@example({"choice": Decimal("sNaN"), "several": [Decimal("sNaN")]}, {})
@given(answers_of_any_kind, st.dictionaries(st.sampled_from(["choice", "number", "case"]), json_values, max_size=2))
def test_any_json_is_either_taken_or_refused(answers: Any, scope: Any) -> None:
    errors: tuple[FieldError, ...] = ()
    checked: dict[str, Any] = {}
    try:
        checked = RICH.validate(answers, scope, PEOPLE)
    except InvalidAnswers as refused:
        errors = refused.errors
    assert bool(checked) != bool(errors)
    for error in errors:
        json.dumps(error.as_dict(), ensure_ascii=False).encode()
        assert error.pointer == "" or error.pointer.startswith("/")
    if checked:
        assert checked.keys() == RICH.level.keys
        # What was taken is taken again as it is.
        answered = {key: value for key, value in checked.items() if value is not None}
        assert RICH.validate(answered, scope, PEOPLE) == checked


@settings(max_examples=300, deadline=None)
@given(answers_of_any_kind)
def test_any_draft_can_be_stored_and_stays_the_same(answers: Any) -> None:
    if not isinstance(answers, dict):
        return
    draft = clean_draft(RICH, answers)
    assert draft.keys() <= RICH.level.keys
    json.dumps(draft, ensure_ascii=False, default=_decimal, allow_nan=False).encode()
    assert clean_draft(RICH, draft) == draft


def _decimal(value: Decimal) -> str:
    return str(value)


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_deep_nesting_is_of_the_wrong_type_and_no_crash() -> None:
    codes = codes_of(RICH, {key: nested(50_000) for key in RICH.level.keys} | {"area": "x"})
    assert codes["/line"] == codes["/number"] == codes["/choice"] == "wrong_type"
    assert codes["/rows/0"] == "wrong_type"


def test_a_million_unknown_keys_are_refused_with_twenty_names() -> None:
    codes = codes_of(RICH, {f"key{number}": number for number in range(1_000_000)} | {"area": "x", "inner": "x"})
    assert len(codes) == 20
    assert set(codes.values()) == {"unknown_field"}


def test_a_long_key_is_cut_in_the_answer() -> None:
    (pointer,) = codes_of(RICH, {"area": "x", "inner": "x", "k" * 100_000: 1})
    assert len(pointer) <= 81


def test_huge_lists_and_texts_are_refused() -> None:
    answers = {"area": "x" * 5_000_000, "inner": "x", "people": ["e-1"] * 1_000_000, "rows": [{}] * 1_000_000}
    assert codes_of(RICH, answers) == {"/area": "max_length", "/people": "not_an_option", "/rows": "too_many_rows"}
