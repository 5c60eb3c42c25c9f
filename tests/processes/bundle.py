"""The files of the training case, read once for the tests of their structure."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from .diagram_model import BPMN, NODES

ROOT = Path(__file__).parents[2]
PROCESS = ROOT / "processes" / "training_case"
FORMS = ROOT / "forms" / "training_case"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


@cache
def manifest() -> dict[str, Any]:
    """``process.toml``."""
    return tomllib.loads((PROCESS / "process.toml").read_text("utf-8"))


@cache
def processes() -> dict[str, etree._Element]:
    """File stem -> the one process in that file."""
    found = {}
    for path in sorted(PROCESS.glob("*.bpmn")):
        (process,) = etree.fromstring(path.read_bytes()).findall(BPMN + "process")
        found[path.stem] = process
    return found


@cache
def scenarios() -> dict[str, dict[str, Any]]:
    """File stem -> scenario."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((PROCESS / "scenarios").glob("*.json"))}


def elements(*tags: str) -> Iterator[etree._Element]:
    """Every element of the bundle with one of these BPMN tags."""
    for process in processes().values():
        yield from process.iter(*(BPMN + tag for tag in tags))


def nodes() -> Iterator[etree._Element]:
    """Every flow node of the bundle."""
    for process in processes().values():
        yield from process.iter(*NODES)


def ids(*tags: str) -> set[str]:
    """The ids of every element with one of these BPMN tags."""
    return {element.attrib["id"] for element in elements(*tags)}


def properties(task: etree._Element) -> dict[str, str]:
    """The extension properties of a task, as the Modeler's panel shows them."""
    path = f"{BPMN}extensionElements/{CAMUNDA}properties/{CAMUNDA}property"
    return {found.attrib["name"]: found.attrib["value"] for found in task.findall(path)}
