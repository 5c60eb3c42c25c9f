"""One participant against the decision tables: instrument, shares and reasons (German, with paragraph)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.decisions.evidence import Evaluation
from app.funding.rules import COMMON_CONDITIONS, Instrument, Outcome, choose, stricter

Decide = Callable[[str, Mapping[str, Any]], Evaluation]
Reason = dict[str, Any]

MISSING = {
    "course_start": ("§ 324 Abs. 1 SGB III", "Der Kursbeginn fehlt."),
    "hours": ("§ 82 Abs. 1 SGB III", "Die Zahl der Kursstunden fehlt."),
    "weighted_headcount": ("§ 82 Abs. 2 SGB III", "Die Zahl der Beschäftigten fehlt."),
    "age_45_or_disabled": ("§ 82 Abs. 2 SGB III", "Das Geburtsdatum fehlt."),
}
"""Without these no table can decide. A form may leave them empty: that is a review, not an error."""

SHORT_TIME_NOTE: Mapping[str, Any] = {
    "code": "no_double_claim",
    "outcome": "note",
    "flag": None,
    "paragraph": "§ 82 Abs. 3 SGB III",
    "text": "Für Stunden, für die Kurzarbeitergeld gezahlt wird, gibt es keinen Arbeitsentgeltzuschuss.",
}


def assess(decide: Decide, inputs: Mapping[str, Any]) -> Instrument:
    """Evaluate § 82 and § 81(2) SGB III for one participant; ``inputs`` by the names of ``sgb3_82.dmn``.

    ``decide`` makes a decision of the case's definition. Raises DmnError for inputs the tables refuse.
    """
    missing = [_missing(name) for name in MISSING if inputs.get(name) is None]
    if missing:
        return Instrument("sgb3_82", "review", 0, 0, tuple(missing))
    result = decide("sgb3_82_outcome", inputs)
    conditions = [_condition(row) for row in _value_of("sgb3_82_conditions", result) or []]
    general = _sgb3_82(decide("sgb3_82_shares", inputs), result.value, conditions)
    found = choose(_sgb3_81_2(decide("sgb3_81_2_shares", inputs), conditions), general)
    if not inputs["starts_in_short_time"]:
        return found
    return replace(found, reasons=(*found.reasons, SHORT_TIME_NOTE))


def _sgb3_82(shares: Evaluation, outcome: Any, conditions: list[Reason]) -> Instrument:
    value = shares.value if isinstance(shares.value, dict) else {}
    return Instrument(
        "sgb3_82",
        outcome,
        value.get("course_cost_percent") or 0,
        value.get("wage_subsidy_percent") or 0,
        (*conditions, *_shares(shares)),
    )


def _sgb3_81_2(shares: Evaluation, conditions: list[Reason]) -> Instrument | None:
    """§ 81(2) with the conditions it shares with § 82, None where it does not apply."""
    value = shares.value
    if not isinstance(value, dict) or value["outcome"] == "not_applicable":
        return None
    shared = [reason for reason in conditions if reason["code"] in COMMON_CONDITIONS]
    outcome: Outcome = value["outcome"]
    for reason in shared:
        outcome = stricter(outcome, reason["outcome"])
    own = [{**reason, "outcome": value["outcome"]} for reason in _shares(shares)]
    percents = value["course_cost_percent"], value["wage_subsidy_percent"]
    return Instrument("sgb3_81_2", outcome, *percents, (*shared, *own))


def _condition(row: Mapping[str, Any]) -> Reason:
    return {
        "code": row["code"],
        "outcome": row["outcome"],
        "flag": row["flag"] or None,
        "paragraph": row["paragraph"],
        "text": row["text_de"],
    }


def _shares(evaluation: Evaluation) -> list[Reason]:
    """The notes of the rules that gave the shares, those a decision builds upon first."""
    return [
        _note(rule.rule_id, rule.annotations["description"])
        for made in _made(evaluation)
        for rule in made.matched
        if "description" in rule.annotations
    ]


def _note(code: str, description: str) -> Reason:
    """``§ 82 Abs. 2 SGB III (…): unter 50 …`` → paragraph and text."""
    paragraph, _, text = description.partition(": ")
    if not text:
        paragraph, text = "", description
    return {"code": code, "outcome": "note", "flag": None, "paragraph": paragraph, "text": text}


def _missing(name: str) -> Reason:
    paragraph, text = MISSING[name]
    code = f"{name}_missing"
    return {"code": code, "outcome": "review", "flag": None, "paragraph": paragraph, "text": text}


def _made(evaluation: Evaluation) -> Iterator[Evaluation]:
    for required in evaluation.required:
        yield from _made(required)
    yield evaluation


def _value_of(decision: str, evaluation: Evaluation) -> Any:
    return next((made.value for made in _made(evaluation) if made.decision_id == decision), None)
