"""The frontier snapshot: only what can still influence the future of a case, as JSON.

Kept: live tasks (WAITING, READY, STARTED), their direct parents and the element of the diagram they were entered from
(the journal's path names it), roots, boundary splits with a living branch, and unfinished multi-instance tasks. Chains
in between collapse, completed subprocesses are dropped, FUTURE and MAYBE tasks are predicted again on thawing. The
differential tests walk plain workflows beside freeze → JSON → thaw after every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.spiff_task import LIVE
from app.engine.workflow import CaseSubWorkflow, CaseWorkflow

FORMAT = 1


def freeze(workflow: CaseWorkflow) -> dict[str, Any]:
    """JSON-able snapshot: format, completed, variables, and per active workflow its kept tasks, parents first."""
    return {
        "format": FORMAT,
        "completed": workflow.completed,
        "variables": workflow.variables,
        "workflows": [
            {
                "parent": None if flow is workflow else str(flow.parent_task_id),
                "spec": flow.spec.name,
                "tasks": _rows(flow),
            }
            for flow in workflow.workflows()
        ],
    }


def _rows(flow: Any) -> list[list[Any]]:
    """``[id, kept parent, spec, state, internal data, local data, triggered]`` in tree order."""
    keep = _kept(flow)
    rows: list[list[Any]] = []
    stack: list[tuple[Any, Any]] = [(flow.task_tree, None)]
    while stack:
        task, parent = stack.pop()
        if task.id in keep:
            above = None if parent is None else str(parent.id)
            rows.append(
                [str(task.id), above, task.task_spec.name, task._state, task.internal_data, task.data, task.triggered]
            )
            parent = task
        children = [flow.tasks[child] for child in task._children]
        stack.extend((child, parent) for child in reversed(children) if child._state >= TaskState.WAITING)
    return rows


def entered_from(task: Any) -> Any | None:
    """The nearest ancestor of ``task`` that is drawn and is another element; None at the start of a process."""
    parent = task.parent
    while parent is not None:
        element = parent.task_spec.bpmn_id
        if element is not None and element != task.task_spec.bpmn_id:
            return parent
        parent = parent.parent
    return None


def _kept(flow: Any) -> set[UUID]:
    keep = {flow.task_tree.id}
    get = flow.tasks.get
    for tip in [task for task in flow.tasks.values() if task._state & LIVE]:
        keep.add(tip.id)
        if tip._parent is not None:
            keep.add(tip._parent)
        source = entered_from(tip)
        if source is not None:
            keep.add(source.id)
        _keep_open_scopes(get, tip, keep)
    return {key for key in keep if (task := get(key)) is not None and task._state >= TaskState.WAITING}


def _keep_open_scopes(get: Any, tip: Any, keep: set[UUID]) -> None:
    """Walk up from ``tip``: keep a boundary split while one of its branches lives, a loop task until it completes."""
    task = get(tip._parent)
    while task is not None:
        spec = task.task_spec
        if isinstance(spec, BoundaryEventSplit):
            if any(child._state & LIVE for child in map(get, task._children) if child is not None):
                keep.add(task.id)
                keep.update(task._children)
        elif isinstance(spec, LoopTask) and task._state != TaskState.COMPLETED:
            keep.add(task.id)
        task = get(task._parent)


def thaw(snapshot: Mapping[str, Any], spec: Any, subprocess_specs: Mapping[str, Any]) -> CaseWorkflow:
    """The running workflow of ``snapshot``. The snapshot's containers are taken over, not copied."""
    workflow = CaseWorkflow(spec, subprocess_specs, snapshot["variables"], deserializing=True)
    workflow.completed = snapshot["completed"]
    tasks: dict[str, Any] = {}
    for part in snapshot["workflows"]:
        flow = workflow if part["parent"] is None else _child(workflow, part, tasks[part["parent"]])
        built = _build(flow, part["tasks"], workflow)
        tasks.update(built)
        for task in built.values():
            if task._state & LIVE:
                task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    return workflow


def _child(workflow: CaseWorkflow, part: Mapping[str, Any], parent: Any) -> CaseSubWorkflow:
    child = CaseSubWorkflow(workflow.subprocess_specs[part["spec"]], parent.id, workflow, deserializing=True)
    workflow.subprocesses[parent.id] = child
    child.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return child


def _build(flow: Any, rows: list[list[Any]], workflow: CaseWorkflow) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key, above, name, state, internal, local, triggered in rows:
        parent = None if above is None else built[above]
        task = Task(flow, flow.spec.task_specs[name], parent, state=state, id=UUID(key))
        task.internal_data, task.data, task.triggered = internal, local, triggered
        if parent is None:
            flow.task_tree = task
        built[key] = task
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            workflow.event_manager.add_task(task)
    return built
