"""Parallel gateways, also inside loops, where plain SpiffWorkflow fires too early."""

from __future__ import annotations

import pytest

from tests.engine.diagrams import flow, flows, node, process, task
from tests.engine.running import Run, Specs

LOOP = process(
    "main",
    node("startEvent", "begin"),
    node("exclusiveGateway", "again"),
    node("parallelGateway", "split"),
    task("left"),
    task("right"),
    node("parallelGateway", "join"),
    task("check"),
    node("exclusiveGateway", "good", 'default="flow_good_done"'),
    node("endEvent", "done"),
    flows(
        "begin again", "again split", "split left", "split right", "left join", "right join", "join check", "check good"
    ),
    flow("good", "again", "repeat = true"),
    flow("good", "done"),
)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_join_in_a_loop_waits_for_both_branches_in_every_pass(frozen: bool) -> None:
    run = Run(Specs("main", {"a.bpmn": LOOP}), lambda _task: True)
    for number in range(6):
        first, second = ("left", "right") if number % 2 else ("right", "left")
        run.do(first, {first: number})
        if frozen:
            run.freeze_and_thaw()
        assert run.open() == [second], f"pass {number}"
        run.do(second, {second: number})
        assert run.open() == ["check"], f"pass {number}"
        run.do("check", {"repeat": number < 5})
        if frozen:
            run.freeze_and_thaw()
    assert run.done


def test_the_slower_branch_does_not_undo_what_the_other_one_answered() -> None:
    run = Run(Specs("main", {"a.bpmn": LOOP}), lambda _task: True)
    run.do("left", {"evidence": ["old"]})
    run.do("right", {"company": 1})
    run.do("check", {"repeat": True})
    run.do("left", {"evidence": ["new"]})
    run.do("right", {"company": 2})
    assert run.variables["evidence"] == ["new"]
    assert run.variables["company"] == 2


def test_a_loop_of_two_thousand_steps_runs_and_its_snapshot_stays_small() -> None:
    run = Run(Specs("main", {"a.bpmn": LOOP}), lambda _task: True)
    sizes = []
    for _ in range(667):
        run.do("left")
        run.do("right")
        run.do("check", {"repeat": True})
        run.freeze_and_thaw()
        sizes.append(run.snapshot_bytes)
    assert run.open() == ["left", "right"]
    assert max(sizes) < 10_000
    assert sizes[-1] <= sizes[10] * 1.1
