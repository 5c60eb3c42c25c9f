"""Timer and message events: due times are computed once when the event is entered, with the step's own clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from app.engine.expressions import evaluate_moment
from app.platform.clock import iso, parse_iso

NEVER = "never"
FAILED = "failed"


class DueTimer(TimerEventDefinition):
    """Fires when the workflow's ``now`` reaches the due time. An expression that yields null never fires.

    ``internal_data["due"]``: ISO text, :data:`NEVER`, or :data:`FAILED` where the expression cannot be computed: that
    is an incident, and trying again computes it afresh.
    """

    def due(self, my_task: Any) -> datetime | None:
        """The point in time, computed when the event is entered; None if it never fires."""
        data = my_task.internal_data
        if "due" not in data:
            top = my_task.workflow.top_workflow
            try:
                moment = evaluate_moment(self.expression, top.names(my_task))
                data["due"] = NEVER if moment is None else iso(moment)
            except Exception as error:
                data["due"] = FAILED
                top.report_incident(my_task, error)
        return None if data["due"] in (NEVER, FAILED) else parse_iso(data["due"])

    def has_fired(self, my_task: Any) -> bool:
        """Whether it is due."""
        due = self.due(my_task)
        if due is not None and due <= my_task.workflow.top_workflow.now:
            my_task.internal_data["event_fired"] = True
        return bool(my_task.internal_data.get("event_fired"))

    def catches(self, my_task: Any, event: Any) -> bool:
        """Timers are driven by the clock, never by events."""
        return False


class NamedMessage(MessageEventDefinition):
    """Caught by name; the payload becomes case variables."""

    def catches(self, my_task: Any, event: Any) -> bool:
        """Equality by name; the correlation to a case has happened before (the message names its case)."""
        return isinstance(event.event_definition, NamedMessage) and event.event_definition.name == self.name

    def catch(self, my_task: Any, event: Any = None) -> None:
        """Take the payload over and fire."""
        my_task.workflow.top_workflow.variables.update(event.payload or {})
        my_task.internal_data["event_fired"] = True

    def update_task_data(self, my_task: Any) -> None:
        """Nothing: the payload is in the case's variables already."""
