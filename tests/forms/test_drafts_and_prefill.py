"""What is kept while somebody still types, and what a form starts with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.forms.definition import InvalidAnswers, clean_draft
from tests.forms.building import choice, field, form, rows

TRIAL = form(
    field("textfield", "name", validate={"required": True, "maxLength": 5}),
    field("number", "n", "1", validate={"max": 5}),
    choice("taglist", "tags", ["x", "y"], '["x"]'),
    rows("rows", field("textfield", "t")),
)


def test_a_draft_may_be_unfinished_and_wrong() -> None:
    typed = {"name": "viel zu lang", "n": "12a", "tags": ["weg"], "rows": [{"t": 5}, {}]}
    assert clean_draft(TRIAL, typed) == typed
    assert clean_draft(TRIAL, {}) == {}
    assert clean_draft(TRIAL, {"name": None, "n": Decimal("99.5")}) == {"name": None, "n": Decimal("99.5")}


def test_a_draft_keeps_own_keys_only() -> None:
    assert clean_draft(TRIAL, {"name": "x", "admin": True, 5: 1}) == {"name": "x"}
    assert clean_draft(TRIAL, {"rows": [{"t": "x", "u": 1}, "kein Objekt"]}) == {"rows": [{"t": "x"}]}
    assert clean_draft(TRIAL, {"rows": "kein Feld"}) == {"rows": []}


def test_a_draft_has_limits() -> None:
    assert clean_draft(TRIAL, {"name": "x" * 50_000}) == {"name": "x" * 12_000}
    assert clean_draft(TRIAL, {"name": "a\x00b\ud800c\nd"}) == {"name": "abc\nd"}
    assert clean_draft(TRIAL, {"n": 10**15}) == {}
    assert clean_draft(TRIAL, {"n": Decimal("1e400")}) == {}
    assert clean_draft(TRIAL, {"n": Decimal("NaN")}) == {}
    assert clean_draft(TRIAL, {"name": {"a": [1]}, "tags": [["x"], "y", {}]}) == {"tags": ["y"]}
    assert len(clean_draft(TRIAL, {"tags": ["x"] * 1_000})["tags"]) == 500
    assert len(clean_draft(TRIAL, {"rows": [{}] * 1_000})["rows"]) == 100


@pytest.mark.parametrize("draft", [None, [], "x", 5])
def test_a_draft_is_an_object(draft: object) -> None:
    with pytest.raises(InvalidAnswers):
        clean_draft(TRIAL, draft)


def test_a_form_starts_with_its_own_keys_only() -> None:
    data = {"name": "Eva", "n": None, "other": 1, "rows": [{"t": "x"}]}
    assert TRIAL.prefill(data) == {"name": "Eva", "rows": [{"t": "x"}]}


def test_a_formula_fills_in_while_the_case_has_no_value() -> None:
    trial = form(
        field("number", "staff", "1", properties={"prefill": "=company.full + company.part"}),
        field("number", "weight", "1", properties={"prefill": "=50"}),
        field("textfield", "decision", properties={"ask_again": "true"}),
    )
    company = {"full": 40, "part": Decimal("2.5")}
    assert trial.prefill({"company": company}) == {"staff": Decimal("42.5"), "weight": 50}
    assert trial.prefill({"company": company, "staff": 7, "decision": "alt"}) == {"staff": 7, "weight": 50}
    assert trial.prefill({}) == {"weight": 50}


def test_the_browser_gets_only_the_variables_that_conditions_read() -> None:
    trial = form(
        field("textfield", "a"),
        field("textfield", "b", conditional={"hide": '=a = "x" and quote_count > limit.low'}),
    )
    data = {"a": 1, "quote_count": 3, "limit": {"low": 1}, "secret": "x"}
    assert trial.context(data) == {"quote_count": 3, "limit": {"low": 1}}
    assert trial.context({}) == {}
