"""Task specifications with BPMN's semantics where SpiffWorkflow 3.2.0 differs.

* Variables belong to the case (``CaseWorkflow.variables``), as in BPMN engines; ``Task.data`` holds only the local
  variables of a multi-instance element. So parallel branches cannot undo each other's answers at a join.
* A parallel gateway counts one waiting token per incoming flow and consumes exactly those, also inside loops
  (Spiff counts joins that an earlier pass cancelled, ``parallel_gateway.py:65``).
* Multi-instance tasks connect their children when the diagram is parsed, never while running: specs stay unchanged.
* An error in a condition, delegate or decision leaves the task STARTED and is reported as an incident.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    ExclusiveGateway,
    ParallelGateway,
    ServiceTask,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.expressions import compiled
from app.engine.spiff_events import FAILED, NamedMessage
from app.engine.spiff_task import LIVE


class CaseUserTask(UserTask):
    """A task for people."""

    def is_stuck(self, my_task: Any) -> bool:
        """Whether one of its attributes, a due date for example, could not be computed; it can be done all the same."""
        return bool(my_task._state == TaskState.READY and my_task.internal_data.get("incident"))

    def try_again(self, my_task: Any) -> None:
        """The task is there already, without the attribute: that is all there is to do."""
        del my_task.internal_data["incident"]


class _Retriable:
    """An automatic task that an incident leaves STARTED."""

    def is_stuck(self, my_task: Any) -> bool:
        """Whether it stopped at an incident: while a step runs to its end, nothing automatic stays STARTED."""
        return bool(my_task._state == TaskState.STARTED)

    def try_again(self, my_task: Any) -> None:
        """Run it once more."""
        my_task.run()


class CaseServiceTask(_Retriable, ServiceTask):
    """Calls a delegate or a decision through the workflow's ``call``."""

    def _run_hook(self, my_task: Any) -> bool | None:
        done: bool | None = my_task.workflow.top_workflow.call(my_task)
        return done


class CaseExclusiveGateway(_Retriable, ExclusiveGateway):
    """Takes the first flow whose condition is true, else the default."""

    def _run_hook(self, my_task: Any) -> bool | None:
        try:
            chosen: bool = super()._run_hook(my_task)
            return chosen
        except Exception as error:
            my_task.workflow.top_workflow.report_incident(my_task, error)
            return None


class CaseParallelGateway(ParallelGateway):
    """Splits and joins by tokens: fires when every incoming flow holds one, and consumes one of each."""

    def _update_hook(self, my_task: Any) -> bool:
        tokens: dict[str, Any] = {my_task.parent.task_spec.name: my_task}
        for task in list(my_task.workflow.tasks.values()):
            if task.task_spec is self and task is not my_task and task._state == TaskState.WAITING:
                tokens.setdefault(task.parent.task_spec.name, task)
        if len(tokens) < len(set(self._inputs)):
            my_task._set_state(TaskState.WAITING)
            return False
        for task in tokens.values():
            if task is not my_task:
                task.internal_data["joined"] = True
                task.cancel()
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class CaseEndJoin(_EndJoin):
    """The process is complete when no token is left anywhere in it."""

    def _update_hook(self, my_task: Any) -> bool:
        mates = []
        for task in my_task.workflow.tasks.values():
            if task is not my_task and task._state & LIVE:
                if task.task_spec is not self:
                    my_task._set_state(TaskState.WAITING)
                    return False
                mates.append(task)
        for mate in mates:
            mate.cancel()
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class _SharedVariables:
    """Called and embedded processes see the case's variables; only local ones are handed down."""

    def start_workflow(self, my_task: Any) -> None:
        child = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)  # type: ignore[attr-defined]
        child.completed_event.connect(self._on_subworkflow_completed, my_task)  # type: ignore[attr-defined]
        child.task_tree.data.update(my_task.data)
        child.task_tree.run()

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        """Nothing to copy back: variables are the case's."""


class CaseCallActivity(_SharedVariables, CallActivity):
    """Runs another process of the bundle."""


class CaseSubProcess(_SharedVariables, SubWorkflowTask):
    """Runs an embedded subprocess."""


class CaseBoundaryEvent(BoundaryEvent):
    """Timer or message on the border of an activity."""

    def _run_hook(self, my_task: Any) -> bool | None:
        done: bool | None = super()._run_hook(my_task)
        if not self.cancel_activity and isinstance(self.event_definition, NamedMessage):
            self._listen_again(my_task)
        return done

    def _listen_again(self, my_task: Any) -> None:
        """A message that interrupts nothing may come any number of times; Spiff catches only the first."""
        again = my_task.parent._add_child(self, TaskState.WAITING)
        again.triggered = True
        self._predict(again, mask=TaskState.NOT_FINISHED_MASK)
        self._update(again)

    def is_stuck(self, my_task: Any) -> bool:
        """Whether its due time could not be computed."""
        return bool(my_task._state == TaskState.WAITING and my_task.internal_data.get("due") == FAILED)

    def try_again(self, my_task: Any) -> None:
        """Compute the due time afresh."""
        del my_task.internal_data["due"]
        self._update(my_task)


