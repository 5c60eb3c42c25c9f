"""Use cases of the engine: start, complete, message, timers, retry. Each is one load, one step, one write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.engine import catalogue, store
from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import CaseFacts
from app.engine.frontier import freeze, thaw
from app.engine.live import LiveCache
from app.engine.models import Case, Incident, Snapshot, Task, Wait
from app.engine.outcome import Entry
from app.engine.step import Step
from app.engine.store import Author
from app.engine.workflow import CaseWorkflow
from app.platform.clock import iso
from app.platform.db import after_commit
from app.platform.ids import new_id
from app.platform.problems import Conflict
from app.platform.settings import Settings

Options = Mapping[str, Sequence[Mapping[str, Any]]]


class NothingWaits(Conflict):
    """The case does not wait for this message now."""

    code = "nothing_waits"


class CaseEnded(Conflict):
    """The case has ended; nothing can be changed any more."""

    code = "case_ended"


class TaskClosed(Conflict):
    """The task is no longer open: somebody has done it, or the case has moved on."""

    code = "task_closed"


@dataclass
class Engine:
    """The engine of one application: its settings and the cases it keeps in memory."""

    settings: Settings
    live: LiveCache

    @classmethod
    def create(cls, settings: Settings) -> Engine:
        """An engine with an empty cache."""
        return cls(settings, LiveCache(settings.live_cache_size))

    def start(
        self,
        session: Session,
        definition: LoadedDefinition,
        *,
        company_id: str,
        title: str,
        data: dict[str, Any],
        author: Author,
        now: datetime,
    ) -> str:
        """Start a case and return its id."""
        case_id, number = new_id(), store.next_number(session, now)
        facts = CaseFacts(case_id, number, company_id, iso(now), title)
        workflow = CaseWorkflow(definition.spec, definition.subprocess_specs, dict(data))
        step = Step(definition, workflow, facts, now, session, self.settings)
        started = {"process": definition.key, "version": definition.version, "hash": definition.hash}
        step.outcome.entries.append(
            Entry("case.started", {**started, "title": title, "company": company_id, "data": data})
        )
        step.start()
        outcome = step.finish()
        row = {
            "id": case_id,
            "number": number,
            "process": definition.key,
            "definition_id": definition.id,
            "version": 1,
            "title": title,
            "company_id": company_id,
            "started_by": author.user_id or "",
            "created_at": now,
            "updated_at": now,
        }
        store.write_new(session, row, outcome, store.encode_snapshot(freeze(workflow)), author, now)
        after_commit(session, lambda: self.live.put(case_id, 1, workflow))
        return case_id

    def complete(
        self,
        session: Session,
        loaded: Any,
        answers: dict[str, Any],
        *,
        options: Options,
        author: Author,
        now: datetime,
        also: Sequence[Entry] = (),
    ) -> None:
        """A person has done a task. ``loaded`` is a row with ``Task``, ``Case`` and the snapshot's columns
        (see :func:`load_task`); ``also`` are journal entries that belong to the same step.
        """
        task = loaded.Task
        row = {name: getattr(task, name) for name in store.TASK_COLUMNS}
        row.update(
            state="completed",
            version=task.version + 1,
            completed_by=author.user_id,
            assignee_id=task.assignee_id or (author.user_id if author.account else None),
            ended_at=now,
            draft=None,
            completed_seq=loaded.Case.journal_seq + 1,
            undo_to=loaded.at_version,
            newest_at=loaded.at_version + 1,
        )
        entry = Entry(
            "task.completed", {"task": task.id, "element": task.element, "name": task.name, "answers": answers}
        )

        def act(step: Step) -> None:
            if task.id not in step.open_before:
                raise TaskClosed
            step.complete(task.id, answers)

        self._step(session, loaded, act, entry, author, now, options=options, completed=row, also=also)

    def message(
        self,
        session: Session,
        loaded: Any,
        name: str,
        payload: dict[str, Any],
        *,
        author: Author,
        now: datetime,
        also: Sequence[Entry] = (),
    ) -> None:
        """A message from outside has arrived for a case; ``also`` as in :meth:`complete`. Raises
        :class:`NothingWaits`.
        """
        entry = Entry("message.received", {"name": name, "payload": payload})

        def act(step: Step) -> None:
            if not any(wait.kind == "message" and wait.name == name for wait in step.waits_before.values()):
                raise NothingWaits
            step.message(name, payload)

        self._step(session, loaded, act, entry, author, now, also=also)

    def fire_timers(self, session: Session, case_id: str, now: datetime) -> bool:
        """Fire the due timers of one case; False if nothing was due any more."""
        loaded = load_case(session, case_id)
        due = sa.select(Wait.element).where(Wait.case_id == case_id, Wait.state == "open", Wait.due_at <= now)
        elements = list(session.scalars(due))
        if loaded is None or not elements or loaded.Case.status != "open":
            return False
        entry = Entry("timer.fired", {"elements": sorted(elements)})
        self._step(session, loaded, Step.let_time_pass, entry, Author(), now)
        return True

    def retry(self, session: Session, case_id: str, author: Author, now: datetime, attempt: int = 1) -> bool:
        """Try again what stopped at an incident; False if none is open. ``attempt`` counts for the back-off."""
        loaded = load_case(session, case_id)
        open_ones = sa.select(Incident.id).where(Incident.case_id == case_id, Incident.state == "open")
        incidents = list(session.scalars(open_ones))
        if loaded is None or not incidents or loaded.Case.status != "open":
            return False
        resolve = sa.update(Incident).where(Incident.id.in_(incidents)).values(state="resolved", resolved_at=now)
        session.execute(resolve.execution_options(synchronize_session=False))
        entry = Entry("incident.retried", {"incidents": len(incidents)})

        def act(step: Step) -> None:
            step.outcome.attempt = attempt + 1
            step.retry()

        self._step(session, loaded, act, entry, author, now)
        return True

    def _step(
        self,
        session: Session,
        loaded: Any,
        act: Callable[[Step], None],
        entry: Entry,
        author: Author,
        now: datetime,
        options: Options | None = None,
        completed: dict[str, Any] | None = None,
        also: Sequence[Entry] = (),
    ) -> None:
        case = loaded.Case
        if case.status != "open":
            raise CaseEnded
        case_id, version = case.id, loaded.at_version
        definition = catalogue.load(session, case.definition_id)
        workflow = self.live.take(case_id, version)
        if workflow is None:
            workflow = thaw(store.decode_snapshot(loaded.blob), definition.spec, definition.subprocess_specs)
        step = Step(definition, workflow, facts_of(case), now, session, self.settings, options)
        step.outcome.entries += [entry, *also]
        act(step)
        outcome = step.finish()
        blob = store.encode_snapshot(freeze(workflow))
        store.write_step(session, case, version, outcome, blob, author, now, completed)
        after_commit(session, lambda: self.live.put(case_id, version + 1, workflow))


def facts_of(case: Case) -> CaseFacts:
    """What expressions may know of ``case``."""
    return CaseFacts(case.id, case.number, case.company_id, iso(case.created_at), case.title)


def snapshot_of() -> sa.ColumnElement[bool]:
    """Join condition: the snapshot of a case's current version."""
    return sa.and_(Snapshot.case_id == Case.id, Snapshot.version == Case.version)


