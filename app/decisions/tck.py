"""Run folders of the DMN TCK: test data of the standard's conformance kit against this room, in lenient mode.

A folder holds models (`*.dmn`) and their cases (`*.xml`) with inputs and expected results; see
https://dmn-tck.github.io/tck/. The kit expects what plain FEEL says (null where something does not fit), so
the models are loaded without the strictness of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from lxml import etree

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.literals import from_feel, parse_date, parse_date_time, parse_duration, parse_time
from app.decisions.findings import DmnError
from app.decisions.model import DecisionModel
from app.decisions.model_reader import ModelReader
from app.decisions.xml_source import Element, child, children, local_name

_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"
_TOLERANCE: Final = Decimal("1e-8")
_READERS: Final[dict[str, Callable[[str], object]]] = {
    **dict.fromkeys(("decimal", "double", "integer", "int", "float", "long"), Decimal),
    "boolean": lambda text: text == "true",
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
}


@dataclass(frozen=True, slots=True)
class TckCase:
    """One result node of the kit: a decision of a model, its inputs, and the value the standard expects."""

    model: Path
    case_id: str
    decision: str
    inputs: Mapping[str, object]
    expected: object

    @property
    def name(self) -> str:
        """Folder, case and decision."""
        return f"{self.model.parent.name} {self.case_id} {self.decision}"


def tck_cases(folder: Path) -> Iterator[TckCase]:
    """All result nodes below a folder, in the order of the file names."""
    for path in sorted(folder.rglob("*.xml")):
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        if local_name(root) != "testCases":
            continue
        model_name = child(root, "modelName")
        model = path.parent / (str(model_name.text).strip() if model_name is not None else "")
        for case in children(root, "testCase"):
            inputs = {str(node.get("name")): _value(node) for node in children(case, "inputNode")}
            for result in children(case, "resultNode"):
                expected = child(result, "expected")
                value = _value(expected) if expected is not None else None
                yield TckCase(model, str(case.get("id")), str(result.get("name")), inputs, value)


def run_case(case: TckCase) -> tuple[bool, object]:
    """Whether our value is the expected one, and our value (or the error)."""
    try:
        model = _lenient_model(case.model)
        decision = next(key for key, value in model.decisions.items() if value.name == case.decision)
        value = model.evaluate(decision, case.inputs).value
    except (DmnError, StopIteration) as error:
        return False, error
    return _same(value, from_feel(case.expected)), value


def _lenient_model(path: Path) -> DecisionModel:
    reader = ModelReader(path.read_bytes(), path.name, strict=False)
    if reader.model is None:
        raise DmnError.of_findings(path.name, reader.reading.errors)
    return reader.model


def _value(node: Element) -> object:
    components = children(node, "component")
    if components:
        return {str(part.get("name")): _value(part) for part in components}
    holder = child(node, "value", "list")
    if holder is None or holder.get(_NIL) == "true":
        return None
    if local_name(holder) == "list":
        return [_value(item) for item in children(holder, "item")]
    text = holder.text or ""
    reader = _READERS.get(str(holder.get(_TYPE) or "").rpartition(":")[2])
    try:
        return reader(text.strip()) if reader is not None else text
    except RefusedError:
        return None


def _same(ours: object, expected: object) -> bool:
    if isinstance(ours, bool) or isinstance(expected, bool):
        return ours is expected
    if isinstance(ours, int | Decimal) and isinstance(expected, int | Decimal):
        wanted = Decimal(expected)
        return abs(Decimal(ours) - wanted) <= _TOLERANCE * max(Decimal(1), abs(wanted))
    if isinstance(ours, list) and isinstance(expected, list):
        return len(ours) == len(expected) and all(map(_same, ours, expected))
    if isinstance(ours, dict) and isinstance(expected, dict):
        return ours.keys() == expected.keys() and all(_same(ours[key], expected[key]) for key in ours)
    return type(ours) is type(expected) and ours == expected
