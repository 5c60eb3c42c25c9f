"""What a request could say instead: single changes at the boundaries of the tables, in the request's own words.

Nothing here knows what a change is worth: the calculator tries each and keeps those that help.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.decisions.feel.values import YearsMonths
from app.decisions.model import DecisionModel
from app.funding.facts import Request
from app.platform.calendar import months_later

Change = Mapping[str, Any]
"""Paths of the request (``course.hours``) and their new values."""

ONE = Decimal(1)
DAY = timedelta(days=1)
SWITCHES: Mapping[str, tuple[str, Any]] = {
    "provider_certified": ("course.provider_certified", True),
    "measure_certified": ("course.measure_certified", True),
    "inside_firm": ("course.inside_firm", False),
    "agreement": ("company.agreement", "works"),
    "sgb3_82_requested": ("requested", []),
}
"""Table inputs that somebody can bring about: path and the helpful value."""


def variations(model: DecisionModel, request: Request, read: frozenset[str]) -> Iterator[Change]:
    """Changes of the table inputs in ``read``, at the boundaries of ``model``; each leaves the request valid."""
    for name, (path, value) in SWITCHES.items():
        if name in read and lookup(request, path) != value:
            yield {path: value}
    if "qg_agreement" in read:
        yield from _agreements(request)
    if "measure_certified" in read and _expires(request):
        yield {"course.certified_until": request["course"]["end"]}
    yield from _figures(model, request, read)
    if read & {"law_date", "course_start", "application_date"}:
        yield from _dates(model, request, read)


def _figures(model: DecisionModel, request: Request, read: frozenset[str]) -> Iterator[Change]:
    course, company = request["course"], request["company"]
    heads = company["establishment_headcount"] or 0
    if "hours" in read:
        yield from ({"course.hours": hours} for hours in _numbers(model, "hours") if hours != course["hours"])
    if "outdated_skills_share" in read:
        outdated = [share for share in _numbers(model, "outdated_skills_share") if share <= 1]
        yield from ({"company.outdated_skills_share": share} for share in outdated)
    affected = {
        math.ceil(share * heads) for share in _numbers(model, "affected_share") if heads and "affected_share" in read
    }
    yield from ({"company.affected_staff": count} for count in sorted(affected) if count <= heads)


def _agreements(request: Request) -> Iterator[Change]:
    given = request["company"]["qg_agreement"] or request["company"]["agreement"]
    for value in ("works", "declaration"):
        if given != value:
            yield {"company.qg_agreement": value}


def _expires(request: Request) -> bool:
    until = request["course"]["certified_until"]
    return until is not None and until < request["course"]["end"]


def _numbers(model: DecisionModel, column: str) -> list[Decimal]:
    """On and just beyond each boundary of a column."""
    found = {value for value in model.boundaries(column) if isinstance(value, Decimal)}
    step = ONE if column == "hours" else Decimal(0)
    return sorted(found | {value + step for value in found})


def _dates(model: DecisionModel, request: Request, read: frozenset[str]) -> Iterator[Change]:
    """Later days for start and application at which a table changes its mind."""
    start, applied = request["course"]["start"], request["application_date"]
    starts = {applied + DAY, applied + timedelta(days=56)} if "application_date" in read else set()
    for column in {"law_date", "course_start"} & read:
        for day in model.boundaries(column):
            starts |= {day, day + DAY}
    starts |= set(_since(model, "employed_since, course_start", request["person"]["employed_since"]))
    yield from (_later_start(request, day) for day in sorted(starts) if day > start)
    person = request["person"]
    for column, known in (
        ("qualification_date, application_date", person["qualification_date"]),
        ("last_funding_end, application_date", person["last_sgb3_82_end"]),
        ("last_qg_course_end, application_date", person["last_qg_course_end"]),
    ):
        for day in _since(model, column, known):
            if day > applied:
                yield {"application_date": day, **(_later_start(request, day + DAY) if day >= start else {})}


def _since(model: DecisionModel, column: str, day: date | None) -> list[date]:
    """The days on which enough months have passed since ``day``."""
    if day is None:
        return []
    spans = [span for text in model.columns if column in text for span in model.boundaries(text)]
    return [months_later(day, span.months) for span in spans if isinstance(span, YearsMonths) and span.months <= 120]


def _later_start(request: Request, day: date) -> Change:
    """The whole course moved to begin on ``day``."""
    course = request["course"]
    return {"course.start": day, "course.end": course["end"] + (day - course["start"])}


def lookup(request: Request, path: str) -> Any:
    """The value at a path of the request."""
    value: Any = request
    for key in path.split("."):
        value = value[key]
    return value


def changed(request: Request, change: Change) -> dict[str, Any]:
    """The request with a change made."""
    made = {key: dict(value) if isinstance(value, Mapping) else value for key, value in request.items()}
    for path, value in change.items():
        *above, last = path.split(".")
        (made[above[0]] if above else made)[last] = value
    return made
