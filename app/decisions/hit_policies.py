"""Hit policies: what a table answers when none, one or several rules match."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.decisions.feel.errors import Message
from app.decisions.feel.node import Scope
from app.decisions.findings import DmnError

if TYPE_CHECKING:
    from app.decisions.table import DecisionTable, Rule


class HitPolicy(Enum):
    """The policies of DMN; the value is the attribute text, aggregation behind a blank."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"
    SUM = "COLLECT SUM"
    MIN = "COLLECT MIN"
    MAX = "COLLECT MAX"
    COUNT = "COLLECT COUNT"

    @property
    def stops_at_first(self) -> bool:
        """Whether the first match decides."""
        return self is HitPolicy.FIRST

    @property
    def is_single(self) -> bool:
        """Whether exactly one answer is expected, so that a gap is a fault."""
        return self in _SINGLE


_SINGLE: Final = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.FIRST, HitPolicy.PRIORITY})


class Hit(NamedTuple):
    """A matching rule with its outputs by column name (FEEL values)."""

    rule: Rule
    outputs: dict[str, object]

    @property
    def value(self) -> object:
        """The output itself if there is one column, else all of them by name."""
        if len(self.outputs) == 1:
            return next(iter(self.outputs.values()))
        return self.outputs


def apply_policy(table: DecisionTable, hits: list[Hit], scope: Scope) -> object:
    """The answer of the table; raises DmnError where the policy forbids this set of matches."""
    if not hits:
        return _nothing(table, scope)
    return _ANSWERS[table.policy](table, hits)


def _refused(table: DecisionTable, en: str, de: str) -> DmnError:
    return DmnError(Message(f"table '{table.name}': {en}", f"Tabelle „{table.name}“: {de}"))


def _nothing(table: DecisionTable, scope: Scope) -> object:
    if any(output.default is not None for output in table.outputs):
        values = {
            output.name: output.default.run(scope) if output.default is not None else None for output in table.outputs
        }
        return next(iter(values.values())) if len(values) == 1 else values
    if table.policy is HitPolicy.COUNT:
        return Decimal(0)
    if table.policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER):
        return [] if table.strict else None
    if table.policy.is_single and table.strict and not table.gaps_acknowledged:
        raise _refused(table, "no rule matches these inputs", "keine Regel passt auf diese Angaben")
    return None


def _unique(table: DecisionTable, hits: list[Hit]) -> object:
    if len(hits) == 1:
        return hits[0].value
    names = ", ".join(hit.rule.name for hit in hits)
    if not table.strict:
        return None
    raise _refused(
        table,
        f"only one rule may match (UNIQUE), but these do: {names}",
        f"nur eine Regel darf passen (UNIQUE), es passen aber: {names}",
    )


def _any(table: DecisionTable, hits: list[Hit]) -> object:
    if all(hit.outputs == hits[0].outputs for hit in hits):
        return hits[0].value
    names = ", ".join(hit.rule.name for hit in hits)
    if not table.strict:
        return None
    raise _refused(
        table,
        f"matching rules must agree (ANY), but these differ: {names}",
        f"passende Regeln müssen dasselbe sagen (ANY), diese tun es nicht: {names}",
    )


def _first(_table: DecisionTable, hits: list[Hit]) -> object:
    return hits[0].value


def _collect(_table: DecisionTable, hits: list[Hit]) -> object:
    return [hit.value for hit in hits]


def _by_priority(table: DecisionTable, hits: list[Hit]) -> list[Hit]:
    def rank(hit: Hit) -> tuple[int, ...]:
        return tuple(
            output.priorities.index(value) if value in output.priorities else len(output.priorities)
            for output, value in zip(table.outputs, hit.outputs.values(), strict=True)
            if output.priorities
        )

    return sorted(hits, key=rank)


def _priority(table: DecisionTable, hits: list[Hit]) -> object:
    return _by_priority(table, hits)[0].value


def _output_order(table: DecisionTable, hits: list[Hit]) -> object:
    return [hit.value for hit in _by_priority(table, hits)]


def _aggregate(combine: Callable[[list[Any]], object]) -> Callable[[DecisionTable, list[Hit]], object]:
    def answer(table: DecisionTable, hits: list[Hit]) -> object:
        values = [hit.value for hit in hits]
        if all(isinstance(value, Decimal) for value in values):
            return combine(values)
        raise _refused(
            table,
            "only numbers can be summed or compared (C+, C<, C>)",
            "nur Zahlen lassen sich zusammenfassen (C+, C<, C>)",
        )

    return answer


_ANSWERS: Final[dict[HitPolicy, Callable[[DecisionTable, list[Hit]], object]]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.ANY: _any,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.RULE_ORDER: _collect,
    HitPolicy.OUTPUT_ORDER: _output_order,
    HitPolicy.COLLECT: _collect,
    HitPolicy.SUM: _aggregate(lambda values: sum(values, Decimal(0))),
    HitPolicy.MIN: _aggregate(min),
    HitPolicy.MAX: _aggregate(max),
    HitPolicy.COUNT: lambda _table, hits: Decimal(len(hits)),
}
