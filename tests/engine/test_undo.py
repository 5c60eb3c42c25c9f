"""A step taken out of a snapshot leaves the case as if it had never been taken: random walks through the shipped
process, wherever two tasks stand side by side.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from SpiffWorkflow.util.task import TaskState

from app.engine.frontier import freeze, thaw
from app.engine.undo import Entangled, without_step
from app.platform import codec
from tests.engine import shipped
from tests.engine.running import Run

LONGEST = 120
ONWARDS = 6


class Counted:
    """A delegate that knows whether it was called."""

    def __init__(self, seed: int) -> None:
        self.calls, self._call = 0, shipped.delegate(seed)

    def __call__(self, task: Any) -> bool:
        self.calls += 1
        return bool(self._call(task))


def frozen(run: Run) -> dict[str, Any]:
    """The snapshot of a run, through JSON."""
    snapshot: dict[str, Any] = codec.loads(codec.dumps(freeze(run.workflow)))
    return snapshot


def open_ids(run: Run) -> set[Any]:
    """Ids of the open tasks."""
    return {task.id for task in run.workflow.open_user_tasks()}


def thawed(snapshot: Mapping[str, Any], like: Run, seed: int = 0) -> Run:
    """A run that goes on from a snapshot, at the same time as ``like``."""
    run = Run(shipped.specs(), Counted(seed))
    specs = run.specs
    run.workflow, run.now = thaw(codec.loads(codec.dumps(snapshot)), specs.spec, specs.subprocess_specs), like.now
    return run


def done(snapshot: Mapping[str, Any], task: Any, given: Mapping[str, Any], like: Run) -> tuple[Run, bool]:
    """The run after ``task`` was completed, and whether nothing but this task has moved."""
    run, element = thawed(snapshot, like), task.task_spec.bpmn_id
    open_before = open_ids(run)
    index = [found.id for found in run.tasks(element)].index(task.id)
    calls = run.call.calls  # type: ignore[attr-defined]
    run.do(element, given, index)
    path = [
        moved.task_spec.bpmn_id
        for moved, state in run.workflow.trace
        if state == TaskState.COMPLETED and moved.task_spec.bpmn_id
    ]
    called = run.call.calls > calls  # type: ignore[attr-defined]
    return run, set(path) == {element} and not called and open_ids(run) <= open_before


def alike(one: Run, other: Run, where: str) -> None:
    assert one.open() == other.open(), where
    assert one.waiting() == other.waiting(), where
    assert one.variables == other.variables, where
    assert one.done == other.done, where


def compare(run: Run, chance: random.Random, where: str) -> str:
    """Take two open tasks, do the first and the second, take the first one out; beside it do the second one only.

    Returns ``entangled``, ``moved`` (the second one was no step beside the first) or the element that was taken out.
    """
    first, second = chance.sample(run.workflow.open_user_tasks(), 2)
    elements = [task.task_spec.bpmn_id for task in (first, second)]
    given = [{**shipped.answers(element, chance), f"note_{number}": number} for number, element in enumerate(elements)]
    before = frozen(run)
    after, _alone = done(before, first, given[0], run)
    if second.id not in open_ids(after):
        return "moved"
    current, beside = done(frozen(after), second, given[1], run)
    if not beside:
        return "moved"
    output = run.specs.model.elements[elements[0]].prop("outputCollection")
    try:
        result = without_step(before, frozen(after), frozen(current), output)
    except Entangled:
        return "entangled"
    never, _beside = done(before, second, given[1], run)
    taken_out = thawed(result, run, 7)
    expected = thawed(frozen(never), run, 7)
    assert open_ids(taken_out) == open_ids(expected), where
    alike(taken_out, expected, where)
    for number in range(ONWARDS):
        if not expected.open():
            break
        shipped.random_step(chance, [taken_out, expected])
        alike(taken_out, expected, f"{where}, {number} steps later")
    return str(elements[0])


@pytest.fixture
def _three_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three participants and three providers: two who answer, and one who still keeps the list open."""
    people = [{"employee": f"e{number}", "name": "A"} for number in range(3)]
    asked = [{"organisation": f"p{number}", "name": "P"} for number in range(3)]
    register, request = shipped.DELEGATES["demand.register"], shipped.DELEGATES["providers.request"]
    monkeypatch.setitem(shipped.DELEGATES, "demand.register", {**register, "participants": people})
    monkeypatch.setitem(shipped.DELEGATES, "providers.request", {**request, "quote_requests": asked})


@pytest.mark.sweep
@pytest.mark.usefixtures("_three_each")
@pytest.mark.parametrize("block", range(4))
def test_as_if_the_step_had_never_been_taken(block: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(block * 25, block * 25 + 25):
        chance = random.Random(seed)
        run = Run(shipped.specs(), shipped.delegate(seed))
        for number in range(LONGEST):
            run.freeze_and_thaw()
            if run.done:
                break
            if len(run.open()) > 1:
                seen[compare(run, chance, f"seed {seed}, step {number}")] += 1
            shipped.random_step(chance, [run])
    assert seen["entangled"] == 0
    assert seen["moved"] > 0, "some steps do move the case on; those are left to the plan"
    for needed in ("give_evidence", "company_evidence", "give_quote", "issue_certificate"):
        assert seen[needed] > 0, f"no walk of this block took out: {needed}"


def test_what_came_to_depend_on_the_step_is_not_torn_out() -> None:
    """Once the branches have met, no step can be taken out: it says so instead of leaving half of it."""
    run = Run(shipped.specs(), shipped.delegate(1))
    while "company_evidence" not in run.open():
        run.do(run.open()[0], {"completeness": "complete", "works_council_statement": "consent"})
    before = frozen(run)
    run.do("company_evidence")
    after = frozen(run)
    while "give_evidence" in run.open():
        run.do("give_evidence")
    with pytest.raises(Entangled):
        without_step(before, after, frozen(run), None)
