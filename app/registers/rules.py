"""Plain decisions of the registers: plausible facts, certificates' longest life, counts that name nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

YOUNGEST = 14
"""Years. Children under 15 may not be employed (§ 5 JArbSchG); after compulsory schooling exceptions exist."""
OLDEST = 100
SMALLEST_GROUP = 5
CERTIFICATE_YEARS = {"provider": 5, "measure": 3}
"""Longest life of a certificate in years (AZAV)."""


def years_later(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def implausible(facts: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """(field, code) of what cannot be true of a person; missing facts contradict nothing.

    Degrees of disability go by tens from 20 on (§ 152(1) SGB IX); equal status needs a degree of 30 or 40 (§ 2(3)).
    """
    yield from _implausible_days(facts, today)
    degree, equal = facts.get("disability_degree"), facts.get("equal_status")
    if degree is not None and degree % 10:
        yield "disability_degree", "degree_not_in_tens"
    elif degree == 10:
        yield "disability_degree", "degree_too_small"
    if equal and degree is not None and not 30 <= degree < 50:
        yield "equal_status", "equal_status_without_degree"
    if facts.get("weekly_hours") == 0:
        yield "weekly_hours", "no_hours"


def _implausible_days(facts: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    born = facts.get("birth_date")
    yield from _implausible_birth(born, today)
    yield from _implausible_qualification(facts, born, today)
    funded = facts.get("last_sgb3_82_end")
    if funded is not None and born is not None and funded <= born:
        yield "last_sgb3_82_end", "funding_before_birth"
    left = facts.get("left_on")
    if left is not None and born is not None and left < years_later(born, YOUNGEST):
        yield "left_on", "left_as_child"


def _implausible_birth(born: date | None, today: date) -> Iterator[tuple[str, str]]:
    if born is not None:
        if born > today:
            yield "birth_date", "birth_in_future"
        elif years_later(born, YOUNGEST) > today:
            yield "birth_date", "too_young"
        elif years_later(born, OLDEST) <= today:
            yield "birth_date", "too_old"


def _implausible_qualification(facts: Mapping[str, Any], born: date | None, today: date) -> Iterator[tuple[str, str]]:
    qualified = facts.get("qualification_date")
    if qualified is not None:
        if facts.get("has_qualification") is False:
            yield "qualification_date", "date_without_qualification"
        elif qualified > today:
            yield "qualification_date", "qualification_in_future"
        elif born is not None and qualified <= born:
            yield "qualification_date", "qualification_before_birth"
        elif born is not None and qualified < years_later(born, YOUNGEST):
            yield "qualification_date", "qualified_as_child"


def implausible_company(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, code) of what cannot be true of a company: nobody works there, or its group is smaller than itself."""
    bands = [facts.get(f"headcount_{band}") for band in ("full", "30", "20", "10")]
    if None in bands:
        return
    heads = sum(int(band) for band in bands if band is not None)
    if heads == 0:
        yield "headcount_full", "nobody_employed"
    group = facts.get("group_headcount")
    if group is not None and group < heads:
        yield "group_headcount", "group_smaller_than_company"


def certificate_fault(kind: str, valid_from: date, valid_until: date) -> str | None:
    """Why a certificate cannot have this life, None if it can."""
    if valid_until < valid_from:
        return "ends_before_start"
    if valid_until > years_later(valid_from, CERTIFICATE_YEARS[kind]):
        return f"too_long_{kind}"
    return None


def weighted(facts: Mapping[str, Any]) -> tuple[int, int]:
    """Heads, and heads weighted by weekly hours, in quarters: up to 10 hours 1, up to 20 2, up to 30 3, more 4
    (§ 82 SGB III)."""
    full, to_30, to_20, to_10 = (int(facts[f"headcount_{band}"] or 0) for band in ("full", "30", "20", "10"))
    return full + to_30 + to_20 + to_10, 4 * full + 3 * to_30 + 2 * to_20 + to_10


def pooled(total: int, parts: Mapping[str, int]) -> dict[str, int | None]:
    """``parts`` of a group of ``total`` people without any that could name somebody: None instead.

    A part is hidden if it or the rest is smaller than 5, and everything is if the whole group is: whoever sees total
    and part also knows the rest.
    """
    if total < SMALLEST_GROUP:
        return {"total": None, **dict.fromkeys(parts)}
    hidden = {key for key, part in parts.items() if min(part, total - part) < SMALLEST_GROUP}
    return {"total": total, **{key: None if key in hidden else part for key, part in parts.items()}}
