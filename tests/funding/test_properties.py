"""What holds for every request, whatever it says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.funding.calculator import assess, judge_under_law
from app.funding.instruments import MODELS, RANK
from app.funding.variations import changed
from tests.funding.requests import body, models, read

DAYS = st.dates(date(2021, 10, 1), date(2026, 12, 31))
MAYBE = st.sampled_from([True, False, None])


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A valid request of any kind."""
    start = draw(DAYS)
    heads = draw(st.integers(1, 3000))
    changes = {
        "application_date": (start - timedelta(days=draw(st.integers(-5, 200)))).isoformat(),
        "course__start": start.isoformat(),
        "course__end": (start + timedelta(days=draw(st.integers(0, 700)))).isoformat(),
        "course__hours": draw(st.sampled_from(["20", "119.5", "120", "120.01", "121", "160", "1200"])),
        "course__inside_firm": draw(MAYBE),
        "course__mandatory": draw(MAYBE),
        "course__full_time": draw(MAYBE),
        "course__advancement_qualification": draw(st.booleans()),
        "course__bbig_53b": draw(MAYBE),
        "course__leads_to_qualification": draw(st.booleans()),
        "course__provider_certified": draw(st.booleans()),
        "course__measure_certified": draw(st.booleans()),
        "company__weighted_headcount": str(draw(st.sampled_from([1, 9, 10, 49, 50, 249, 250, 499, 500, 2500]))),
        "company__agreement": draw(st.sampled_from(["none", "works", "collective", "declaration"])),
        "company__outdated_skills_share": draw(st.sampled_from([None, "0", "0.1", "0.199", "0.2"])),
        "company__structural_change": draw(MAYBE),
        "company__establishment_headcount": heads,
        "company__affected_staff": draw(st.integers(0, heads)),
        "person__birth_date": draw(st.dates(date(1960, 1, 1), date(2003, 1, 1))).isoformat(),
        "person__disability_degree": draw(st.sampled_from([None, 0, 30, 40, 50, 100])),
        "person__equal_status": draw(MAYBE),
        "person__has_qualification": draw(st.booleans()),
        "person__qualification_date": draw(st.sampled_from([None, "2000-01-31", "2020-06-30", "2023-06-30"])),
        "person__last_sgb3_82_end": draw(st.sampled_from([None, "2019-01-31", "2022-06-30", "2024-06-30"])),
        "person__last_qg_course_end": draw(st.sampled_from([None, "2024-12-31"])),
        "person__has_child": draw(MAYBE),
        "person__skilled_work_obsolete": draw(MAYBE),
        "person__sgb2_benefits": draw(MAYBE),
        "person__yearly_income": draw(st.sampled_from([None, "15000", "40000", "54999.99", "55000"])),
        "short_time__receiving": draw(MAYBE),
        "short_time__transfer": draw(MAYBE),
        "short_time__transfer_until": (start + timedelta(days=draw(st.integers(0, 400)))).isoformat(),
        "short_time__establishment_headcount": heads,
        "requested": draw(st.sampled_from([[], ["sgb3_82"]])),
    }
    return read(body(**changes))


@given(requests())
@settings(max_examples=150, deadline=None)
def test_no_share_ever_exceeds_a_hundred_percent(request: dict[str, Any]) -> None:
    for item in assess(models(), request)["instruments"]:
        for name in ("course_cost_percent", "wage_subsidy_percent", "contribution_percent"):
            assert item[name] is None or 0 <= Decimal(item[name]) <= 100
        assert item["outcome"] in RANK


@given(requests())
@settings(max_examples=150, deadline=None)
def test_more_hours_never_lose_the_funding(request: dict[str, Any]) -> None:
    longer = changed(request, {"course.hours": request["course"]["hours"] + 40})
    before, _ = judge_under_law(models(), "sgb3_82", request)
    after, _ = judge_under_law(models(), "sgb3_82", longer)
    assert RANK[after.outcome] <= RANK[before.outcome]


@given(requests())
@settings(max_examples=150, deadline=None)
def test_what_would_change_it_keeps_its_promise(request: dict[str, Any]) -> None:
    for item in assess(models(), request)["instruments"]:
        for suggestion in item["would_change"]:
            tried = read(_applied(request, suggestion["change"]))
            found = next(x for x in assess(models(), tried)["instruments"] if x["instrument"] == item["instrument"])
            promised = {key: value for key, value in suggestion.items() if key not in ("change", "text")}
            assert promised == {key: found[key] for key in promised}
            assert RANK[found["outcome"]] <= RANK[item["outcome"]]


def _applied(request: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The request as JSON with the change as the answer writes it."""
    made: dict[str, Any] = {}
    for key, value in request.items():
        made[key] = {inner: _text(item) for inner, item in value.items()} if isinstance(value, dict) else _text(value)
    return changed(made, change)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


@given(requests())
@settings(max_examples=100, deadline=None)
def test_a_fact_left_open_is_never_better_than_the_best_answer_to_it(request: dict[str, Any]) -> None:
    for path in ("course.mandatory", "course.inside_firm", "person.sgb2_benefits"):
        answers = [changed(request, {path: value}) for value in (True, False)]
        ranks = [RANK[judge_under_law(models(), "sgb3_82", item)[0].outcome] for item in answers]
        unknown = RANK[judge_under_law(models(), "sgb3_82", changed(request, {path: None}))[0].outcome]
        assert unknown >= min(ranks)
        assert unknown == ranks[0] if ranks[0] == ranks[1] else unknown in (RANK["review"], max(ranks))


LAW_CHANGES = {
    "sgb3_82": {date(2024, 4, 1)},
    "sgb3_82a": {date(2024, 4, 1)},
    "sgb3_106a": set(),
    "th_weiterbildungsscheck": {date(2022, 1, 1)},
}


@pytest.mark.sweep
@pytest.mark.parametrize("name", LAW_CHANGES)
def test_outcomes_change_only_on_days_the_law_changes_or_the_person_s_own_dates_cross(name: str) -> None:
    own = {date(2025, 1, 1)}  # 40 years before: 45th birthday falls beyond the sweep
    request = read(
        body(
            company__agreement="works",
            company__establishment_headcount=100,
            company__affected_staff=30,
            person__yearly_income="30000",
            person__qualification_date="2020-02-29",
        )
    )
    waits = {date(2024, 2, 29), date(2024, 3, 1)}
    seen: tuple[Any, ...] | None = None
    day = date(2021, 10, 1)
    while day <= date(2026, 12, 31):
        moved = changed(
            request,
            {"application_date": day - timedelta(days=60), "course.start": day, "course.end": day + timedelta(days=60)},
        )
        judged, _ = judge_under_law(models(), name, moved)
        state = (judged.outcome, judged.percent("course_cost_percent"), judged.percent("wage_subsidy_percent"))
        if seen is not None and state != seen:
            crossed = {day, day - timedelta(days=60)}
            near_change = {change + timedelta(days=60) for change in LAW_CHANGES[name]}
            assert day in LAW_CHANGES[name] | near_change or crossed & (own | waits), (name, day, seen, state)
        seen = state
        day += timedelta(days=1)
    assert set(MODELS) >= set(LAW_CHANGES)
