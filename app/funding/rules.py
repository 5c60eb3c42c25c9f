"""Facts that the § 82 SGB III decision tables start from. Plain Python: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

Outcome = Literal["fundable", "review", "not_fundable"]

CENT = Decimal("0.01")
ESCALATION = timedelta(days=14)
SEVERE_DISABILITY = 50
AGE_LIMIT = 45

HEADCOUNT_WEIGHTS = {
    "headcount_full": Decimal(1),
    "headcount_30": Decimal("0.75"),
    "headcount_20": Decimal("0.5"),
    "headcount_10": Decimal("0.25"),
}
"""Weight of a person by weekly hours: more than 30, up to 30, up to 20, up to 10 (§ 82 SGB III)."""

COMMON_CONDITIONS = frozenset(
    {
        "provider_certified",
        "measure_certified",
        "no_advancement_qualification",
        "applied_before_start",
        "not_in_short_time",
        "no_sgb2_benefits",
        "law_covered",
    }
)
"""Conditions of § 82 that a course under § 81(2) has to meet too; hours and waiting years do not count."""


@dataclass(frozen=True)
class Instrument:
    """One way of funding as assessed: outcome, shares in percent, and why."""

    key: Literal["sgb3_82", "sgb3_81_2"]
    outcome: Outcome
    course_cost_percent: int
    wage_subsidy_percent: int
    reasons: tuple[Mapping[str, Any], ...] = ()


def weighted_headcount(bands: Mapping[str, int | None], group: int | None) -> Decimal:
    """Persons weighted by weekly hours, or the company's group where that is larger (§ 82 SGB III).

    ``group`` is the headcount of the whole group, this company included.
    """
    own = sum((weight * (bands.get(band) or 0) for band, weight in HEADCOUNT_WEIGHTS.items()), Decimal(0))
    return max(own, Decimal(group or 0))


def age_on(day: date, birth_date: date) -> int:
    """Completed years of life on ``day``, the birthday included (§ 187(2) BGB); 29 February: from 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_45_or_disabled(course_start: date, birth_date: date, disability_degree: int) -> bool:
    """45 or older at the start of the course, or severely disabled (§ 82(2) SGB III, § 2(2) SGB IX)."""
    return age_on(course_start, birth_date) >= AGE_LIMIT or disability_degree >= SEVERE_DISABILITY


def starts_in_short_time(course_start: date, months: tuple[date, date | None] | None, status: str | None) -> bool:
    """Whether the course starts while short-time work allowance is paid.

    ``months``: first and last planned day, open if the last is None. Without a plan only short-time work that
    is running already counts: the assessment is made again once the plan is there.
    """
    if months is None:
        return status == "running"
    first, last = months
    return first <= course_start and (last is None or course_start <= last)


def recent_enough(day: date | None, today: date) -> date | None:
    """None for a day so long ago that it no longer matters (the tables look back 100 years at most)."""
    return day if day is not None and today.year - day.year < 100 else None


def choose(advanced: Instrument | None, general: Instrument) -> Instrument:
    """The instrument to go on with: § 81(2) where it is likely, else § 82 where that is, else a review.

    ``advanced`` is § 81(2), None where it does not apply. What is not taken leaves its reasons behind.
    """
    if advanced is None:
        return general
    ranking = {"fundable": 0, "review": 1, "not_fundable": 2}
    first, second = sorted((advanced, general), key=lambda item: ranking[item.outcome])
    left = tuple({**reason, "outcome": "note"} for reason in second.reasons)
    return replace(first, reasons=(*first.reasons, *left))


def stricter(first: Outcome, second: Outcome) -> Outcome:
    """The less favourable of two outcomes."""
    order: tuple[Outcome, ...] = ("fundable", "review", "not_fundable")
    return max(first, second, key=order.index)


def course_cost(price: Decimal | None, percent: int) -> Decimal:
    """What the agency would pay of the course fees for one person, in euro; 0 while the price is unknown."""
    return ((price or Decimal(0)) * percent / 100).quantize(CENT, ROUND_HALF_UP)


def final_path(assessed: str, review: str | None, corrected: str | None) -> str | None:
    """The funding path after the adviser's review; None if a correction names no path."""
    return corrected if review == "correct" else assessed
