"""A loaded DMN file: its decisions, and how they are made in the order they require each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any, Literal

from app.decisions.declared_types import ANYTHING, DeclaredType
from app.decisions.evidence import Evaluation, MatchedRule
from app.decisions.feel.api import Expression
from app.decisions.feel.errors import FeelError, Message, RefusedError
from app.decisions.feel.literals import from_feel
from app.decisions.feel.node import Scope
from app.decisions.feel.operators import FEEL_CONTEXT
from app.decisions.feel.properties import property_of
from app.decisions.feel.values import YearsMonths, host_value, to_feel
from app.decisions.findings import DmnError, Finding
from app.decisions.table import DecisionTable
from app.decisions.witness import ends_of


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a decision builds upon: an input, or another decision. `name` is what its expressions call it."""

    kind: Literal["input", "decision"]
    id: str
    name: str
    type: DeclaredType = ANYTHING


@dataclass(frozen=True, slots=True)
class BusinessFunction:
    """A business knowledge model: a named expression with parameters, callable from expressions."""

    name: str
    parameters: tuple[str, ...]
    body: Expression
    is_feel_function: bool = True

    def __call__(self, *arguments: object) -> object:
        """Its value; raises RefusedError for a wrong number of arguments."""
        if len(arguments) != len(self.parameters):
            raise RefusedError(
                f"{self.name}() takes {len(self.parameters)} values",
                f"{self.name}() nimmt {len(self.parameters)} Werte",
            )
        return self.body.run(dict(zip(self.parameters, arguments, strict=True)))


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the file: a table or a literal expression.

    `requirements` is None where the file draws none: then every input given is visible. `paths` is what its
    cells and outputs read, for the evidence.
    """

    id: str
    name: str
    logic: DecisionTable | Expression
    requirements: tuple[Requirement, ...] | None
    paths: frozenset[tuple[str, ...]] = frozenset()
    type: DeclaredType = ANYTHING
    description: str = ""

    @property
    def table(self) -> DecisionTable | None:
        """Its table, None for a literal expression."""
        return self.logic if isinstance(self.logic, DecisionTable) else None


@dataclass(frozen=True)
class DecisionModel:
    """A loaded DMN file; immutable, shared between threads. `hash` is the SHA-256 of its bytes."""

    filename: str
    hash: str
    decisions: Mapping[str, Decision]
    functions: Mapping[str, BusinessFunction] = field(default_factory=dict)
    warnings: tuple[Finding, ...] = ()
    strict: bool = True

    def evaluate(self, decision_id: str, inputs: Mapping[str, object]) -> Evaluation:
        """Make a decision from host values: int, Decimal, str, bool, date (ISO text where one is declared).

        Inputs the decision does not declare are not visible to it. Raises DmnError naming the input, or
        table, rule, column and position.
        """
        with localcontext(FEEL_CONTEXT):
            return self._evaluation(self._decision(decision_id), inputs, {})[0]

    def required_inputs(self, decision_id: str) -> frozenset[str]:
        """Names of the inputs a decision and all it builds upon declare."""
        decision = self._decision(decision_id)
        names: set[str] = set()
        for requirement in decision.requirements or ():
            if requirement.kind == "input":
                names.add(requirement.name)
            else:
                names |= self.required_inputs(requirement.id)
        return frozenset(names)

    def boundaries(self, column: str, decisions: tuple[str, ...] | None = None) -> tuple[Any, ...]:
        """Numbers, dates and durations (FEEL values) at which tables change their mind about a column, by its text."""
        tables = self.decisions if decisions is None else decisions
        return tuple(sorted({value for name in tables for value in self._boundaries[name].get(column, ())}))

    @cached_property
    def columns(self) -> frozenset[str]:
        """Texts of all input columns."""
        return frozenset(text for columns in self._boundaries.values() for text in columns)

    @cached_property
    def _boundaries(self) -> Mapping[str, Mapping[str, frozenset[Any]]]:
        return {name: _ends_by_column(decision.table) for name, decision in self.decisions.items()}

    def _decision(self, decision_id: str) -> Decision:
        decision = self.decisions.get(decision_id)
        if decision is None:
            raise DmnError(
                Message(
                    f"{self.filename} has no decision '{decision_id}'",
                    f"{self.filename} enthält keine Entscheidung „{decision_id}“",
                )
            )
        return decision

    def _evaluation(
        self, decision: Decision, inputs: Mapping[str, object], made: dict[str, tuple[Evaluation, object]]
    ) -> tuple[Evaluation, object]:
        if decision.id not in made:
            scope, required = self._scope(decision, inputs, made)
            made[decision.id] = self._made(decision, scope, required)
        return made[decision.id]

    def _scope(
        self, decision: Decision, inputs: Mapping[str, object], made: dict[str, tuple[Evaluation, object]]
    ) -> tuple[dict[str, object], list[Evaluation]]:
        scope: dict[str, object] = dict(self.functions)
        required: list[Evaluation] = []
        if decision.requirements is None:
            scope.update({name: self.accepted(name, value, ANYTHING) for name, value in inputs.items()})
        for requirement in decision.requirements or ():
            if requirement.kind == "input":
                scope[requirement.name] = self._input(requirement, inputs)
            else:
                evaluation, value = self._evaluation(self.decisions[requirement.id], inputs, made)
                required.append(evaluation)
                scope[requirement.name] = value
        return scope, required

    def _input(self, requirement: Requirement, inputs: Mapping[str, object]) -> object:
        for key in (requirement.name, requirement.id):
            if key in inputs:
                return self.accepted(requirement.name, inputs[key], requirement.type)
        if not self.strict:
            return None
        raise DmnError(Message(f"the input '{requirement.name}' is missing", f"die Angabe „{requirement.name}“ fehlt"))

    def accepted(self, name: str, value: object, declared: DeclaredType) -> object:
        """A host value as the FEEL value of that type; raises DmnError naming the input (lenient mode: null)."""
        try:
            return declared.accept(to_feel(value))
        except (RefusedError, FeelError) as error:
            if not self.strict:
                return None
            message = error.as_message() if isinstance(error, FeelError) else error.message
            raise DmnError(Message(f"input '{name}': {message.en}", f"Angabe „{name}“: {message.de}")) from None

    def _made(self, decision: Decision, scope: Scope, required: list[Evaluation]) -> tuple[Evaluation, object]:
        if isinstance(decision.logic, DecisionTable):
            result = decision.logic.evaluate(scope)
            value = result.value
            matched = tuple(
                MatchedRule(
                    hit.rule.id,
                    hit.rule.index,
                    hit.rule.annotations,
                    {name: from_feel(output) for name, output in hit.outputs.items()},
                )
                for hit in result.hits
            )
            used = {text: from_feel(column) for text, column in result.columns.items()}
            policy = decision.logic.policy.value
        else:
            value, matched, used, policy = self._literal(decision, decision.logic, scope), (), {}, ""
        evaluation = Evaluation(
            decision_id=decision.id,
            decision_name=decision.name,
            value=from_feel(value),
            inputs=used | _read(decision, scope),
            matched=matched,
            model_hash=self.hash,
            hit_policy=policy,
            required=tuple(required),
        )
        return evaluation, value

    def _literal(self, decision: Decision, expression: Expression, scope: Scope) -> object:
        try:
            return decision.type.accept(host_value(expression.run(scope)))
        except (FeelError, RefusedError) as error:
            if not self.strict:
                return None
            message = error.as_message() if isinstance(error, FeelError) else error.message
            en, de = f"decision '{decision.name}'", f"Entscheidung „{decision.name}“"
            raise DmnError(Message(f"{en}: {message.en}", f"{de}: {message.de}")) from None


def _ends_by_column(table: DecisionTable | None) -> dict[str, frozenset[Any]]:
    found: dict[str, frozenset[Any]] = {}
    for index, column in enumerate(table.columns if table else ()):
        constants = [constant for rule in table.rules for constant in rule.cells[index].constants] if table else []
        ends = {end for constant in constants for end in ends_of(constant)}
        ordered = frozenset(end for end in ends if isinstance(end, Decimal | date | YearsMonths))
        found[column.expression.text] = found.get(column.expression.text, frozenset()) | ordered
    return found


def _read(decision: Decision, scope: Scope) -> dict[str, object]:
    """What the cells, outputs or the literal expression read, by dotted name; absent parts are left out."""
    found: dict[str, object] = {}
    for path in decision.paths:
        value = scope.get(path[0])
        if isinstance(value, BusinessFunction):
            continue
        try:
            for key in path[1:]:
                value = property_of(value, key)
            found[".".join(path)] = from_feel(value)
        except (RefusedError, FeelError):
            continue
    return found
