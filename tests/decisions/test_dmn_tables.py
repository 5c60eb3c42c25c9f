"""Decision tables and the decisions around them: what they answer, and the evidence they leave."""

from __future__ import annotations

import hashlib
import json
import threading
from decimal import Decimal

import pytest

from app.decisions.dmn import ENGINE_VERSION, DmnError, load_model
from tests.decisions.builder import definitions, input_data, literal, model_of, one_table, requires, table

N = [("n", "number")]
OVERLAPPING = [("> 1", "10"), ("> 2", "20"), ("> 3", "30")]


@pytest.mark.parametrize(
    ("hit", "n", "value"),
    [
        ("RULE ORDER", 3, [10, 20]),
        ("RULE ORDER", 0, []),
        ("COLLECT", 4, [10, 20, 30]),
        ("COLLECT", 0, []),
        ("COLLECT SUM", 3, 30),
        ("COLLECT SUM", 0, None),
        ("COLLECT MIN", 4, 10),
        ("COLLECT MAX", 4, 30),
        ("COLLECT COUNT", 4, 3),
        ("COLLECT COUNT", 0, 0),
    ],
)
def test_policies_for_many_matches(hit: str, n: int, value: object) -> None:
    model = model_of(one_table(N, [("out", "number")], OVERLAPPING, hit))
    assert model.evaluate("t", {"n": n}).value == value


def test_first_takes_the_first_and_warns() -> None:
    data = one_table(N, [("out", "number")], [*OVERLAPPING, ("-", "0")], "FIRST")
    model = model_of(data)
    assert model.evaluate("t", {"n": 4}).value == 10
    assert len(model.evaluate("t", {"n": 4}).matched) == 1
    assert model.evaluate("t", {"n": 0}).value == 0
    assert [finding.rule for finding in model.warnings] == ["hit-policy"]


def test_any_wants_matching_rules_to_agree() -> None:
    rules = [("> 1", '"yes"'), ("> 2", '"yes"'), ("<= 1", '"no"')]
    assert model_of(one_table(N, [("out", "string")], rules, "ANY")).evaluate("t", {"n": 3}).value == "yes"
    rules[1] = ("> 2", "word")
    columns = [*N, ("word", "string")]
    cells = [(cell, "-", answer) for cell, answer in rules]
    model = model_of(one_table(columns, [("out", "string")], cells, "ANY", "gaps acknowledged: test"))
    assert model.evaluate("t", {"n": 3, "word": "yes"}).value == "yes"
    with pytest.raises(DmnError, match=r"these differ: 1 \(t_r1\), 2 \(t_r2\)"):
        model.evaluate("t", {"n": 3, "word": "no"})


def test_priority_follows_the_order_of_the_output_values() -> None:
    rules = [("> 1", '"low"'), ("> 2", '"high"'), ("<= 1", '"low"')]
    data = one_table(N, [("out", "string")], rules, "PRIORITY")
    data = data.replace(
        b'<output id="t_o_out" name="out" typeRef="string"/>',
        b'<output id="o" name="out" typeRef="string"><outputValues><text>"high", "low"</text></outputValues></output>',
    )
    assert model_of(data).evaluate("t", {"n": 3}).value == "high"
    ordered = model_of(data.replace(b"PRIORITY", b"OUTPUT ORDER"))
    assert ordered.evaluate("t", {"n": 3}).value == ["high", "low"]


def test_an_overlap_that_shows_only_when_used_names_the_rules() -> None:
    rules = [("> limit", "-", "1"), ("-", "> 5", "2")]
    data = one_table([("n", "number"), ("limit", "number")], [("out", "number")], rules)
    model = model_of(data.replace(b"<description></description>", b"<description>gaps acknowledged: x</description>"))
    assert {finding.rule for finding in model.warnings} == {"unchecked"}
    assert model.evaluate("t", {"n": 5, "limit": 4}).value == 1
    with pytest.raises(DmnError, match=r"only one rule may match \(UNIQUE\).*1 \(t_r1\), 2 \(t_r2\)"):
        model.evaluate("t", {"n": 10, "limit": 6})


def test_several_outputs_come_by_name() -> None:
    outputs = [("code", "string"), ("share", "number")]
    model = model_of(one_table(N, outputs, [("<= 5", '"a"', "0.5"), ("> 5", '"b"', "n / 4")]))
    assert model.evaluate("t", {"n": 1}).value == {"code": "a", "share": Decimal("0.5")}
    assert model.evaluate("t", {"n": 10}).value == {"code": "b", "share": Decimal("2.5")}


def test_an_acknowledged_gap_answers_nothing() -> None:
    data = one_table(N, [("out", "number")], [("> 5", "1")], "UNIQUE", "For 6 and more.\ngaps acknowledged: by law")
    evaluation = model_of(data).evaluate("t", {"n": 1})
    assert evaluation.value is None
    assert evaluation.matched == ()


GRAPH = definitions(
    input_data("price")
    + input_data("hours")
    + input_data("day", "date")
    + literal("rate", "price / hours", requires("price", "hours"))
    + table(
        "cheap",
        [("rate", "number"), ("day.year", "number")],
        [("verdict", "string")],
        [("< 20", ">= 2025", '"cheap"'), (">= 20", ">= 2025", '"dear"'), ("-", "< 2025", '"old"')],
        required=requires("day") + requires("rate", kind="Decision"),
    )
    + literal("answer", 'cheap + " at " + string(rate)', requires("rate", "cheap", kind="Decision"))
)


