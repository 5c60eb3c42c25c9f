"""A walk without database: the product's own steps, frozen and thawed, beside plain SpiffWorkflow with all history.

Rooms and forms are the real ones; what they read is the demo alliance, and nothing is written.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnEvent
from sqlalchemy.orm import Session

from app.cases.leavers import PROVIDER_CANCELLED, WITHDRAWAL
from app.cases.leaving import Leaving, leave
from app.decisions.feel import Expression, compile_expression
from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import CaseFacts
from app.engine.frontier import freeze, thaw
from app.engine.spiff_events import NamedMessage
from app.engine.spiff_specs import is_instance
from app.engine.step import Step
from app.engine.store import Author, encode_snapshot
from app.engine.workflow import CaseWorkflow
from app.forms.definition import FormDefinition
from app.identity.actor import Actor
from app.inbox.service import options_for
from app.platform import codec
from app.platform.clock import iso, local_date
from app.platform.settings import Settings
from tests.processes.walks.answers import answers
from tests.processes.walks.oracle import Oracle, place, state
from tests.processes.walks.walk import RandomWalk, Waiting
from tests.world import NOW

THAWED, TRIES = 0.7, 12
"""How often a case comes from its snapshot, else it was still in memory; answers drawn to open a wanted way."""


class InMemoryWalk(RandomWalk):
    """The walk of ``seed`` for ``company``; ``wanted`` are conditions of ways that it takes where it can."""

    def __init__(
        self,
        definition: LoadedDefinition,
        actors: Mapping[str, Actor],
        seed: int,
        *,
        session: Session,
        settings: Settings,
        company: str,
        wanted: Sequence[str] = (),
    ) -> None:
        super().__init__(definition, actors, seed)
        self.session, self.settings, self.now = session, settings, NOW
        self.facts = CaseFacts(str(UUID(int=seed)), f"FF-2026-{seed:06d}", company, iso(NOW), f"Fall {seed}")
        self.workflow = CaseWorkflow(definition.spec, definition.subprocess_specs, {})
        self.oracle = Oracle(definition, self.facts)
        self.seen: set[str] = set()
        self.tasks: dict[str, Any] = {}
        self.largest, self.wanted = 0, [compile_expression(condition) for condition in wanted]
        self._step(Step.start, lambda: None)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _step(self, act: Callable[[Step], None], same: Callable[[], None], options: Any = None) -> None:
        """One step of ours, then the same of the oracle."""
        frozen = codec.dumps(freeze(self.workflow))
        self.largest = max(self.largest, len(frozen))
        if self.told and self.chance.random() < THAWED:
            self.workflow = thaw(codec.loads(frozen), self.definition.spec, self.definition.subprocess_specs)
        arguments = (self.definition, self.workflow, self.facts, self.now, self.session, self.settings, options)
        step = Step(*arguments)
        act(step)
        self.outcome = step.finish()
        for task in self.outcome.opened:
            self.tasks[task.id] = SimpleNamespace(
                **asdict(task), organisation_id=task.organisation, subject_id=task.subject, place=0
            )
        for key in self.outcome.gone:
            del self.tasks[key]
        self._note_path()
        self.oracle.step(self.now, self.outcome, same)

    def _note_path(self) -> None:
        between = self.definition.model.flow_between
        moved = next(entry for entry in self.outcome.entries if entry.kind == "case.moved")
        for element, source in moved.payload["path"]:
            self.seen |= {element, between.get((source, element), element)}

    def complete(self, task: Any, login: str, form: FormDefinition, chance: random.Random | None) -> None:
        """As the inbox does, without writing."""
        ours = self.workflow.get_task_from_id(UUID(task.id))
        names = {**self.workflow.variables, **ours.data}
        offered = options_for(self.session, form, SimpleNamespace(company_id=self.facts.company), names, self.now)  # type: ignore[arg-type]
        public = {
            key: [{"value": row["value"], "label": row["label"]} for row in rows] for key, rows in offered.items()
        }
        given = answers(form, names, public, local_date(self.now), chance)
        for _ in range(TRIES if chance is not None and self.asked_by(form) else 0):
            if self.leads_on({**names, **given}, form):
                break
            given = answers(form, names, public, local_date(self.now), chance)
        wanted = place(ours)
        key = self.definition.model.elements[task.element].prop("outputKey")

        def same() -> None:
            plain = next(item for item in self.oracle.workflow.open_user_tasks() if place(item) == wanted)
            if is_instance(plain):
                identity = {"id": self.oracle.workflow.evaluate(plain, key)} if key else {}
                plain.internal_data["answers"] = {**identity, **given}
            else:
                self.oracle.workflow.variables.update(given)
            plain.run()

        self._step(lambda step: step.complete(task.id, given), same, offered)

    def asked_by(self, form: FormDefinition) -> list[Expression]:
        """Conditions of wanted ways that ask for an answer of ``form``."""
        return [condition for condition in self.wanted if form.level.keys & set(condition.names)]

    def leads_on(self, names: Mapping[str, Any], form: FormDefinition) -> bool:
        """Whether a wanted way opens with these answers, as far as can be said now."""
        asked = [item for item in self.asked_by(form) if set(item.names) <= names.keys()]
        return any(item.evaluate(names) is True for item in asked)

    def send(self, name: str, form: FormDefinition | None) -> None:
        """As from outside, checked by the form of its twin."""
        payload = {} if form is None else answers(form, self.workflow.variables, {}, local_date(self.now), self.chance)
        self._message(name, payload)

    def withdraw(self) -> None:
        """HR withdraws."""
        self._message(WITHDRAWAL, {"withdrawal_reason": "Grund", "withdrawal_by": "Personal"})

    def cancel_provider(self) -> None:
        """The chosen provider cancels."""
        assert self.workflow.variables.get("chosen_provider"), "a cancellation is awaited, and nobody is chosen"
        self._message(PROVIDER_CANCELLED, {"cancellation_reason": "Grund", "cancelled_by": "Träger"})

    def leave(self, employee: str) -> None:
        """As the use case does, without writing: message and payload are its own."""
        blob, case = encode_snapshot(freeze(self.workflow)), SimpleNamespace(phase=self.outcome.phase)
        row, who = SimpleNamespace(blob=blob, Case=case), {"employee": employee, "name": "Person"}
        engine: Any = SimpleNamespace(message=lambda _session, _row, name, payload, **_: self._message(name, payload))
        why, by = Leaving("own_wish", "Grund"), {"author": Author(), "recorded_by": "Personal"}
        leave(self.session, engine, row, who, why, now=self.now, **by)

    def _message(self, name: str, payload: dict[str, Any]) -> None:
        event = BpmnEvent(NamedMessage(name), payload=payload)
        self._step(lambda step: step.message(name, payload), lambda: self.oracle.workflow.send_event(event))

    def pass_time(self, until: datetime) -> None:
        """The clock only moves forwards."""
        self.now = max(self.now, until)
        self._step(Step.let_time_pass, lambda: None)

    # -- what is there --------------------------------------------------------------------------------------------

    def variables(self) -> Mapping[str, Any]:
        """As they are in memory."""
        return self.workflow.variables

    def open_tasks(self) -> Sequence[Any]:
        """By what the steps reported; the places are those of list items."""
        for task in self.workflow.open_user_tasks():
            self.tasks[str(task.id)].place = task.internal_data.get("index", 0)
        return list(self.tasks.values())

    def waits(self) -> Sequence[Waiting]:
        """Read from the workflow itself."""
        found = []
        for task in self.workflow.event_manager.tasks.values():
            event = task.task_spec.event_definition
            if isinstance(event, NamedMessage):
                found.append(Waiting("message", event.name, None))
            else:
                found.append(Waiting("timer", task.task_spec.bpmn_id, event.due(task)))
        return found

    def incidents(self) -> Sequence[str]:
        """Of this step."""
        return [f"{element}: {why}" for element, why in self.outcome.incidents]

    def result(self) -> str | None:
        """Of the last step."""
        return self.outcome.result if self.outcome.completed else None

    def check(self) -> None:
        """Ours is where the oracle is, to the last variable; what steps reported is what is open."""
        ours, plain = state(self.workflow), state(self.oracle.workflow)
        different = {name: (ours[name], plain[name]) for name in ours if ours[name] != plain[name]}
        assert different == {}, f"ours and SpiffWorkflow differ: {different}"
        reported, found = set(self.tasks), {str(task.id) for task in self.workflow.open_user_tasks()}
        assert reported == found, f"reported and open tasks differ: {reported ^ found}"
