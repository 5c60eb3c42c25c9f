"""The funding calculator over HTTP and on the command line: what it promises, refuses and leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from tests.funding.requests import DEFAULTS, answer, body, instrument, unmet
from tests.world import World

PATH = "/funding/assessments"
ORDER = [
    "sgb3_81_2",
    "sgb3_82",
    "sgb3_82a",
    "sgb3_106a",
    "sgb3_111a",
    "th_weiterbildungsscheck",
    "th_bildungsfreistellung",
    "afbg",
    "self_pay",
]


def test_all_instruments_stand_side_by_side(world: World) -> None:
    response = world.call("hr", "POST", PATH, body())
    assert response.status_code == 200
    found = response.get_json()
    assert [item["instrument"] for item in found["instruments"]] == ORDER
    assert found["recommended"] == "sgb3_82"
    assert all(len(digest) == 64 for digest in found["models"].values())
    assert found["instruments"] == answer()["instruments"]


def test_the_amounts_are_euro_and_cents() -> None:
    found = instrument("sgb3_82")["amounts"]
    # 3,200 € / (38 h * 13 / 3) * 160 h * 1.2 * 50 %
    assert found == {"course_costs": "2400.00", "wage_subsidy": "1865.59"}


@pytest.mark.parametrize("login", ["coordinator", "works-council", "employee", "provider", "cluster-partner"])
def test_everybody_of_the_alliance_may_calculate(world: World, login: str) -> None:
    assert world.call(login, "POST", PATH, body()).status_code == 200


def test_nobody_else_may(world: World) -> None:
    assert world.call(None, "POST", PATH, body()).status_code == 401


def test_reasons_come_in_english_too(world: World) -> None:
    english = world.call("hr", "POST", PATH, body(course__hours="100"), Accept_Language="en").get_json()
    [found] = [item for item in english["instruments"] if item["instrument"] == "sgb3_82"]
    texts = [condition["text"] for condition in found["conditions"] if condition["met"] is False]
    assert texts == ["The course does not last more than 120 hours."]
    assert found["would_change"][0]["text"] == "21 more hours: likely fundable, course costs 50 %"


def test_never_is_anything_granted() -> None:
    said = json.dumps([answer(), answer("en"), answer(course__hours="100"), answer("en", start="2022-03-14")])
    assert "bewilligt" not in said.lower()
    assert "granted" not in said.lower()


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("application_date", None, "/application_date"),
        ("course__start", None, "/course/start"),
        ("course__end", "2025-06-01", "/course/end"),
        ("course__hours", "many", "/course/hours"),
        ("course__hours", "-1", "/course/hours"),
        ("course__provider_certified", None, "/course/provider_certified"),
        ("company__weighted_headcount", None, "/company/weighted_headcount"),
        ("company__headcount", {"full": 10}, "/company/headcount"),
        ("company__agreement", "perhaps", "/company/agreement"),
        ("company__outdated_skills_share", "12", "/company/outdated_skills_share"),
        ("person__birth_date", "1985-02-30", "/person/birth_date"),
        ("person__birth_date", "2030-01-01", "/person/birth_date"),
        ("person__disability_degree", 101, "/person/disability_degree"),
        ("person__has_qualification", None, "/person/has_qualification"),
        ("grant_date", "2025-05-01", "/grant_date"),
        ("requested", ["lottery"], "/requested/0"),
    ],
)
def test_a_missing_or_contradictory_entry_is_named(world: World, path: str, value: Any, pointer: str) -> None:
    response = world.call("hr", "POST", PATH, body(**{path: value}))
    assert response.status_code == 422
    assert pointer in [error["pointer"] for error in response.get_json()["errors"]]


def test_more_people_affected_than_there_are_is_refused(world: World) -> None:
    request = body(company__establishment_headcount=10, company__affected_staff=11)
    assert world.call("hr", "POST", PATH, request).status_code == 422


@pytest.mark.parametrize(
    ("path", "condition"),
    [
        ("course__short_adaptation", "beyond_adaptation"),
        ("course__mandatory", "not_mandatory"),
        ("course__advancement_qualification", "no_advancement_qualification"),
        ("person__qualification_date", "qualification_age"),
    ],
)
def test_what_nobody_knows_is_a_review_never_a_silent_default(path: str, condition: str) -> None:
    found = instrument("sgb3_82", **{path: None})
    assert found["outcome"] == "review"
    assert unmet("sgb3_82", **{path: None})[condition] is None


def test_an_unknown_that_cannot_matter_does_not_matter() -> None:
    unknown = {"course__inside_firm": None, "company__outdated_skills_share": None, "person__equal_status": None}
    assert instrument("sgb3_82", **unknown)["outcome"] == "fundable"
    assert instrument("sgb3_82", start="2022-03-14", **unknown)["course_cost_percent"] is None


def test_applied_under_the_old_law_both_laws_are_shown() -> None:
    changes = {
        "application_date": "2024-03-10",
        "course__start": "2024-05-06",
        "course__end": "2024-07-26",
        "company__weighted_headcount": "40",
    }
    found = instrument("sgb3_82", **changes)
    assert (found["outcome"], found["law_version"], found["course_cost_percent"]) == ("fundable", "2024-04-01", "100")
    older = found["under_older_law"]
    assert (older["outcome"], older["law_version"], older["course_cost_percent"]) == ("fundable", "2021-10-01", "50")
    decided = instrument("sgb3_82", grant_date="2024-03-20", **changes)
    assert (decided["law_version"], decided["course_cost_percent"]) == ("2021-10-01", "50")


def test_where_old_and_new_law_differ_in_kind_it_is_a_review() -> None:
    changes = {
        "application_date": "2024-03-10",
        "course__start": "2024-05-06",
        "course__end": "2024-07-26",
        "person__last_sgb3_82_end": "2021-01-31",
    }
    assert instrument("sgb3_82", **changes)["outcome"] == "review"
    assert instrument("sgb3_82", **changes)["under_older_law"]["outcome"] == "not_fundable"


def test_deadlines_respect_holidays_but_the_application_never_moves() -> None:
    found = {item["name"]: item["date"] for item in instrument("sgb3_82", grant_date="2025-05-20")["deadlines"]}
    assert found == {
        "apply_before_start": "2025-06-01",  # a Sunday
        "objection": "2025-06-24",  # posted on the 20th, served on the 24th
        "proof_of_forwarding": "2025-10-27",  # the 25th is a Saturday
    }


def test_the_command_line_gives_the_same_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(DEFAULTS))
    assert main(["funding", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == answer()


def test_the_command_line_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(body(course__start=None)))
    assert main(["funding", str(file)]) == 1
    assert "start" in json.loads(capsys.readouterr().out)["errors"]["course"]
