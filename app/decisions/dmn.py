"""DMN 1.3 decision models: load, check, evaluate with evidence.

The dialect is Camunda Modeler's: decision tables and literal expressions in FEEL, connected by information
requirements. What may be wrong with a file is found when it is loaded, all of it at once.
"""

from __future__ import annotations

from functools import lru_cache

from app.decisions.evidence import ENGINE_VERSION, Evaluation, MatchedRule
from app.decisions.findings import DmnError, Finding
from app.decisions.model import Decision, DecisionModel
from app.decisions.model_reader import ModelReader

__all__ = [
    "ENGINE_VERSION",
    "Decision",
    "DecisionModel",
    "DmnError",
    "Evaluation",
    "Finding",
    "MatchedRule",
    "check_model",
    "load_model",
]


def check_model(data: bytes, filename: str) -> list[Finding]:
    """Everything found in a DMN file, warnings included, in the order of its lines; empty if all is well."""
    findings = ModelReader(data, filename, strict=True).reading.findings
    return sorted(findings, key=lambda finding: finding.line)


@lru_cache(maxsize=64)
def load_model(data: bytes, filename: str) -> DecisionModel:
    """The decision model of a DMN file; raises DmnError with all findings if one of them is an error."""
    reader = ModelReader(data, filename, strict=True)
    if reader.model is None:
        raise DmnError.of_findings(filename, reader.reading.errors)
    return reader.model
