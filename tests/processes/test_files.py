"""Every process file opens and saves without loss in what the modelers are made of; bpmnlint is content."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.bootstrap.node import find_node

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
SCRIPTS = Path(__file__).parent / "node"
MODELS = sorted(path for suffix in ("*.bpmn", "*.dmn") for path in (ROOT / "processes").rglob(suffix))
FORMS = sorted((ROOT / "forms").rglob("*.form"))
APPLICATION = ROOT / "processes" / "training_case" / "application.bpmn"

# Where the standards give the order of children no meaning.
UNORDERED = {"definitions", "process", "subProcess", "BPMNPlane"}

# What the standards say when an attribute is left out; writers may leave it out.
DEFAULTS = {"decisionTable": {"hitPolicy": "UNIQUE"}}

Canonical = tuple[str, tuple[tuple[str, str], ...], str, tuple[Any, ...]]


def canonical(xml: bytes) -> Canonical:
    """The document without what carries no meaning: prefixes, order of attributes, defaults, white space."""
    return _canonical(etree.fromstring(xml, etree.XMLParser(remove_comments=True, resolve_entities=False)))


def _canonical(element: etree._Element) -> Canonical:
    children = [_canonical(child) for child in element]
    if etree.QName(element).localname in UNORDERED:
        children.sort()
    attributes = DEFAULTS.get(etree.QName(element).localname, {}) | {
        str(name): str(value) for name, value in element.attrib.items()
    }
    return str(element.tag), tuple(sorted(attributes.items())), (element.text or "").strip(), tuple(children)


def run_node(script: str, files: list[Path]) -> dict[str, Any]:
    """Run one of the scripts beside this file and return what it prints."""
    command = [str(find_node().program), str(SCRIPTS / script), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def saved() -> dict[str, Any]:
    """Every model, opened and saved once."""
    return run_node("round_trip.mjs", MODELS)


@pytest.fixture(scope="module")
def loaded() -> dict[str, Any]:
    """Every form, loaded once with its examples."""
    return run_node("load_forms.mjs", FORMS)


def test_there_is_something_to_open() -> None:
    assert {path.suffix for path in (*MODELS, *FORMS)} == {".bpmn", ".dmn", ".form"}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_model_opens_and_saves_without_loss(path: Path, saved: dict[str, Any]) -> None:
    result = saved[str(path)]
    assert result["warnings"] == []
    assert result["unknown"] == []
    assert canonical(result["saved"].encode()) == canonical(path.read_bytes())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_loads_and_keeps_its_examples(path: Path, loaded: dict[str, Any]) -> None:
    assert loaded[str(path)] == {"error": None, "warnings": [], "changed": {}}


def test_the_diagrams_pass_every_rule_of_bpmnlint() -> None:
    done = _lint([path for path in MODELS if path.suffix == ".bpmn"])
    assert done.returncode == 0, done.stdout


# --- the checks themselves find what is wrong ---------------------------------------------------


def test_a_misspelt_attribute_and_a_stranger_are_found(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.bpmn"
    text = APPLICATION.read_text("utf-8")
    text = text.replace('camunda:candidateGroups="hr"', 'camunda:candidateGroup="hr"', 1)
    text = text.replace("<bpmn:timerEventDefinition", "<bpmn:clockEventDefinition", 1)
    text = text.replace("</bpmn:timerEventDefinition>", "</bpmn:clockEventDefinition>", 1)
    spoilt.write_text(text, "utf-8")
    result = run_node("round_trip.mjs", [spoilt])[str(spoilt)]
    assert result["unknown"] == ["apply_for_funding camunda:candidateGroup"]
    assert any("clockEventDefinition" in warning for warning in result["warnings"])
    assert canonical(result["saved"].encode()) != canonical(spoilt.read_bytes())


def test_a_form_that_would_lose_something_is_found(tmp_path: Path) -> None:
    lossy, broken = tmp_path / "lossy.form", tmp_path / "broken.form"
    choice = {
        "type": "select",
        "id": "field_a",
        "key": "a",
        "label": "A",
        "values": [{"value": "yes", "label": "Ja"}],
        "properties": {"example": '"maybe"'},
    }
    lossy.write_text(json.dumps({"type": "default", "components": [choice]}), "utf-8")
    broken.write_text(json.dumps({"type": "default", "components": [choice | {"type": "signature"}]}), "utf-8")
    result = run_node("load_forms.mjs", [lossy, broken])
    assert result[str(lossy)]["changed"] == {"a": None}
    assert "signature" in result[str(broken)]["error"]


def test_a_diagram_that_breaks_a_rule_is_found(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.bpmn"
    text = APPLICATION.read_text("utf-8").replace(' name="Widerspruch?"', "", 1)
    spoilt.write_text(text, "utf-8")
    done = _lint([spoilt])
    assert done.returncode == 1
    assert "refusal_path" in done.stdout


def _lint(files: list[Path]) -> subprocess.CompletedProcess[str]:
    script = FRONTEND / "node_modules" / "bpmnlint" / "bin" / "bpmnlint.js"
    command = [str(find_node().program), str(script), "--config", str(ROOT / ".bpmnlintrc"), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, cwd=FRONTEND, timeout=120)
