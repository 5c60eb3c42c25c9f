"""A decision table: columns, rules, and which rules match a set of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import localcontext
from functools import cached_property

from app.decisions.declared_types import ANYTHING, DeclaredType, not_allowed
from app.decisions.feel.api import Expression, UnaryTests
from app.decisions.feel.errors import FeelError, Message, RefusedError
from app.decisions.feel.literals import from_feel
from app.decisions.feel.node import Scope
from app.decisions.feel.operators import FEEL_CONTEXT
from app.decisions.feel.values import host_value
from app.decisions.findings import DmnError
from app.decisions.hit_policies import Hit, HitPolicy, apply_policy


@dataclass(frozen=True, slots=True)
class InputColumn:
    """An input column. `allows_null`: some cell of it, or its allowed values, name null."""

    id: str
    label: str
    expression: Expression
    type: DeclaredType = ANYTHING
    allowed: UnaryTests | None = None
    allows_null: bool = False

    def value(self, scope: Scope, strict: bool) -> object:
        """The value the rules test; raises RefusedError or FeelError where the column does not take it."""
        value = self.type.accept(self.expression.run(scope))
        if value is None and not self.allows_null and strict:
            raise RefusedError(
                "the value is empty (null), and no rule says what that means",
                "der Wert fehlt (null), und keine Regel sagt, was dann gilt",
            )
        outside = self.allowed is not None and value is not None and self.allowed.run(value, scope) is not True
        if outside and self.allowed is not None:
            raise not_allowed(value, self.allowed)
        return value


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output column; `priorities` are its values from most to least important."""

    id: str
    name: str
    type: DeclaredType = ANYTHING
    allowed: UnaryTests | None = None
    default: Expression | None = None
    priorities: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: one cell for each input column, one expression for each output. `index` counts from 1."""

    id: str
    index: int
    line: int
    cells: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotations: Mapping[str, str]

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"{self.index} ({self.id})"


@dataclass(frozen=True)
class TableResult:
    """What a table decided: value, matching rules, and the value of every input column by its text."""

    value: object
    hits: list[Hit]
    columns: dict[str, object]


@dataclass(frozen=True)
class DecisionTable:
    """A compiled table; immutable, shared between threads."""

    id: str
    name: str
    policy: HitPolicy
    columns: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    gaps_acknowledged: str = ""
    strict: bool = True
    line: int = field(default=1, compare=False)

    @cached_property
    def tests(self) -> tuple[tuple[Rule, tuple[tuple[int, UnaryTests], ...]], ...]:
        """Every rule with the cells that decide about it, by number of their column."""
        return tuple(
            (rule, tuple((index, cell) for index, cell in enumerate(rule.cells) if not cell.anything))
            for rule in self.rules
        )

    @cached_property
    def read_by(self) -> Mapping[str, frozenset[str]]:
        """Names that decide whether a rule matches, by id of the rule."""
        return {
            rule.id: frozenset(name for index, _ in tests for name in self.columns[index].expression.names)
            for rule, tests in self.tests
        }

    @cached_property
    def constant_outputs(self) -> Mapping[str, Mapping[str, object]]:
        """Outputs (case data) of the rules whose outputs read nothing, by id of the rule."""
        with localcontext(FEEL_CONTEXT):
            return {
                rule.id: {
                    column.name: from_feel(host_value(expression.run({})))
                    for column, expression in zip(self.outputs, rule.outputs, strict=True)
                }
                for rule in self.rules
                if all(expression.is_constant for expression in rule.outputs)
            }

    def evaluate(self, scope: Scope) -> TableResult:
        """Find the matching rules and apply the hit policy. Raises DmnError naming table, rule and column."""
        values = [self._column_value(column, scope) for column in self.columns]
        hits: list[Hit] = []
        for rule, tests in self.tests:
            for index, cell in tests:
                try:
                    if cell.run(values[index], scope) is not True:
                        break
                except FeelError as error:
                    raise self._wrong(error, rule, self.columns[index].label) from None
            else:
                hits.append(self._hit(rule, scope))
                if self.policy.stops_at_first:
                    break
        columns = {column.expression.text: value for column, value in zip(self.columns, values, strict=True)}
        return TableResult(apply_policy(self, hits, scope), hits, columns)

    def _column_value(self, column: InputColumn, scope: Scope) -> object:
        try:
            return column.value(scope, self.strict)
        except (FeelError, RefusedError) as error:
            if not self.strict:
                return None
            raise self._wrong(error, None, column.label) from None

    def _hit(self, rule: Rule, scope: Scope) -> Hit:
        outputs: dict[str, object] = {}
        for column, expression in zip(self.outputs, rule.outputs, strict=True):
            try:
                value = expression.run(scope)
                outputs[column.name] = host_value(value if expression.is_constant else column.type.accept(value))
            except (FeelError, RefusedError) as error:
                raise self._wrong(error, rule, column.name) from None
        return Hit(rule, outputs)

    def _wrong(self, error: FeelError | RefusedError, rule: Rule | None, column: str) -> DmnError:
        message = error.as_message() if isinstance(error, FeelError) else error.message
        en, de = f"table '{self.name}'", f"Tabelle „{self.name}“"
        if rule is not None:
            en, de = f"{en}, rule {rule.name}", f"{de}, Regel {rule.name}"
        return DmnError(Message(f"{en}, column '{column}': {message.en}", f"{de}, Spalte „{column}“: {message.de}"))
