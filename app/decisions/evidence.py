"""What a decision leaves behind: its value, why, from which inputs and by which file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.decisions.feel.literals import format_number

ENGINE_VERSION: Final = "1"


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched: its id, its 1-based place in the table, its notes and what it gave (case data)."""

    rule_id: str
    index: int
    annotations: Mapping[str, str]
    outputs: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One decision made. All values are case data (see `from_feel`), so they can be stored as they are.

    `inputs` holds only what the decision read; `required` the decisions it built upon, in the order they were
    made. `hit_policy` is empty for a literal expression.
    """

    decision_id: str
    decision_name: str
    value: object
    inputs: Mapping[str, object]
    matched: tuple[MatchedRule, ...]
    model_hash: str
    engine_version: str = ENGINE_VERSION
    hit_policy: str = ""
    required: tuple[Evaluation, ...] = ()

    def all_matched(self) -> tuple[MatchedRule, ...]:
        """The rules that matched, those of the required decisions first, each decision once."""
        seen: dict[str, tuple[MatchedRule, ...]] = {}
        self._collect(seen)
        return tuple(rule for rules in seen.values() for rule in rules)

    def _collect(self, seen: dict[str, tuple[MatchedRule, ...]]) -> None:
        for evaluation in self.required:
            evaluation._collect(seen)
        seen.setdefault(self.decision_id, self.matched)

    def as_record(self) -> dict[str, object]:
        """The evidence as plain JSON data; a number with a fraction becomes text, so nothing is lost."""
        return {
            "decision_id": self.decision_id,
            "decision_name": self.decision_name,
            "value": _plain(self.value),
            "inputs": _plain(dict(self.inputs)),
            "hit_policy": self.hit_policy,
            "matched": [
                {
                    "rule_id": rule.rule_id,
                    "index": rule.index,
                    "annotations": dict(rule.annotations),
                    "outputs": _plain(dict(rule.outputs)),
                }
                for rule in self.matched
            ],
            "model_hash": self.model_hash,
            "engine_version": self.engine_version,
            "required": [evaluation.as_record() for evaluation in self.required],
        }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