def is_instance(my_task: Any) -> bool:
    """Whether ``my_task`` is one instance of a list. The element that follows a list has it as its parent, too."""
    spec = getattr(my_task.parent, "task_spec", None)
    return isinstance(spec, CaseMultiInstance) and spec.task_spec == my_task.task_spec.name


class CaseMultiInstance(LoopTask, BpmnSpecMixin):
    """One instance per item of a list; the answers are gathered in the order of the list.

    ``internal_data``: ``items`` (the list when the task began), ``results`` (index → answers), ``started`` (how many),
    ``dropped`` (indexes of items that have left the list since), ``earlier`` (the answers of the pass before, which
    forms begin with).
    """

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        collection: str,
        element_variable: str,
        output_collection: str | None,
        sequential: bool,
        output_key: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.task_spec = ""
        self.collection = collection
        self.element_variable = element_variable
        self.output_collection = output_collection
        self.sequential = sequential
        self.output_key = output_key

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        top = my_task.workflow.top_workflow
        try:
            items = top.evaluate(my_task, self.collection)
            if not isinstance(items, list):
                raise TypeError(f"{self.collection} is not a list")
        except Exception as error:
            top.report_incident(my_task, error)
            my_task._set_state(TaskState.STARTED)
            return None
        if self.output_collection:
            my_task.internal_data["earlier"] = top.variables.get(self.output_collection) or []
        my_task.internal_data.update(items=items, results={}, started=0)
        self._publish(my_task)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        for _ in range(1 if self.sequential else len(items)):
            self._start_next(my_task)
        return None

    def is_stuck(self, my_task: Any) -> bool:
        """Whether its list could not be read."""
        return bool(my_task._state == TaskState.STARTED and "items" not in my_task.internal_data)

    def try_again(self, my_task: Any) -> None:
        """Read the list once more."""
        my_task._set_state(TaskState.WAITING)
        self._update(my_task)

    def follow(self, my_task: Any) -> None:
        """What has left the list while it runs needs no answer any more; answers that were given stay."""
        state = my_task.internal_data
        if "items" not in state:
            return
        listed = [
            self._identity(my_task, item) for item in my_task.workflow.top_workflow.evaluate(my_task, self.collection)
        ]
        left = [index for index, item in enumerate(state["items"]) if self._identity(my_task, item) not in listed]
        state["dropped"] = [index for index in left if str(index) not in state["results"]]
        gone = [child for child in my_task.children if child._state & LIVE and child.internal_data["index"] in left]
        for child in gone:
            child.cancel()
        if gone or self.sequential:
            self._go_on(my_task)

    def _identity(self, my_task: Any, item: Any) -> Any:
        """By what an item is known again: the key of its answers, else all of it."""
        if self.output_key is None:
            return item
        names = my_task.workflow.top_workflow.names(my_task)
        return compiled(self.output_key).evaluate({**names, self.element_variable: item})

    def _go_on(self, my_task: Any) -> None:
        """Everything is answered or needs no answer: the list is done. One after the other: the next item's turn."""
        state = my_task.internal_data
        dropped = state.get("dropped", [])
        if len(state["results"]) + len(dropped) == len(state["items"]):
            state.clear()  # all of it is in the case's variables now
            my_task._set_state(TaskState.READY)
        elif self.sequential and not any(child._state & LIVE for child in my_task.children):
            while state["started"] in dropped:
                state["started"] += 1
            self._start_next(my_task)

    def _start_next(self, my_task: Any) -> None:
        index = my_task.internal_data["started"]
        my_task.internal_data["started"] = index + 1
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        child.internal_data["index"] = index
        child.data[self.element_variable] = my_task.internal_data["items"][index]
        child.task_spec._update(child)

    def merge_child(self, workflow: Any, child: Any) -> None:
        """An instance has completed (connected to the child's ``completed_event`` by the parser)."""
        my_task = child.parent
        state = my_task.internal_data
        state["results"][str(child.internal_data["index"])] = child.internal_data.pop("answers", {})
        self._publish(my_task)
        self._go_on(my_task)

    def _publish(self, my_task: Any) -> None:
        if self.output_collection:
            results = my_task.internal_data["results"]
            ordered = [results[index] for index in sorted(results, key=int)]
            my_task.workflow.top_workflow.variables[self.output_collection] = ordered
