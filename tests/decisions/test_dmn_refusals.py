"""What is wrong with a file is found when it is loaded: all of it, with file, line and element."""

from __future__ import annotations

import pytest

from app.decisions.dmn import DmnError, check_model, load_model
from app.decisions.table_reader import MAX_RULES
from app.decisions.xml_source import MAX_BYTES
from tests.decisions.builder import definitions, input_data, literal, one_table, requires, table

N = [("n", "number")]
OUT = [("out", "number")]


def rules_found(data: bytes) -> list[str]:
    return [finding.rule for finding in check_model(data, "test.dmn")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<definitions/>",
        b"<html/>",
        definitions(literal("d", "1"), '<!DOCTYPE x [<!ENTITY a "1">]>'),
        definitions(literal("d", "1"), '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        definitions(literal("d", "1"), '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'),
        definitions(literal("d", "1"), "<!DOCTYPE definitions>"),
        definitions(literal("d", "1"))
        .decode()
        .replace("<def", '<?xml version="1.0"?><!DOCTYPE x><def')
        .encode("utf-16"),
        definitions("<x>" * 300 + "</x>" * 300),
        definitions(literal("d", "1") + " " * MAX_BYTES),
    ],
)
def test_hostile_xml_is_refused(data: bytes) -> None:
    assert rules_found(data) == ["xml"]
    with pytest.raises(DmnError, match=r"test\.dmn is refused"):
        load_model(data, "test.dmn")


def test_all_findings_come_at_once_with_line_and_element() -> None:
    data = one_table(
        [("n", "number"), ("s", "string")],
        [("out", "number"), ("word", "string")],
        [
            ("> 12.500,00", '"a"', "1", '"x"'),
            ("-", "5", "1", '"x"'),
            ("-", '"b"', '"one"', '"x"'),
            ("-", '"c"', "1", "nicht_foerderfaehig(1)"),
            ('date("2024-02-30")', '"d"', "", '"x"'),
        ],
    )
    findings = check_model(data, "test.dmn")
    assert [(finding.line, finding.rule) for finding in findings] == [
        (3, "feel"),
        (4, "type"),
        (5, "type"),
        (6, "feel"),
        (7, "feel"),
        (7, "feel"),
    ]
    first = findings[0]
    assert first.file == "test.dmn"
    assert "table 't', rule 1 (t_r1), column 'n'" in first.message_en
    assert "character 3" in first.message_en
    assert "Regel 1 (t_r1), Spalte „n“: Zahl 12.500,00" in first.message_de
    with pytest.raises(DmnError) as caught:
        load_model(data, "test.dmn")
    assert len(caught.value.findings) == 6


def test_a_name_that_is_not_drawn_is_unknown() -> None:
    data = definitions(
        input_data("n")
        + table("t", N, [("out", "string")], [("-", "ja")], required=requires("n"))
        + literal("other", "n + m", requires("n"))
    )
    findings = check_model(data, "test.dmn")
    assert [finding.rule for finding in findings] == ["unknown-name", "unknown-name"]
    assert "den Namen „ja“ gibt es hier nicht" in findings[0].message_de
    assert "the name 'm' is unknown" in findings[1].message_en


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (
            literal("a", "b", requires("b", kind="Decision")) + literal("b", "a", requires("a", kind="Decision")),
            "cycle",
        ),
        (literal("a", "1", requires("ghost")), "requirement"),
        ('<decision id="a" name="a"/>', "logic"),
        (literal("a", "1") + literal("a", "2"), "id"),
        (
            literal("a", "1").replace("<literalExpression", '<literalExpression expressionLanguage="juel"'),
            "language",
        ),
        (literal("a", "sum(for x in [1] return x)"), "feel"),
        (literal("a", ""), "feel"),
        (table("t", [("n", "number"), ("m", "numbr")], OUT, [("-", "-", "1")]), "type"),
        (table("t", N, OUT, [("-", "1")], hit="BEST"), "hit-policy"),
        (table("t", N, OUT, []), "empty"),
        (table("t", N, OUT, [("-",)]), "columns"),
        (table("t", N, OUT, [("-", "1")] * (MAX_RULES + 1), hit="COLLECT"), "size"),
        ("", "size"),
    ],
)
def test_a_broken_model_is_refused_with_the_reason(body: str, rule: str) -> None:
    assert rule in rules_found(definitions(body))


def test_an_output_outside_its_declared_values_is_found() -> None:
    data = one_table(N, [("out", "string")], [("-", '"fundabel"')]).replace(
        b'<output id="t_o_out" name="out" typeRef="string"/>',
        b'<output id="o" name="out" typeRef="string"><outputValues><text>"fundable"</text></outputValues></output>',
    )
    findings = check_model(data, "test.dmn")
    assert [finding.rule for finding in findings] == ["type"]
    assert "'fundabel' is not among the allowed values" in findings[0].message_en


def test_what_camunda_modeler_writes_beside_the_rules_is_accepted() -> None:
    body = (
        '<decision id="d" name="Dish" xmlns:camunda="http://camunda.org/schema/1.0/dmn" '
        'camunda:historyTimeToLive="P30D">'
        '<decisionTable id="t"><input id="i" label="Season" camunda:inputVariable="x">'
        '<inputExpression id="e" typeRef="string" expressionLanguage="feel">'
        "<text>season</text></inputExpression></input>"
        '<output id="o" label="Dish" name="dish" typeRef="string"/>'
        '<rule id="r"><inputEntry id="r1"><text></text></inputEntry>'
        '<outputEntry id="r2"><text>"soup"</text></outputEntry></rule></decisionTable></decision>'
    )
    model = load_model(definitions(body), "dish.dmn")
    assert model.evaluate("d", {"season": "winter"}).value == "soup"


@pytest.mark.parametrize(
    "rows",
    [
        [[*(f"> {row * 40 + column}" for column in range(14)), str(row)] for row in range(400)],
        [[*["-"] * 13, ",".join(str(row * 1000 + n) for n in range(330)), str(row)] for row in range(90)],
    ],
)
def test_a_file_stuffed_with_expressions_is_refused_after_a_while(rows: list[list[str]]) -> None:
    columns = [(f"n{column}", "number") for column in range(14)]
    found = check_model(one_table(columns, OUT, rows, "COLLECT"), "test.dmn")
    assert [finding.rule for finding in found] == ["size"]


def test_a_table_with_too_many_values_to_check_is_refused() -> None:
    rows = [(",".join(str(row * 100 + n) for n in range(60)), str(row)) for row in range(60)]
    found = check_model(one_table(N, OUT, rows, "UNIQUE", "gaps acknowledged: test"), "test.dmn")
    assert [finding.rule for finding in found] == ["size"]
    assert "too many values" in found[0].message_en
