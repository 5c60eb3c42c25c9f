"""docs/architecture.md names every room, table, automatic step, job and kind of journal entry, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from app.platform.db import Base
from app.platform.settings import ROOT
from tests.conftest import import_models
from tests.docs.reading import prose, rows, section, text_of, unquoted

APP = ROOT / "app"
PAGE = text_of(ROOT / "docs" / "architecture.md")
SOURCES = [path for path in APP.rglob("*.py") if "node_modules" not in path.parts]


def first_column(heading: str) -> list[str]:
    return [unquoted(row[0]) for row in rows(section(PAGE, heading))]


def in_code(pattern: str) -> dict[str, Path]:
    """What ``pattern`` finds in the code, and where."""
    return {found: path for path in SOURCES for found in re.findall(pattern, path.read_text("utf-8"))}


def test_every_room_is_described_and_every_described_room_exists() -> None:
    rooms = sorted(path.parent.name for path in APP.glob("*/__init__.py"))
    assert sorted(first_column("Rooms")) == rooms


def test_every_module_beside_the_rooms_is_named() -> None:
    beside = {path.name for path in APP.glob("*.py")} - {"__init__.py"}
    named = set(re.findall(r"`app/(\w+\.py)`", section(PAGE, "Rooms")))
    assert named == beside


def test_the_direction_of_imports_is_the_one_that_is_enforced() -> None:
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract.get("containers") == ["app"])
    existing = {path.parent.name for path in APP.glob("*/__init__.py")} | {path.stem for path in APP.glob("*.py")}
    enforced = [[name for name in re.findall(r"\w+", layer) if name in existing] for layer in layers["layers"]]
    drawn = re.search(r"```\n(cli →.*?)```", PAGE, re.DOTALL)
    assert drawn is not None
    shown = [re.findall(r"\w+", layer) for layer in drawn.group(1).split("→")]
    assert shown == [layer for layer in enforced if layer]


def test_every_table_is_described_and_every_described_table_exists() -> None:
    import_models()
    assert sorted(first_column("Tables")) == sorted(Base.metadata.tables)


def test_every_automatic_step_is_described_where_it_is() -> None:
    described = {unquoted(row[0]): unquoted(row[2]) for row in rows(section(PAGE, "Automatic steps")) if "." in row[0]}
    topics = in_code(r'(?m)^@delegate\("([\w.]+)"\)')
    jobs = in_code(r'(?m)^@jobs\.handler\("([\w.]+)"\)')
    assert described == {name: str(path.relative_to(ROOT)) for name, path in (topics | jobs).items()}


def test_every_kind_of_journal_entry_is_described() -> None:
    by_steps, by_jobs = in_code(r'Entry\(\s*"([a-z_]+\.[a-z_]+)"'), in_code(r'chain\.append\([^"]*"([a-z_]+\.[a-z_]+)"')
    assert set(first_column("Inside the engine")) == {*by_steps, *by_jobs}


def test_what_is_called_missing_is_missing() -> None:
    absent = section(PAGE, "Deliberately not there yet")
    assert "metrics" in absent
    assert not in_code(r'route\("/metrics"|get\("/metrics"')
    assert "Suspending" in absent
    assert not in_code(r'status="suspended"|"status": "suspended"')


def test_a_reader_finds_a_place_for_every_question() -> None:
    questions = rows(section(PAGE, "Where do I find …"))
    assert all("`" in place or "](" in place for _question, place in questions)
    assert len(prose(PAGE).splitlines()) < 400
