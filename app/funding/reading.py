"""Evidence of people and company as the forms give it, read into the inputs of the decision tables.

Input names are those of ``sgb3_82.dmn``. A box not ticked is false; a date left empty stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.funding import rules
from app.platform.calendar import month_end

Data = Mapping[str, Any]

COMPANY_FLAGS = (
    "provider_certified",
    "measure_certified",
    "short_adaptation",
    "mandatory",
    "inside_firm",
    "advancement_qualification",
    "structural_change",
    "leads_to_qualification",
)
PERSONAL_FLAGS = (
    "equal_status",
    "sgb2_benefits",
    "skilled_work_obsolete",
    "aptitude_and_prospects",
    "three_years_of_work",
)


@dataclass(frozen=True)
class Course:
    """The course as far as it is known, planned or chosen. ``price`` in euro per person."""

    start: date | None
    hours: Decimal | None
    price: Decimal | None


def read_course(variables: Data) -> Course:
    """Chosen values win over planned ones; without any date the demand's window opens the course."""
    start = first_given(variables, "course_start", "course_start_planned", "window_from")
    return Course(
        start=day(start),
        hours=number(variables.get("course_hours")),
        price=number(first_given(variables, "course_price", "planned_price")),
    )


def read_company(variables: Data) -> dict[str, Any]:
    """Inputs that hold for all participants. ``weighted_headcount`` is null if nobody has been counted.

    The certificates of a chosen quote that cover its run prove what was only expected before.
    """
    stated = any(variables.get(band) is not None for band in rules.HEADCOUNT_WEIGHTS)
    source = variables if stated else (variables.get("company_facts") or {})
    bands = {band: source.get(band) for band in rules.HEADCOUNT_WEIGHTS}
    share = number(variables.get("outdated_skills_share")) or Decimal(0)
    flags = {flag: bool(variables.get(flag)) for flag in COMPANY_FLAGS}
    if variables.get("certificate_covers_run"):
        flags |= {"provider_certified": True, "measure_certified": True}
    return {
        "weighted_headcount": rules.weighted_headcount(bands, source.get("group_headcount")) or None,
        "agreement": source.get("agreement") in ("works", "collective"),
        "outdated_skills_share": share / 100,
        **flags,
    }


def read_person(participant: Data, evidence: Data | None, course_start: date, today: date) -> dict[str, Any]:
    """Inputs about one participant: the evidence given, else the register. ``age_45_or_disabled`` is null
    without a date of birth.
    """
    given: Data = participant if evidence is None else evidence
    birth_date = day(first_given(given, "birth_date") or participant.get("birth_date"))
    degree = int(given.get("disability_degree") or 0)
    qualified = given.get("has_qualification")
    if qualified is None:
        qualified = participant.get("has_qualification")
    last_funding_end = rules.recent_enough(day(given.get("last_sgb3_82_end")), today)
    return {
        "has_qualification": bool(qualified),
        "qualification_date": _iso(day(given.get("qualification_date"))),
        "last_funding_end": _iso(last_funding_end),
        "disability_degree": degree,
        "age_45_or_disabled": birth_date and rules.age_45_or_disabled(course_start, birth_date, degree),
        **{flag: bool(given.get(flag)) for flag in PERSONAL_FLAGS},
    }


def read_short_time(variables: Data, course_start: date) -> bool:
    """Whether the course starts during short-time work, by the plan if there is one."""
    first, last = day(variables.get("short_time_from")), day(variables.get("short_time_to"))
    status = variables.get("short_time_work")
    if status not in ("planned", "running"):
        return False
    months = None if first is None else (first.replace(day=1), None if last is None else month_end(last))
    return rules.starts_in_short_time(course_start, months, status)


def evidence_of(variables: Data, employee: str) -> Data | None:
    """The evidence given for an employee, None if there is none."""
    return next((item for item in variables.get("evidence") or [] if item.get("id") == employee), None)


def first_given(data: Data, *names: str) -> Any:
    """The first of the named values that is not empty."""
    return next((data[name] for name in names if data.get(name) not in (None, "")), None)


def day(value: str | None) -> date | None:
    """An ISO date, None if empty."""
    return date.fromisoformat(value) if value else None


def number(value: Any) -> Decimal | None:
    """A number, None if empty."""
    return None if value is None or value == "" else Decimal(value)


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
