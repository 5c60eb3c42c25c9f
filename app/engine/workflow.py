"""A running case in memory: SpiffWorkflow's workflow with flat scans instead of tree iteration.

Three quarters of a plain Spiff step is walking the task tree after every completion; a frontier has a handful of tasks,
so scanning its dictionary is faster and does not stop silently at tree depth 1000 (``util/task.py:182``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from app.engine.expressions import compiled, evaluate, scope
from app.engine.spiff_events import DueTimer

STOPPED = TaskState.STARTED | TaskState.WAITING | TaskState.READY

Call = Callable[[Any], bool | None]
"""Runs the delegate or decision of a service task: True when done, None when it failed (incident)."""


class ConditionNotBoolean(ValueError):
    """A condition must be true or false."""


class _Feel:
    """What Spiff calls a script engine: conditions of gateways, and nothing else."""

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> bool:
        value = compiled(expression).evaluate(task.workflow.top_workflow.names(task))
        if not isinstance(value, bool):
            raise ConditionNotBoolean(f"{expression} = {value!r}")
        return value


FEEL = _Feel()


class CaseContext:
    """What a step brings along: variables, clock, case facts, and the trace of what finished."""

    variables: dict[str, Any]
    now: datetime
    case: Mapping[str, Any]
    trace: list[tuple[Any, int]]
    incidents: list[tuple[Any, Exception]]
    call: Call

    def begin(self, now: datetime, case: Mapping[str, Any], call: Call) -> None:
        """Prepare for one step."""
        self.now, self.case, self.call = now, case, call
        self.trace, self.incidents = [], []

    def names(self, task: Any) -> dict[str, Any]:
        """The FEEL scope of ``task``."""
        return scope(self.variables, task.data, self.case, self.now)

    def evaluate(self, task: Any, text: str) -> Any:
        """FEEL of an attribute, as case data."""
        return evaluate(text, self.names(task))

    def report_incident(self, task: Any, error: Exception) -> None:
        """``task`` could not be carried out; the case stays where it is."""
        self.incidents.append((task, error))


class _Flat:
    """Scans ``tasks`` instead of iterating the tree."""

    def update_waiting_tasks(self) -> None:
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:  # type: ignore[attr-defined]
            if task._state == TaskState.WAITING and task.id in self.tasks:  # type: ignore[attr-defined]
                task.task_spec._update(task)

    def is_completed(self) -> bool:
        if not self.completed:  # type: ignore[has-type]
            unfinished = TaskState.NOT_FINISHED_MASK
            self.completed = not any(task._state & unfinished for task in self.tasks.values())  # type: ignore[attr-defined]
        return self.completed


class CaseSubWorkflow(_Flat, BpmnSubWorkflow):
    """A called or embedded process."""


class CaseWorkflow(CaseContext, _Flat, BpmnWorkflow):
    """The top of a case."""

    def __init__(
        self, spec: Any, subprocess_specs: Mapping[str, Any], variables: dict[str, Any], **kwargs: Any
    ) -> None:
        self.variables = variables
        self.trace, self.incidents = [], []
        super().__init__(spec, dict(subprocess_specs), script_engine=FEEL, **kwargs)

    def create_subprocess(self, my_task: Any, spec_name: str) -> CaseSubWorkflow:
        """A child workflow for a call activity or embedded subprocess."""
        child = CaseSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = child
        return child

    def workflows(self) -> list[Any]:
        """This workflow and all active children."""
        return [self, *(child for child in self.subprocesses.values() if not child.completed)]

    def run_automatic_steps(self) -> None:
        """Run everything that needs no person, until nothing changes any more, then let due timers fire."""
        while True:
            while self._pass():
                pass
            self.refresh_timers()
            if not self._has_ready():
                return

    def _pass(self) -> bool:
        """One sweep, deepest processes first; True while it changed something.

        The set of active children is compared, not its size: one may end while another starts.
        """
        before = {child.parent_task_id for child in self.get_active_subprocesses()}
        ran = 0
        for child in sorted(self.get_active_subprocesses(), key=lambda item: item.depth, reverse=True):
            while count := _run_ready(child):
                ran += count
            parent = self.get_task_from_id(child.parent_task_id)
            if parent._state & TaskState.NOT_FINISHED_MASK:
                parent.task_spec._update(parent)
        ran += _run_ready(self)
        return ran > 0 or {child.parent_task_id for child in self.get_active_subprocesses()} != before

    def _has_ready(self) -> bool:
        ready = TaskState.READY
        return any(
            task._state == ready and not task.task_spec.manual
            for flow in self.workflows()
            for task in flow.tasks.values()
        )

    def open_user_tasks(self) -> list[Any]:
        """All tasks that wait for a person."""
        return [
            task
            for flow in self.workflows()
            for task in flow.tasks.values()
            if task._state == TaskState.READY and task.task_spec.manual
        ]

    def stuck(self) -> list[Any]:
        """Tasks that stopped at an incident, and can be tried again."""
        return [
            task
            for flow in self.workflows()
            for task in flow.tasks.values()
            if task._state & STOPPED and (check := getattr(task.task_spec, "is_stuck", None)) and check(task)
        ]

    def follow_lists(self) -> None:
        """Variables have changed: tasks that run over a list let go of what is no longer on it."""
        for flow in self.workflows():
            for task in list(flow.tasks.values()):
                if task._state == TaskState.STARTED and (follow := getattr(task.task_spec, "follow", None)):
                    follow(task)

    def refresh_timers(self) -> None:
        """Compute due times that are not known yet, and fire the one that was due first; the others keep."""
        now, first = self.now, None
        for task in list(self.event_manager.tasks.values()):
            definition = task.task_spec.event_definition
            if isinstance(definition, DueTimer):
                due = definition.due(task)
                if due is not None and due <= now and (first is None or due < first[0]):
                    first = (due, task)
        if first is not None:
            first[1].task_spec._update(first[1])

    def size(self) -> int:
        """How many task objects are held (history included)."""
        return len(self.tasks) + sum(len(child.tasks) for child in self.subprocesses.values())


def _run_ready(flow: Any) -> int:
    count = 0
    for task in [task for task in flow.tasks.values() if task._state == TaskState.READY and not task.task_spec.manual]:
        if task._state == TaskState.READY and task.id in flow.tasks:
            task.run()
            count += 1
    return count
