"""Every text a user may see has its German, and both say the same."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.platform.problems import Problem
from app.platform.settings import ROOT

APP = ROOT / "app"
ROOMS = sorted(path.parent.name for path in APP.glob("*/__init__.py") if path.parent.name != "bootstrap")
VALUE = re.compile(r"%\((\w+)\)s")
TEMPLATE_CALL = re.compile(r"""\b_\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


def problems() -> Iterator[type[Problem]]:
    for path in sorted(APP.rglob("*.py")):
        if path.parent.name not in ("bootstrap",) and path.name != "__main__.py":
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    pending = [Problem]
    while pending:
        kind = pending.pop()
        if kind.__module__.startswith("app."):
            yield kind
        pending.extend(kind.__subclasses__())


def catalogue(room: str) -> Catalog:
    path = APP / room / "translations/de/LC_MESSAGES/messages.po"
    if not path.exists():
        return Catalog("de")
    with path.open("rb") as file:
        return read_po(file, "de", abort_invalid=True)


def german() -> dict[str, str]:
    """Every room's texts, as they are merged at start."""
    return {
        str(message.id): str(message.string)
        for room in ROOMS
        for message in catalogue(room)
        if message.id and message.string and not message.fuzzy
    }


def literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "_l")
        if named and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


GERMAN = german()
KINDS = sorted(set(problems()), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_problem_speaks_german_and_fills_in_the_same_values(kind: type[Problem]) -> None:
    message = kind.message_id()
    assert message
    assert message in GERMAN
    assert set(VALUE.findall(message)) == set(VALUE.findall(GERMAN[message]))
    assert GERMAN[message] != message


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_problem_says_which_one_it_is(kind: type[Problem]) -> None:
    assert re.fullmatch(r"[a-z0-9_]+", kind.code)
    assert 400 <= kind.status < 600


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_in_the_code_has_its_german(room: str) -> None:
    missing = {text for path in (APP / room).rglob("*.py") for text in literals(path)} - set(GERMAN)
    assert missing == set()


def test_every_message_in_a_template_has_its_german() -> None:
    found = {
        (single or double).replace("\\'", "'").replace('\\"', '"')
        for path in APP.rglob("templates/**/*")
        if path.is_file()
        for single, double in TEMPLATE_CALL.findall(path.read_text("utf-8"))
    }
    assert found
    assert found - set(GERMAN) == set()


@pytest.mark.parametrize("room", ROOMS)
def test_every_german_text_fills_in_the_values_of_its_english(room: str) -> None:
    for message in catalogue(room):
        if message.id:
            assert set(VALUE.findall(str(message.id))) == set(VALUE.findall(str(message.string))), message.id


def test_no_two_rooms_translate_the_same_text_differently() -> None:
    """The catalogues are merged: which of two texts would be shown is nobody's decision."""
    seen: dict[str, str] = {}
    for room in ROOMS:
        for message in catalogue(room):
            if message.id:
                assert seen.setdefault(str(message.id), str(message.string)) == str(message.string), message.id


def test_nobody_is_addressed_informally() -> None:
    informal = re.compile(r"\b(du|dir|dich|dein|deine|deinen|deinem|deiner)\b", re.IGNORECASE)
    assert [text for text in GERMAN.values() if informal.search(text)] == []
