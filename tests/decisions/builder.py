"""Small DMN files for tests, written the way Camunda Modeler writes them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from app.decisions.dmn import DecisionModel, load_model

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(body: str, prologue: str = "") -> bytes:
    """A whole file around these elements."""
    opening = f'<definitions xmlns="{NAMESPACE}" id="defs" name="test" namespace="urn:test">'
    return f"{prologue}{opening}\n{body}\n</definitions>".encode()


def input_data(name: str, type_name: str = "number") -> str:
    """An input with its declared type."""
    variable = f'<variable id="v_{name}" name="{name}" typeRef="{type_name}"/>'
    return f'<inputData id="i_{name}" name="{name}">{variable}</inputData>'


def requires(*names: str, kind: str = "Input") -> str:
    """Requirements of a decision on inputs (or, with kind="Decision", on decisions)."""
    prefix = "i_" if kind == "Input" else ""
    targets = [f'<required{kind} href="#{prefix}{name}"/>' for name in names]
    return "".join(f"<informationRequirement>{target}</informationRequirement>" for target in targets)


def literal(decision: str, text: str, required: str = "") -> str:
    """A decision by expression."""
    return (
        f'<decision id="{decision}" name="{decision}">{required}<literalExpression id="{decision}_e">'
        f"<text>{escape(text)}</text></literalExpression></decision>"
    )


def table(
    decision: str,
    columns: Sequence[tuple[str, str] | tuple[str, str, str]],
    outputs: Sequence[tuple[str, str]],
    rules: Sequence[Sequence[str]],
    hit: str = "UNIQUE",
    required: str = "",
    description: str = "",
) -> str:
    """A decision by table. Rules are rows of cells, inputs first; `hit` may aggregate: "COLLECT SUM"."""
    policy, aggregation = hit, ""
    if hit.startswith("COLLECT "):
        policy, aggregation = "COLLECT", f' aggregation="{hit.split()[1]}"'
    parts = [f'<decision id="{decision}" name="{decision}">']
    parts.append(f"<description>{escape(description)}</description>{required}")
    parts.append(f'<decisionTable id="{decision}_t" hitPolicy="{policy}"{aggregation}>')
    for number, (text, type_name, *allowed) in enumerate(columns, 1):
        values = f"<inputValues><text>{escape(allowed[0])}</text></inputValues>" if allowed else ""
        parts.append(
            f'<input id="{decision}_c{number}"><inputExpression typeRef="{type_name}">'
            f"<text>{escape(text)}</text></inputExpression>{values}</input>"
        )
    parts += [f'<output id="{decision}_o_{name}" name="{name}" typeRef="{kind}"/>' for name, kind in outputs]
    for number, row in enumerate(rules, 1):
        cells = [f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in row[: len(columns)]]
        cells += [f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in row[len(columns) :]]
        parts.append(f'\n<rule id="{decision}_r{number}"><description>§ {number}</description>{"".join(cells)}</rule>')
    return "".join(parts) + "</decisionTable></decision>"


def one_table(
    columns: Sequence[tuple[str, str] | tuple[str, str, str]],
    outputs: Sequence[tuple[str, str]],
    rules: Sequence[Sequence[str]],
    hit: str = "UNIQUE",
    description: str = "",
) -> bytes:
    """A file with one table `t` whose columns are its inputs."""
    return definitions(table("t", columns, outputs, rules, hit, "", description))


def model_of(data: bytes) -> DecisionModel:
    """The loaded file."""
    return load_model(data, "test.dmn")
