"""The worked examples of the domain that the § 82 tables can express, through the delegate."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.funding import delegates
from app.funding.delegates import CorrectionMissing, NotAssessed
from tests.demand.delegate_runs import Ran, run

assert delegates

PERSON = {"employee": "e-1", "name": "Ute Kühn"}
EVIDENCE = {
    "id": "e-1",
    "contract_type": "permanent",
    "weekly_hours": 38,
    "has_qualification": True,
    "last_sgb3_82_end": None,
    "disability_degree": 0,
    "equal_status": False,
    "sgb2_benefits": False,
}
COMPANY = {
    "headcount_full": 120,
    "headcount_30": 0,
    "headcount_20": 0,
    "headcount_10": 0,
    "group_headcount": None,
    "agreement": "none",
    "outdated_skills_share": 0,
    "structural_change": True,
    "planned_price": 2000,
    "provider_certified": True,
    "measure_certified": True,
    "inside_firm": False,
    "short_adaptation": False,
    "mandatory": False,
    "advancement_qualification": False,
    "leads_to_qualification": False,
    "course_hours": 160,
    "short_time_work": "none",
}


def assess(start: str, person: dict[str, Any] | None = None, now: str | None = None, **company: Any) -> Ran:
    """Defaults of domain §9: age 40, qualification 10 years ago; asked on the 1st of the month before."""
    year, month = int(start[:4]), int(start[5:7])
    before = datetime(year - (month == 1), (month - 2) % 12 + 1, 1, 8, tzinfo=UTC)
    asked = datetime.fromisoformat(f"{now}T08:00:00+00:00") if now else before
    evidence = {**EVIDENCE, "birth_date": f"{year - 40}-01-01", "qualification_date": f"{year - 10}-01-01"}
    variables = {
        **COMPANY,
        "participants": [PERSON],
        "evidence": [evidence | (person or {})],
        "course_start_planned": start,
        **company,
    }
    return run("funding.assess", variables, now=asked)


def first(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = ran.set["assessments"][0]
    return found


def shares(ran: Ran) -> tuple[str, int, int]:
    found = first(ran)
    return found["outcome"], found["course_cost_percent"], found["wage_subsidy_percent"]


def codes(ran: Ran, outcome: str) -> list[str]:
    return [reason["code"] for reason in first(ran)["reasons"] if reason["outcome"] == outcome]


@pytest.mark.parametrize(
    ("number", "ran", "expected"),
    [
        (1, lambda: assess("2021-11-02", headcount_full=8), (100, 75)),
        (2, lambda: assess("2022-03-01"), (50, 50)),
        (3, lambda: assess("2022-03-01", agreement="works"), (55, 55)),
        (4, lambda: assess("2022-03-01", outdated_skills_share=12), (60, 60)),
        (6, lambda: assess("2022-03-01", {"birth_date": "1974-06-01"}), (100, 50)),
        (8, lambda: assess("2022-03-01", headcount_full=600, outdated_skills_share=15), (25, 25)),
        (
            13,
            lambda: assess("2024-05-06", {"qualification_date": "2021-05-06"}, headcount_full=49),
            (100, 75),
        ),
        (
            14,
            lambda: assess("2024-05-06", headcount_full=40, headcount_30=4, headcount_20=10, headcount_10=6),
            (100, 75),
        ),
        (16, lambda: assess("2025-03-03", headcount_full=45, group_headcount=1200), (25, 25)),
        (17, lambda: assess("2025-03-03", {"birth_date": "1980-03-03"}, headcount_full=499), (100, 50)),
        (17, lambda: assess("2025-03-03", {"birth_date": "1980-03-04"}, headcount_full=499), (50, 50)),
        (19, lambda: assess("2025-03-03", {"disability_degree": 50}, headcount_full=200), (100, 50)),
        (21, lambda: assess("2025-03-03", headcount_full=30, agreement="works"), (100, 80)),
        (22, lambda: assess("2025-03-03", course_hours=121), (50, 50)),
        (30, lambda: assess("2024-05-06", headcount_full=40, application_date="2024-03-10"), (100, 75)),
    ],
)
def test_likely_fundable_examples(number: int, ran: Any, expected: tuple[int, int]) -> None:
    assert shares(ran()) == ("fundable", *expected)


@pytest.mark.parametrize(
    ("staff", "share", "percent"), [(120, Decimal("9.9"), 50), (120, 10, 60), (600, Decimal("19.9"), 25), (600, 20, 35)]
)
def test_outdated_skills_count_from_a_tenth_or_a_fifth_of_the_staff(staff: int, share: Any, percent: int) -> None:
    ran = assess("2022-03-01", headcount_full=staff, outdated_skills_share=share)
    assert shares(ran) == ("fundable", percent, percent)


def test_10_without_structural_change_it_is_reviewed_unless_the_person_is_older() -> None:
    young = assess("2022-03-01", structural_change=False)
    assert shares(young) == ("review", 50, 50)
    assert codes(young, "review") == ["structural_change"]
    older = assess("2022-03-01", {"birth_date": "1974-06-01"}, structural_change=False)
    assert shares(older) == ("fundable", 100, 50)


@pytest.mark.parametrize(("passed", "outcome"), [("2019-02-02", "review"), ("2019-02-01", "fundable")])
def test_12_a_young_qualification_is_reviewed_until_four_years_have_passed(passed: str, outcome: str) -> None:
    ran = assess("2023-03-01", {"qualification_date": passed}, now="2023-02-01")
    assert first(ran)["outcome"] == outcome


@pytest.mark.parametrize(("ended", "outcome"), [("2023-02-02", "not_fundable"), ("2023-02-01", "fundable")])
def test_the_last_funding_is_two_years_ago(ended: str, outcome: str) -> None:
    assert first(assess("2025-03-03", {"last_sgb3_82_end": ended}, now="2025-02-01"))["outcome"] == outcome


def test_19_equal_status_below_a_degree_of_50_is_reviewed() -> None:
    ran = assess("2025-03-03", {"disability_degree": 40, "equal_status": True}, headcount_full=200)
    assert shares(ran) == ("review", 50, 50)
    assert codes(ran, "review") == ["equal_status"]


@pytest.mark.parametrize(
    ("number", "company", "code", "flag"),
    [
        (22, {"course_hours": 120}, "min_hours", None),
        (23, {"measure_certified": False}, "measure_certified", "single_measure"),
        (24, {"advancement_qualification": True}, "no_advancement_qualification", "afbg"),
        (28, {"application_date": "2025-03-04"}, "applied_before_start", "hardship"),
        (28, {"application_date": "2025-03-03"}, "applied_before_start", "hardship"),
        (0, {"provider_certified": None}, "provider_certified", None),
        (0, {"mandatory": True}, "not_mandatory", None),
        (0, {"short_adaptation": True}, "beyond_adaptation", None),
    ],
)
def test_not_fundable_examples(number: int, company: dict[str, Any], code: str, flag: str | None) -> None:
    ran = assess("2025-03-03", **company)
    assert shares(ran) == ("not_fundable", 0, 0)
    reason = next(item for item in first(ran)["reasons"] if item["outcome"] == "not_fundable")
    assert (reason["code"], reason["flag"]) == (code, flag)
    assert reason["paragraph"].startswith("§")
    assert reason["text"]
    assert ran.set["funding_total"] == 0


def test_28_applied_the_day_before_the_start_is_in_time() -> None:
    assert shares(assess("2025-03-03", application_date="2025-03-02")) == ("fundable", 50, 50)


UNSKILLED = {"has_qualification": False, "qualification_date": None}
PROVED = {"aptitude_and_prospects": True, "three_years_of_work": True}
SUMMER = {"short_time_work": "planned", "short_time_from": "2024-07-01", "short_time_to": "2024-08-01"}


class TestQualificationCatchUp:
    def test_26_a_course_that_leads_to_a_first_qualification_is_paid_in_full(self) -> None:
        ran = assess("2025-03-03", UNSKILLED | PROVED, headcount_full=800, leads_to_qualification=True)
        assert shares(ran) == ("fundable", 100, 100)
        assert first(ran)["instrument"] == "sgb3_81_2"

    def test_a_works_agreement_never_lifts_it_above_100(self) -> None:
        ran = assess("2025-03-03", UNSKILLED | PROVED, agreement="works", leads_to_qualification=True)
        assert shares(ran) == ("fundable", 100, 100)

    def test_its_hours_and_waiting_years_do_not_count(self) -> None:
        late = {"last_sgb3_82_end": "2025-01-31"}
        ran = assess("2025-03-03", UNSKILLED | PROVED | late, course_hours=80, leads_to_qualification=True)
        assert shares(ran) == ("fundable", 100, 100)

    def test_without_a_certified_measure_it_is_not_fundable_either(self) -> None:
        ran = assess("2025-03-03", UNSKILLED | PROVED, measure_certified=False, leads_to_qualification=True)
        assert shares(ran) == ("not_fundable", 0, 0)

    def test_while_aptitude_is_not_proved_82_leads_and_81_2_stays_a_note(self) -> None:
        ran = assess("2025-03-03", UNSKILLED, leads_to_qualification=True)
        assert (first(ran)["instrument"], *shares(ran)) == ("sgb3_82", "fundable", 50, 50)
        assert "sgb3_81_2_shares_no_qualification_aptitude" in codes(ran, "note")


class TestShortTimeWork:
    def test_k7_a_course_that_starts_in_it_was_barred_until_july_2024(self) -> None:
        ran = assess("2024-07-15", headcount_full=40, **SUMMER)
        assert codes(ran, "not_fundable") == ["not_in_short_time"]

    def test_k8_since_august_2024_it_is_paid_but_not_for_hours_with_allowance(self) -> None:
        ran = assess("2024-08-05", headcount_full=40, **SUMMER)
        assert shares(ran) == ("fundable", 100, 75)
        assert "no_double_claim" in codes(ran, "note")

    def test_a_course_before_the_first_month_is_free(self) -> None:
        ran = assess("2024-06-28", headcount_full=40, **SUMMER)
        assert first(ran)["outcome"] == "fundable"
        assert "no_double_claim" not in codes(ran, "note")

    def test_the_last_month_counts_to_its_last_day(self) -> None:
        plan = SUMMER | {"short_time_from": "2024-01-01", "short_time_to": "2024-02-01"}
        assert codes(assess("2024-02-29", **plan), "not_fundable") == ["not_in_short_time"]
        assert codes(assess("2024-03-01", **plan), "not_fundable") == []

    def test_months_count_whole_whatever_day_the_plan_names(self) -> None:
        plan = SUMMER | {"short_time_from": "2023-02-14", "short_time_to": "2023-02-20"}
        barred = {day: codes(assess(day, **plan), "not_fundable") for day in ("2023-02-01", "2023-02-28")}
        free = {day: codes(assess(day, **plan), "not_fundable") for day in ("2023-01-31", "2023-03-01")}
        assert set(map(tuple, barred.values())) == {("not_in_short_time",)}
        assert set(map(tuple, free.values())) == {()}

    def test_a_plan_no_longer_counts_once_there_is_no_short_time_work(self) -> None:
        assert codes(assess("2024-07-15", **SUMMER | {"short_time_work": "none"}), "not_fundable") == []


class TestWhatACaseGoesOnWith:
    def two(self, **second: Any) -> Ran:
        birth = {"birth_date": "1990-01-01", "qualification_date": "2010-01-01"}
        evidence = [EVIDENCE | birth, EVIDENCE | birth | {"id": "e-2"} | second]
        people = [PERSON, {"employee": "e-2", "name": "Ali Zorn"}]
        return assess("2025-03-03", participants=people, evidence=evidence)

    def test_the_agencys_share_of_all_participants_is_summed(self) -> None:
        ran = self.two()
        assert ran.set["funding_total"] == Decimal("2000.00")
        assert (ran.set["any_fundable"], ran.set["any_review"]) == (True, False)
        assert ran.set["all_not_fundable"] is False
        assert ran.set["four_eyes_limit"] == 10_000

    def test_one_to_review_is_enough_for_a_review(self) -> None:
        ran = self.two(qualification_date="2024-01-01")
        assert (ran.set["any_fundable"], ran.set["any_review"]) == (True, True)
        assert ran.set["funding_total"] == Decimal("2000.00")

    def test_who_is_not_fundable_costs_the_agency_nothing(self) -> None:
        ran = self.two(last_sgb3_82_end="2025-01-01")
        assert (ran.set["any_fundable"], ran.set["all_not_fundable"]) == (True, False)
        assert ran.set["funding_total"] == Decimal("1000.00")

    def test_nobody_fundable(self) -> None:
        ran = assess("2025-03-03", course_hours=80)
        assert (ran.set["any_fundable"], ran.set["all_not_fundable"]) == (False, True)

    def test_the_chosen_course_beats_the_planned_one(self) -> None:
        ran = assess("2025-03-03", course_start="2025-04-07", course_price=Decimal("1500.50"))
        assert first(ran)["law_date"] == "2025-04-07"
        assert ran.set["funding_total"] == Decimal("750.25")

    def test_the_certificates_of_the_chosen_quote_prove_what_was_open_before(self) -> None:
        planned = {"provider_certified": False, "measure_certified": False}
        assert first(assess("2025-03-03", **planned))["outcome"] == "not_fundable"
        assert first(assess("2025-03-03", certificate_covers_run=True, **planned))["outcome"] == "fundable"

    @pytest.mark.parametrize(
        ("start", "at"),
        [
            ("2025-03-03", "2025-02-17T00:00:00+01:00"),
            ("2025-04-07", "2025-03-24T00:00:00+01:00"),
            ("2025-04-14", "2025-03-31T00:00:00+02:00"),
            ("2024-03-14", "2024-02-29T00:00:00+01:00"),
        ],
    )
    def test_hr_is_warned_14_days_before_the_course(self, start: str, at: str) -> None:
        assert assess(start).set["application_escalation_at"] == at

    def test_the_decisions_are_recorded_for_every_participant(self) -> None:
        names = [item.decision_id for item in self.two().call.evaluations]
        assert names == ["sgb3_82_outcome", "sgb3_82_shares", "sgb3_81_2_shares"] * 2

    def test_no_date_of_birth_and_no_degree_stands_in_the_result(self) -> None:
        ran = assess("2025-03-03", {"birth_date": "1969-08-17", "disability_degree": 73})
        assert "1969" not in str(ran.set)
        assert "73" not in str(ran.set)


class TestWhatAFormMayLeaveEmpty:
    @pytest.mark.parametrize(
        ("person", "company", "code"),
        [
            ({}, {"course_start_planned": None}, "course_start_missing"),
            ({}, {"course_hours": None}, "hours_missing"),
            ({"birth_date": None}, {}, "age_45_or_disabled_missing"),
            ({}, {"headcount_full": None}, "weighted_headcount_missing"),
            ({}, {"headcount_full": 0}, "weighted_headcount_missing"),
        ],
    )
    def test_without_an_essential_fact_it_is_reviewed(
        self, person: dict[str, Any], company: dict[str, Any], code: str
    ) -> None:
        ran = assess("2025-03-03", person, **company)
        assert shares(ran) == ("review", 0, 0)
        assert code in codes(ran, "review")

    def test_without_a_start_the_window_of_the_demand_opens_it(self) -> None:
        ran = assess("2025-03-03", course_start_planned=None, window_from="2025-06-02")
        assert first(ran)["law_date"] == "2025-06-02"

    def test_without_any_start_nobody_is_warned(self) -> None:
        assert assess("2025-03-03", course_start_planned=None).set["application_escalation_at"] is None

    @pytest.mark.parametrize("key", ["planned_price", "outdated_skills_share", "group_headcount", "agreement"])
    def test_empty_company_fields(self, key: str) -> None:
        assert shares(assess("2025-03-03", **{key: None})) == ("fundable", 50, 50)

    @pytest.mark.parametrize("key", ["last_sgb3_82_end", "disability_degree", "equal_status", "sgb2_benefits"])
    def test_empty_personal_fields(self, key: str) -> None:
        assert shares(assess("2025-03-03", {key: None})) == ("fundable", 50, 50)

    def test_an_empty_date_of_qualification_is_reviewed(self) -> None:
        assert codes(assess("2025-03-03", {"qualification_date": None}), "review") == ["qualification_age"]

    def test_before_the_tables_begin_it_is_reviewed(self) -> None:
        ran = assess("2021-09-30")
        assert shares(ran) == ("review", 0, 0)
        assert "law_covered" in codes(ran, "review")

    def test_without_evidence_the_register_speaks(self) -> None:
        known = PERSON | {
            "birth_date": "1974-06-01",
            "has_qualification": True,
            "qualification_date": "2000-01-01",
        }
        ran = assess("2025-03-03", participants=[known], evidence=[])
        assert shares(ran) == ("fundable", 100, 50)

    def test_without_company_evidence_the_companys_facts_speak(self) -> None:
        facts = {"headcount_full": 30, "agreement": "works", "group_headcount": None}
        empty = dict.fromkeys(("headcount_full", "headcount_30", "headcount_20", "headcount_10", "agreement"))
        ran = assess("2025-03-03", company_facts=facts, **empty)
        assert shares(ran) == ("fundable", 100, 80)


@pytest.mark.parametrize(
    ("assessments", "path"),
    [
        ({"any_fundable": True, "any_review": False, "all_not_fundable": False}, "sgb3_82"),
        ({"any_fundable": True, "any_review": True, "all_not_fundable": False}, "review"),
        ({"any_fundable": False, "any_review": False, "all_not_fundable": True}, "none"),
    ],
)
def test_the_assessment_fits_the_table_of_funding_paths(assessments: dict[str, bool], path: str) -> None:
    ran = assess("2025-03-03")
    assert ran.call.decide("funding_path", {**ran.set, **assessments}).value == path


def test_the_adviser_corrects_the_path() -> None:
    variables = {"funding_path": "none", "review": "correct", "corrected_path": "sgb3_82"}
    assert run("funding.apply_review", variables).set == {"funding_path": "sgb3_82"}
    assert run("funding.apply_review", variables | {"review": "accept"}).set == {"funding_path": "none"}


def test_a_correction_without_a_path_is_an_incident() -> None:
    with pytest.raises(CorrectionMissing):
        run("funding.apply_review", {"funding_path": "none", "review": "correct", "corrected_path": None})


def test_a_review_before_the_assessment_is_an_incident() -> None:
    with pytest.raises(NotAssessed):
        run("funding.apply_review", {"review": "accept"})
