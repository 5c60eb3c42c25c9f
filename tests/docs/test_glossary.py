"""docs/glossary.md: every code name occurs in the code, and what the forms ask for in law's words is explained."""

from __future__ import annotations

import re
from functools import cache

import pytest

from app.identity.roles import ROLES
from app.platform.settings import ROOT
from tests.docs.reading import rows, text_of, unquoted

TERMS = rows(text_of(ROOT / "docs" / "glossary.md"))
NAMES = [unquoted(row[2]) for row in TERMS]
KINDS = {"app": (".py",), "processes": (".bpmn", ".dmn", ".toml"), "forms": (".form",)}


@cache
def code() -> str:
    """All code, diagrams, tables and forms."""
    return "\n".join(
        path.read_text("utf-8")
        for folder, endings in KINDS.items()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in endings and "node_modules" not in path.parts
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_code_name_occurs_in_the_code(name: str) -> None:
    assert re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code()), name


def test_a_term_has_four_cells_and_an_explanation() -> None:
    assert [row for row in TERMS if len(row) != 4 or not row[0] or not row[3].endswith(".")] == []


def test_no_code_name_is_explained_twice() -> None:
    assert [name for name in NAMES if NAMES.count(name) > 1] == []


def test_every_role_is_explained_by_its_german_name() -> None:
    explained = {unquoted(row[2]): row[0] for row in TERMS}
    assert {role.key: explained.get(role.key) for role in ROLES.values()} == {
        role.key: role.name_de for role in ROLES.values()
    }


def test_every_input_of_the_funding_tables_is_explained() -> None:
    table = text_of(ROOT / "processes" / "training_case" / "decisions" / "sgb3_82.dmn")
    inputs = set(re.findall(r'<variable id="\w+_variable" name="(\w+)"', table)) & set(re.findall(r">(\w+)<", table))
    words = set(re.findall(r"`(\w+)`", text_of(ROOT / "docs" / "glossary.md")))
    assert inputs - words - SAME_AS.keys() == set()


SAME_AS = {
    "hours": "course_hours",
    "course_start": "window_from",
    "inside_firm": "provider_certified",
    "last_funding_end": "last_sgb3_82_end",
    "starts_in_short_time": "short_time_work",
}
"""Inputs that carry another name in the forms, or none that needs a word of law."""
