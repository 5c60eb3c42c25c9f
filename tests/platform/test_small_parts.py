"""Clock, ids, settings: the small parts that everything else stands on."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine

from app.platform import clock
from app.platform.ids import is_id, new_id
from app.platform.settings import ROOT, InvalidSetting, Settings, variable_name

# -- clock ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-31T22:59:59+00:00", date(2026, 1, 31)),
        ("2026-01-31T23:00:00+00:00", date(2026, 2, 1)),
        ("2026-07-31T21:59:59+00:00", date(2026, 7, 31)),
        ("2026-07-31T22:00:00+00:00", date(2026, 8, 1)),
    ],
)
def test_a_legal_day_is_a_day_in_thuringia(moment: str, day: date) -> None:
    assert clock.local_date(datetime.fromisoformat(moment)) == day


def test_iso_text_has_one_width_and_sorts_as_time_does() -> None:
    start = datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC)
    moments = [start + timedelta(microseconds=step) for step in (0, 1, 2, 10**6, 3600 * 10**6)]
    texts = [clock.iso(moment) for moment in moments]
    assert texts == sorted(texts)
    assert {len(text) for text in texts} == {27}
    assert [clock.parse_iso(text) for text in texts] == moments


def test_iso_text_needs_an_offset() -> None:
    assert clock.parse_iso("2026-01-31T09:00:00+01:00") == datetime(2026, 1, 31, 8, tzinfo=UTC)
    for text in ("2026-01-31T09:00:00", "2026-01-31", "yesterday", ""):
        with pytest.raises(ValueError, match=r"offset|isoformat"):
            clock.parse_iso(text)


def test_only_the_clock_reads_the_clock() -> None:
    """Everything below transport gets the time as an argument."""
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", path.read_text("utf-8"))
    ]
    assert found == ["app/platform/clock.py"]


# -- ids -----------------------------------------------------------------------------------------------------------


def test_ids_are_version_7_and_sort_by_the_time_they_were_made() -> None:
    made = []
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller:
        for _ in range(50):
            made.append(new_id())
            traveller.shift(timedelta(milliseconds=1))
    assert all(is_id(key) and key[14] == "7" and key[19] in "89ab" for key in made)
    assert all(one < two for one, two in pairwise(made))
    assert len({new_id() for _ in range(5000)}) == 5000


SOME_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize(
    "text", ["", "x", SOME_ID.upper(), SOME_ID + "0", SOME_ID[:-1], "{" + SOME_ID + "}", SOME_ID + "\n"]
)
def test_what_is_no_id_is_seen(text: str) -> None:
    assert not is_id(text)


# -- settings ------------------------------------------------------------------------------------------------------


def test_settings_come_from_the_environment_and_overrides_win() -> None:
    found = Settings.from_environment(
        {"VORLAUF_TOKEN_HOURS": "3", "VORLAUF_TICK_SECONDS": "0.5", "VORLAUF_MEASURE": "true", "OTHER": "x"},
        token_hours=4,
    )
    assert (found.token_hours, found.tick_seconds, found.measure) == (4, 0.5, True)
    assert found.live_cache_size == Settings().live_cache_size


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_hours", "many"),
        ("token_hours", ""),
        ("token_hours", "1.5"),
        ("tick_seconds", "soon"),
        ("measure", "perhaps"),
        ("cookie_secure", "2"),
    ],
)
def test_an_unusable_setting_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidSetting, match=variable_name(name)):
        Settings.from_environment({variable_name(name): value})


def test_every_setting_is_documented() -> None:
    text = (Path(ROOT) / "docs" / "settings.md").read_text("utf-8")
    assert set(re.findall(r"VORLAUF_[A-Z_]+", text)) >= {variable_name(spec.name) for spec in fields(Settings)}
    assert all(spec.metadata["doc"] for spec in fields(Settings))


def test_settings_cannot_be_changed() -> None:
    settings: Any = Settings()
    with pytest.raises(AttributeError):
        settings.measure = True
