"""Rules of decision tables that tell what they test: "from 45 years or severely disabled" needs no value beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock

from app.decisions.table import DecisionTable, Rule
from app.engine.catalogue import LoadedDefinition

_known: dict[str, frozenset[str]] = {}
_lock = Lock()


def telling_rules(definition: LoadedDefinition, classes: Mapping[str, str]) -> frozenset[str]:
    """Ids of rules that test a ``special`` input, and the constant ``code`` they give; found once per definition."""
    found = _known.get(definition.hash)
    if found is None:
        found = frozenset(_find(definition, classes))
        with _lock:
            _known[definition.hash] = found
    return found


def _find(definition: LoadedDefinition, classes: Mapping[str, str]) -> Iterator[str]:
    special = {name for source in (classes, definition.sensitivity) for name in source if source[name] == "special"}
    for model in {id(model): model for model in definition.decisions.values()}.values():
        for decision in model.decisions.values():
            if decision.table is not None:
                yield from _in_table(decision.table, special)


def _in_table(table: DecisionTable, special: set[str]) -> Iterator[str]:
    columns = [index for index, column in enumerate(table.columns) if column.expression.names & special]
    for rule in table.rules:
        if any(not rule.cells[index].anything for index in columns) or any(cell.names & special for cell in rule.cells):
            yield rule.id
            yield from _codes(table, rule)


def _codes(table: DecisionTable, rule: Rule) -> Iterator[str]:
    for column, output in zip(table.outputs, rule.outputs, strict=True):
        if column.name == "code" and output.is_constant:
            yield str(output.run({}))
