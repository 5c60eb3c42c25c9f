"""The documents as data: their files, tables, links, and the code they name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.platform.settings import ROOT

ADR = ROOT / "docs" / "adr"
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
FOLDERS = "app|processes|forms|migrations|bench|frontend|docs|tests|requirements"
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"[<*…{$]")


def text_of(document: Path) -> str:
    """The text of a document."""
    return document.read_text("utf-8")


def prose(text: str) -> str:
    """The text without its blocks of code."""
    return _FENCE.sub("", text)


def code_words(text: str) -> list[str]:
    """What stands between backticks outside blocks of code."""
    return _CODE.findall(prose(text))


def section(text: str, heading: str) -> str:
    """What stands below ``heading`` up to the next one, whatever its level."""
    match = re.search(rf"^#+ +{re.escape(heading)}$(.*?)(?=^#+ |\Z)", prose(text), re.MULTILINE | re.DOTALL)
    assert match is not None, f"no heading {heading}"
    return match.group(1)


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows in ``text``, without head and rule."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("|") and not _is_rule(line) and not _is_rule(following):
            found.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return found


def _is_rule(line: str) -> bool:
    return re.fullmatch(r"\|[\s:|-]+\|", line.strip()) is not None


def unquoted(cell: str) -> str:
    """The first code word of a cell."""
    words = _CODE.findall(cell)
    assert words, f"no code name in {cell!r}"
    return str(words[0])


def dead_links(document: Path, text: str) -> Iterator[str]:
    """Relative links of a document that lead nowhere, their heading included."""
    for target in _LINK.findall(prose(text)):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (document.parent / name).resolve() if name else document
        if not file.exists() or (anchor and anchor not in _anchors(text if file == document else text_of(file))):
            yield target


def _anchors(text: str) -> set[str]:
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in _HEADING.findall(prose(text))}


def missing_references(text: str) -> Iterator[str]:
    """Files, and names in files (``file.py::name``), that a text mentions and that do not exist."""
    for word in code_words(text):
        path, _, name = word.partition("::")
        if not re.match(rf"({FOLDERS})/", path) or _PLACEHOLDER.search(word) or " " in word:
            continue
        file = ROOT / path
        if not file.exists() or (name and name not in names_in(file)):
            yield word


@cache
def names_in(file: Path) -> frozenset[str]:
    """Classes, functions, methods and module variables that a Python file defines."""
    found: set[str] = set()
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            found.update(target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found.add(statement.target.id)
    return frozenset(found)
