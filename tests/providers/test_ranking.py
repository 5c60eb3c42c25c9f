"""The comparison favours nobody: only what is offered counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.providers.rules import (
    CRITERIA,
    Demand,
    Terms,
    certificates_cover,
    hundredths,
    normalised,
    place,
    share_in_window,
)

MARCH = Terms(
    price=Decimal(1800),
    hours=Decimal(160),
    start=date(2027, 3, 1),
    end=date(2027, 3, 31),
    provider_certificate_until=date(2028, 1, 1),
    measure_certificate_until=date(2028, 1, 1),
    cancellation=True,
    minimum_group=6,
)
OPEN = Demand(None, None, 6)
EQUAL = {"price": Decimal(1), "dates": Decimal(1), "terms": Decimal(1)}
PRICE_ONLY = {"price": Decimal(100), "dates": Decimal(0), "terms": Decimal(0)}

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
offers = st.builds(
    lambda start, length, **rest: Terms(start=start, end=start + timedelta(days=length), **rest),
    start=days,
    length=st.integers(0, 200),
    price=st.sampled_from([Decimal(0), Decimal("999.99"), Decimal(1000), Decimal("1000.00"), Decimal(2500)]),
    hours=st.sampled_from([Decimal(120), Decimal(160)]),
    provider_certificate_until=st.none() | days,
    measure_certificate_until=st.none() | days,
    cancellation=st.booleans(),
    minimum_group=st.none() | st.integers(0, 20),
)
weightings = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 100).map(Decimal)))
demands = st.builds(Demand, st.none() | days, st.none() | days, st.integers(0, 30))


@given(st.lists(offers, max_size=6), weightings, demands, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_changes_the_ranking(quotes, weights, demand, shuffler) -> None:
    shuffled = list(quotes)
    shuffler.shuffle(shuffled)
    given_order = [(p.rank, p.score, quotes[p.index].fingerprint()) for p in place(quotes, weights, demand)]
    other_order = [(p.rank, p.score, shuffled[p.index].fingerprint()) for p in place(shuffled, weights, demand)]
    assert given_order == other_order


@given(st.lists(offers, min_size=1, max_size=6), weightings, demands)
def test_better_points_never_stand_behind_worse_ones(quotes, weights, demand) -> None:
    placings = place(quotes, weights, demand)
    assert [placing.rank for placing in placings] == sorted(placing.rank for placing in placings)
    assert placings[0].rank == 1
    assert all(first.score >= second.score for first, second in pairwise(placings))
    assert all(0 <= points <= 1 for placing in placings for points in placing.points.values())
    assert {placing.index for placing in placings} == set(range(len(quotes)))


@given(st.lists(offers, min_size=2, max_size=4), weightings, demands, st.integers(1, 9))
def test_only_the_proportion_of_the_weights_counts(quotes, weights, demand, factor) -> None:
    larger = {name: weight * factor for name, weight in weights.items()}
    assert place(quotes, weights, demand) == place(quotes, larger, demand)


def test_without_weights_all_criteria_count_alike() -> None:
    third = Fraction(1, 3)
    assert normalised({}) == dict.fromkeys(CRITERIA, third)
    assert normalised(dict.fromkeys(CRITERIA, Decimal(0))) == dict.fromkeys(CRITERIA, third)


def test_weights_become_shares_of_one() -> None:
    weights = {"price": Decimal(60), "dates": Decimal(20), "terms": Decimal(40)}
    assert normalised(weights) == {"price": Fraction(1, 2), "dates": Fraction(1, 6), "terms": Fraction(1, 3)}


def test_the_cheapest_gets_all_points_and_twice_the_price_half() -> None:
    cheap, dear = MARCH, replace(MARCH, price=Decimal(3600))
    placings = place([dear, cheap], PRICE_ONLY, OPEN)
    assert [(item.index, item.score) for item in placings] == [(1, 1), (0, Fraction(1, 2))]


def test_a_course_for_nothing_beats_every_price() -> None:
    placings = place([MARCH, replace(MARCH, price=Decimal(0))], PRICE_ONLY, OPEN)
    assert [(item.index, item.score) for item in placings] == [(1, 1), (0, 0)]


def test_equal_points_are_settled_by_price() -> None:
    late = replace(MARCH, price=Decimal(1500), start=date(2027, 4, 1), end=date(2027, 4, 30))
    weights = {"price": Decimal(0), "dates": Decimal(0), "terms": Decimal(1)}
    assert [item.index for item in place([MARCH, late], weights, OPEN)] == [1, 0]


def test_equal_terms_share_a_rank() -> None:
    placings = place(
        [MARCH, replace(MARCH, price=Decimal("1800.00")), replace(MARCH, price=Decimal(9000))], EQUAL, OPEN
    )
    assert [placing.rank for placing in placings] == [1, 1, 3]


def test_no_quotes_make_an_empty_ranking() -> None:
    assert place([], EQUAL, OPEN) == []


@pytest.mark.parametrize(
    ("window_from", "window_to", "share"),
    [
        (None, None, Fraction(1)),
        (date(2027, 3, 1), date(2027, 3, 31), Fraction(1)),
        (date(2027, 3, 2), date(2027, 3, 31), Fraction(30, 31)),
        (date(2027, 3, 1), date(2027, 3, 30), Fraction(30, 31)),
        (date(2027, 3, 31), None, Fraction(1, 31)),
        (date(2027, 4, 1), None, Fraction(0)),
        (None, date(2027, 3, 1), Fraction(1, 31)),
        (None, date(2027, 2, 28), Fraction(0)),
        (date(2027, 3, 20), date(2027, 3, 10), Fraction(0)),
    ],
)
def test_the_share_of_the_course_inside_the_window(
    window_from: date | None, window_to: date | None, share: Fraction
) -> None:
    assert share_in_window(MARCH, Demand(window_from, window_to, 6)) == share


@pytest.mark.parametrize(
    ("group", "people", "points"),
    [(None, 1, 1), (0, 1, 1), (6, 6, 1), (6, 7, 1), (6, 3, Fraction(3, 4)), (6, 0, Fraction(1, 2))],
)
def test_a_group_that_is_too_small_costs_points(group: int | None, people: int, points: Fraction) -> None:
    placing = place([replace(MARCH, minimum_group=group)], EQUAL, Demand(None, None, people))[0]
    assert placing.points["terms"] == points


def test_terms_that_are_not_stated_cost_half_the_points() -> None:
    placing = place([replace(MARCH, cancellation=False)], EQUAL, OPEN)[0]
    assert placing.points["terms"] == Fraction(1, 2)


@pytest.mark.parametrize(
    ("provider", "measure", "covered"),
    [
        (date(2027, 3, 31), date(2027, 3, 31), True),
        (date(2027, 3, 30), date(2027, 3, 31), False),
        (date(2027, 3, 31), date(2027, 3, 30), False),
        (None, date(2027, 3, 31), False),
        (date(2027, 3, 31), None, False),
        (None, None, False),
    ],
)
def test_both_certificates_have_to_cover_the_last_day(
    provider: date | None, measure: date | None, covered: bool
) -> None:
    terms = replace(MARCH, provider_certificate_until=provider, measure_certificate_until=measure)
    assert certificates_cover(terms) is covered


def test_points_are_rounded_for_people() -> None:
    assert hundredths(Fraction(2, 3)) == Decimal("66.67")
    assert hundredths(Fraction(1, 80000)) == Decimal("0.00")
    assert hundredths(Fraction(1, 20000)) == Decimal("0.01")
    assert hundredths(Fraction(1)) == 100
