"""Writing a correction (see ``correction``): one guarded step that opens a completed task again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.engine import catalogue, store
from app.engine.catalogue import LoadedDefinition
from app.engine.correction import EffectHappened, Undo, WorkBegun
from app.engine.frontier import thaw
from app.engine.models import Case, Incident, Task
from app.engine.outcome import Entry, Outcome
from app.engine.service import facts_of
from app.engine.step import Step
from app.engine.store import Author, ChangedMeanwhile
from app.platform import codec, jobs
from app.platform.db import rows_changed
from app.platform.settings import Settings


def reopen(
    session: Session,
    settings: Settings,
    loaded: Any,
    undone: Undo,
    *,
    reason: str,
    author: Author,
    assignee_id: str | None,
    now: datetime,
) -> None:
    """Open the completed task of ``loaded`` again as ``undone`` says, its answers as draft, for ``assignee_id``.

    What followed from it ends: tasks, waits, incidents, jobs. Raises WorkBegun, EffectHappened, ChangedMeanwhile.
    """
    case, task = loaded.Case, loaded.Task
    definition = catalogue.load(session, case.definition_id)
    blob = store.encode_snapshot(undone.snapshot)

    def look(at: bytes) -> Step:
        workflow = thaw(store.decode_snapshot(at), definition.spec, definition.subprocess_specs)
        return Step(definition, workflow, facts_of(case), now, session, settings)

    current, target = look(loaded.blob), look(blob)
    outcome = _difference(session, case.id, current, target)
    _check_untouched(session, definition, outcome.gone, author.user_id)
    payload = {"task": task.id, "element": task.element, "name": task.name, "correction_reason": reason}
    payload.update(undone=[undone.first, undone.last], closed=outcome.gone)
    outcome.entries.append(Entry("task.reopened", payload))
    ended, version = case.ended_at is not None, loaded.at_version
    store.write_step(session, case, version, outcome, blob, author, now)
    _open_again(session, task, undone, assignee_id)
    others = sorted(target.open_before - current.open_before - {task.id})
    if others:
        _update(session, Task.id.in_(others), state="open", ended_at=None, version=Task.version + 1)
    if undone.whole:
        # The case stands where it stood before: what was its newest answer then can be corrected again.
        same = (Task.case_id == case.id, Task.state == "completed", Task.newest_at == task.undo_to)
        _update(session, *same, newest_at=version + 1)
    if ended:
        kept = sa.update(Case).where(Case.id == case.id).values(retention_until=None)
        rows_changed(session, kept)
    _take_back_jobs(session, case.id, undone, range((task.undo_to or 0) + 1, version + 1))


def _difference(session: Session, case_id: str, current: Step, target: Step) -> Outcome:
    """From the case as it is to the case as it will be."""
    back, now = target.waits_before, current.waits_before
    stuck = sorted(target.stuck_before - current.stuck_before)
    return Outcome(
        gone=sorted(current.open_before - target.open_before),
        waits_opened=[wait for key, wait in back.items() if key not in now],
        waits_gone=[wait for key, wait in now.items() if key not in back],
        unstuck=sorted(current.stuck_before - target.stuck_before),
        incidents=[(element, _last_message(session, case_id, element)) for element in stuck],
        phase=target.phase(),
    )


def _last_message(session: Session, case_id: str, element: str) -> str:
    """What the incident said that comes back with the task."""
    statement = sa.select(Incident.message).where(Incident.case_id == case_id, Incident.element == element)
    return session.scalar(statement.order_by(Incident.id.desc()).limit(1)) or ""


def _check_untouched(session: Session, definition: LoadedDefinition, gone: Sequence[str], user_id: str | None) -> None:
    """Raise WorkBegun if somebody else has entered something into one of the tasks that would end.

    Claiming is harmless. A task that was itself opened again holds its old answers, which the history keeps.
    """
    if not gone:
        return
    columns = (Task.element, Task.assignee_id, Task.draft, Task.completed_seq)
    # Locked, so that nobody enters anything between this look and the end of the task.
    for row in session.execute(sa.select(*columns).where(Task.id.in_(gone)).order_by(Task.id).with_for_update()):
        begun = row.draft not in (None, "{}") and row.completed_seq is None
        if begun and (row.assignee_id is None or row.assignee_id != user_id):
            raise WorkBegun(step=definition.element_name(row.element))


def _open_again(session: Session, task: Task, undone: Undo, assignee_id: str | None) -> None:
    draft = None if undone.answers is None else codec.canonical(undone.answers)
    unchanged = (Task.id == task.id, Task.state == "completed", Task.version == task.version)
    values = {"state": "open", "completed_by": None, "ended_at": None, "newest_at": None, "assignee_id": assignee_id}
    if _update(session, *unchanged, **values, draft=draft, version=Task.version + 1) != 1:
        raise ChangedMeanwhile


def _update(session: Session, *conditions: sa.ColumnElement[bool], **values: Any) -> int:
    statement = sa.update(Task).where(*conditions).values(**values)
    return rows_changed(session, statement)


def _take_back_jobs(session: Session, case_id: str, undone: Undo, versions: range) -> None:
    """Delete what the step has asked for; if one of it has begun meanwhile, EffectHappened. Retries go in any case."""
    if undone.jobs:
        delete = sa.delete(jobs.Job).where(jobs.Job.key.in_(undone.jobs), store.NOT_BEGUN)
        if rows_changed(session, delete) != len(undone.jobs):
            raise EffectHappened(step=undone.automatic)
    if undone.whole:
        tries = range(1, len(versions) + 2)
        keys = [f"retry:{case_id}:{version}:{attempt}" for version in versions for attempt in tries]
        rows_changed(session, sa.delete(jobs.Job).where(jobs.Job.key.in_(keys)))
