"""Two changes to SpiffWorkflow's task class, made once at import.

* Ids are UUIDv7: they leave the house as task ids and sort by time.
* ``_set_state`` tells the running workflow what finished, instead of formatting a log line for every change (which
costs
  more than the change; SpiffWorkflow 3.2.0, ``task.py:_set_state``).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow import task as spiff_task
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.platform.ids import new_id

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


def _new_uuid() -> UUID:
    return UUID(new_id())


def _set_state(task: Any, value: int) -> None:
    if value == task._state:
        return
    task._state = value
    trace = getattr(task.workflow.top_workflow, "trace", None)
    if trace is not None and value in (TaskState.COMPLETED, TaskState.CANCELLED):
        trace.append((task, value))


spiff_task.uuid4 = _new_uuid
Task._set_state = _set_state
