"""§ 82 SGB III as tables: the worked examples of the domain, and both sides of every boundary."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.dmn import DecisionModel, check_model, load_model

FOLDER = Path(__file__).parents[2] / "processes" / "training_case" / "decisions"
D = Decimal

DEFAULTS: dict[str, object] = {
    "law_date": "2025-05-02",
    "application_date": "2025-05-02",
    "course_start": "2025-06-02",
    "hours": 160,
    "provider_certified": True,
    "measure_certified": True,
    "short_adaptation": False,
    "mandatory": False,
    "inside_firm": False,
    "advancement_qualification": False,
    "has_qualification": True,
    "qualification_date": "2010-07-31",
    "last_funding_end": None,
    "structural_change": True,
    "starts_in_short_time": False,
    "disability_degree": 0,
    "equal_status": False,
    "sgb2_benefits": False,
    "weighted_headcount": 120,
    "age_45_or_disabled": False,
    "agreement": False,
    "outdated_skills_share": 0,
    "leads_to_qualification": False,
    "skilled_work_obsolete": False,
    "aptitude_and_prospects": True,
    "three_years_of_work": True,
}


def model() -> DecisionModel:
    return load_model((FOLDER / "sgb3_82.dmn").read_bytes(), "sgb3_82.dmn")


def case(**changes: object) -> dict[str, object]:
    """The default case of the examples; `day` sets law, application and a start four weeks later at once."""
    inputs = DEFAULTS | changes
    day = inputs.pop("day", None)
    if isinstance(day, str):
        year, month, rest = day.split("-")
        following = f"{int(year) + (month == '12')}-{int(month) % 12 + 1:02d}-{min(int(rest), 28):02d}"
        inputs |= {"law_date": day, "application_date": day, "course_start": following}
    return inputs | {key: value for key, value in changes.items() if key != "day"}


def shares(**changes: object) -> tuple[object, object] | None:
    value = model().evaluate("sgb3_82_shares", case(**changes)).value
    if value is None:
        return None
    assert isinstance(value, dict)
    return value["course_cost_percent"], value["wage_subsidy_percent"]


def outcome(**changes: object) -> object:
    return model().evaluate("sgb3_82_outcome", case(**changes)).value


def conditions(**changes: object) -> list[dict[str, str]]:
    value = model().evaluate("sgb3_82_conditions", case(**changes)).value
    assert isinstance(value, list)
    return value


def failed(**changes: object) -> list[tuple[str, str]]:
    return [(row["code"], row["outcome"]) for row in conditions(**changes)]


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        (1, {"day": "2021-11-02", "weighted_headcount": 8}, (100, 75)),
        (2, {"day": "2022-03-01"}, (50, 50)),
        (3, {"day": "2022-03-01", "agreement": True}, (55, 55)),
        (4, {"day": "2022-03-01", "outdated_skills_share": D("0.12")}, (60, 60)),
        (6, {"day": "2022-03-01", "age_45_or_disabled": True}, (100, 50)),
        (8, {"day": "2022-03-01", "weighted_headcount": 600, "outdated_skills_share": D("0.15")}, (25, 25)),
        (13, {"day": "2024-05-02", "weighted_headcount": 49, "qualification_date": "2021-05-01"}, (100, 75)),
        (14, {"day": "2024-05-02", "weighted_headcount": D("49.5")}, (100, 75)),
        (16, {"weighted_headcount": 1200}, (25, 25)),
        (17, {"weighted_headcount": 499, "age_45_or_disabled": True}, (100, 50)),
        (17, {"weighted_headcount": 499}, (50, 50)),
        (19, {"weighted_headcount": 200, "age_45_or_disabled": True, "disability_degree": 50}, (100, 50)),
        (19, {"weighted_headcount": 200, "disability_degree": 40, "equal_status": True}, (50, 50)),
        (21, {"weighted_headcount": 30, "agreement": True}, (100, 80)),
        (
            30,
            {
                "law_date": "2024-04-10",
                "application_date": "2024-03-10",
                "course_start": "2024-05-06",
                "weighted_headcount": 40,
            },
            (100, 75),
        ),
    ],
)
def test_the_worked_examples_get_their_shares(row: int, changes: dict[str, object], expected: tuple[int, int]) -> None:
    assert shares(**changes) == expected, f"example {row}"


@pytest.mark.parametrize(
    ("row", "changes", "result", "codes"),
    [
        (2, {"day": "2022-03-01"}, "fundable", []),
        (10, {"day": "2022-03-01", "structural_change": False}, "review", ["structural_change"]),
        (10, {"day": "2022-03-01", "structural_change": False, "age_45_or_disabled": True}, "fundable", []),
        (12, {"day": "2023-05-02", "qualification_date": "2020-05-02"}, "review", ["qualification_age"]),
        (13, {"day": "2024-05-02", "qualification_date": "2021-05-01"}, "fundable", []),
        (
            19,
            {"weighted_headcount": 200, "disability_degree": 40, "equal_status": True},
            "review",
            ["equal_status"],
        ),
        (
            19,
            {"weighted_headcount": 200, "disability_degree": 50, "age_45_or_disabled": True},
            "fundable",
            [],
        ),
        (22, {"hours": D("120.0")}, "not_fundable", ["min_hours"]),
        (22, {"hours": 121}, "fundable", []),
        (23, {"measure_certified": False}, "not_fundable", ["measure_certified"]),
        (24, {"advancement_qualification": True}, "not_fundable", ["no_advancement_qualification"]),
        (28, {"application_date": "2025-06-03"}, "not_fundable", ["applied_before_start"]),
        (
            30,
            {"law_date": "2024-04-10", "application_date": "2024-03-10", "course_start": "2024-05-06"},
            "fundable",
            [],
        ),
        (
            "K7",
            {
                "law_date": "2024-07-01",
                "application_date": "2024-07-01",
                "course_start": "2024-07-15",
                "starts_in_short_time": True,
            },
            "not_fundable",
            ["not_in_short_time"],
        ),
        (
            "K8",
            {
                "law_date": "2024-07-01",
                "application_date": "2024-07-01",
                "course_start": "2024-08-05",
                "starts_in_short_time": True,
            },
            "fundable",
            [],
        ),
    ],
)
def test_the_worked_examples_get_their_outcome(
    row: object, changes: dict[str, object], result: str, codes: list[str]
) -> None:
    assert outcome(**changes) == result, f"example {row}"
    assert [code for code, _ in failed(**changes)] == codes


OLD, NEW = "2024-03-31", "2024-04-01"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"day": OLD, "weighted_headcount": D("9.75")}, (100, 75)),
        ({"day": OLD, "weighted_headcount": 10}, (50, 50)),
        ({"day": OLD, "weighted_headcount": D("249.75")}, (50, 50)),
        ({"day": OLD, "weighted_headcount": 250}, (25, 25)),
        ({"day": OLD, "weighted_headcount": D("249.75"), "age_45_or_disabled": True}, (100, 50)),
        ({"day": OLD, "weighted_headcount": 250, "age_45_or_disabled": True}, (25, 25)),
        ({"day": OLD, "weighted_headcount": 2499}, (25, 25)),
        ({"day": OLD, "weighted_headcount": D("2499.75")}, (25, 25)),
        ({"day": OLD, "weighted_headcount": 2500}, (15, 25)),
        ({"day": NEW, "weighted_headcount": D("49.75")}, (100, 75)),
        ({"day": NEW, "weighted_headcount": 50}, (50, 50)),
        ({"day": NEW, "weighted_headcount": D("499.75")}, (50, 50)),
        ({"day": NEW, "weighted_headcount": 500}, (25, 25)),
        ({"day": NEW, "weighted_headcount": D("499.75"), "age_45_or_disabled": True}, (100, 50)),
        ({"day": NEW, "weighted_headcount": 500, "age_45_or_disabled": True}, (25, 25)),
        ({"day": NEW, "weighted_headcount": 2500}, (25, 25)),
        # the law changes between the two days, for the same firm
        ({"day": OLD, "weighted_headcount": 20}, (50, 50)),
        ({"day": NEW, "weighted_headcount": 20}, (100, 75)),
        # bonuses
        ({"day": OLD, "weighted_headcount": D("9.75"), "outdated_skills_share": D("0.19")}, (100, 75)),
        ({"day": OLD, "weighted_headcount": D("9.75"), "outdated_skills_share": D("0.2")}, (100, 85)),
        ({"day": OLD, "outdated_skills_share": D("0.0999")}, (50, 50)),
        ({"day": OLD, "outdated_skills_share": D("0.1")}, (60, 60)),
        ({"day": OLD, "weighted_headcount": 250, "outdated_skills_share": D("0.1999")}, (25, 25)),
        ({"day": OLD, "weighted_headcount": 250, "outdated_skills_share": D("0.2")}, (35, 35)),
        (
            {"day": OLD, "weighted_headcount": 2500, "outdated_skills_share": D("0.2"), "agreement": True},
            (30, 40),
        ),
        ({"day": OLD, "weighted_headcount": 9, "outdated_skills_share": 1, "agreement": True}, (100, 90)),
        ({"day": NEW, "outdated_skills_share": 1}, (50, 50)),
        ({"day": NEW, "outdated_skills_share": 1, "agreement": True}, (55, 55)),
        ({"day": NEW, "age_45_or_disabled": True, "agreement": True}, (100, 55)),
        # before the first table
        ({"day": "2021-10-01"}, (50, 50)),
        ({"day": "2021-09-30"}, None),
    ],
)
def test_both_sides_of_every_size_and_date(changes: dict[str, object], expected: object) -> None:
    assert shares(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hours": 120}, [("min_hours", "not_fundable")]),
        ({"hours": D("120.25")}, []),
        ({"provider_certified": False}, [("provider_certified", "not_fundable")]),
        ({"short_adaptation": True}, [("beyond_adaptation", "not_fundable")]),
        ({"mandatory": True}, [("not_mandatory", "not_fundable")]),
        # inside the firm: only the old law asks, and only for a certified provider
        ({"day": OLD, "inside_firm": True}, []),
        (
            {"day": OLD, "inside_firm": True, "provider_certified": False},
            [("provider_certified", "not_fundable"), ("outside_firm", "not_fundable")],
        ),
        (
            {"day": NEW, "inside_firm": True, "provider_certified": False},
            [("provider_certified", "not_fundable")],
        ),
        # years since the qualification, on the day and the day before
        ({"day": OLD, "qualification_date": "2020-04-01"}, [("qualification_age", "review")]),
        ({"day": OLD, "qualification_date": "2020-03-31"}, []),
        ({"day": NEW, "qualification_date": "2022-04-02"}, [("qualification_age", "review")]),
        ({"day": NEW, "qualification_date": "2022-04-01"}, []),
        ({"qualification_date": None}, [("qualification_age", "review")]),
        ({"has_qualification": False, "qualification_date": None}, []),
        # earlier funding, on the day and the day before
        ({"day": OLD, "last_funding_end": "2020-04-01"}, [("no_recent_funding", "not_fundable")]),
        ({"day": OLD, "last_funding_end": "2020-03-31"}, []),
        ({"day": NEW, "last_funding_end": "2022-04-02"}, [("no_recent_funding", "not_fundable")]),
        ({"day": NEW, "last_funding_end": "2022-04-01"}, []),
        # structural change: old law only, exempt below 250 staff from 45 years on
        (
            {
                "day": OLD,
                "structural_change": False,
                "weighted_headcount": D("249.75"),
                "age_45_or_disabled": True,
            },
            [],
        ),
        (
            {"day": OLD, "structural_change": False, "weighted_headcount": 250, "age_45_or_disabled": True},
            [("structural_change", "review")],
        ),
        (
            {"day": OLD, "structural_change": False, "weighted_headcount": 8},
            [("structural_change", "review")],
        ),
        ({"day": NEW, "structural_change": False}, []),
        # the application comes before the start
        ({"application_date": "2025-06-01", "course_start": "2025-06-02"}, []),
        (
            {"application_date": "2025-06-02", "course_start": "2025-06-02"},
            [("applied_before_start", "not_fundable")],
        ),
        # short-time work: the start of the course decides
        (
            {
                "law_date": "2024-07-01",
                "application_date": "2024-07-01",
                "course_start": "2024-07-31",
                "starts_in_short_time": True,
            },
            [("not_in_short_time", "not_fundable")],
        ),
        (
            {
                "law_date": "2024-07-01",
                "application_date": "2024-07-01",
                "course_start": "2024-08-01",
                "starts_in_short_time": True,
            },
            [],
        ),
        ({"law_date": "2024-07-01", "application_date": "2024-07-01", "course_start": "2024-07-31"}, []),
        # equal status matters only where 45+ or disabled would change the share
        (
            {"weighted_headcount": 200, "disability_degree": 30, "equal_status": True},
            [("equal_status", "review")],
        ),
        ({"weighted_headcount": 200, "disability_degree": 29, "equal_status": True}, []),
        ({"weighted_headcount": 500, "disability_degree": 40, "equal_status": True}, []),
        ({"weighted_headcount": D("49.75"), "disability_degree": 40, "equal_status": True}, []),
        # SGB II benefits until the end of 2024
        ({"day": "2024-12-31", "sgb2_benefits": True}, [("no_sgb2_benefits", "review")]),
        ({"day": "2025-01-01", "sgb2_benefits": True}, []),
        ({"day": "2021-09-30"}, [("law_covered", "review")]),
    ],
)
def test_both_sides_of_every_condition(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert failed(**changes) == expected


def test_a_failed_condition_says_why_in_both_languages_and_cites_its_paragraph() -> None:
    (late,) = conditions(application_date="2025-06-03")
    assert late["flag"] == "hardship"
    assert late["paragraph"] == "§ 324 SGB III"
    assert late["text_de"].startswith("Der Antrag wurde nicht vor Kursbeginn gestellt")
    assert late["text_en"].startswith("The application was not made before")
    (measure,) = conditions(measure_certified=False)
    assert measure["flag"] == "single_measure"
    (advancement,) = conditions(advancement_qualification=True)
    assert advancement["flag"] == "afbg"


def test_not_fundable_outweighs_review() -> None:
    assert outcome(hours=100, qualification_date=None) == "not_fundable"
    assert failed(hours=100, qualification_date=None) == [
        ("min_hours", "not_fundable"),
        ("qualification_age", "review"),
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # example 26: 800 staff, no qualification, retraining that leads to one
        ({"has_qualification": False, "leads_to_qualification": True}, ("fundable", 100, 100)),
        ({"skilled_work_obsolete": True, "leads_to_qualification": True}, ("fundable", 100, 100)),
        ({"leads_to_qualification": True}, ("not_applicable", 0, 0)),
        ({"has_qualification": False}, ("not_applicable", 0, 0)),
        (
            {"has_qualification": False, "leads_to_qualification": True, "three_years_of_work": False},
            ("review", 100, 100),
        ),
        (
            {"has_qualification": False, "leads_to_qualification": True, "aptitude_and_prospects": False},
            ("review", 100, 100),
        ),
    ],
)
def test_a_missed_qualification_is_paid_in_full(changes: dict[str, object], expected: tuple[object, ...]) -> None:
    value = model().evaluate("sgb3_81_2_shares", case(weighted_headcount=800, agreement=True, **changes)).value
    assert isinstance(value, dict)
    assert value.pop("text_en")
    assert isinstance(value, dict)
    assert tuple(value.values()) == expected


def test_the_evidence_names_the_rules_that_made_the_share() -> None:
    evaluation = model().evaluate("sgb3_82_shares", case(day="2022-03-01", agreement=True))
    rules = [rule.rule_id for rule in evaluation.all_matched()]
    assert rules == [
        "sgb3_82_base_old_below_250",
        "sgb3_82_bonus_old_agreement",
        "sgb3_82_shares_sum",
    ]
    base, bonus = evaluation.required
    assert base.inputs == {"law_date": "2022-03-01", "weighted_headcount": 120, "age_45_or_disabled": False}
    assert base.matched[0].annotations["description"].startswith("§ 82 Abs. 2 und 3 SGB III")
    assert bonus.value == 5


@given(
    st.dates(min_value=dt.date(2021, 10, 1), max_value=dt.date(2027, 1, 1)),
    st.decimals("0.25", "20000", places=2),
    st.booleans(),
    st.booleans(),
    st.decimals("0", "1", places=3),
)
def test_a_share_is_never_empty_and_never_above_100(
    day: object, heads: Decimal, age: bool, agreement: bool, outdated: Decimal
) -> None:
    result = shares(
        law_date=day,
        weighted_headcount=heads,
        age_45_or_disabled=age,
        agreement=agreement,
        outdated_skills_share=outdated,
    )
    assert result is not None
    assert all(isinstance(share, int) and 0 < share <= 100 for share in result)


@given(st.decimals("0", "2000", places=2), st.decimals("0", "2000", places=2))
def test_more_hours_never_turn_fundable_into_not_fundable(one: Decimal, other: Decimal) -> None:
    fewer, more = sorted((one, other))
    assert outcome(hours=more) == "fundable" or outcome(hours=fewer) == "not_fundable"


@pytest.mark.parametrize("name", ["sgb3_82.dmn", "funding_path.dmn"])
def test_the_files_have_no_finding_and_every_rule_cites_a_reason(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert check_model(data, name) == []
    loaded = load_model(data, name)
    silent = [
        rule.id
        for decision in loaded.decisions.values()
        if decision.table is not None
        for rule in decision.table.rules
        if not rule.annotations.get("description")
        or (name == "sgb3_82.dmn" and "§" not in rule.annotations["description"])
    ]
    assert silent == []
