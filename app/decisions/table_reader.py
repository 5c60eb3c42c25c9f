"""From the XML of a `<decisionTable>` to a compiled table, collecting every finding on the way."""

from __future__ import annotations

from typing import Final

from app.decisions.declared_types import DeclaredType, not_allowed
from app.decisions.feel.api import Expression, UnaryTests
from app.decisions.feel.errors import FeelError, RefusedError
from app.decisions.hit_policies import HitPolicy
from app.decisions.reading import Reading
from app.decisions.table import DecisionTable, InputColumn, OutputColumn, Rule
from app.decisions.xml_source import Element, child, children, line_of, text_of, texts

MAX_RULES: Final = 500
MAX_COLUMNS: Final = 40


def read_table(reading: Reading, element: Element, owner: str, acknowledged: str) -> DecisionTable | None:
    """The compiled table of the decision called `owner`; None where something is too broken to go on."""
    before = len(reading.errors)
    where = (f"table '{owner}'", f"Tabelle „{owner}“")
    inputs, outputs = children(element, "input"), children(element, "output")
    rules = children(element, "rule")
    if len(rules) > MAX_RULES or len(inputs) + len(outputs) > MAX_COLUMNS:
        reading.report(
            element,
            "size",
            f"{where[0]} has more than {MAX_RULES} rules or {MAX_COLUMNS} columns",
            f"{where[1]} hat mehr als {MAX_RULES} Regeln oder {MAX_COLUMNS} Spalten",
        )
        return None
    policy = _policy(reading, element, where)
    columns = [_input(reading, column, number, where) for number, column in enumerate(inputs, 1)]
    results = [_output(reading, column, number, owner, where) for number, column in enumerate(outputs, 1)]
    if not rules or not results:
        reading.report(element, "empty", f"{where[0]} has no rules or outputs", f"{where[1]} ist leer")
    notes = [note.get("name") or "" for note in children(element, "annotation")]
    compiled = [_rule(reading, rule, index, columns, results, notes, where) for index, rule in enumerate(rules, 1)]
    if len(reading.errors) > before or policy is None:
        return None
    known_rules = tuple(rule for rule in compiled if rule is not None)
    return DecisionTable(
        id=str(element.get("id") or ""),
        name=owner,
        policy=policy,
        columns=tuple(
            _with_null(column, [rule.cells[index] for rule in known_rules])
            for index, column in enumerate(column for column in columns if column is not None)
        ),
        outputs=tuple(column for column in results if column is not None),
        rules=known_rules,
        gaps_acknowledged=acknowledged,
        strict=reading.strict,
        line=line_of(element),
    )


def _policy(reading: Reading, element: Element, where: tuple[str, str]) -> HitPolicy | None:
    name = str(element.get("hitPolicy") or "UNIQUE")
    aggregation = str(element.get("aggregation") or "")
    text = f"{name} {aggregation}".strip() if name == "COLLECT" else name
    try:
        policy = HitPolicy(text)
    except ValueError:
        reading.report(
            element,
            "hit-policy",
            f"{where[0]}: there is no hit policy {text}",
            f"{where[1]}: die Trefferregel {text} gibt es nicht",
        )
        return None
    if policy is HitPolicy.FIRST:
        reading.report(
            element,
            "hit-policy",
            f"{where[0]}: FIRST hides overlapping rules; UNIQUE is safer",
            f"{where[1]}: FIRST verdeckt sich überschneidende Regeln; UNIQUE ist sicherer",
            severity="warning",
        )
    return policy


def _with_null(column: InputColumn, cells: list[UnaryTests]) -> InputColumn:
    allowed = column.allowed is not None and column.allowed.tests_null
    if not (allowed or any(cell.tests_null for cell in cells)):
        return column
    return InputColumn(column.id, column.label, column.expression, column.type, column.allowed, True)


def _input(reading: Reading, element: Element, number: int, where: tuple[str, str]) -> InputColumn | None:
    holder = child(element, "inputExpression")
    text = text_of(holder)
    label = str(element.get("label") or text or number)
    place = (f"{where[0]}, column '{label}'", f"{where[1]}, Spalte „{label}“")
    expression = reading.expression(text, element if holder is None else holder, place)
    allowed_text = text_of(child(element, "inputValues"))
    allowed = reading.unary(allowed_text, element, place) if allowed_text else None
    declared = reading.type_of(holder.get("typeRef") if holder is not None else None, element, place)
    if expression is None:
        return None
    return InputColumn(str(element.get("id") or ""), label, expression, declared, allowed)


