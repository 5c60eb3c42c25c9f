"""One instrument against its decision tables: outcome, percentages, and every condition, met or not.

An instrument ``x`` is described by the decisions ``x_requirements`` (what has to be met, by law in force),
``x_conditions`` (what is not met), ``x_outside`` (who is not meant) and ``x_shares`` (what it pays). A new legal
change is a new row there, nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from app.decisions.model import DecisionModel
from app.decisions.partial import UNKNOWN, Judged, PartialEvaluation
from app.funding.facts import Facts
from app.funding.rules import COMMON_CONDITIONS

Outcome = Literal["fundable", "review", "not_fundable", "not_applicable"]
RANK: Mapping[str, int] = {"fundable": 0, "review": 1, "not_fundable": 2, "not_applicable": 3}
MODELS: Mapping[str, str] = {
    "sgb3_81_2": "sgb3_82",
    "sgb3_82": "sgb3_82",
    "sgb3_82a": "sgb3_82a",
    "sgb3_106a": "sgb3_106a",
    "sgb3_111a": "sgb3_111a",
    "th_weiterbildungsscheck": "th_weiterbildungsscheck",
    "th_bildungsfreistellung": "th_bildungsfreistellung",
    "afbg": "afbg",
}
"""Instruments in the order in which equal ones are recommended, and the file that describes each."""


@dataclass(frozen=True)
class Condition:
    """Something an instrument asks for. ``met`` is None while a fact is unknown.

    ``hangs_on``: table inputs that may change that.
    """

    code: str
    met: bool | None
    paragraph: str
    text: Mapping[str, str]
    outcome: Outcome = "fundable"
    flag: str = ""
    hangs_on: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judgement:
    """An instrument as assessed; percentages are None while a fact that decides them is unknown."""

    instrument: str
    outcome: Outcome
    conditions: tuple[Condition, ...]
    shares: Mapping[str, Any] | None = field(default_factory=dict)
    law_version: date | None = None
    paid_by: frozenset[str] = frozenset()
    """Table inputs that decide what it pays."""

    @property
    def hangs_on(self) -> frozenset[str]:
        """Table inputs whose change may improve it: those of what it pays, and of the conditions not met."""
        return self.paid_by.union(*(condition.hangs_on for condition in self.conditions))

    @property
    def flags(self) -> list[str]:
        """Ways out beside the outcome: hardship, single_measure, afbg."""
        return sorted({condition.flag for condition in self.conditions if condition.flag})

    def percent(self, name: str) -> Any:
        """One of the percentages, None if unknown or not part of this instrument."""
        return None if self.shares is None else self.shares.get(name)


def judge(instrument: str, model: DecisionModel, facts: Facts, brief: bool = False) -> Judgement:
    """Assess one instrument. Raises DmnError for a value that the tables refuse.

    ``brief``: of the conditions only those that are not met.
    """
    made = PartialEvaluation(model, facts.values, facts.unknown)
    if instrument == "sgb3_81_2":
        return _advanced(made, facts, brief)
    outside = made.rules(f"{instrument}_outside") if f"{instrument}_outside" in model.decisions else []
    if excluded := [_excluded(rule) for rule in outside if rule.certain]:
        return Judgement(instrument, "not_applicable", tuple(excluded), {}, law_version(instrument, model, facts))
    conditions = [*_conditions(made, instrument, brief), *(_excluded(rule) for rule in outside)]
    shares = made.value(f"{instrument}_shares")
    version, paid_by = law_version(instrument, model, facts), _inputs(model, _paying(model, f"{instrument}_shares"))
    return _judgement(instrument, conditions, shares, version, paid_by)


def _advanced(made: PartialEvaluation, facts: Facts, brief: bool) -> Judgement:
    """§ 81(2): its own rules decide who is meant, the other conditions are those it shares with § 82."""
    shares = made.value("sgb3_81_2_shares")
    own = [_note(rule) for rule in made.rules("sgb3_81_2_shares")]
    version = law_version("sgb3_81_2", made.model, facts)
    if isinstance(shares, Mapping) and shares["outcome"] == "not_applicable":
        return Judgement("sgb3_81_2", "not_applicable", tuple(own), {}, version)
    shared = [item for item in _conditions(made, "sgb3_82", brief) if item.code in COMMON_CONDITIONS]
    return _judgement("sgb3_81_2", [*own, *shared], shares, version, frozenset())


def _judgement(
    instrument: str, conditions: list[Condition], shares: Any, version: date | None, paid_by: frozenset[str]
) -> Judgement:
    outcome: Outcome = max((item.outcome for item in conditions), key=RANK.__getitem__, default="fundable")
    known = None if shares is UNKNOWN else shares or {}
    if known is None and outcome == "fundable":
        outcome = "review"
    return Judgement(instrument, outcome, tuple(conditions), known, version, paid_by)


def _conditions(made: PartialEvaluation, instrument: str, brief: bool) -> list[Condition]:
    failed: dict[str, list[Judged]] = {}
    for rule in made.rules(f"{instrument}_conditions"):
        failed.setdefault(rule.outputs["code"], []).append(rule)
    if brief:
        return [_condition(rules[0].outputs, rules) for rules in failed.values()]
    asked = [row.outputs for row in made.rules(f"{instrument}_requirements")]
    return [_condition(row, failed.get(row["code"], [])) for row in asked]


def _condition(asked: Mapping[str, Any], failed: list[Judged]) -> Condition:
    certain = [rule for rule in failed if rule.certain]
    names = frozenset(name for rule in failed for name in rule.names)
    if not failed:
        return Condition(asked["code"], True, asked["paragraph"], _texts(asked))
    if not certain:
        return Condition(asked["code"], None, asked["paragraph"], _texts(asked), "review", hangs_on=names)
    worst = max(certain, key=lambda rule: RANK[rule.outputs["outcome"]])
    row = worst.outputs
    met = None if worst.by_absence else False
    return Condition(row["code"], met, row["paragraph"], _texts(row), row["outcome"], row["flag"], names)


def _excluded(rule: Judged) -> Condition:
    row = rule.outputs
    outcome: Outcome = "not_applicable" if rule.certain else "review"
    met = False if rule.certain else None
    return Condition("target_group", met, row["paragraph"], _texts(row), outcome, hangs_on=rule.names)


def _note(rule: Judged) -> Condition:
    """A rule of § 81(2) as a condition: what it says, and whether it leads to the funding."""
    paragraph, _, text = rule.rule.annotations.get("description", "").partition(": ")
    outcome: Outcome = rule.outputs["outcome"] if rule.certain else "review"
    met = None if not rule.certain or outcome == "review" else outcome == "fundable"
    return Condition(
        "towards_qualification",
        met,
        paragraph,
        {"de": text[:1].upper() + text[1:], "en": rule.outputs["text_en"]},
        outcome,
        hangs_on=rule.names,
    )


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"de": row["text_de"], "en": row["text_en"]}


def law_version(instrument: str, model: DecisionModel, facts: Facts) -> date | None:
    """Since when the law that decided has been in force: the last day up to the reference date on which what the
    instrument pays changed, else on which one of its conditions did.
    """
    for tables in (_paying(model, f"{instrument}_shares"), tuple(model.decisions)):
        days: list[date] = [day for day in model.boundaries("law_date", tables) if day <= facts.values["law_date"]]
        if days:
            return max(days)
    return None


def _inputs(model: DecisionModel, decisions: tuple[str, ...]) -> frozenset[str]:
    """Table inputs that rules of these decisions test."""
    tables = [table for name in decisions if (table := model.decisions[name].table) is not None]
    return frozenset[str]().union(*(names for table in tables for names in table.read_by.values()))


def _paying(model: DecisionModel, decision: str) -> tuple[str, ...]:
    """A decision and those it builds upon."""
    required = model.decisions[decision].requirements or ()
    above = [name for item in required if item.kind == "decision" for name in _paying(model, item.id)]
    return (decision, *above)
