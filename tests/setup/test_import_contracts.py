"""The import contracts find what they are there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap.paths import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the rooms' Python files, to be spoilt."""
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("static", "__pycache__", "*.mo"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def spoil(house: Path, file: str, line: str) -> None:
    path = house / "app" / file
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    with path.open("a") as source:
        source.write(f"\n{line}\n")


def test_the_house_as_it_is_keeps_its_contracts(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("platform/clock.py", "import app.identity", "Rooms import downwards only"),
        ("demand/plan.py", "import app.audit\nimport app.bogus", "Rooms import downwards only"),
        (
            "funding/service.py",
            "from SpiffWorkflow import TaskState",
            "Only the engine imports SpiffWorkflow",
        ),
        ("funding/rules.py", "import sqlalchemy", "Rules and decisions are plain Python"),
        ("decisions/table.py", "import flask", "Rules and decisions are plain Python"),
        ("audit/service.py", "from flask import g", "Services reach no Flask"),
        ("audit/models.py", "import app.audit.service", "Inside a room"),
        ("bootstrap/paths.py", "import app.platform", "Set-up stands alone"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(house: Path, file: str, line: str, contract: str) -> None:
    if "app.bogus" in line:  # a room that nobody has given a place
        spoil(house, "bogus/plan.py", "")
    if file == "audit/models.py":
        spoil(house, "audit/service.py", "")
    spoil(house, file, line)
    done = lint(house)
    assert done.returncode == 1, done.stdout
    broken = [said for said in done.stdout.splitlines() if said.startswith(contract) and "BROKEN" in said]
    assert len(broken) == 1, done.stdout
