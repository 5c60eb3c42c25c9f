"""Small diagrams deployed in a world and run as real cases: database, journal, tasks, waits, jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.audit.models import JournalEntry
from app.audit.verification import Verification, verify
from app.cases.jobs import fire_due_timers
from app.demo.direct import DirectDriver
from app.engine import catalogue, delegates
from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import Delegate
from app.engine.models import Case, Incident, Task, Wait
from app.engine.service import load_task, variables_of
from app.engine.store import Author
from app.platform import codec, jobs
from app.platform.db import Base, unit_of_work
from tests.engine.diagrams import bundle, form
from tests.world import NOW, World


def deploy(
    world: World, *diagrams: bytes, main: str = "main", forms: Mapping[str, bytes] | None = None, **files: bytes
) -> LoadedDefinition:
    """Deploy a process; every user task of ``diagrams`` gets a form with the optional text ``answer``."""
    content = {**bundle(*diagrams, forms=forms, main=main), **files}
    for task in _user_tasks(diagrams):
        content.setdefault(f"forms/{task}.form", form(task))
    with unit_of_work(world.session):
        definition = catalogue.deploy(world.session, content, NOW)
    return catalogue.load(world.session, definition.id)


def _user_tasks(diagrams: tuple[bytes, ...]) -> Iterator[str]:
    for data in diagrams:
        for part in data.decode().split('<bpmn:userTask id="')[1:]:
            yield part.split('"', 1)[0]


@contextmanager
def registered(topic: str, function: Delegate) -> Iterator[None]:
    """A delegate that exists for the length of a test."""
    before = dict(delegates._delegates)
    delegates._delegates[topic] = function
    try:
        yield
    finally:
        delegates._delegates.clear()
        delegates._delegates.update(before)


@dataclass
class Trial:
    """One case of a deployed diagram, with a clock of its own."""

    world: World
    id: str
    now: datetime = NOW

    @classmethod
    def start(
        cls, world: World, definition: LoadedDefinition, data: Mapping[str, Any] | None = None, now: datetime = NOW
    ) -> Trial:
        """Start a case of the first company."""
        hr = world.driver().actor("hr")
        with unit_of_work(world.session):
            case_id = world.engine.start(
                world.session,
                definition,
                company_id=world.organisation("hr"),
                title="Probe",
                data=dict(data or {}),
                author=Author(hr.user_id),
                now=now,
            )
        return cls(world, case_id, now)

    @property
    def driver(self) -> DirectDriver:
        """Drives the use cases at this case's time."""
        return self.world.driver(self.now)

    def rows(self, table: type[Base], *conditions: sa.ColumnElement[bool]) -> list[Any]:
        """Rows of this case, read afresh."""
        session, model = self.world.session, table.__table__.c
        session.rollback()
        return list(session.execute(sa.select(table.__table__).where(model.case_id == self.id, *conditions)))

    @property
    def case(self) -> Any:
        """The case's row, read afresh."""
        table = Case.__table__
        self.world.session.rollback()
        return self.world.session.execute(sa.select(table).where(table.c.id == self.id)).one()

    def open(self) -> list[str]:
        """Elements of open task rows, sorted."""
        return sorted(row.element for row in self.rows(Task) if row.state == "open")

    def task_id(self, element: str, index: int = 0) -> str:
        """The id of an open task; of several, in the order in which they were opened."""
        found = [row.id for row in self.rows(Task) if row.element == element and row.state == "open"]
        return str(sorted(found)[index])

    def do(self, element: str, answers: Mapping[str, Any] | None = None, index: int = 0, login: str = "hr") -> None:
        """Complete a task through the inbox."""
        self.driver.complete(login, self.task_id(element, index), dict(answers or {}))

    def set(self, element: str, **answers: Any) -> None:
        """Complete a task through the engine alone: answers that no form has checked."""
        session = self.world.session
        loaded = load_task(session, self.task_id(element))
        assert loaded is not None
        with unit_of_work(session):
            self.world.engine.complete(session, loaded, answers, options={}, author=Author(), now=self.now)

    def pass_time(self, by: timedelta, timers: bool = True) -> int:
        """Move the clock, fire timers, run jobs; returns how many of both."""
        self.now += by
        fired = fire_due_timers(self.world.session, self.world.engine, self.now) if timers else 0
        return fired + jobs.drain(self.world.session, self.now)

    def open_waits(self) -> dict[str, datetime | None]:
        """Element → due time of open waits."""
        return {row.element: row.due_at for row in self.rows(Wait) if row.state == "open"}

    def incidents(self, state: str = "open") -> list[Any]:
        """Incident rows in ``state``, oldest first."""
        return sorted(self.rows(Incident, Incident.__table__.c.state == state), key=lambda row: row.id)

    def journal(self, *kinds: str) -> list[dict[str, Any]]:
        """Payloads of journal entries, in order."""
        rows = sorted(self.rows(JournalEntry), key=lambda row: row.seq)
        return [codec.loads(row.payload) for row in rows if not kinds or row.kind in kinds]

    def kinds(self) -> list[str]:
        """Kinds of all journal entries, in order."""
        return [row.kind for row in sorted(self.rows(JournalEntry), key=lambda row: row.seq)]

    def path(self) -> list[str]:
        """Elements completed, in order."""
        return [element for move in self.journal("case.moved") for element, _source in move["path"]]

    @property
    def variables(self) -> dict[str, Any]:
        """The case's variables as stored."""
        from app.engine.models import Snapshot

        version = self.case.version
        blob = next(row.blob for row in self.rows(Snapshot) if row.version == version)
        return variables_of(blob)

    def verified(self) -> Verification:
        """The proof of the journal."""
        case = self.case
        return verify(self.world.session, self.id, case.journal_seq, case.journal_head)

    def jobs(self, name: str | None = None) -> list[Any]:
        """Open jobs that name this case, by due time."""
        table = jobs.Job.__table__
        self.world.session.rollback()
        rows = self.world.session.execute(sa.select(table).order_by(table.c.run_at)).all()
        mine = [row for row in rows if self.id in row.key or codec.loads(row.payload).get("case_id") == self.id]
        return [row for row in mine if name in (None, row.name)]


def picture(world: World) -> dict[str, list[Any]]:
    """Every row of every table, sorted: two equal pictures mean that nothing was written in between."""
    world.session.rollback()
    return {
        table.name: sorted(map(repr, world.session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
    }
