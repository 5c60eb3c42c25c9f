"""After a refusal: the period for an objection, another instrument, an application that comes too late."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.funding.objection import objection_until
from app.funding.refusal import InstrumentMissing, NewDatesMissing, ServiceUnknown
from tests.demand.delegate_runs import run


@pytest.mark.parametrize(
    ("served_on", "last_day"),
    [
        (date(2027, 2, 5), date(2027, 3, 5)),
        (date(2027, 1, 31), date(2027, 3, 1)),  # no 31st in February, and the 28th is a Sunday
        (date(2026, 11, 27), date(2026, 12, 28)),  # the 27th of December is a Sunday
        (date(2025, 8, 20), date(2025, 9, 22)),  # Children's Day in Thuringia, a Saturday
        (date(2026, 12, 1), date(2027, 1, 4)),  # New Year, then a weekend
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_an_objection_is_possible_for_a_month_and_to_a_working_day(served_on: date, last_day: date) -> None:
    assert objection_until(served_on) == last_day


def test_without_an_instruction_a_year_holds() -> None:
    assert objection_until(date(2027, 2, 5), instructed=False) == date(2028, 2, 7)
    assert objection_until(date(2028, 2, 29), instructed=False) == date(2029, 2, 28)


def test_the_period_ends_when_its_last_day_is_over_in_thuringia() -> None:
    assert run("funding.objection_period", {"served_on": "2027-02-05"}).set == {
        "objection_until": "2027-03-05",
        "objection_reminder_at": "2027-02-26T00:00:00+01:00",
        "objection_ends_at": "2027-03-06T00:00:00+01:00",
    }


def test_a_missing_instruction_is_heeded() -> None:
    ran = run("funding.objection_period", {"served_on": "2027-02-05", "appeal_instruction_missing": True})
    assert ran.set["objection_until"] == "2028-02-07"


def test_without_a_day_of_service_there_is_no_period() -> None:
    with pytest.raises(ServiceUnknown):
        run("funding.objection_period", {"served_on": None})


REFUSED: dict[str, Any] = {
    "funding_path": "sgb3_82",
    "file_number": "094D123456",
    "decision_date": "2027-02-01",
    "served_on": "2027-02-05",
}


def test_another_instrument_becomes_the_path_and_the_refused_application_is_kept() -> None:
    ran = run("funding.change_instrument", {**REFUSED, "other_path": "sgb3_82a", "decision": "refused"})
    assert ran.set["funding_path"] == "sgb3_82a"
    assert ran.set["refused_applications"] == [REFUSED]
    assert [ran.set[name] for name in ("decision", "after_refusal", "late_application")] == [None, None, None]


def test_a_second_refusal_is_kept_behind_the_first() -> None:
    ran = run("funding.change_instrument", {**REFUSED, "other_path": "afbg", "refused_applications": [{"first": 1}]})
    assert ran.set["refused_applications"] == [{"first": 1}, REFUSED]


def test_another_instrument_has_to_be_named() -> None:
    with pytest.raises(InstrumentMissing):
        run("funding.change_instrument", {**REFUSED, "other_path": None})


def test_a_postponed_course_gets_its_new_days() -> None:
    days = {"new_course_start": "2027-04-05", "new_course_end": "2027-06-18"}
    ran = run("funding.late_application", {"late_application": "postponed", **days})
    assert ran.set == {"course_start": "2027-04-05", "course_end": "2027-06-18"}
    assert run("funding.late_application", {"late_application": "hardship", **days}).set == {}
    with pytest.raises(NewDatesMissing):
        run("funding.late_application", {"late_application": "postponed", "new_course_start": "2027-04-05"})
