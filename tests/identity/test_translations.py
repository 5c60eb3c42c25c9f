"""Every message of the platform and identity rooms has its German text."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import app
from app.platform.problems import Problem

ROOMS = ["identity", "platform"]


def folder(room: str) -> Path:
    return Path(app.__path__[0]) / room


def messages_in(room: str) -> set[str]:
    """Docstrings of problems and the literals handed to gettext."""
    found = set()
    for info in pkgutil.iter_modules([str(folder(room))]):
        importlib.import_module(f"app.{room}.{info.name}")
    for problem in subclasses(Problem):
        if problem.__module__.startswith(f"app.{room}."):
            found.add(problem.message_id())
    for path in folder(room).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if is_gettext(node):
                found.add(str(node.args[0].value))
    return found


def is_gettext(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "_l")
    return called and isinstance(node.args[0], ast.Constant)


def subclasses(kind: type[Problem]) -> Iterator[type[Problem]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


def catalogue(room: str) -> Catalog:
    path = folder(room) / "translations/de/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, "de")


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_has_a_german_text_and_no_text_is_left_over(room: str) -> None:
    translated = {str(message.id) for message in catalogue(room) if message.id and message.string}
    assert translated == messages_in(room)


@pytest.mark.parametrize("room", ROOMS)
def test_every_german_text_fills_in_the_same_values(room: str) -> None:
    for message in catalogue(room):
        assert not list(message.check(catalogue(room))), message.id
