"""One task per item of a list; answers gathered in the order of the list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.diagrams import flow, flows, node, process, task, timer
from tests.engine.running import NOW, Run, Specs

PROPERTIES = (
    "<bpmn:extensionElements><camunda:properties>"
    '<camunda:property name="outputCollection" value="quotes" />'
    "</camunda:properties></bpmn:extensionElements>"
)


def diagram(sequential: bool = False) -> Specs:
    """A quote task per provider, with an interrupting deadline."""
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        'camunda:collection="providers" camunda:elementVariable="provider" />'
    )
    data = process(
        "main",
        node("startEvent", "begin"),
        task("quote", "provider", inside=PROPERTIES + loop),
        node("boundaryEvent", "deadline", 'attachedToRef="quote"', timer("P10D")),
        node("exclusiveGateway", "merged"),
        task("compare"),
        node("endEvent", "done"),
        flows("begin quote", "quote merged", "deadline merged", "merged compare", "compare done"),
    )
    return Specs("main", {"a.bpmn": data})


@pytest.mark.parametrize("frozen", [False, True])
def test_every_provider_gets_a_task_and_the_answers_keep_the_order_of_the_list(frozen: bool) -> None:
    run = Run(diagram(), lambda _task: True, {"providers": ["a", "b", "c"]})
    assert run.open() == ["quote"] * 3
    assert [item.data["provider"] for item in run.tasks("quote")] == ["a", "b", "c"]
    for index, price in ((2, 30), (0, 10), (0, 20)):
        run.do("quote", {"price": price}, index)
        if frozen:
            run.freeze_and_thaw()
    assert run.open() == ["compare"]
    assert run.variables["quotes"] == [{"price": 10}, {"price": 20}, {"price": 30}]
    assert "price" not in run.variables


@pytest.mark.parametrize("frozen", [False, True])
def test_at_the_deadline_the_case_goes_on_with_the_quotes_that_came_in(frozen: bool) -> None:
    run = Run(diagram(), lambda _task: True, {"providers": ["a", "b"]})
    run.do("quote", {"price": 20}, 1)
    if frozen:
        run.freeze_and_thaw()
    run.pass_time(NOW + timedelta(days=9, hours=23))
    assert run.open() == ["quote"]
    run.pass_time(NOW + timedelta(days=10))
    assert run.open() == ["compare"]
    assert run.variables["quotes"] == [{"price": 20}]
    assert run.waiting() == []


def test_one_after_the_other_where_the_diagram_says_so() -> None:
    run = Run(diagram(sequential=True), lambda _task: True, {"providers": ["a", "b"]})
    assert [item.data["provider"] for item in run.tasks("quote")] == ["a"]
    run.do("quote", {"price": 1})
    run.freeze_and_thaw()
    assert [item.data["provider"] for item in run.tasks("quote")] == ["b"]
    run.do("quote", {"price": 2})
    assert run.variables["quotes"] == [{"price": 1}, {"price": 2}]


def test_an_empty_list_is_passed_at_once() -> None:
    run = Run(diagram(), lambda _task: True, {"providers": []})
    assert run.open() == ["compare"]
    assert run.variables["quotes"] == []


@pytest.mark.parametrize("providers", [None, "a", 3])
def test_something_that_is_no_list_is_an_incident_and_the_case_stays(providers: object) -> None:
    run = Run(diagram(), lambda _task: True, {"providers": providers})
    assert run.open() == []
    assert not run.done
    assert [task.task_spec.bpmn_id for task, _error in run.workflow.incidents] == ["quote"]


def test_rounds_that_end_by_their_deadline_leave_nothing_behind_in_the_snapshot() -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="providers" camunda:elementVariable="provider" />'
    data = process(
        "main",
        node("startEvent", "begin"),
        node("exclusiveGateway", "again"),
        task("quote", "provider", inside=PROPERTIES + loop),
        node("boundaryEvent", "deadline", 'attachedToRef="quote"', timer("P1D")),
        node("exclusiveGateway", "merged"),
        task("compare"),
        node("exclusiveGateway", "enough", 'default="flow_enough_done"'),
        node("endEvent", "done"),
        flows("begin again", "again quote", "quote merged", "deadline merged", "merged compare", "compare enough"),
        flow("enough", "again", "more = true"),
        flow("enough", "done"),
    )
    run = Run(Specs("main", {"a.bpmn": data}), lambda _task: True, {"providers": ["a", "b", "c"]})
    sizes = []
    for number in range(1, 41):
        run.pass_time(NOW + timedelta(days=2 * number))
        run.freeze_and_thaw()
        run.do("compare", {"more": number < 40})
        run.freeze_and_thaw()
        sizes.append(run.snapshot_bytes)
    assert run.done
    assert max(sizes) <= sizes[0] * 1.1


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("sequential", [False, True])
def test_what_leaves_the_list_needs_no_answer(frozen: bool, sequential: bool) -> None:
    run = Run(diagram(sequential), lambda _task: True, {"providers": ["a", "b", "c", "d"]})
    run.do("quote", {"price": 10})
    for left in (["a", "c", "d"], ["a", "d"]):
        if frozen:
            run.freeze_and_thaw()
        run.change(providers=left)
    assert [task.data["provider"] for task in run.tasks("quote")] == ["d"]
    run.do("quote", {"price": 40})
    assert run.open() == ["compare"]
    assert run.variables["quotes"] == [{"price": 10}, {"price": 40}]


def test_a_list_is_done_when_all_that_was_open_has_left_it() -> None:
    run = Run(diagram(), lambda _task: True, {"providers": ["a", "b"]})
    run.do("quote", {"price": 10})
    run.change(providers=["a"])
    assert run.open() == ["compare"]
    assert run.variables["quotes"] == [{"price": 10}]
