from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.funding.rules import (
    Instrument,
    Outcome,
    age_45_or_disabled,
    age_on,
    choose,
    course_cost,
    final_path,
    recent_enough,
    starts_in_short_time,
    stricter,
    weighted_headcount,
)


def bands(full: int = 0, up_to_30: int = 0, up_to_20: int = 0, up_to_10: int = 0) -> dict[str, int | None]:
    return {
        "headcount_full": full,
        "headcount_30": up_to_30,
        "headcount_20": up_to_20,
        "headcount_10": up_to_10,
    }


class TestHeadcount:
    def test_the_example_of_the_domain_counts_49_and_a_half(self) -> None:
        assert weighted_headcount(bands(40, 4, 10, 6), None) == Decimal("49.5")

    def test_one_more_person_with_20_hours_makes_50(self) -> None:
        assert weighted_headcount(bands(40, 4, 11, 6), None) == 50

    @pytest.mark.parametrize(("group", "counted"), [(None, 45), (0, 45), (44, 45), (45, 45), (46, 46), (1200, 1200)])
    def test_the_group_counts_where_it_is_larger(self, group: int | None, counted: int) -> None:
        assert weighted_headcount(bands(45), group) == counted

    def test_bands_left_empty_count_nobody(self) -> None:
        assert weighted_headcount({"headcount_full": None}, None) == 0
        assert weighted_headcount({}, 12) == 12


class TestAge:
    @pytest.mark.parametrize(("day", "age"), [(date(2025, 5, 9), 44), (date(2025, 5, 10), 45), (date(2025, 5, 11), 45)])
    def test_a_year_of_life_is_complete_on_the_birthday(self, day: date, age: int) -> None:
        assert age_on(day, date(1980, 5, 10)) == age

    @pytest.mark.parametrize(
        ("day", "age"),
        [(date(2025, 2, 28), 44), (date(2025, 3, 1), 45), (date(2028, 2, 28), 47), (date(2028, 2, 29), 48)],
    )
    def test_who_was_born_on_29_february_turns_older_on_1_march(self, day: date, age: int) -> None:
        assert age_on(day, date(1980, 2, 29)) == age

    @pytest.mark.parametrize(("degree", "counts"), [(0, False), (49, False), (50, True), (100, True)])
    def test_a_degree_of_50_is_a_severe_disability(self, degree: int, counts: bool) -> None:
        assert age_45_or_disabled(date(2025, 5, 9), date(1980, 5, 10), degree) is counts

    def test_45_counts_without_a_disability(self) -> None:
        assert age_45_or_disabled(date(2025, 5, 10), date(1980, 5, 10), 0)

    @given(st.dates(date(1940, 1, 1), date(2005, 12, 31)), st.dates(date(2021, 10, 1), date(2035, 1, 1)))
    def test_nobody_becomes_younger(self, birth_date: date, day: date) -> None:
        assert age_on(day, birth_date) <= age_on(date(2035, 1, 1), birth_date)
        assert age_on(day, birth_date) >= 0 or birth_date > day


class TestShortTime:
    PLAN = (date(2024, 7, 1), date(2024, 9, 30))

    @pytest.mark.parametrize(
        ("start", "inside"),
        [
            (date(2024, 6, 30), False),
            (date(2024, 7, 1), True),
            (date(2024, 9, 30), True),
            (date(2024, 10, 1), False),
        ],
    )
    def test_the_plan_decides(self, start: date, inside: bool) -> None:
        assert starts_in_short_time(start, self.PLAN, "planned") is inside

    def test_an_open_end_reaches_every_later_course(self) -> None:
        assert starts_in_short_time(date(2030, 1, 1), (date(2024, 7, 1), None), "planned")

    @pytest.mark.parametrize(("status", "counts"), [("running", True), ("planned", False), ("none", False)])
    def test_without_a_plan_only_running_short_time_work_counts(self, status: str, counts: bool) -> None:
        assert starts_in_short_time(date(2024, 7, 15), None, status) is counts


def instrument(outcome: Outcome, key: str = "sgb3_82") -> Instrument:
    assert key in ("sgb3_82", "sgb3_81_2")
    shares = (50, 50) if key == "sgb3_82" else (100, 100)
    reason = {"code": key, "outcome": outcome, "paragraph": "§", "text": "…"}
    return Instrument(key, outcome, *shares, (reason,))  # type: ignore[arg-type]


class TestChoice:
    @pytest.mark.parametrize(
        ("advanced", "general", "chosen"),
        [
            ("fundable", "fundable", "sgb3_81_2"),
            ("fundable", "not_fundable", "sgb3_81_2"),
            ("review", "fundable", "sgb3_82"),
            ("review", "review", "sgb3_81_2"),
            ("review", "not_fundable", "sgb3_81_2"),
            ("not_fundable", "review", "sgb3_82"),
            ("not_fundable", "not_fundable", "sgb3_81_2"),
        ],
    )
    def test_the_likelier_instrument_leads_and_81_2_where_both_are_alike(
        self, advanced: Outcome, general: Outcome, chosen: str
    ) -> None:
        found = choose(instrument(advanced, "sgb3_81_2"), instrument(general))
        assert found.key == chosen

    def test_what_is_not_taken_leaves_its_reasons_as_notes(self) -> None:
        found = choose(instrument("review", "sgb3_81_2"), instrument("fundable"))
        assert [(reason["code"], reason["outcome"]) for reason in found.reasons] == [
            ("sgb3_82", "fundable"),
            ("sgb3_81_2", "note"),
        ]

    def test_without_81_2_nothing_changes(self) -> None:
        assert choose(None, instrument("review")) == instrument("review")

    def test_the_stricter_outcome_wins(self) -> None:
        assert stricter("fundable", "review") == stricter("review", "fundable") == "review"
        assert stricter("review", "not_fundable") == "not_fundable"
        assert stricter("fundable", "fundable") == "fundable"


@pytest.mark.parametrize(
    ("price", "percent", "euro"),
    [
        ("1999.99", 50, "1000.00"),
        ("1999.97", 50, "999.99"),
        ("0.01", 50, "0.01"),
        ("0.01", 25, "0.00"),
        (None, 100, "0.00"),
    ],
)
def test_course_cost_is_rounded_to_the_cent(price: str | None, percent: int, euro: str) -> None:
    assert course_cost(None if price is None else Decimal(price), percent) == Decimal(euro)


def test_the_last_funding_of_a_hundred_years_ago_no_longer_matters() -> None:
    assert recent_enough(date(1926, 12, 31), date(2026, 1, 1)) is None
    assert recent_enough(date(1927, 1, 1), date(2026, 1, 1)) == date(1927, 1, 1)
    assert recent_enough(None, date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("assessed", "review", "corrected", "path"),
    [
        ("sgb3_82", "accept", None, "sgb3_82"),
        ("sgb3_82", "accept", "none", "sgb3_82"),
        ("review", "accept", None, "review"),
        ("review", "correct", "sgb3_82", "sgb3_82"),
        ("sgb3_82", "correct", "none", "none"),
        ("none", "correct", "self_pay", "self_pay"),
        ("none", "correct", None, None),
    ],
)
def test_only_a_correction_changes_the_path(
    assessed: str, review: str, corrected: str | None, path: str | None
) -> None:
    assert final_path(assessed, review, corrected) == path