def test_required_decisions_are_made_first_and_leave_their_own_evidence() -> None:
    model = model_of(GRAPH)
    inputs = {"price": Decimal("4800.00"), "hours": 320, "day": "2025-06-02", "secret": "never read"}
    evaluation = model.evaluate("answer", inputs)
    assert evaluation.value == "cheap at 15"
    assert model.required_inputs("answer") == {"price", "hours", "day"}
    assert [item.decision_id for item in evaluation.required] == ["rate", "cheap"]
    rate, cheap = evaluation.required
    assert rate.inputs == {"price": 4800, "hours": 320}
    assert cheap.inputs == {"rate": 15, "day.year": 2025}
    assert [(rule.rule_id, rule.index) for rule in cheap.matched] == [("cheap_r1", 1)]
    assert cheap.matched[0].annotations == {"description": "§ 1"}
    assert cheap.matched[0].outputs == {"verdict": "cheap"}
    assert evaluation.model_hash == hashlib.sha256(GRAPH).hexdigest()
    assert evaluation.engine_version == ENGINE_VERSION
    assert [rule.rule_id for rule in evaluation.all_matched()] == ["cheap_r1"]


def test_the_evidence_is_plain_json() -> None:
    record = model_of(GRAPH).evaluate("answer", {"price": 100, "hours": 8, "day": "2024-01-01"}).as_record()
    assert json.loads(json.dumps(record)) == record
    assert record["value"] == "old at 12.5"
    assert record["required"][1]["inputs"] == {"rate": "12.5", "day.year": 2024}


def test_annotation_columns_and_descriptions_are_both_read() -> None:
    data = one_table(N, [("out", "number")], [("-", "1")])
    data = data.replace(b"<rule ", b'<annotation name="source"/><rule ').replace(
        b"</rule>", "<annotationEntry><text>§ 82 SGB III</text></annotationEntry></rule>".encode()
    )
    matched = model_of(data).evaluate("t", {"n": 1}).matched[0]
    assert matched.annotations == {"source": "§ 82 SGB III", "description": "§ 1"}


def test_inputs_the_decision_does_not_declare_do_not_matter() -> None:
    model = model_of(GRAPH)
    inputs: dict[str, object] = {"price": 100, "hours": 8, "day": "2025-01-01"}
    assert model.evaluate("answer", inputs) == model.evaluate("answer", inputs | {"rate": 1, "cheap": "no"})


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "the input 'price' is missing"),
        ({"price": 1, "hours": 8}, "the input 'day' is missing"),
        ({"price": "1", "hours": 8, "day": "2025-01-01"}, "input 'price': string where number is declared"),
        ({"price": 1.5, "hours": 8, "day": "2025-01-01"}, "input 'price': float is no FEEL value"),
        ({"price": 1, "hours": 8, "day": "1.4.2025"}, "'1.4.2025' is no date; write \"2025-04-01\""),
        ({"price": 1, "hours": 0, "day": "2025-01-01"}, "decision 'rate': division by zero"),
        ({"price": None, "hours": 8, "day": "2025-01-01"}, "decision 'rate': '/' does not work between null"),
    ],
)
def test_missing_and_wrong_inputs_are_named(inputs: dict[str, object], words: str) -> None:
    with pytest.raises(DmnError) as caught:
        model_of(GRAPH).evaluate("answer", inputs)
    assert words in caught.value.message
    assert caught.value.message_de


def test_an_empty_value_is_refused_where_no_rule_says_what_it_means() -> None:
    model = model_of(one_table(N, [("out", "string")], [("<= 120", '"short"'), ("> 120", '"long"')]))
    with pytest.raises(DmnError, match="table 't', column 'n': the value is empty"):
        model.evaluate("t", {"n": None})


def test_an_empty_value_is_welcome_where_a_rule_names_it() -> None:
    rules = [("<= 120", '"short"'), ("> 120", '"long"'), ("null", '"unknown"')]
    model = model_of(one_table(N, [("out", "string")], rules))
    assert model.evaluate("t", {"n": None}).value == "unknown"
    allowed = model_of(one_table([("n", "number", "null, >= 0")], [("out", "number")], [("> 5", "1")], "COLLECT"))
    assert allowed.evaluate("t", {"n": None}).value == []


def test_values_outside_the_declared_ones_are_refused() -> None:
    model = model_of(one_table([("s", "string", '"a", "b"')], [("out", "number")], [('"a"', "1"), ('"b"', "2")]))
    assert model.evaluate("t", {"s": "b"}).value == 2
    with pytest.raises(DmnError, match="column 's': 'c' is not among the allowed values"):
        model.evaluate("t", {"s": "c"})


def test_a_cell_that_fails_is_named_with_rule_column_and_position() -> None:
    columns = [("n", "number"), ("d", "date")]
    rules = [("-", '> date("2025-01-01") + word', "1"), ("-", "-", "2")]
    model = model_of(
        one_table([*columns, ("word", "string")], [("o", "number")], [(*r[:2], "-", r[2]) for r in rules], "COLLECT")
    )
    with pytest.raises(DmnError) as caught:
        model.evaluate("t", {"n": 1, "d": "2025-01-01", "word": "x"})
    assert "table 't', rule 1 (t_r1), column 'd'" in caught.value.message
    assert "character 22" in caught.value.message
    assert "Tabelle „t“, Regel 1 (t_r1), Spalte „d“" in caught.value.message_de


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(DmnError, match=r"test\.dmn has no decision 'nope'"):
        model_of(GRAPH).evaluate("nope", {})


def test_a_model_is_loaded_once_and_shared_by_threads() -> None:
    model = load_model(GRAPH, "test.dmn")
    assert load_model(GRAPH, "test.dmn") is model
    wrong: list[int] = []

    def work(offset: int) -> None:
        for hours in range(offset, 400, 5):
            value = model.evaluate("answer", {"price": 4000, "hours": hours, "day": "2025-01-01"}).value
            if not str(value).startswith("cheap" if 4000 / hours < 20 else "dear"):
                wrong.append(hours)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
