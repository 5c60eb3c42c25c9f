"""What is not shown is not asked: conditions, groups and rows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.forms.building import choice, codes_of, field, form, group, rows

RESULT = choice("radio", "result", ["complete", "ask_back"], "complete", validate={"required": True})
NOTE = field(
    "textarea",
    "note",
    "Stunden fehlen",
    conditional={"hide": '=result = "complete"'},
    validate={"required": True, "minLength": 3},
)


def test_a_hidden_field_is_not_required() -> None:
    assert form(RESULT, NOTE).validate({"result": "complete"}, {}, {}) == {"result": "complete", "note": None}


def test_what_stands_in_a_hidden_field_is_dropped_even_if_it_is_wrong() -> None:
    for leftover in ("alter Text", 5, ["x"], "\x00"):
        answers = {"result": "complete", "note": leftover}
        assert form(RESULT, NOTE).validate(answers, {}, {}) == {"result": "complete", "note": None}


def test_a_shown_field_is_required() -> None:
    assert codes_of(form(RESULT, NOTE), {"result": "ask_back"}) == {"/note": "required"}
    assert codes_of(form(RESULT, NOTE), {"result": "ask_back", "note": "ab"}) == {"/note": "min_length"}
    taken = {"result": "ask_back", "note": "Stunden fehlen"}
    assert form(RESULT, NOTE).validate(taken, {}, {}) == taken


def test_the_answer_counts_and_not_what_the_case_said_before() -> None:
    trial = form(RESULT, NOTE)
    assert codes_of(trial, {"result": "ask_back"}, result="complete") == {"/note": "required"}
    assert codes_of(trial, {}, result="complete") == {"/result": "required", "/note": "required"}


@pytest.mark.parametrize(("count", "hidden"), [(2, False), (3, True), (None, True)])
def test_a_condition_may_ask_the_case(count: Any, hidden: bool) -> None:
    # null: form-js hides what it cannot decide
    trial = form(field("textfield", "note", conditional={"hide": "=quote_count >= 3"}, validate={"required": True}))
    assert trial.context_names == {"quote_count"}
    if hidden:
        assert trial.validate({"note": "x"}, {"quote_count": count}, {}) == {"note": None}
    else:
        assert codes_of(trial, {}, quote_count=count) == {"/note": "required"}


def test_a_condition_may_ask_the_offered_list() -> None:
    options = {"ranking_options": [{"value": "p-1", "label": "Eins"}, {"value": "p-2", "label": "Zwei"}]}
    trial = form(
        field("select", "chosen", "$first", valuesKey="ranking_options", validate={"required": True}),
        field(
            "textfield",
            "why",
            conditional={"hide": "=chosen = null or list contains(sublist(ranking_options.value, 1, 1), chosen)"},
            validate={"required": True},
        ),
    )
    assert trial.context_names == frozenset()
    assert trial.validate({"chosen": "p-1", "why": "egal"}, {}, options) == {"chosen": "p-1", "why": None}
    with pytest.raises(Exception, match="missing or not right"):
        trial.validate({"chosen": "p-2"}, {}, options)


def test_everything_in_a_hidden_group_is_hidden() -> None:
    inner = field("textfield", "inner", validate={"required": True}, conditional={"hide": '=pooling = "later"'})
    trial = form(
        choice("radio", "pooling", ["alone", "pool", "later"], "alone"),
        group(
            "pool",
            field("number", "seats", "6", validate={"required": True}),
            inner,
            conditional={"hide": '=pooling = "alone"'},
        ),
    )
    assert trial.validate({"pooling": "alone", "seats": 4}, {}, {}) == {
        "pooling": "alone",
        "seats": None,
        "inner": None,
    }
    assert trial.validate({"pooling": "later", "seats": 4}, {}, {}) == {"pooling": "later", "seats": 4, "inner": None}
    assert codes_of(trial, {"pooling": "pool"}) == {"/seats": "required", "/inner": "required"}


def test_a_wrong_value_counts_as_empty_in_conditions() -> None:
    trial = form(
        field("number", "n", "1", validate={"max": 5}),
        field("textfield", "t", conditional={"hide": "=n != null"}, validate={"required": True}),
    )
    assert codes_of(trial, {"n": "viele"}) == {"/n": "wrong_type", "/t": "required"}


def test_rows_are_checked_one_by_one() -> None:
    trial = form(
        rows(
            "absences",
            field("number", "hours", "4", validate={"required": True}),
            field("textfield", "why", conditional={"hide": "=this.hours < 8"}, validate={"required": True}),
        )
    )
    assert trial.validate({"absences": [{"hours": 4, "why": "x"}, {"hours": 8, "why": "y"}]}, {}, {}) == {
        "absences": [{"hours": 4, "why": None}, {"hours": 8, "why": "y"}]
    }
    assert trial.validate({}, {}, {}) == {"absences": []}
    assert [f.path for f in trial.fields] == ["/absences/*/hours", "/absences/*/why"]
    # The third row has no hours: its condition stays open, so form-js does not ask why.
    assert codes_of(trial, {"absences": [{"hours": 9}, "x", {"zzz": 1}]}) == {
        "/absences/0/why": "required",
        "/absences/1": "wrong_type",
        "/absences/2/hours": "required",
        "/absences/2/zzz": "unknown_field",
    }


def test_a_dynamic_list_has_limits() -> None:
    trial = form(rows("r", field("textfield", "t")))
    assert len(trial.validate({"r": [{}] * 100}, {}, {})["r"]) == 100
    assert codes_of(trial, {"r": [{}] * 101}) == {"/r": "too_many_rows"}
    assert codes_of(trial, {"r": {"t": "x"}}) == {"/r": "wrong_type"}


def test_a_hidden_list_is_dropped() -> None:
    trial = form(
        field("checkbox", "any", "true"),
        rows("r", field("textfield", "t", validate={"required": True}), conditional={"hide": "=any = false"}),
    )
    assert trial.validate({"any": False, "r": [{}, 5]}, {}, {}) == {"any": False, "r": None}
    assert codes_of(trial, {"any": True, "r": [{}]}) == {"/r/0/t": "required"}
