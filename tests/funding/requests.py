"""Requests of the funding calculator as JSON, with the defaults of the worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.funding.calculator import Models, assess
from app.funding.schemas import AssessmentRequest
from app.funding.service import shipped_models
from app.platform.settings import ROOT

DEFAULTS: Mapping[str, Any] = {
    "application_date": "2025-05-02",
    "grant_date": None,
    "course": {
        "start": "2025-06-02",
        "end": "2025-07-25",
        "hours": "160",
        "provider_certified": True,
        "measure_certified": True,
        "certified_until": None,
        "short_adaptation": False,
        "mandatory": False,
        "advancement_qualification": False,
        "bbig_53b": False,
        "leads_to_qualification": False,
        "inside_firm": False,
        "full_time": True,
        "price": "4800.00",
    },
    "company": {
        "weighted_headcount": "120",
        "headcount": None,
        "group_weighted_headcount": None,
        "agreement": "none",
        "outdated_skills_share": "0",
        "structural_change": True,
        "establishment_headcount": None,
        "affected_staff": None,
        "qg_agreement": None,
    },
    "person": {
        "birth_date": "1985-01-01",
        "disability_degree": 0,
        "equal_status": False,
        "has_qualification": True,
        "qualification_date": "2010-07-31",
        "last_sgb3_82_end": None,
        "last_qg_course_end": None,
        "has_child": False,
        "under_notice": False,
        "monthly_gross": "3200.00",
        "weekly_hours": "38",
        "lost_hours": None,
        "net_reference": None,
        "net_actual": None,
        "yearly_income": None,
        "employed_since": None,
        "sgb2_benefits": False,
        "skilled_work_obsolete": False,
    },
    "short_time": {
        "receiving": False,
        "since": None,
        "transfer": False,
        "transfer_until": None,
        "establishment_headcount": None,
    },
    "requested": [],
}


def body(**changes: Any) -> dict[str, Any]:
    """A request; ``course__hours="121"`` changes one entry, ``start="2022-03-14"`` moves course and application."""
    made = {key: dict(value) if isinstance(value, Mapping) else value for key, value in DEFAULTS.items()}
    if start := changes.pop("start", None):
        made["course"] |= {"start": start, "end": start[:4] + "-12-31"}
        made["application_date"] = start[:8] + "01"
    for path, value in changes.items():
        *above, last = path.split("__")
        (made[above[0]] if above else made)[last] = value
    return made


def read(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request as the calculator takes it."""
    loaded: dict[str, Any] = AssessmentRequest().load(request)
    return loaded


@cache
def models() -> Models:
    """The shipped tables."""
    return shipped_models(ROOT / "processes")


def answer(language: str = "de", **changes: Any) -> dict[str, Any]:
    """The calculator's answer to a request."""
    return assess(models(), read(body(**changes)), language)


def instrument(name: str, **changes: Any) -> dict[str, Any]:
    """One instrument of that answer."""
    found: dict[str, Any] = next(item for item in answer(**changes)["instruments"] if item["instrument"] == name)
    return found


def result(name: str, **changes: Any) -> tuple[Any, ...]:
    """Outcome, share of the course costs, wage subsidy."""
    found = instrument(name, **changes)
    return found["outcome"], found["course_cost_percent"], found["wage_subsidy_percent"]


def unmet(name: str, **changes: Any) -> dict[str, bool | None]:
    """Conditions that are not met or not known."""
    return {item["code"]: item["met"] for item in instrument(name, **changes)["conditions"] if item["met"] is not True}
