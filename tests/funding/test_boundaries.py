"""Both sides of every boundary in the law's tables, drawn from the files: a new row brings its tests with it.

The oracle reads a cell's text for itself, with a few lines of its own, and knows nothing of the decisions room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.decisions.feel.api import compile_unary_tests
from app.decisions.feel.values import YearsMonths
from app.platform.settings import ROOT

FOLDER = ROOT / "processes" / "training_case" / "decisions"
LAW = sorted(path for path in FOLDER.glob("*.dmn") if path.name != "funding_path.dmn")
NUMBER = r"-?\d+(?:\.\d+)?"
VALUE = rf'(?:date\("[\d-]+"\)|duration\("P[^"]+"\)|{NUMBER})'
INTERVAL = re.compile(rf"([\[(])\s*({VALUE})\s*\.\.\s*({VALUE})\s*([\])])")
COMPARISON = re.compile(rf"(<=|>=|<|>)\s*({VALUE})")


@dataclass(frozen=True)
class Boundary:
    """One end of one cell: where it stands, and the value."""

    place: str
    cell: str
    value: Any


def value_of(text: str) -> Any:
    """A constant as a number of something: a Decimal, a date, months."""
    if text.startswith("date"):
        return date.fromisoformat(text[6:-2])
    if text.startswith("duration"):
        years, months, days = (int(found[1]) if (found := re.search(rf"(\d+){unit}", text)) else 0 for unit in "YMD")
        assert not days
        return YearsMonths(12 * years + months)
    return Decimal(text)


def ends(cell: str) -> list[Any]:
    """The ends in a cell."""
    interval, comparison = INTERVAL.fullmatch(cell.strip()), COMPARISON.fullmatch(cell.strip())
    if interval:
        return [value_of(interval[2]), value_of(interval[3])]
    return [value_of(comparison[2])] if comparison else []


def accepts(cell: str, value: Any) -> bool:
    """Whether a cell takes a value, by comparing alone."""
    interval, comparison = INTERVAL.fullmatch(cell.strip()), COMPARISON.fullmatch(cell.strip())
    if interval:
        low, high = value_of(interval[2]), value_of(interval[3])
        above = value >= low if interval[1] == "[" else value > low
        return above and (value <= high if interval[4] == "]" else value < high)
    assert comparison
    limit = value_of(comparison[2])
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[comparison[1]]


def boundaries() -> Iterator[Boundary]:
    """Every end of every input cell of the law's tables, each cell text of a table once."""
    for path in LAW:
        for table in etree.parse(str(path)).iterfind(".//{*}decisionTable"):
            seen: set[str] = set()
            for entry in table.iterfind("{*}rule/{*}inputEntry/{*}text"):
                cell = (entry.text or "").strip()
                if cell in seen:
                    continue
                seen.add(cell)
                yield from (Boundary(f"{table.get('id')}: {cell}", cell, end) for end in ends(cell))


def around(value: Any) -> list[Any]:
    """A value, and the nearest ones below and above that the law can tell apart."""
    if isinstance(value, date):
        return [value - timedelta(days=1), value, value + timedelta(days=1)]
    if isinstance(value, YearsMonths):
        return [YearsMonths(value.months - 1), value, YearsMonths(value.months + 1)]
    return [value - Decimal("0.01"), value, value + Decimal("0.01")]


BOUNDARIES = list(boundaries())


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda item: f"{item.place} at {item.value}")
def test_a_table_changes_its_mind_exactly_here(boundary: Boundary) -> None:
    tests = compile_unary_tests(boundary.cell)
    taken = [tests.matches(value) for value in around(boundary.value)]
    assert taken == [accepts(boundary.cell, value) for value in around(boundary.value)]
    assert len(set(taken)) == 2


def test_every_ordered_cell_is_understood() -> None:
    texts = {
        (entry.text or "").strip()
        for path in LAW
        for entry in etree.parse(str(path)).iterfind(".//{*}rule/{*}inputEntry/{*}text")
    }
    plain = {text for text in texts if text == "-" or text in ("true", "false", "null") or text.startswith('"')}
    assert {text for text in texts - plain if not ends(text)} == set()
    assert len(BOUNDARIES) > 80


def requirement_codes(path: Path) -> dict[str, set[str]]:
    """Codes in the tables of a file, by table."""
    found: dict[str, set[str]] = {}
    for decision in etree.parse(str(path)).iterfind("{*}decision"):
        names = [str(output.get("name")) for output in decision.iterfind(".//{*}output")]
        if "code" not in names:
            continue
        for rule in decision.iterfind(".//{*}rule"):
            entries = [entry.findtext("{*}text") or "" for entry in rule.iterfind("{*}outputEntry")]
            found.setdefault(str(decision.get("id")), set()).add(entries[names.index("code")].strip('"'))
    return found


@pytest.mark.parametrize("path", LAW, ids=lambda path: path.stem)
def test_every_condition_is_named_before_it_can_fail(path: Path) -> None:
    codes = requirement_codes(path)
    for name, failing in codes.items():
        if name.endswith("_conditions"):
            assert failing <= codes[name.replace("_conditions", "_requirements")], name
