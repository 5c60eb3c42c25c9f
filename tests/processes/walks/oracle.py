"""SpiffWorkflow as it is, with the whole history in memory: what the product's own steps are compared with."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import CaseFacts
from app.engine.outcome import Outcome
from app.engine.spiff_specs import is_instance
from app.platform import codec
from tests.engine.running import PlainWorkflow

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Oracle:
    """The same case in SpiffWorkflow as it is: automatic steps bring what they brought to ours."""

    def __init__(self, definition: LoadedDefinition, facts: CaseFacts) -> None:
        self.facts = asdict(facts)
        self.results: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self.workflow = PlainWorkflow(definition.spec, definition.subprocess_specs, {})

    def step(self, now: datetime, outcome: Outcome, act: Callable[[], None]) -> None:
        """One step, as ours whose ``outcome`` is known."""
        for entry in outcome.entries:
            if entry.kind == "service.called":
                self.results[entry.payload["element"]].append(entry.payload["set"])
        self.workflow.begin(now, self.facts, self._call)
        act()
        self._close_lists()
        self.workflow.run_automatic_steps()
        assert [element for element, left in self.results.items() if left] == [], "called by ours only"

    def _call(self, task: Any) -> bool:
        result = self.results[task.task_spec.bpmn_id].popleft()
        if is_instance(task):
            task.internal_data["answers"] = result
        else:
            before = self._people()
            self.workflow.variables.update(result)
            self._let_go(before - self._people())
        return True

    # -- what is promised beyond SpiffWorkflow: with a person who leaves, the person's open tasks end -------------

    def _people(self) -> set[str]:
        return {row["employee"] for row in self.workflow.variables.get("participants") or []}

    def _let_go(self, gone: set[str]) -> None:
        """Nobody is asked about somebody who has left; other instances, and answers given, stay."""
        for task in self.workflow.open_user_tasks():
            persons = {item.get("employee") for item in task.data.values() if isinstance(item, dict)}
            if is_instance(task) and persons & gone:
                task.cancel()
        self._close_lists()

    def _close_lists(self) -> None:
        """A list of which no instance is open any more is done, whether they were answered or cancelled."""
        for task in self.workflow.get_tasks(state=TaskState.STARTED):
            if isinstance(task.task_spec, LoopTask) and not any(child.state & LIVE for child in task.children):
                task._set_state(TaskState.READY)


def state(workflow: Any) -> dict[str, Any]:
    """All of a case that counts: open tasks, waiting events with their due times, variables, whether it has ended."""
    waiting = workflow.event_manager.tasks.values()
    return {
        "open": sorted(place(task) for task in workflow.open_user_tasks()),
        "waiting": sorted((task.task_spec.bpmn_id, str(task.internal_data.get("due"))) for task in waiting),
        "variables": codec.loads(codec.dumps(workflow.variables)),
        "ended": bool(workflow.is_completed()),
    }


def place(task: Any) -> tuple[str, int]:
    """Which task it is, the same in both: its element, and its place in a list."""
    return task.task_spec.bpmn_id, task.internal_data.get("index", 0)
