"""From the bytes of a DMN file to a decision model and everything there is to say against it."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from app.decisions.coverage_findings import report_coverage
from app.decisions.declared_types import ANYTHING, KIND_OF_TYPE, DeclaredType
from app.decisions.feel.api import Expression
from app.decisions.findings import DmnError
from app.decisions.model import BusinessFunction, Decision, DecisionModel, Requirement
from app.decisions.reading import Reading
from app.decisions.table import DecisionTable
from app.decisions.table_reader import read_table
from app.decisions.xml_source import (
    Element,
    child,
    children,
    local_name,
    read_definitions,
    text_of,
    texts,
)

MAX_DECISIONS: Final = 100
_ACKNOWLEDGED: Final = re.compile(r"^\s*gaps acknowledged:\s*(\S.*?)\s*$", re.I | re.M)


class ModelReader:
    """Reads one file. `model` is None if an error was found; `reading.findings` lists all."""

    def __init__(self, data: bytes, filename: str, strict: bool) -> None:
        self.reading = Reading(filename, strict)
        self.hash = hashlib.sha256(data).hexdigest()
        self.model: DecisionModel | None = None
        try:
            root = read_definitions(data, filename)
        except DmnError as error:
            self.reading.findings.extend(error.findings)
            return
        self._nodes = {str(element.get("id")): element for element in children(root, "inputData", "decision")}
        self._read(root)

    def _read(self, root: Element) -> None:
        reading = self.reading
        self._check_ids(root)
        reading.names = _names_with_blanks(root)
        knowledge = children(root, "businessKnowledgeModel")
        reading.callables = frozenset(_name_of(element) for element in knowledge)
        self._read_types(root)
        functions = {_name_of(element): self._function(element) for element in knowledge}
        elements = children(root, "decision")
        if not elements or len(elements) > MAX_DECISIONS:
            reading.report(
                root,
                "size",
                f"a file holds 1 to {MAX_DECISIONS} decisions",
                f"eine Datei enthält 1 bis {MAX_DECISIONS} Entscheidungen",
            )
        self._check_cycles(elements)
        decisions = {str(element.get("id")): self._decision(element) for element in elements}
        if reading.errors:
            return
        self.model = DecisionModel(
            reading.filename,
            self.hash,
            {key: decision for key, decision in decisions.items() if decision is not None},
            {name: function for name, function in functions.items() if function is not None},
            tuple(reading.findings),
            reading.strict,
        )

    def _check_ids(self, root: Element) -> None:
        seen: set[str] = set()
        for element in root.iter():
            key = element.get("id") if local_name(element) else None
            if key is None:
                continue
            if key in seen:
                self.reading.report(element, "id", f"the id {key} occurs twice", f"die Id {key} kommt zweimal vor")
            seen.add(str(key))

    def _read_types(self, root: Element) -> None:
        for element in children(root, "itemDefinition"):
            name = str(element.get("name"))
            place = (f"type '{name}'", f"Typ „{name}“")
            base = child(element, "typeRef")
            kind = KIND_OF_TYPE.get("".join(texts(base)).strip()) if base is not None else None
            allowed_text = text_of(child(element, "allowedValues"))
            allowed = self.reading.unary(allowed_text, element, place) if allowed_text else None
            self.reading.types[name] = DeclaredType(kind, allowed, element.get("isCollection") == "true")

    def _function(self, element: Element) -> BusinessFunction | None:
        name = _name_of(element)
        logic = child(element, "encapsulatedLogic")
        body = child(logic, "literalExpression") if logic is not None else None
        if logic is None or body is None or logic.get("kind") in ("Java", "PMML"):
            self.reading.report(
                element,
                "logic",
                f"function '{name}' must be a FEEL expression",
                f"Funktion „{name}“ muss ein FEEL-Ausdruck sein",
            )
            return None
        parameters = tuple(str(parameter.get("name")) for parameter in children(logic, "formalParameter"))
        self.reading.visible = frozenset(parameters)
        place = (f"function '{name}'", f"Funktion „{name}“")
        expression = self.reading.expression(text_of(body), body, place)
        return BusinessFunction(name, parameters, expression) if expression is not None else None

    def _decision(self, element: Element) -> Decision | None:
        reading = self.reading
        requirements = self._requirements(element)
        reading.paths = set()
        reading.visible = None
        if requirements is not None:
            names = {requirement.name for requirement in requirements}
            reading.visible = frozenset(names) | frozenset(reading.callables)
        name = str(element.get("name") or element.get("id"))
        description = child(element, "description")
        text = "".join(texts(description)) if description is not None else ""
        logic = self._logic(element, name, text)
        if logic is None:
            return None
        columns = logic.columns if isinstance(logic, DecisionTable) else ()
        columns_read = {path for column in columns for path in column.expression.paths}
        return Decision(
            id=str(element.get("id")),
            name=name,
            logic=logic,
            requirements=requirements,
            paths=frozenset(reading.paths - columns_read),
            type=self._variable_type(element),
            description=text.strip(),
        )

    def _logic(self, element: Element, name: str, description: str) -> DecisionTable | Expression | None:
        reading = self.reading
        holder = child(element, "decisionTable", "literalExpression")
        if holder is None:
            reading.report(
                element,
                "logic",
                f"decision '{name}' needs a decision table or a literal expression",
                f"Entscheidung „{name}“ braucht eine Tabelle oder einen FEEL-Ausdruck",
            )
            return None
        if local_name(holder) == "literalExpression":
            place = (f"decision '{name}'", f"Entscheidung „{name}“")
            return reading.expression(text_of(holder), holder, place)
        acknowledged = _ACKNOWLEDGED.search(description)
        table = read_table(reading, holder, name, acknowledged[1] if acknowledged else "")
        if table is not None and reading.strict:
            report_coverage(reading, holder, table)
        return table

    def _variable_type(self, element: Element) -> DeclaredType:
        variable = child(element, "variable")
        if variable is None:
            return ANYTHING
        name = _name_of(element)
        return self.reading.type_of(variable.get("typeRef"), variable, (f"'{name}'", f"„{name}“"))

    def _requirements(self, element: Element) -> tuple[Requirement, ...] | None:
        drawn = children(element, "informationRequirement")
        found: list[Requirement] = []
        for requirement in drawn:
            target = child(requirement, "requiredInput", "requiredDecision")
            key = str(target.get("href") or "").partition("#")[2] if target is not None else ""
            node = self._nodes.get(key)
            if node is None:
                self.reading.report(
                    requirement,
                    "requirement",
                    f"the requirement points to '{key}', which does not exist",
                    f"die Verbindung zeigt auf „{key}“, das es nicht gibt",
                )
            elif local_name(node) == "inputData":
                found.append(Requirement("input", key, _name_of(node), self._variable_type(node)))
            else:
                found.append(Requirement("decision", key, _name_of(node)))
        return tuple(found) if drawn else None

    def _check_cycles(self, elements: list[Element]) -> None:
        """Kahn's order: what never becomes free of requirements requires itself."""
        open_for = {str(element.get("id")): self._required_decisions(element) for element in elements}
        while free := [key for key, needs in open_for.items() if not needs & open_for.keys()]:
            for key in free:
                del open_for[key]
        if open_for:
            names = ", ".join(sorted(open_for))
            self.reading.report(
                self._nodes[next(iter(open_for))],
                "cycle",
                f"decisions require each other in a circle: {names}",
                f"Entscheidungen setzen einander im Kreis voraus: {names}",
            )

    @staticmethod
    def _required_decisions(element: Element) -> set[str]:
        return {
            str(target.get("href") or "").partition("#")[2]
            for requirement in children(element, "informationRequirement")
            for target in children(requirement, "requiredDecision")
        }


def _name_of(element: Element) -> str:
    """What expressions call it: the variable's name, else its own, else its id."""
    variable = child(element, "variable")
    name = variable.get("name") if variable is not None else None
    return " ".join(str(name or element.get("name") or element.get("id")).split())


def _names_with_blanks(root: Element) -> frozenset[str]:
    """Declared names that are no single word: the parser must know them to read them as one."""
    nodes = children(root, "inputData", "decision", "businessKnowledgeModel")
    names = {_name_of(element) for element in nodes}
    for element in root.iter():
        if local_name(element) in ("formalParameter", "itemComponent") and element.get("name"):
            names.add(" ".join(str(element.get("name")).split()))
    return frozenset(name for name in names if not name.isidentifier())
