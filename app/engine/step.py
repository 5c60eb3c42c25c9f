"""One step of a case in memory: something happens, everything automatic follows, and the difference is described.

Nothing here writes; ``store`` turns an :class:`Outcome` into one guarded transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.orm import Session

from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import CaseFacts, DelegateCall, find_delegate
from app.engine.expressions import evaluate_moment
from app.engine.frontier import entered_from
from app.engine.model import Element
from app.engine.outcome import Entry, OpenTask, Outcome, WaitInfo
from app.engine.spiff_events import DueTimer, NamedMessage
from app.engine.spiff_specs import is_instance
from app.engine.workflow import CaseWorkflow
from app.platform import codec
from app.platform.clock import local_date
from app.platform.settings import Settings

COMPANY_ROLES = frozenset({"hr", "works_council", "employee"})
MAX_NAME = 200


class Step:
    """Advance ``workflow`` once: call one of the verbs, then :meth:`finish`."""

    def __init__(
        self,
        definition: LoadedDefinition,
        workflow: CaseWorkflow,
        facts: CaseFacts,
        now: datetime,
        session: Session,
        settings: Settings,
        options: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        self.definition, self.workflow, self.facts, self.now = definition, workflow, facts, now
        self.session, self.settings, self.options = session, settings, options or {}
        self.outcome = Outcome()
        workflow.begin(now, asdict(facts), self._call)
        self.open_before = {str(task.id) for task in workflow.open_user_tasks()}
        self.waits_before = _waits(workflow)
        self.stuck_before = {task.task_spec.bpmn_id for task in workflow.stuck()}

    # -- verbs ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run from the start event to the first tasks."""
        self.workflow.run_automatic_steps()

    def complete(self, task_id: str, answers: dict[str, Any]) -> None:
        """A person has done the task ``task_id``. The caller has checked that it is open."""
        task = self.workflow.get_task_from_id(UUID(task_id))
        element = self._element(task)
        if is_instance(task):
            key = element.prop("outputKey")
            identity = {"id": self._safely(task, lambda: self.workflow.evaluate(task, key))} if key else {}
            task.internal_data["answers"] = {**identity, **answers}
        else:
            self.workflow.variables.update(answers)
        task.run()
        self.workflow.run_automatic_steps()

    def message(self, name: str, payload: dict[str, Any]) -> None:
        """A message from outside has arrived. The caller has checked that the case waits for it."""
        self.workflow.send_event(BpmnEvent(NamedMessage(name), payload=payload))
        self.workflow.run_automatic_steps()

    def let_time_pass(self) -> None:
        """Fire every timer that is due."""
        self.workflow.run_automatic_steps()

    def retry(self) -> None:
        """Try again what stopped at an incident."""
        for task in self.workflow.stuck():
            task.task_spec.try_again(task)
        self.workflow.run_automatic_steps()

    # -- automatic tasks -----------------------------------------------------------------------------------------

    def _element(self, task: Any) -> Element:
        return self.definition.model.elements[task.task_spec.bpmn_id]

    def _call(self, task: Any) -> bool | None:
        """Run a delegate or decision; None leaves the task STARTED with an incident."""
        element = self._element(task)
        call = DelegateCall(
            element=element.id,
            topic=element.topic or "",
            case=self.facts,
            variables=_as_stored({**self.workflow.variables, **task.data}),
            now=self.now,
            session=self.session,
            settings=self.settings,
            decisions=self.definition.decisions,
            options=self.options,
        )
        try:
            if element.type == "businessRuleTask":
                result = self._decide(element, call)
            else:
                result = _as_stored(dict(find_delegate(call.topic)(call)))
        except Exception as error:
            self.workflow.report_incident(task, error)
            return None
        if is_instance(task):
            task.internal_data["answers"] = result
        else:
            self.workflow.variables.update(result)
        self._take_over(call)
        self.outcome.entries.append(
            Entry("service.called", {"element": element.id, "topic": call.topic, "set": result})
        )
        return True

    def _decide(self, element: Element, call: DelegateCall) -> dict[str, Any]:
        evaluation = call.decide(element.decision or "", call.variables)
        return {element.result_variable or "": evaluation.as_record()["value"]}

    def _take_over(self, call: DelegateCall) -> None:
        for evaluation in call.evaluations:
            record = evaluation.as_record()
            self.outcome.entries.append(Entry("decision.evaluated", {"element": call.element, **record}))
        self.outcome.jobs.extend(call.jobs)
        self.outcome.retention_until = call.retention_until or self.outcome.retention_until

    # -- the difference ------------------------------------------------------------------------------------------

    def finish(self) -> Outcome:
        """Describe what has changed since the step began."""
        workflow, outcome = self.workflow, self.outcome
        open_now = {str(task.id): task for task in workflow.open_user_tasks()}
        outcome.opened = [self._open_task(task) for key, task in open_now.items() if key not in self.open_before]
        outcome.gone = sorted(self.open_before - open_now.keys())
        waits_now = _waits(workflow)
        outcome.waits_opened = [wait for key, wait in waits_now.items() if key not in self.waits_before]
        outcome.waits_gone = [wait for key, wait in self.waits_before.items() if key not in waits_now]
        path = self._path()
        reached = [str(element) for element, _source in path]
        outcome.completed = bool(workflow.completed)
        outcome.phase = self.phase()
        if outcome.completed:
            results = self.definition.manifest.results
            outcome.result = next((results[element] for element in reached if element in results), "completed")
            outcome.retention_until = outcome.retention_until or self._kept_until()
        stuck_now = {task.task_spec.bpmn_id for task in workflow.stuck()}
        outcome.unstuck = sorted(self.stuck_before - stuck_now)
        outcome.incidents = [(self._element(task).id, _describe(error)) for task, error in workflow.incidents]
        outcome.entries.append(self._moved(path))
        outcome.entries.extend(
            Entry("incident.opened", {"element": at, "message": why}) for at, why in outcome.incidents
        )
        if outcome.completed:
            outcome.entries.append(Entry("case.ended", {"result": outcome.result}))
        return outcome

    def _moved(self, path: list[list[str | None]]) -> Entry:
        opened = [
            {"task": item.id, "element": item.element, "role": item.role, "organisation": item.organisation}
            for item in self.outcome.opened
        ]
        payload = {"path": path, "opened": opened, "closed": self.outcome.gone, "phase": self.outcome.phase}
        if self.outcome.jobs:
            payload["jobs"] = [name for name, _at, _payload in self.outcome.jobs]
        joined = [_entry(task) for task, _state in self.workflow.trace if task.internal_data.get("joined")]
        return Entry("case.moved", {**payload, "joined": joined} if joined else payload)

    def _path(self) -> list[list[str | None]]:
        """Completed elements in order, each with the element it was entered from."""
        return [
            _entry(task)
            for task, state in self.workflow.trace
            if state == TaskState.COMPLETED and task.task_spec.bpmn_id and not isinstance(task.task_spec, LoopTask)
        ]

    def _kept_until(self) -> str:
        """The end of the retention that the process sets for every ended case."""
        return f"{local_date(self.now).year + self.definition.manifest.retention_years}-12-31"

    def phase(self) -> str | None:
        """The furthest phase that is running: a phase is a call activity named in process.toml."""
        running = {
            task.task_spec.bpmn_id
            for flow in self.workflow.workflows()
            for task in flow.tasks.values()
            if task._state == TaskState.STARTED
        }
        return next((phase for phase in reversed(list(self.definition.manifest.phases)) if phase in running), None)

    def _open_task(self, task: Any) -> OpenTask:
        element, names = self._element(task), self.workflow.names(task)

        def text(slot: str) -> str | None:
            source = element.prop(slot)
            value = None if source is None else self._safely(task, lambda: self.workflow.evaluate(task, source))
            return None if value is None else str(value)

        def moment(source: str | None) -> datetime | None:
            return None if source is None else self._safely(task, lambda: evaluate_moment(source, names))

        role = element.roles[0]
        organisation = text("organisation") or (self.facts.company if role in COMPANY_ROLES else None)
        suffix = text("title")
        return OpenTask(
            id=str(task.id),
            element=element.id,
            name=(f"{element.name}: {suffix}" if suffix else element.name)[:MAX_NAME],
            phase=element.process,
            role=role,
            second_role=element.roles[1] if len(element.roles) > 1 else None,
            organisation=organisation,
            subject=text("subject"),
            four_eyes=element.prop("four_eyes"),
            priority=element.priority,
            due_at=moment(element.due_date),
            follow_up_at=moment(element.follow_up_date),
        )

    def _safely(self, task: Any, evaluate: Any) -> Any:
        """A due date or title that cannot be computed must not lose the step: it is reported as an incident."""
        try:
            return evaluate()
        except Exception as error:
            task.internal_data["incident"] = True
            self.workflow.report_incident(task, error)
            return None


def _entry(task: Any) -> list[str | None]:
    """``[element, the one it was entered from]``; only the first instance of a list was entered by a flow."""
    source = None if task.internal_data.get("index") else entered_from(task)
    return [task.task_spec.bpmn_id, None if source is None else source.task_spec.bpmn_id]


def _as_stored(values: dict[str, Any]) -> dict[str, Any]:
    """What a snapshot would give back: a copy of its own, JSON only. So a delegate changes the case by what it returns
    and by nothing else, and a case kept in memory is no other than one that was thawed. Raises TypeError.
    """
    stored: dict[str, Any] = codec.loads(codec.dumps(values))
    return stored


def _waits(workflow: CaseWorkflow) -> dict[str, WaitInfo]:
    found = {}
    for task in workflow.event_manager.tasks.values():
        definition, key = task.task_spec.event_definition, str(task.id)
        if isinstance(definition, DueTimer):
            due = definition.due(task)
            if due is not None:
                found[key] = WaitInfo(key, "timer", task.task_spec.bpmn_id, task.task_spec.bpmn_id, due)
        elif isinstance(definition, NamedMessage):
            found[key] = WaitInfo(key, "message", task.task_spec.bpmn_id, definition.name, None)
    return found


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:1000]
