"""Timer and message events: due times are computed once when the event is entered, with the step's own clock."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from app.engine.expressions import evaluate_moment
from app.platform.clock import iso, parse_iso

NEVER = "never"


class DueTimer(TimerEventDefinition):
    """Fires when the workflow's ``now`` reaches the due time. An expression that yields null never fires."""

    def has_fired(self, my_task: Any) -> bool:
        """Whether it is due; computes the due time on entering."""
        due = my_task.internal_data.get("due")
        top = my_task.workflow.top_workflow
        if due is None:
            moment = evaluate_moment(self.expression, top.names(my_task))
            due = my_task.internal_data["due"] = NEVER if moment is None else iso(moment)
        if due != NEVER and parse_iso(due) <= top.now:
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
