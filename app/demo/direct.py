"""Driving the use cases directly, each call one unit of work: demo data and tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.jobs import fire_due_timers
from app.demo.walker import missing_kinds, sample_file
from app.documents import service as documents
from app.documents.problems import DocumentsMissing
from app.documents.service import NewDocument, Received
from app.engine.service import Engine
from app.identity.actor import Actor
from app.identity.directory import actor_for_login
from app.inbox import service as inbox
from app.inbox.queries import TaskQuery
from app.platform import jobs
from app.platform.clock import local_date
from app.platform.db import unit_of_work
from app.platform.filestore import FileStore


class UnknownLogin(Exception):
    """Nobody with this login exists in the demo alliance."""


class DirectDriver:
    """Acts in the same process, with a clock of its own that only moves when told."""

    def __init__(self, session: Session, engine: Engine, now: datetime, process: str = "training_case") -> None:
        self.session, self.engine, self.now, self.process = session, engine, now, process
        self._actors: dict[str, Actor] = {}

    def actor(self, login: str) -> Actor:
        """The actor behind ``login``."""
        if login not in self._actors:
            found = actor_for_login(self.session, login)
            if found is None:
                raise UnknownLogin(login)
            self._actors[login] = found
        return self._actors[login]

    def start(self, login: str, title: str, data: Mapping[str, Any]) -> str:
        """Start a case for the login's company."""
        actor = self.actor(login)
        company = next(iter(actor.organisations("hr")), None) or cases.startable(self.session, actor)[0]["id"]
        with unit_of_work(self.session):
            case = cases.start_case(
                self.session, actor, self.engine, self.process, company, title, dict(data), self.now
            )
        return str(case["id"])

    def open_tasks(self, login: str, case_id: str) -> list[dict[str, Any]]:
        """Open tasks of the case that ``login`` may complete."""
        query = TaskQuery(case=case_id, limit=100)
        items: list[dict[str, Any]] = inbox.list_tasks(self.session, self.actor(login), query, self.now)["items"]
        return items

    def visible_tasks(self, case_id: str) -> list[dict[str, Any]]:
        """All open tasks of the case, as the coordinator sees them."""
        query = TaskQuery(case=case_id, scope="visible", limit=100)
        items: list[dict[str, Any]] = inbox.list_tasks(self.session, self.actor("coordinator"), query, self.now)[
            "items"
        ]
        return items

    def task(self, login: str, task_id: str) -> dict[str, Any]:
        """The task with form, data and context."""
        return inbox.get_task(self.session, self.actor(login), task_id, "de", self.now)

    def complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        """Do the task, as if it had come over the wire; documents that it turns out to need are added first."""
        try:
            self._complete(login, task_id, answers)
        except DocumentsMissing as missing:
            case_id = inbox.get_task(self.session, self.actor(login), task_id, "de", self.now)["case"]["id"]
            for kind in missing_kinds(error.pointer for error in missing.errors):
                self.upload(login, case_id, task_id, kind)
            self._complete(login, task_id, answers)

    def _complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        with unit_of_work(self.session):
            inbox.complete_task(self.session, self.actor(login), self.engine, task_id, dict(answers), self.now)

    def upload(
        self,
        login: str,
        case_id: str,
        task_id: str | None,
        kind: str,
        content: bytes | None = None,
        media_type: str = "text/plain",
    ) -> dict[str, Any]:
        """Add a sample document of ``kind`` at a task."""
        files, new = FileStore(self.engine.settings.documents_folder), NewDocument(kind=kind, task=task_id)
        name, sample = sample_file(kind)
        content = content or sample
        with files.staged(BytesIO(content), len(content)) as staged, unit_of_work(self.session):
            received = Received(staged, media_type, name, None)
            return documents.add_document(
                self.session, self.actor(login), files, case_id, new, lambda: received, self.now, "de"
            )

    def message(self, login: str, case_id: str, name: str, payload: Mapping[str, Any]) -> None:
        """Send a message."""
        with unit_of_work(self.session):
            cases.send_message(
                self.session, self.actor(login), self.engine, case_id, name, dict(payload), self.now, "de"
            )

    def withdraw(self, login: str, case_id: str, reason: str) -> None:
        """Withdraw the case."""
        with unit_of_work(self.session):
            cases.withdraw(self.session, self.actor(login), self.engine, case_id, reason, self.now, "de")

    def advance(self, by: timedelta) -> None:
        """Let time pass, then fire timers and run jobs as the worker would."""
        self.now += by
        fire_due_timers(self.session, self.engine, self.now)
        jobs.drain(self.session, self.now)

    def today(self) -> date:
        """The driver's own day."""
        return local_date(self.now)

    def case(self, login: str, case_id: str) -> dict[str, Any]:
        """The case as the API answers it."""
        return cases.get_case(self.session, self.actor(login), case_id, "de", self.now)
