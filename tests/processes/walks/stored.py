"""A walk through services and database: what is acknowledged is stored, journalled and proved."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.audit.verification import verify
from app.cases.leavers import CAUSES, may_cancel, may_leave
from app.cases.scope import roles_in_case
from app.demo.people import USERS
from app.engine import catalogue
from app.engine.models import Case, Incident, Task, Wait
from app.engine.service import load_case, load_task, variables_of
from app.forms.definition import FormDefinition
from app.identity.policy_rule import MESSENGERS
from app.inbox.service import options_for
from tests.processes.walks.answers import answers
from tests.processes.walks.walk import RandomWalk, Waiting
from tests.world import World

HR = ("hr", "hr3", "hr5", "hr7")


class StoredWalk(RandomWalk):
    """The walk of ``seed`` as the use cases carry it out, one transaction a step."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.driver, self.session = world, world.driver(), world.session
        super().__init__(
            catalogue.latest(self.session, "training_case"),
            {login: self.driver.actor(login) for login, *_ in USERS},
            seed,
        )
        self.hr = HR[seed % len(HR)]
        self.case_id = self.driver.start(self.hr, f"Fall {seed}", {})
        self.number = 0

    def _case(self) -> Case:
        return self.session.get_one(Case, self.case_id, populate_existing=True)

    def open_tasks(self) -> Sequence[Any]:
        """As stored; in the order in which they were opened."""
        statement = (
            sa.select(Task).where(Task.case_id == self.case_id, Task.state == "open").order_by(Task.name, Task.id)
        )
        return list(self.session.scalars(statement.execution_options(populate_existing=True)))

    def place(self, task: Any) -> Any:
        """By name: ids differ from run to run."""
        return task.element, task.name

    def waits(self) -> Sequence[Waiting]:
        """As stored."""
        found = self.session.scalars(
            sa.select(Wait)
            .where(Wait.case_id == self.case_id, Wait.state == "open")
            .execution_options(populate_existing=True)
        )
        return [Waiting(wait.kind, wait.name, wait.due_at) for wait in found]

    def incidents(self) -> Sequence[str]:
        """Open ones, as stored."""
        statement = sa.select(Incident.message).where(Incident.case_id == self.case_id, Incident.state == "open")
        return list(self.session.scalars(statement))

    def result(self) -> str | None:
        """As stored."""
        return self._case().result

    def complete(self, task: Any, login: str, form: FormDefinition, chance: random.Random | None) -> None:
        """Through the inbox, which checks the answers again; it lists the task for ``login``."""
        assert task.id in {item["id"] for item in self.driver.open_tasks(login, self.case_id)}, "not in the inbox"
        row = load_task(self.session, task.id)
        assert row is not None
        names = variables_of(row.blob, task.id)
        offered = options_for(self.session, form, row.Case, names, self.driver.now)
        public = {
            key: [{"value": item["value"], "label": item["label"]} for item in items] for key, items in offered.items()
        }
        self.driver.complete(login, task.id, answers(form, names, public, self.driver.today(), chance))

    def send(self, name: str, form: FormDefinition | None) -> None:
        """By somebody who may."""
        assert form is not None, f"{name} has no twin"
        company = self._case().company_id
        able = [login for login, actor in self.actors.items() if roles_in_case(actor, company) & MESSENGERS]
        self.driver.message(
            self.chance.choice(able), self.case_id, name, answers(form, {}, {}, self.driver.today(), self.chance)
        )

    def variables(self) -> Mapping[str, Any]:
        """As stored."""
        row = load_case(self.session, self.case_id)
        assert row is not None
        return variables_of(row.blob)

    def withdraw(self) -> None:
        """By HR."""
        self.driver.withdraw(self.hr, self.case_id, "Ein Grund")

    def cancel_provider(self) -> None:
        """By somebody who may: the provider as well."""
        case, variables = self._case(), self.variables()
        able = [login for login, actor in self.actors.items() if may_cancel(actor, case, variables)]
        self.driver.cancel_provider(self.chance.choice(able), self.case_id, "Ein Grund")

    def leave(self, employee: str) -> None:
        """By somebody who may: the person as well."""
        case, variables = self._case(), self.variables()
        able = [
            login
            for login, actor in self.actors.items()
            if employee in {person["employee"] for person in may_leave(actor, case, variables)}
        ]
        who, cause = self.chance.choice(able), self.chance.choice(CAUSES)
        self.driver.leave(who, self.case_id, employee, cause, "Ein Grund")

    def pass_time(self, until: datetime) -> None:
        """Timers and jobs as the worker runs them."""
        self.driver.advance(max(until - self.driver.now, until - until))

    def check(self) -> None:
        """Every few steps the journal is proved; at the end in any case."""
        self.number += 1
        case = self._case()
        if self.number % 10 == 0 or case.ended_at is not None:
            proof = verify(self.session, self.case_id, case.journal_seq, case.journal_head)
            assert (proof.valid, proof.entries) == (True, case.journal_seq)
