"""Times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.web import words
from app.web.values import readable
from tests.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def german(world: World):
    with world.app.test_request_context(headers={"Cookie": "vorlauf_language=de"}):
        yield


@pytest.fixture
def english(world: World):
    with world.app.test_request_context(headers={"Cookie": "vorlauf_language=en"}):
        yield


@pytest.mark.parametrize(
    ("ahead", "german_words"),
    [
        (timedelta(days=-2), "überfällig seit 2 Tagen"),
        (timedelta(days=-1), "überfällig seit 1 Tag"),
        (timedelta(minutes=-1), "überfällig seit heute"),
        (timedelta(minutes=1), "heute fällig"),
        (timedelta(hours=14), "morgen fällig"),  # 23:00 UTC is midnight in Thuringia
        (timedelta(days=5), "in 5 Tagen fällig"),
    ],
)
def test_due_in_words(german: None, ahead: timedelta, german_words: str) -> None:
    assert words.due(NOW + ahead, NOW) == german_words


@pytest.mark.parametrize(
    ("ago", "german_words"),
    [(timedelta(hours=1), "seit heute"), (timedelta(days=1), "seit gestern"), (timedelta(days=3), "seit 3 Tagen")],
)
def test_since_in_words(german: None, ago: timedelta, german_words: str) -> None:
    assert words.since(NOW - ago, NOW) == german_words


def test_times_are_those_of_thuringia_in_german_style(german: None) -> None:
    assert words.time(NOW) == "23.11.2026, 10:00 Uhr"
    assert words.day("2026-11-22T23:30:00.000000Z") == "23.11.2026"


def test_english_days_cannot_be_misread(english: None) -> None:
    assert words.time(NOW) == "23 Nov 2026, 10:00"
    assert words.due(NOW + timedelta(days=1), NOW) == "due tomorrow"


def test_case_data_in_words(german: None) -> None:
    assert readable({"share": 1250, "done": True}) == "share: 1.250; done: ja"
    assert readable([]) == "keine"
    assert readable(None) == "keine Angabe"
