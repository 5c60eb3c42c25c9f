"""Decisions with facts that nobody knows yet: which rules hold, which do not, and which hang on an unknown fact.

:meth:`DecisionModel.evaluate` refuses an empty value that a table gives no meaning. A calculator must go on: here an
unknown input makes every cell on it undecided (Kleene's strong three-valued logic), so a rule that another cell rules
out stays out, and a decision is known as soon as the unknown facts cannot change it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final

from app.decisions.declared_types import ANYTHING
from app.decisions.feel.api import Expression
from app.decisions.feel.literals import from_feel
from app.decisions.feel.operators import FEEL_CONTEXT
from app.decisions.feel.values import host_value, to_feel
from app.decisions.hit_policies import HitPolicy
from app.decisions.model import Decision, DecisionModel
from app.decisions.table import DecisionTable, Rule


class _Unknown:
    """The value of what hangs on an unknown fact."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule that holds (``certain``) or may hold, with its outputs; ``by_absence``: because a fact was left empty.
    ``names``: what decides whether it holds.
    """

    rule: Rule
    certain: bool
    outputs: Mapping[str, Any]
    by_absence: bool = False
    names: frozenset[str] = frozenset()


class PartialEvaluation:
    """One set of inputs against one model. ``unknown``: names of inputs whose value nobody has given.

    Values are kept once made, so asking for several decisions that share others costs little. Raises DmnError for a
    value that the model refuses.
    """

    def __init__(self, model: DecisionModel, inputs: Mapping[str, object], unknown: frozenset[str]) -> None:
        self.model, self.inputs, self.unknown = model, inputs, unknown
        self._made: dict[str, Any] = {}
        self._given: dict[str, Any] = {}

    def value(self, decision_id: str) -> Any:
        """Its value as case data, or :data:`UNKNOWN`."""
        with localcontext(FEEL_CONTEXT):
            found = self._value(self.model.decisions[decision_id])
        return found if found is UNKNOWN else from_feel(found)

    def rules(self, decision_id: str) -> list[Judged]:
        """The rules of a table that hold or may hold, in their order."""
        with localcontext(FEEL_CONTEXT):
            decision = self.model.decisions[decision_id]
            assert decision.table is not None
            return list(self._judged(decision.table, self._scope(decision)))

    def _value(self, decision: Decision) -> Any:
        if decision.id not in self._made:
            scope = self._scope(decision)
            if decision.table is not None:
                self._made[decision.id] = self._of_table(decision.table, scope)
            else:
                assert isinstance(decision.logic, Expression)
                self._made[decision.id] = _run(decision.logic, scope)
        return self._made[decision.id]

    def _scope(self, decision: Decision) -> dict[str, Any]:
        scope: dict[str, Any] = dict(self.model.functions)
        for requirement in decision.requirements or ():
            if requirement.kind == "decision":
                scope[requirement.name] = self._value(self.model.decisions[requirement.id])
            elif requirement.name in self.unknown:
                scope[requirement.name] = UNKNOWN
            else:
                scope[requirement.name] = self._input(requirement.name, requirement.type)
        return scope

    def _input(self, name: str, declared: Any = ANYTHING) -> Any:
        if name not in self._given:
            self._given[name] = self.model.accepted(name, self.inputs[name], declared)
        return self._given[name]

    def _of_table(self, table: DecisionTable, scope: Mapping[str, Any]) -> Any:
        judged = list(self._judged(table, scope))
        if any(not item.certain for item in judged):
            return UNKNOWN
        values = [item.outputs for item in judged]
        if any(value is UNKNOWN for outputs in values for value in outputs.values()):
            return UNKNOWN
        single: list[Any] = [next(iter(outputs.values())) if len(outputs) == 1 else dict(outputs) for outputs in values]
        if table.policy is HitPolicy.SUM:
            return sum((Decimal(value) for value in single), Decimal(0)) if single else None
        if table.policy.is_single:
            return to_feel(single[0]) if single else None
        return single

    def _judged(self, table: DecisionTable, scope: Mapping[str, Any]) -> Iterator[Judged]:
        values: list[Any] = [None] * len(table.columns)
        for index, column in enumerate(table.columns):
            hidden = any(scope.get(name) is UNKNOWN for name in column.expression.names)
            values[index] = UNKNOWN if hidden else column.value(scope, False)
        for rule, tests in table.tests:
            certain, absent = True, False
            for index, cell in tests:
                value = values[index]
                if value is UNKNOWN or (value is None and not table.columns[index].allows_null):
                    certain = False
                elif cell.run(value, scope) is not True:
                    break
                else:
                    absent = absent or value is None
            else:
                yield Judged(rule, certain, self._outputs(table, rule, scope), absent, table.read_by[rule.id])

    def _outputs(self, table: DecisionTable, rule: Rule, scope: Mapping[str, Any]) -> Mapping[str, Any]:
        if (known := table.constant_outputs.get(rule.id)) is not None:
            return known
        found: dict[str, Any] = {}
        for column, expression in zip(table.outputs, rule.outputs, strict=True):
            value = _run(expression, scope)
            found[column.name] = value if value is UNKNOWN else from_feel(value)
        return found


def _run(expression: Expression, scope: Mapping[str, Any]) -> Any:
    """The value of an expression, :data:`UNKNOWN` if it reads something unknown."""
    if not expression.names:
        return host_value(expression.run(scope))
    if any(scope.get(name) is UNKNOWN for name in expression.names):
        return UNKNOWN
    return host_value(expression.run(scope))
