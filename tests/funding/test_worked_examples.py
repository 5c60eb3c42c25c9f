"""The worked examples of the alliance's funding advice, by their numbers, through the calculator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.funding.requests import answer, instrument, result, unmet

HEADS_49_5 = {"full": 40, "up_to_20h": 10, "up_to_10h": 6, "up_to_30h": 4}
EXAMPLES: dict[int, tuple[dict[str, Any], tuple[Any, ...]]] = {
    1: ({"start": "2021-11-15", "company__weighted_headcount": "8"}, ("fundable", "100", "75")),
    2: ({"start": "2022-03-14"}, ("fundable", "50", "50")),
    3: ({"start": "2022-03-14", "company__agreement": "works"}, ("fundable", "55", "55")),
    4: ({"start": "2022-03-14", "company__outdated_skills_share": "0.12"}, ("fundable", "60", "60")),
    6: ({"start": "2022-03-14", "person__birth_date": "1975-01-01"}, ("fundable", "100", "50")),
    8: (
        {"start": "2022-03-14", "company__weighted_headcount": "600", "company__outdated_skills_share": "0.15"},
        ("fundable", "25", "25"),
    ),
    10: ({"start": "2022-03-14", "company__structural_change": False}, ("review", "50", "50")),
    12: ({"start": "2023-03-14", "person__qualification_date": "2020-03-01"}, ("review", "50", "50")),
    13: (
        {
            "start": "2024-05-14",
            "company__weighted_headcount": "49",
            "person__qualification_date": "2021-05-01",
        },
        ("fundable", "100", "75"),
    ),
    14: (
        {"start": "2024-05-14", "company__weighted_headcount": None, "company__headcount": HEADS_49_5},
        ("fundable", "100", "75"),
    ),
    16: (
        {"company__weighted_headcount": "45", "company__group_weighted_headcount": "1200"},
        ("fundable", "25", "25"),
    ),
    17: (
        {"company__weighted_headcount": "499", "person__birth_date": "1980-06-02"},
        ("fundable", "100", "50"),
    ),
    19: ({"company__weighted_headcount": "200", "person__disability_degree": 50}, ("fundable", "100", "50")),
    21: ({"company__weighted_headcount": "30", "company__agreement": "works"}, ("fundable", "100", "80")),
    22: ({"course__hours": "120"}, ("not_fundable", None, None)),
    23: ({"course__measure_certified": False}, ("not_fundable", None, None)),
    24: ({"course__advancement_qualification": True}, ("not_fundable", None, None)),
    28: ({"application_date": "2025-06-03"}, ("not_fundable", None, None)),
    30: (
        {
            "application_date": "2024-03-10",
            "grant_date": "2024-04-10",
            "course__start": "2024-05-06",
            "course__end": "2024-07-26",
            "company__weighted_headcount": "40",
        },
        ("fundable", "100", "75"),
    ),
}


@pytest.mark.parametrize("number", EXAMPLES)
def test_the_example_comes_out_as_the_advice_works_it(number: int) -> None:
    changes, expected = EXAMPLES[number]
    assert result("sgb3_82", **changes) == expected


def test_example_10_passes_at_47() -> None:
    changes = {"start": "2022-03-14", "company__structural_change": False, "person__birth_date": "1975-01-01"}
    assert result("sgb3_82", **changes) == ("fundable", "100", "50")


def test_example_17_one_day_younger() -> None:
    changes = {"company__weighted_headcount": "499", "person__birth_date": "1980-06-03"}
    assert result("sgb3_82", **changes) == ("fundable", "50", "50")


def test_example_19_equal_status_is_a_review() -> None:
    changes = {"company__weighted_headcount": "200", "person__disability_degree": 40, "person__equal_status": True}
    assert result("sgb3_82", **changes) == ("review", "50", "50")


def test_example_22_one_hour_more_passes() -> None:
    assert result("sgb3_82", course__hours="121") == ("fundable", "50", "50")
    assert result("sgb3_82", course__hours="120.01") == ("fundable", "50", "50")


def test_example_23_the_training_allowance_may_pass() -> None:
    changes = {
        "course__measure_certified": False,
        "company__establishment_headcount": 120,
        "company__affected_staff": 12,
        "company__qg_agreement": "works",
    }
    assert result("sgb3_82a", **changes) == ("fundable", "0", "60")
    assert instrument("sgb3_82", **changes)["flags"] == ["single_measure"]


def test_example_24_leads_to_the_advancement_grant() -> None:
    found = answer(course__advancement_qualification=True)
    assert found["recommended"] == "afbg"
    assert instrument("sgb3_82", course__advancement_qualification=True)["flags"] == ["afbg"]


def test_example_26_a_missed_qualification_is_paid_in_full() -> None:
    changes = {
        "company__weighted_headcount": "800",
        "person__has_qualification": False,
        "person__qualification_date": None,
        "course__leads_to_qualification": True,
    }
    assert result("sgb3_81_2", **changes) == ("fundable", "100", "100")
    assert answer(**changes)["recommended"] == "sgb3_81_2"


def test_example_28_names_the_hardship() -> None:
    assert instrument("sgb3_82", application_date="2025-06-03")["flags"] == ["hardship"]


QG = {"company__establishment_headcount": 240, "company__agreement": "works"}


@pytest.mark.parametrize(("child", "percent"), [(False, "60"), (True, "67")])
def test_example_32_a_tenth_of_the_establishment_is_affected(child: bool, percent: str) -> None:
    changes = {**QG, "company__affected_staff": 24, "person__has_child": child}
    assert result("sgb3_82a", **changes) == ("fundable", "0", percent)
    assert result("sgb3_82a", **{**changes, "company__affected_staff": 23})[0] == "not_fundable"


def test_example_34_the_declaration_of_a_small_employer() -> None:
    changes = {"company__establishment_headcount": 9, "company__affected_staff": 1, "company__agreement": "declaration"}
    assert result("sgb3_82a", company__weighted_headcount="9", **changes)[0] == "fundable"
    assert unmet("sgb3_82a", **{**changes, "company__establishment_headcount": 10}) == {"qg_agreement": False}


def test_example_36_not_both_for_the_same_measure() -> None:
    changes = {**QG, "company__affected_staff": 24, "requested": ["sgb3_82"]}
    assert unmet("sgb3_82a", **changes) == {"sgb3_82_not_requested": False}


SHORT_TIME = {
    "short_time__receiving": True,
    "short_time__since": "2024-06-01",
    "short_time__establishment_headcount": 40,
}


def test_example_k7_a_course_inside_short_time_work_before_august_2024() -> None:
    changes = {**SHORT_TIME, "start": "2024-07-15", "company__weighted_headcount": "40"}
    found = instrument("sgb3_106a", **changes)
    assert (found["outcome"], found["course_cost_percent"], found["contribution_percent"]) == ("review", "50", "50")
    assert unmet("sgb3_106a", **changes) == {"ends_in_force": False}
    assert unmet("sgb3_82", **changes) == {"not_in_short_time": False}
    within = {**changes, "course__end": "2024-07-31"}
    assert result("sgb3_106a", **within)[0] == "fundable"


def test_example_k8_from_august_2024_on() -> None:
    changes = {**SHORT_TIME, "start": "2024-08-05", "company__weighted_headcount": "40"}
    assert result("sgb3_82", **changes) == ("fundable", "100", "75")
    assert instrument("sgb3_82", **changes)["amounts"]["wage_subsidy"] == "0.00"
    assert unmet("sgb3_106a", **changes)["in_force"] is False


def test_example_k11_transfer_short_time_work() -> None:
    changes = {
        "short_time__receiving": True,
        "short_time__transfer": True,
        "short_time__transfer_until": "2025-12-31",
        "company__weighted_headcount": "200",
    }
    assert result("sgb3_111a", **changes) == ("fundable", "75", "0")


def test_example_k13_notice_ends_the_allowance() -> None:
    changes = {**QG, "company__affected_staff": 24, "person__under_notice": True}
    assert unmet("sgb3_82a", **changes) == {"not_under_notice": False}