def _output(reading: Reading, element: Element, number: int, owner: str, where: tuple[str, str]) -> OutputColumn | None:
    name = str(element.get("name") or element.get("label") or owner)
    place = (f"{where[0]}, column '{name}'", f"{where[1]}, Spalte „{name}“")
    values_text = text_of(child(element, "outputValues"))
    declared = reading.type_of(element.get("typeRef"), element, place)
    allowed = reading.unary(values_text, element, place) if values_text else declared.allowed
    default_element = child(element, "defaultOutputEntry")
    default = reading.expression(text_of(default_element), element, place) if default_element is not None else None
    priorities = allowed.constants if allowed is not None else ()
    return OutputColumn(
        str(element.get("id") or number), name, DeclaredType(declared.kind), allowed, default, priorities
    )


def _rule(
    reading: Reading,
    element: Element,
    index: int,
    columns: list[InputColumn | None],
    outputs: list[OutputColumn | None],
    notes: list[str],
    where: tuple[str, str],
) -> Rule | None:
    rule_id = str(element.get("id") or index)
    place = (f"{where[0]}, rule {index} ({rule_id})", f"{where[1]}, Regel {index} ({rule_id})")
    tests, results = children(element, "inputEntry"), children(element, "outputEntry")
    if len(tests) != len(columns) or len(results) != len(outputs):
        reading.report(
            element,
            "columns",
            f"{place[0]}: the rule has {len(tests)} + {len(results)} cells, the table {len(columns)} + {len(outputs)}",
            f"{place[1]}: die Regel hat {len(tests)} + {len(results)} Zellen, "
            f"die Tabelle {len(columns)} + {len(outputs)}",
        )
        return None
    cells = [_test(reading, cell, column, place) for cell, column in zip(tests, columns, strict=True)]
    answers = [_answer(reading, cell, column, place) for cell, column in zip(results, outputs, strict=True)]
    if not all(cells) or not all(answers):
        return None
    return Rule(
        rule_id,
        index,
        line_of(element),
        tuple(cell for cell in cells if cell is not None),
        tuple(answer for answer in answers if answer is not None),
        _annotations(element, notes),
    )


def _in_column(place: tuple[str, str], label: str) -> tuple[str, str]:
    return f"{place[0]}, column '{label}'", f"{place[1]}, Spalte „{label}“"


def _test(reading: Reading, element: Element, column: InputColumn | None, place: tuple[str, str]) -> UnaryTests | None:
    cell = reading.unary(text_of(element), element, _in_column(place, column.label if column else "?"))
    if cell is None or column is None:
        return cell
    for constant in cell.constants:
        mismatch = column.type.mismatch(constant)
        if mismatch is not None:
            reading.refuse(element, "type", _in_column(place, column.label), mismatch)
    return cell


def _answer(
    reading: Reading, element: Element, column: OutputColumn | None, place: tuple[str, str]
) -> Expression | None:
    label = column.name if column else "?"
    expression = reading.expression(text_of(element), element, _in_column(place, label))
    if expression is None or column is None or not expression.is_constant or not reading.strict:
        return expression
    try:
        value = expression.run({})
        column.type.accept(value)
        if column.allowed is not None and column.allowed.run(value, {}) is not True:
            raise not_allowed(value, column.allowed)
    except RefusedError as refused:
        reading.refuse(element, "type", _in_column(place, label), refused.message)
    except FeelError as error:  # the allowed values are of another kind than the output
        reading.refuse(element, "type", _in_column(place, label), error.as_message())
    return expression


def _annotations(element: Element, names: list[str]) -> dict[str, str]:
    """Annotation columns by their name, and the `<description>` that dmn-js writes as "description"."""
    notes: dict[str, str] = {}
    for index, entry in enumerate(children(element, "annotationEntry")):
        text = text_of(entry)
        if text:
            notes[(names[index] if index < len(names) else "") or f"annotation_{index + 1}"] = text
    description = child(element, "description")
    if description is not None:
        notes["description"] = "".join(texts(description)).strip()
    return notes
