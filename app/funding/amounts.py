"""Euro amounts and legal deadlines of an assessed instrument. Plain Python: values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.funding.facts import Request
from app.funding.instruments import Judgement
from app.funding.objection import objection_until
from app.funding.rules import CENT, course_cost
from app.platform.calendar import months_later, next_working_day

WEEKS_A_MONTH = Decimal(13) / Decimal(3)
EMPLOYER_CONTRIBUTION = Decimal("1.20")
"""The flat 20 % of employer contributions in the wage subsidy (domain § 1, from memory)."""
POSTED_FROM_2025 = date(2025, 1, 1)
OBJECTABLE = frozenset({"sgb3_81_2", "sgb3_82", "sgb3_82a", "sgb3_106a", "sgb3_111a"})


@dataclass(frozen=True)
class Deadline:
    """A day by which something has to have happened."""

    name: str
    date: date
    paragraph: str


def amounts(judged: Judgement, request: Request) -> dict[str, Decimal | None]:
    """``course_costs`` and ``wage_subsidy`` in euro, None while a percentage or a fact is unknown; for the Thuringian
    leave also its days.
    """
    return {
        "course_costs": _course_costs(judged, request["course"]["price"]),
        "wage_subsidy": _wage_subsidy(judged, request),
        **{name: judged.percent(name) for name in ("leave_days", "company_days") if judged.percent(name) is not None},
    }


def _course_costs(judged: Judgement, price: Decimal | None) -> Decimal | None:
    percent = judged.percent("course_cost_percent")
    if percent is None or (price is None and percent):
        return None
    full = course_cost(price, percent)
    most = judged.percent("max_amount")
    return full if most is None else min(full, _cents(Decimal(most)))


def _wage_subsidy(judged: Judgement, request: Request) -> Decimal | None:
    percent = judged.percent("wage_subsidy_percent")
    if not percent:
        return None if percent is None else _cents(Decimal(0))
    person = request["person"]
    if judged.instrument == "sgb3_82a":  # § 82b: of the difference between two monthly net pays, per month
        reference, actual = person["net_reference"], person["net_actual"]
        return (
            None if reference is None or actual is None else _cents(max(reference - actual, Decimal(0)) * percent / 100)
        )
    base = lost_pay(request)
    return None if base is None else _cents(base * percent / 100)


def _net_difference(person: Request) -> Decimal | None:
    reference, actual = person["net_reference"], person["net_actual"]
    return None if reference is None or actual is None else max(reference - actual, Decimal(0))


def lost_pay(request: Request) -> Decimal | None:
    """Pay for the working time lost to training, with the flat employer contribution; for a full-time course all its
    hours are working time. Hours paid as short-time work allowance are not counted (§ 82(3) SGB III).
    """
    person, course, short_time = request["person"], request["course"], request["short_time"]
    gross, weekly, lost = person["monthly_gross"], person["weekly_hours"], person["lost_hours"]
    if short_time["receiving"]:
        return Decimal(0)
    if lost is None and course["full_time"]:
        lost = course["hours"]
    if gross is None or weekly is None or lost is None:
        return None
    return Decimal(gross / (weekly * WEEKS_A_MONTH) * lost * EMPLOYER_CONTRIBUTION)


def deadlines(judged: Judgement, request: Request) -> list[Deadline]:
    """The deadlines an instrument brings with it, earliest first. The application's never moves to a later day."""
    course, granted = request["course"], request["grant_date"]
    found = [Deadline("apply_before_start", course["start"] - timedelta(days=1), "§ 324 Abs. 1 SGB III")]
    if judged.instrument == "th_bildungsfreistellung":
        found = [Deadline("ask_for_leave", course["start"] - timedelta(days=56), "ThürBfG")]
    if judged.instrument == "afbg":
        found = []
    if judged.instrument == "sgb3_82":
        proof = next_working_day(months_later(course["end"], 3))
        found.append(Deadline("proof_of_forwarding", proof, "§ 82 Abs. 6 SGB III"))
    if judged.instrument == "sgb3_106a":
        claim = months_later(course["start"].replace(day=1), 4) - timedelta(days=1)
        found.append(Deadline("monthly_claim", next_working_day(claim), "§ 325 Abs. 3 SGB III"))
    if granted is not None and judged.instrument in OBJECTABLE:
        found.append(Deadline("objection", objection_end(granted), "§ 84 SGG, § 37 SGB X"))
    return sorted(found, key=lambda item: item.date)


def objection_end(posted: date) -> date:
    """The last day to object to a decision posted on a day: a month after it counts as served, on day 4 (day 3 before
    2025), a working day (§ 37(2) SGB X, § 64(3) and § 84(1) SGG).
    """
    return objection_until(posted + timedelta(days=4 if posted >= POSTED_FROM_2025 else 3))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def total(found: Mapping[str, Any]) -> Decimal:
    """All euro of an instrument, for comparing instruments."""
    return (found["course_costs"] or Decimal(0)) + (found["wage_subsidy"] or Decimal(0))
