"""Closing the file: what it sets, and the job it asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.completion.delegates import DateMalformed, ResultMissing
from tests.demand.delegate_runs import Ran, run

CLOSED = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
CASE = {
    "case_result": "success",
    "course_end": "2027-03-31",
    "paid_on": "2027-04-20",
    "invoice_amount": 1800,
    "funding_path": "sgb3_82",
}


def close(now: datetime = CLOSED, **changes: Any) -> Ran:
    return run("completion.close", CASE | changes, now=now)


def test_the_file_is_closed_with_result_follow_up_and_retention() -> None:
    ran = close()
    assert ran.set == {"result": "success", "follow_up_on": "2027-09-30", "retention_until": "2035-12-31"}
    assert ran.call.retention_until == "2035-12-31"


def test_the_follow_up_is_asked_for_on_that_morning() -> None:
    (name, run_at, payload), *others = close().call.jobs
    assert (name, payload, others) == ("completion.follow_up", {"case_id": "case"}, [])
    assert run_at == datetime(2027, 9, 30, 6, 0, tzinfo=UTC)


def test_a_follow_up_in_winter_keeps_the_local_hour() -> None:
    assert close(course_end="2027-08-31").call.jobs[0][1] == datetime(2028, 2, 29, 7, 0, tzinfo=UTC)


def test_a_case_closed_late_is_followed_up_at_once() -> None:
    late = datetime(2028, 1, 10, 12, 0, tzinfo=UTC)
    ran = close(now=late)
    assert ran.set["follow_up_on"] == "2028-01-10"
    assert ran.call.jobs[0][1] == late


@pytest.mark.parametrize(
    ("paid_on", "invoice", "until"),
    [
        ("2026-12-31", 1800, "2034-12-31"),
        ("2027-01-01", 1800, "2035-12-31"),
        (None, 1800, "2035-12-31"),
        (None, None, "2033-12-31"),
        (None, 0, "2033-12-31"),
    ],
)
def test_retention_follows_the_year_of_the_last_payment(paid_on: str | None, invoice: int | None, until: str) -> None:
    assert close(paid_on=paid_on, invoice_amount=invoice).set["retention_until"] == until


def test_a_case_of_the_esf_is_kept_for_five_years() -> None:
    assert close(funding_path="esf_plus").set["retention_until"] == "2032-12-31"


def test_the_year_of_closing_is_the_local_one() -> None:
    before = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    after = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert close(now=before, paid_on=None).set["retention_until"] == "2034-12-31"
    assert close(now=after, paid_on=None).set["retention_until"] == "2035-12-31"


def test_a_bare_case_is_closed_as_well() -> None:
    ran = run("completion.close", {"case_result": "failed"}, now=CLOSED)
    assert ran.set == {"result": "failed", "follow_up_on": "2027-11-10", "retention_until": "2033-12-31"}


def test_without_a_result_it_is_an_incident() -> None:
    with pytest.raises(ResultMissing):
        close(case_result=None)


def test_a_day_that_is_none_is_an_incident_that_names_the_field() -> None:
    with pytest.raises(DateMalformed, match="course_end"):
        close(course_end="31.03.2027")
