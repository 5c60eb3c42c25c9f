"""The forms of the training case: whole, valid by their own examples, in both languages, as the diagrams name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.forms.definition import FormDefinition, check_form, load_form
from app.forms.fields import SENSITIVITIES
from app.forms.localisation import missing_english

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / "forms").rglob("*.form"))
IDS = [path.stem for path in FORMS]
DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))
OFFERED = {
    key: [{"value": f"{key}-{n}", "label": f"{key} {n}"} for n in (1, 2, 3)]
    for key in ("employees", "providers", "ranking_options")
}
STRICT = {
    "give_evidence": {
        "birth_date": "personal",
        "monthly_gross": "personal",
        "disability_degree": "special",
        "equal_status": "special",
        "sgb2_benefits": "special",
    },
    "capture_demand": {"participants_selected": "personal"},
    "record_attendance": {"absence_note": "personal"},
}


def loaded(name: str) -> FormDefinition:
    path = ROOT / "forms" / "training_case" / f"{name}.form"
    return load_form(path.read_bytes(), str(path))


def components(schema: Any) -> Iterator[Any]:
    for component in schema["components"]:
        yield component
        if "components" in component:
            yield from components(component)


def test_every_user_task_of_the_diagrams_has_its_form_and_no_form_is_left_over() -> None:
    named = {
        (path.parent.name, key)
        for path in DIAGRAMS
        for key in re.findall(r'camunda:formKey="form:(\w+)"', path.read_text("utf-8"))
    }
    assert named == {(path.parent.name, path.stem) for path in FORMS}
    assert len(FORMS) == 31


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_a_form_passes_the_gate(path: Path) -> None:
    assert check_form(path.read_bytes(), str(path)) == []


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_the_examples_of_a_form_are_valid_answers(path: Path) -> None:
    form = load_form(path.read_bytes(), str(path))
    for scope in ({}, {"quote_count": 3}, {"quote_count": 2}):
        answers = form.example_answers(OFFERED)
        checked = form.validate(answers, scope, OFFERED)
        assert checked.keys() == answers.keys()
        assert checked.items() >= {k: answers[k] for k in checked if checked[k] is not None}.items()


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_a_form_asks_for_at_least_one_answer(path: Path) -> None:
    assert any(field.required for field in load_form(path.read_bytes(), str(path)).fields)


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_nothing_german_is_left_in_the_english_form(path: Path) -> None:
    form = load_form(path.read_bytes(), str(path))
    german, english = form.localised("de"), form.localised("en")
    assert german is form.schema
    for before, after in zip(components(german), components(english), strict=True):
        assert list(missing_english(before)) == []
        for name in ("label", "dateLabel", "description", "text"):
            if name in before:
                assert after[name] == before["properties"]["label_en" if "abel" in name else f"{name}_en"]
                assert not re.search(
                    "[äöüßÄÖÜ]|\\b(und|der|die|das|nicht|Sie|mit)\\b", after[name].replace("BAföG", "")
                ), after[name]
        assert [option["value"] for option in after.get("values", [])] == [
            option["value"] for option in before.get("values", [])
        ]
        assert after.get("validate", {}).keys() == before.get("validate", {}).keys()
        assert after["properties"] == before["properties"]


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_a_form_explains_itself_first(path: Path) -> None:
    first = load_form(path.read_bytes(), str(path)).schema["components"][0]
    assert first["type"] == "text"
    assert len(first["text"]) > 60


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_a_form_is_clean_json_with_names_that_stay(path: Path) -> None:
    form = load_form(path.read_bytes(), str(path))
    assert form.schema.keys() == {"type", "id", "schemaVersion", "components"}
    names = [component["id"] for component in components(form.schema)]
    assert all(re.fullmatch("[a-z0-9_]+", name) for name in names)
    for field in form.fields:
        assert field.component["id"] == f"field_{field.key}"
        assert field.sensitivity in SENSITIVITIES


@pytest.mark.parametrize("path", FORMS, ids=IDS)
def test_columns_of_a_row_fit_into_sixteen(path: Path) -> None:
    taken: dict[str, int] = {}
    for component in components(load_form(path.read_bytes(), str(path)).schema):
        layout = component["layout"]
        taken[layout["row"]] = taken.get(layout["row"], 0) + (layout["columns"] or 16)
    assert max(taken.values()) <= 16


@pytest.mark.parametrize("name", STRICT)
def test_what_is_delicate_is_marked_so(name: str) -> None:
    assert loaded(name).sensitivity.items() >= STRICT[name].items()


def test_the_examples_tell_one_story_in_the_right_order() -> None:
    story = [
        ("request_quotes", "quote_deadline"),
        ("apply_for_funding", "application_date"),
        ("record_decision", "decision_date"),
        ("record_decision", "served_on"),
        ("confirm_seat_contract", "seat_contract_date"),
        ("give_quote", "quote_start"),
        ("give_quote", "quote_end"),
        ("settle_course", "paid_on"),
        ("settle_course", "proof_forwarded_on"),
        ("give_quote", "measure_certificate_until"),
    ]
    days = [date.fromisoformat(loaded(form).example_answers(OFFERED)[key]) for form, key in story]
    assert days == sorted(days)
    assert days[0] > date(2026, 11, 30)
    demand, course = loaded("capture_demand").example_answers(OFFERED), loaded("give_quote").example_answers(OFFERED)
    assert demand["window_from"] <= course["quote_start"] <= course["quote_end"] <= demand["window_to"]
    assert (course["quote_start"], course["quote_end"]) == ("2027-03-01", "2027-04-23")
    assert (demand["course_hours"], course["quote_hours"], course["quote_price"]) == (160, 160, 4800)
    assert demand["short_time_work"] == "planned"


def test_hr_need_not_choose_a_reason_for_the_first_quote() -> None:
    form = loaded("choose_provider")
    first = form.validate({"provider_choice": "ranking_options-1"}, {}, OFFERED)
    assert first == {"provider_choice": "ranking_options-1", "choice_reason": None}
    with pytest.raises(Exception, match="missing or not right"):
        form.validate({"provider_choice": "ranking_options-2"}, {}, OFFERED)


def test_fewer_than_three_quotes_need_a_reason() -> None:
    form = loaded("compare_quotes")
    go_on = {"comparison": "go_on"}
    assert form.context_names == {"quote_count"}
    assert form.validate(go_on, {"quote_count": 3}, {}) == {**go_on, "comparison_note": None}
    for scope, answers in (
        ({"quote_count": 2}, go_on),
        ({}, go_on),
        ({"quote_count": 3}, {"comparison": "new_round"}),
    ):
        with pytest.raises(Exception, match="missing or not right"):
            form.validate(answers, scope, {})


def test_a_decision_as_the_agency_sends_it_is_complete() -> None:
    form = loaded("record_decision")
    message = {
        "decision": "partly",
        "file_number": "094D123456",
        "decision_date": "2027-02-01",
        "served_on": "2027-02-01",
        "granted_course_costs": 1200,
        "granted_wage_subsidy": 800,
    }
    assert form.validate(message, {}, {}) == {
        **message,
        "refusal_reason": None,
        "appeal_instruction_missing": None,
    }


def test_the_register_fills_in_what_it_knows() -> None:
    facts = {
        "headcount_full": 38,
        "headcount_30": 4,
        "group_headcount": None,
        "agreement": "none",
        "structural_change": True,
    }
    data = {"company_facts": facts, "window_from": "2027-03-01", "window_to": "2027-04-30", "planned_price": 5000}
    assert loaded("company_evidence").prefill(data) == {
        "headcount_full": 38,
        "headcount_30": 4,
        "agreement": "none",
        "structural_change": True,
        "course_start_planned": "2027-03-01",
        "course_end_planned": "2027-04-30",
        "planned_price": 5000,
    }


def test_a_decision_in_a_loop_is_made_anew() -> None:
    data = {"completeness": "ask_back", "completeness_note": "Stunden fehlen"}
    assert loaded("check_completeness").prefill(data) == {}
    assert loaded("capture_demand").prefill({"course_title": "Python", **data}) == {"course_title": "Python"}
