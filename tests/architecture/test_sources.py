"""House rules that no linter knows: docstrings, lengths, one place for the commit and one for the clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.platform.settings import ROOT

APP = ROOT / "app"
SOURCES = sorted(APP.rglob("*.py"))
MAX_LINES = 300
COMMITS_IN = "app/platform/"
CLOCK = "app/platform/clock.py"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def public_definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Classes and functions of a module and methods of its classes whose names do not begin with an underscore."""
    pending: list[tuple[str, ast.AST]] = [("", tree)]
    while pending:
        prefix, parent = pending.pop()
        for node in ast.iter_child_nodes(parent):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name[0] == "_":
                continue
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                pending.append((f"{prefix}{node.name}.", node))


def inherited(tree: ast.Module) -> set[str]:
    """Methods that a base class in the same file has described already."""
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def described(name: str) -> set[str]:
        owner = classes.get(name)
        if owner is None:
            return set()
        own = {node.name for node in owner.body if isinstance(node, ast.FunctionDef) and ast.get_docstring(node)}
        return own.union(*(described(base.id) for base in owner.bases if isinstance(base, ast.Name)))

    return {
        f"{name}.{method}"
        for name, node in classes.items()
        for base in node.bases
        if isinstance(base, ast.Name)
        for method in described(base.id)
    }


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_what_is_public_says_what_it_does(path: Path) -> None:
    tree = tree_of(path)
    silent = [] if ast.get_docstring(tree) else ["the module"]
    silent += [name for name, node in public_definitions(tree) if not ast.get_docstring(node)]  # type: ignore[arg-type]
    assert set(silent) <= inherited(tree)


def test_no_file_is_too_long_to_read() -> None:
    long = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > MAX_LINES} == {}


def test_only_the_platform_commits() -> None:
    found = {
        name_of(path)
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    }
    assert found
    assert {name for name in found if not name.startswith(COMMITS_IN)} == set()


def test_only_the_clock_reads_the_clock() -> None:
    readers = {
        name_of(path)
        for path in SOURCES
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and (call.func.attr in ("now", "utcnow", "today"))
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ("datetime", "date")
    }
    assert readers == {CLOCK}


def test_there_is_no_drawer_for_everything() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert [name_of(path) for path in SOURCES if path.name in drawers] == []


def test_every_migration_is_reached_from_the_newest() -> None:
    """One line of migrations, without a fork."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