def snapshot_columns() -> tuple[sa.Label[Any], ...]:
    """``blob`` and ``at_version``: what a step starts from. The version is taken from the snapshot's own row, because a
    ``Case`` object may be loaded afresh while the step is on its way, and the guard must not follow it.
    """
    return Snapshot.blob.label("blob"), Snapshot.version.label("at_version")


def load_case(session: Session, case_id: str, *scope: sa.ColumnElement[bool]) -> Any | None:
    """``Case`` and ``blob`` of a case in ``scope``, in one statement; None if there is none."""
    statement = sa.select(Case, *snapshot_columns()).join(Snapshot, snapshot_of()).where(Case.id == case_id, *scope)
    return session.execute(statement.execution_options(populate_existing=True)).first()


def load_task(session: Session, task_id: str, *scope: sa.ColumnElement[bool]) -> Any | None:
    """``Task``, ``Case`` and ``blob`` of a task in ``scope``, in one statement; None if there is none."""
    statement = (
        sa.select(Task, Case, *snapshot_columns())
        .join(Case, Case.id == Task.case_id)
        .join(Snapshot, snapshot_of())
        .where(Task.id == task_id, *scope)
    )
    return session.execute(statement.execution_options(populate_existing=True)).first()


@dataclass(frozen=True)
class CaseData:
    """What a snapshot says of a case's data, read once and without thawing it."""

    snapshot: Mapping[str, Any]

    @classmethod
    def read(cls, blob: bytes) -> CaseData:
        """The data in a snapshot's ``blob``."""
        return cls(store.decode_snapshot(blob))

    def names(self, task_id: str | None = None) -> dict[str, Any]:
        """The case's variables, overlaid with the local ones of a task."""
        names: dict[str, Any] = dict(self.snapshot["variables"])
        if task_id is not None:
            for part in self.snapshot["workflows"]:
                for row in part["tasks"]:
                    if row[0] == task_id:
                        names.update(row[5])
        return names

    def earlier_answers(self, task_id: str) -> list[Any]:
        """What was answered in the pass before, if the task is one of a list that is gone through again."""
        for part in self.snapshot["workflows"]:
            rows = {row[0]: row for row in part["tasks"]}
            if task_id in rows and rows[task_id][1] is not None:
                parent: dict[str, Any] = rows[rows[task_id][1]][4]
                return list(parent.get("earlier") or [])
        return []


def variables_of(blob: bytes, task_id: str | None = None) -> dict[str, Any]:
    """The variables in a snapshot, for callers that need nothing else of it."""
    return CaseData.read(blob).names(task_id)


def due_cases(session: Session, now: datetime, limit: int = 100) -> list[str]:
    """Cases with a due timer, the longest due first."""
    statement = (
        sa.select(Wait.case_id)
        .where(Wait.state == "open", Wait.due_at <= now)
        .group_by(Wait.case_id)
        .order_by(sa.func.min(Wait.due_at))
        .limit(limit)
    )
    return list(session.scalars(statement))
