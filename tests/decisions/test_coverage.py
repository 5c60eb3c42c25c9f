"""The static check: overlaps and gaps are found before any case meets them, each with a witness point."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decisions import coverage
from app.decisions.coverage import check_coverage
from app.decisions.dmn import DmnError, check_model
from app.decisions.table import DecisionTable
from tests.decisions.builder import model_of, one_table

NUMBER = [("n", "number")]
OUT = [("out", "number")]


def findings_of(data: bytes) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message_en) for finding in check_model(data, "test.dmn")]


def test_an_overlap_names_both_rules_and_a_witness() -> None:
    ((rule, message),) = findings_of(one_table(NUMBER, OUT, [("<= 10", "1"), (">= 10", "2")]))
    assert rule == "overlap"
    assert "rules 1 (t_r1) and 2 (t_r2) both match n = 10" in message


def test_a_gap_between_whole_numbers_is_found_for_weighted_heads() -> None:
    rules = [("[1..9]", "1"), ("[10..249]", "2"), ("< 1", "3"), ("> 249", "4")]
    ((rule, message),) = findings_of(one_table(NUMBER, OUT, rules))
    assert rule == "gap"
    assert "no rule matches n = 9.5" in message


def test_declared_values_narrow_what_must_be_covered() -> None:
    assert findings_of(one_table([("n", "number", "[1..9]")], OUT, [("<= 5", "1"), ("> 5", "2")])) == []
    texts = [("s", "string", '"a", "b"')]
    assert findings_of(one_table(texts, OUT, [('"a"', "1"), ('"b"', "2")])) == []
    ((rule, message),) = findings_of(one_table([("s", "string")], OUT, [('"a"', "1"), ('"b"', "2")]))
    assert (rule, "s = (other)" in message) == ("gap", True)


def test_a_day_between_two_windows_is_a_gap() -> None:
    rules = [('< date("2024-04-01")', "1"), ('> date("2024-04-01")', "2")]
    ((rule, message),) = findings_of(one_table([("d", "date")], OUT, rules))
    assert (rule, "d = 2024-04-01" in message) == ("gap", True)


def test_half_open_windows_leave_neither_gap_nor_overlap() -> None:
    rules = [
        ('< date("2024-04-01")', "-", "1"),
        ('[date("2024-04-01")..date("2025-01-01"))', "true", "2"),
        ('[date("2024-04-01")..date("2025-01-01"))', "false", "3"),
        ('>= date("2025-01-01")', "-", "4"),
    ]
    assert findings_of(one_table([("d", "date"), ("b", "boolean")], OUT, rules)) == []


def test_the_empty_value_must_be_covered_where_a_rule_names_it() -> None:
    rules = [("null", "true", "1"), ("not(null)", "-", "2")]
    ((rule, message),) = findings_of(one_table([("n", "number"), ("b", "boolean")], OUT, rules))
    assert (rule, "n = null, b = false" in message) == ("gap", True)


def test_a_gap_may_be_acknowledged_with_a_reason() -> None:
    rules = [("> 5", "1")]
    assert findings_of(one_table(NUMBER, OUT, rules, "UNIQUE", "gaps acknowledged: by law")) == []
    ((rule, _),) = findings_of(one_table(NUMBER, OUT, rules, "UNIQUE", "gaps acknowledged:"))
    assert rule == "gap"


def test_lists_of_matches_need_no_full_cover() -> None:
    assert findings_of(one_table(NUMBER, OUT, [("> 5", "1"), ("> 6", "2")], "COLLECT")) == []


def test_any_may_overlap_where_the_rules_agree() -> None:
    agree = [("> 1", "1"), ("> 2", "1"), ("<= 1", "0")]
    assert findings_of(one_table(NUMBER, OUT, agree, "ANY")) == []
    differ = [("> 1", "1"), ("> 2", "2"), ("<= 1", "0")]
    assert [rule for rule, _ in findings_of(one_table(NUMBER, OUT, differ, "ANY"))] == ["overlap"]


def test_a_rule_that_can_never_match_is_a_warning() -> None:
    rules = [("<= 5", "1"), ("> 5", "2"), ("> 10", "3")]
    ((rule, message),) = findings_of(one_table([("n", "number", "[0..10]")], OUT, rules))
    assert (rule, "rule 3 (t_r3) can never match" in message) == ("dead-rule", True)


def test_a_table_too_large_to_be_searched_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [(f"n{k}", "number") for k in range(3)]
    rules = [("< 5", "-", "-", "1"), (">= 5", "< 5", "-", "2"), (">= 5", ">= 5", "-", "3")]
    data = one_table(columns, OUT, rules)
    assert findings_of(data) == []
    monkeypatch.setattr(coverage, "MAX_STEPS", 2)
    ((rule, message),) = findings_of(data)
    assert (rule, "too many values or combinations" in message) == ("size", True)


cells = st.sampled_from(["-", "< 2", "2", "[2..5)", "(2..5]", ">= 5", "not(2)", "2, 5", "[1..9]"])
flags = st.sampled_from(["-", "true", "false"])


@settings(max_examples=60)
@given(st.lists(st.tuples(cells, cells, flags), min_size=1, max_size=5))
def test_what_the_check_says_is_what_happens(rows: list[tuple[str, str, str]]) -> None:
    """Every point of a fine grid: one rule matches unless the check found an overlap or a gap there."""
    columns = [("a", "number"), ("b", "number"), ("c", "boolean")]
    rules = [(*row, str(number)) for number, row in enumerate(rows)]
    model = model_of(one_table(columns, OUT, rules, "COLLECT"))
    table = model.decisions["t"].table
    assert table is not None
    unique = model_of(one_table(columns, OUT, rules, "PRIORITY", "gaps acknowledged: test")).decisions["t"].table
    assert unique is not None
    found = check_coverage(unique)
    grid = list(itertools.product((0, 1, 2, 3, 5, 7, 9, 10), (0, 1, 2, 3, 5, 7, 9, 10), (True, False)))
    counts = [_matches(table, point) for point in grid]
    assert any(count > 1 for count in counts) is bool(found.overlaps)
    assert any(count == 0 for count in counts) is bool(found.gaps)
    assert found.complete


def _matches(table: DecisionTable, point: tuple[int, int, bool]) -> int:
    return len(table.evaluate(dict(zip("abc", point, strict=True))).hits)


def test_a_gap_that_cannot_be_seen_before_is_an_error_when_met() -> None:
    rules = [("> limit", "-", "1"), ("<= limit", "-", "2")]
    data = one_table([("n", "number"), ("limit", "number")], OUT, rules)
    found = [rule for rule, _ in findings_of(data)]
    assert found == ["unchecked", "unchecked", "gap"]
    acknowledged = data.replace(b"<description></description>", b"<description>gaps acknowledged: limit</description>")
    assert model_of(acknowledged).evaluate("t", {"n": 1, "limit": 1}).value == 2
    with pytest.raises(DmnError) as caught:
        model_of(data)
    assert [finding.rule for finding in caught.value.findings] == ["gap"]
