"""The alignment as HR and the works council get to see it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.shorttime.delegates import CourseNotChosen
from tests.demand.delegate_runs import NOW, run

CASE = {
    "course_start": "2027-03-01",
    "course_end": "2027-03-31",
    "course_hours": 161,
    "short_time_from": "2027-02-01",
    "short_time_to": "2027-03-01",
    "lost_hours_weekly": 15,
    "notified_on": "2027-01-20",
    "short_time_headcount": 100,
    "short_time_affected": 34,
}


def align(now: datetime = NOW, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = run("shorttime.align", CASE | changes, now=now).set["alignment"]
    return found


def codes(**changes: Any) -> list[str]:
    return [warning["code"] for warning in align(**changes)["warnings"]]


def test_a_course_in_short_time_work_with_a_double_claim() -> None:
    assert align() == {
        "overlap_hours": 161,
        "hours_outside": 0,
        "double_claim_hours": 63,
        "quorum": {"needed": 34, "affected": 34, "met": True},
        "warnings": [
            {
                "code": "double_claim",
                "paragraph": "§ 82 Abs. 3, § 95 SGB III",
                "text": "63 Kursstunden je Person fallen in die Kurzarbeit: dafür dürfen nicht zugleich "
                "Arbeitsentgeltzuschuss und Kurzarbeitergeld beantragt werden.",
            }
        ],
        "latest_application": "2027-02-26",
    }


def test_the_works_councils_word_is_asked_again_after_replanning() -> None:
    assert run("shorttime.align", CASE | {"alignment_council": "objection"}).set["alignment_council"] is None


def test_a_clean_plan_has_no_warnings() -> None:
    assert codes(lost_hours_weekly=0) == []
    assert codes(short_time_from="2027-01-01", short_time_to="2027-02-01") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notified_on": None}, "not_notified"),
        ({"notified_on": "2027-03-01"}, "late_notification"),
        ({"short_time_to": None}, "end_open"),
        ({"short_time_to": "2027-01-31"}, "end_before_start"),
        ({"short_time_from": None}, "no_plan"),
        ({"short_time_affected": 33}, "quorum_missed"),
    ],
)
def test_what_is_warned_about(changes: dict[str, Any], code: str) -> None:
    assert code in codes(**changes)


def test_notified_on_the_last_day_of_the_first_month_is_in_time() -> None:
    assert "late_notification" not in codes(notified_on="2027-02-28")


@pytest.mark.parametrize(("month", "warned"), [("2023-06-01", False), ("2023-07-01", True)])
def test_k1_ten_of_a_hundred_are_enough_until_june_2023(month: str, warned: bool) -> None:
    found = codes(short_time_from=month, short_time_to=None, notified_on=month, short_time_affected=10)
    assert ("quorum_missed" in found) is warned


@pytest.mark.parametrize(
    ("start", "warned"), [("2024-06-28", False), ("2024-07-15", True), ("2024-07-31", True), ("2024-08-01", False)]
)
def test_k7_a_course_that_starts_inside_is_barred_until_july_2024(start: str, warned: bool) -> None:
    plan = {"short_time_from": "2024-07-01", "short_time_to": "2024-08-01", "notified_on": "2024-06-20"}
    found = codes(course_start=start, course_end="2024-09-30", **plan)
    assert ("starts_in_short_time" in found) is warned


@pytest.mark.parametrize(
    ("now", "warned"),
    [
        (datetime(2027, 2, 26, 22, 59, tzinfo=UTC), False),
        (datetime(2027, 2, 26, 23, 0, tzinfo=UTC), True),
        (datetime(2027, 3, 1, 8, 0, tzinfo=UTC), True),
    ],
)
def test_after_the_last_safe_day_it_is_late(now: datetime, warned: bool) -> None:
    assert ("application_late" in codes(now=now)) is warned


@pytest.mark.parametrize(("day", "begun"), [(28, False), (1, True)])
def test_a_late_warning_says_whether_the_course_has_begun(day: int, begun: bool) -> None:
    now = datetime(2027, 3 if begun else 2, day, 12, 0, tzinfo=UTC)
    late = next(item for item in align(now=now)["warnings"] if item["code"] == "application_late")
    assert ("schon begonnen" in late["text"]) is begun


@pytest.mark.parametrize(
    "key",
    [
        "short_time_from",
        "short_time_to",
        "lost_hours_weekly",
        "notified_on",
        "short_time_headcount",
        "short_time_affected",
    ],
)
def test_what_the_form_leaves_empty_never_stops_the_case(key: str) -> None:
    assert align(**{key: None})["latest_application"] == "2027-02-26"
    assert align(**{key: ""})["latest_application"] == "2027-02-26"


def test_without_figures_there_is_no_quorum() -> None:
    assert align(short_time_headcount=0)["quorum"] is None
    assert align(short_time_affected=None)["quorum"] is None
    assert align(short_time_affected=0)["quorum"] == {"needed": 34, "affected": 0, "met": False}


def test_fractions_of_hours_are_written_the_german_way() -> None:
    warning = align(lost_hours_weekly=Decimal("7.55"))["warnings"][0]
    assert warning["text"].startswith("31,71 Kursstunden")


@pytest.mark.parametrize("key", ["course_start", "course_end", "course_hours"])
def test_without_a_chosen_course_it_is_an_incident(key: str) -> None:
    with pytest.raises(CourseNotChosen):
        align(**{key: None})
