"""What cannot be true of people, companies and certificates; counts that name nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.registers.rules import certificate_fault, implausible, implausible_company, pooled, weighted, years_later

TODAY = date(2026, 11, 27)
PERSON: dict[str, Any] = {
    "birth_date": date(1980, 4, 12),
    "weekly_hours": 38,
    "has_qualification": True,
    "qualification_date": date(2000, 7, 31),
    "last_sgb3_82_end": None,
    "disability_degree": 0,
    "equal_status": False,
    "left_on": None,
}


def faults(**changes: Any) -> list[tuple[str, str]]:
    return list(implausible({**PERSON, **changes}, TODAY))


def test_an_ordinary_person_is_plausible() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"birth_date": date(2026, 11, 28), "qualification_date": None}, [("birth_date", "birth_in_future")]),
        ({"birth_date": date(2012, 11, 28), "qualification_date": None}, [("birth_date", "too_young")]),
        ({"birth_date": date(2012, 11, 27), "qualification_date": None}, []),
        ({"birth_date": date(1926, 11, 27)}, [("birth_date", "too_old")]),
        ({"birth_date": date(1926, 11, 28)}, []),
        ({"qualification_date": date(1979, 1, 1)}, [("qualification_date", "qualification_before_birth")]),
        ({"qualification_date": date(1990, 1, 1)}, [("qualification_date", "qualified_as_child")]),
        ({"qualification_date": date(2026, 11, 28)}, [("qualification_date", "qualification_in_future")]),
        ({"has_qualification": False}, [("qualification_date", "date_without_qualification")]),
        ({"last_sgb3_82_end": date(1980, 4, 12)}, [("last_sgb3_82_end", "funding_before_birth")]),
        ({"disability_degree": 55}, [("disability_degree", "degree_not_in_tens")]),
        ({"disability_degree": 10}, [("disability_degree", "degree_too_small")]),
        ({"equal_status": True}, [("equal_status", "equal_status_without_degree")]),
        ({"equal_status": True, "disability_degree": 50}, [("equal_status", "equal_status_without_degree")]),
        ({"equal_status": True, "disability_degree": 40}, []),
        ({"weekly_hours": 0}, [("weekly_hours", "no_hours")]),
        ({"left_on": date(1990, 1, 1)}, [("left_on", "left_as_child")]),
        ({"birth_date": date(9999, 12, 31), "qualification_date": None}, [("birth_date", "birth_in_future")]),
    ],
)
def test_what_cannot_be_true_is_named(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert faults(**changes) == found


def test_a_company_employs_somebody_and_is_no_larger_than_its_group() -> None:
    facts = {"headcount_full": 40, "headcount_30": 4, "headcount_20": 10, "headcount_10": 6, "group_headcount": None}
    assert list(implausible_company(facts)) == []
    assert weighted(facts) == (60, 4 * 40 + 3 * 4 + 2 * 10 + 6)
    assert list(implausible_company({**facts, "group_headcount": 59})) == [
        ("group_headcount", "group_smaller_than_company")
    ]
    nobody = dict.fromkeys(("headcount_full", "headcount_30", "headcount_20", "headcount_10"), 0)
    assert list(implausible_company(nobody)) == [("headcount_full", "nobody_employed")]


@pytest.mark.parametrize(
    ("kind", "until", "fault"),
    [
        ("provider", date(2031, 3, 1), None),
        ("provider", date(2031, 3, 2), "too_long_provider"),
        ("measure", date(2029, 3, 1), None),
        ("measure", date(2029, 3, 2), "too_long_measure"),
        ("measure", date(2026, 2, 28), "ends_before_start"),
    ],
)
def test_certificates_end(kind: str, until: date, fault: str | None) -> None:
    assert certificate_fault(kind, date(2026, 3, 1), until) == fault


def test_a_leap_day_has_an_anniversary_and_time_ends_somewhere() -> None:
    assert years_later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert years_later(date(9998, 5, 1), 5) == date(9999, 5, 1)


@pytest.mark.parametrize(
    ("total", "parts", "shown"),
    [
        (4, {"a": 4}, {"total": None, "a": None}),
        (5, {"a": 5}, {"total": 5, "a": None}),
        (20, {"a": 4, "b": 5, "c": 16}, {"total": 20, "a": None, "b": 5, "c": None}),
        (20, {"a": 0}, {"total": 20, "a": None}),
    ],
)
def test_no_count_names_fewer_than_five(total: int, parts: dict[str, int], shown: dict[str, int | None]) -> None:
    assert pooled(total, parts) == shown
