"""From a calculator's request to the inputs of the decision tables, and which of them nobody knows.

A request is a nested mapping (``course``, ``company``, ``person``, ``short_time``) of dates, Decimals, booleans and
texts, as :mod:`app.funding.schemas` reads it. None means unknown, except where it says that something never was
(earlier funding, a group, a certificate's end that need not be watched).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.funding import rules

Request = Mapping[str, Any]
NEVER = frozenset({"last_funding_end", "last_qg_course_end", "qualification_date"})
"""Inputs for which an empty value is an answer that the tables know."""
CHANGES_OF_LAW = (date(2024, 4, 1),)
"""Days on which § 82 SGB III was replaced, so that § 422 SGB III decides which law goes on."""


@dataclass(frozen=True)
class Facts:
    """Table inputs by name; ``unknown`` names those without a value."""

    values: Mapping[str, Any]
    unknown: frozenset[str]


def law_date(request: Request) -> date:
    """The day whose law counts (§ 422 SGB III): the old law goes on if the benefit was granted, or the course had
    started and was applied for, before the change. Without a decision the start of the course counts.
    """
    start: date = request["course"]["start"]
    granted: date | None = request.get("grant_date")
    if granted is None:
        return start
    for change in CHANGES_OF_LAW:
        if granted < change:
            return granted
        if start < change:
            return start if request["application_date"] <= start else granted
    return start


def facts_of(request: Request, day: date) -> Facts:
    """All inputs of all tables under the law of ``day``."""
    values = {
        "law_date": day,
        "application_date": request["application_date"],
        **_course(request["course"]),
        **_company(request["company"]),
        **_person(request["person"], request["course"]["start"], request["application_date"]),
        **_short_time(request["short_time"], request["course"]["start"]),
        "sgb3_82_requested": "sgb3_82" in request["requested"],
    }
    values["staff"] = _staff(request["company"], values["weighted_headcount"])
    unknown = frozenset(name for name, value in values.items() if value is None and name not in NEVER)
    return Facts(values, unknown)


def _course(course: Request) -> dict[str, Any]:
    until = course["certified_until"]
    covered = until is None or until >= course["end"]
    return {
        "course_start": course["start"],
        "course_end": course["end"],
        "hours": course["hours"],
        "provider_certified": course["provider_certified"],
        "measure_certified": course["measure_certified"] and covered,
        "short_adaptation": course["short_adaptation"],
        "mandatory": course["mandatory"],
        "inside_firm": course["inside_firm"],
        "advancement_qualification": course["advancement_qualification"],
        "bbig_53b": course["bbig_53b"],
        "leads_to_qualification": course["leads_to_qualification"],
    }


def _company(company: Request) -> dict[str, Any]:
    heads, affected = company["establishment_headcount"], company["affected_staff"]
    return {
        "weighted_headcount": weighted_headcount(company),
        "agreement": company["agreement"] in ("works", "collective"),
        "outdated_skills_share": company["outdated_skills_share"],
        "structural_change": company["structural_change"],
        "establishment_headcount": heads,
        "affected_share": None if heads is None or affected is None else Decimal(affected) / heads,
        "qg_agreement": company["qg_agreement"] or company["agreement"],
    }


def weighted_headcount(company: Request) -> Decimal:
    """Persons weighted by weekly hours, or the group's where that is larger (§ 82 SGB III)."""
    own, bands = company["weighted_headcount"], company["headcount"]
    if bands is not None:
        names = zip(rules.HEADCOUNT_WEIGHTS, ("full", "up_to_30h", "up_to_20h", "up_to_10h"), strict=True)
        own = rules.weighted_headcount({name: bands[band] for name, band in names}, None)
    return max(Decimal(own), Decimal(company["group_weighted_headcount"] or 0))


def _staff(company: Request, weighted: Decimal) -> Decimal:
    """Heads of the company. Nobody weighs more than one, so the weighted number is the least it can be."""
    if company["headcount"] is not None:
        return Decimal(sum(company["headcount"].values()))
    return max(Decimal(company["establishment_headcount"] or 0), weighted)


def _person(person: Request, start: date, applied: date) -> dict[str, Any]:
    degree = person["disability_degree"]
    by_age = rules.age_on(start, person["birth_date"]) >= rules.AGE_LIMIT
    return {
        "age_45_or_disabled": True if by_age else None if degree is None else degree >= rules.SEVERE_DISABILITY,
        "disability_degree": degree,
        "equal_status": person["equal_status"],
        "has_qualification": person["has_qualification"],
        "qualification_date": person["qualification_date"],
        "last_funding_end": rules.recent_enough(person["last_sgb3_82_end"], applied),
        "last_qg_course_end": rules.recent_enough(person["last_qg_course_end"], applied),
        "has_child": person["has_child"],
        "under_notice": person["under_notice"],
        "yearly_income": person["yearly_income"],
        "employed_since": person["employed_since"],
        "sgb2_benefits": person["sgb2_benefits"],
        "skilled_work_obsolete": person["skilled_work_obsolete"],
        "aptitude_and_prospects": person["aptitude_and_prospects"],
        "three_years_of_work": person["three_years_of_work"],
    }


def _short_time(short_time: Request, start: date) -> dict[str, Any]:
    receiving, since = short_time["receiving"], short_time["since"]
    return {
        "receiving_short_time": receiving,
        "starts_in_short_time": receiving and (since is None or since <= start),
        "transfer": short_time["transfer"],
        "transfer_until": short_time["transfer_until"],
        "short_time_headcount": short_time["establishment_headcount"],
    }
