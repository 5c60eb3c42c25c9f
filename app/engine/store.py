"""Reading a case for a step and writing the step: one guarded transaction, one statement per table."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.engine.models import Case, CaseCounter, Incident, Snapshot, Task, Wait
from app.engine.outcome import Outcome
from app.platform import codec, jobs
from app.platform.clock import local_date
from app.platform.db import counted_up, insert, table_of, upsert
from app.platform.ids import new_id
from app.platform.problems import Conflict

_COMPLETION = (
    *("state", "version", "completed_by", "ended_at", "draft", "assignee_id"),
    *("completed_seq", "undo_to", "newest_at"),
)
TASK_COLUMNS = tuple(column.name for column in Task.__table__.columns)


class ChangedMeanwhile(Conflict):
    """The case has changed meanwhile. Load the task again and check your entries."""

    code = "changed_meanwhile"


_CASE = table_of(Case)
_CHANGED = (
    *("version", "status", "phase", "result", "updated_at", "ended_at"),
    *("journal_seq", "journal_head", "retention_until"),
)
_GUARD = (
    sa.update(_CASE)
    .where(
        _CASE.c.id == sa.bindparam("case_id"),
        _CASE.c.version == sa.bindparam("read_version"),
        _CASE.c.journal_seq == sa.bindparam("read_seq"),
    )
    .values({name: sa.bindparam(name, type_=_CASE.c[name].type) for name in _CHANGED})
)
"""The guard of every step: nothing is written unless the case still has the version that was read, and nobody
has added to its journal."""


@dataclass(frozen=True)
class Author:
    """Who does something: a user, perhaps on behalf of another; both None for the service itself.

    Without ``account`` it is a participant who acts by a link, and ``user_id`` the id of that link.
    """

    user_id: str | None = None
    on_behalf_of: str | None = None
    account: bool = True


NOT_BEGUN = sa.and_(jobs.Job.state == "open", jobs.Job.attempts == 0)
"""Jobs that no worker has taken up yet."""


def encode_snapshot(snapshot: dict[str, Any]) -> bytes:
    """Compressed JSON; the order of tasks is kept, which a JSON column would not promise."""
    return zlib.compress(codec.dumps(snapshot), 1)


def decode_snapshot(blob: bytes) -> dict[str, Any]:
    """Inverse of :func:`encode_snapshot`."""
    snapshot: dict[str, Any] = codec.loads(zlib.decompress(blob))
    return snapshot


def next_number(session: Session, now: datetime) -> str:
    """The next case number, ``FF-2026-000123``; without gaps as far as transactions commit."""
    year = local_date(now).year
    last = session.scalar(counted_up(session, CaseCounter, {"year": year}, CaseCounter.last))
    return f"FF-{year}-{last:06d}"


def write_new(
    session: Session, case: dict[str, Any], outcome: Outcome, blob: bytes, author: Author, now: datetime
) -> None:
    """Insert a case with everything its first step brought."""
    chain = journal.Chain(case["id"])
    rows = _journal_rows(chain, outcome, author, now)
    session.execute(
        sa.insert(Case).values(**case, **_state(outcome, case), journal_seq=chain.seq, journal_head=chain.head)
    )
    _write_parts(session, case["id"], case["company_id"], 1, rows, [], outcome, blob, now)


def write_step(
    session: Session,
    case: Any,
    version: int,
    outcome: Outcome,
    blob: bytes,
    author: Author,
    now: datetime,
    completed: dict[str, Any] | None = None,
) -> None:
    """Write one step of ``case`` (a row with the columns of Case), made from the snapshot of ``version``.

    ``completed`` is the whole row of the task that a person has just done. Raises :class:`ChangedMeanwhile` if
    another step was committed since the case was read; nothing is written then.
    """
    chain = journal.Chain(case.id, case.journal_seq, case.journal_head)
    rows = _journal_rows(chain, outcome, author, now)
    values = {
        "case_id": case.id,
        "read_version": version,
        "read_seq": case.journal_seq,
        "version": version + 1,
        "updated_at": now,
        "journal_seq": chain.seq,
        "journal_head": chain.head,
        **_state(outcome, {"phase": case.phase, "retention_until": case.retention_until}, now),
    }
    if session.connection().execute(_GUARD, values).rowcount != 1:
        raise ChangedMeanwhile
    finished = [] if completed is None else [completed]
    _write_parts(session, case.id, case.company_id, version + 1, rows, finished, outcome, blob, now)


def _state(outcome: Outcome, before: dict[str, Any], now: datetime | None = None) -> dict[str, Any]:
    ended = outcome.completed
    status = "open" if not ended else "cancelled" if outcome.result == "withdrawn" else "completed"
    retention = outcome.retention_until
    return {
        "status": status,
        "phase": outcome.phase or before.get("phase") or "",
        "result": outcome.result,
        "ended_at": now if ended else None,
        "retention_until": date.fromisoformat(retention) if retention else before.get("retention_until"),
    }


def _journal_rows(chain: journal.Chain, outcome: Outcome, author: Author, now: datetime) -> list[dict[str, Any]]:
    return [
        chain.append(now, author.user_id, author.on_behalf_of, entry.kind, entry.payload) for entry in outcome.entries
    ]


def _write_parts(
    session: Session,
    case_id: str,
    company_id: str,
    version: int,
    rows: list[dict[str, Any]],
    finished: list[dict[str, Any]],
    outcome: Outcome,
    blob: bytes,
    now: datetime,
) -> None:
    insert(session, Snapshot, [{"case_id": case_id, "version": version, "at": now, "blob": blob}])
    journal.write(session, rows)
    tasks = [*finished, *(_task_row(case_id, company_id, task, now) for task in outcome.opened)]
    if tasks:
        upsert(session, Task, tasks, _COMPLETION)
    gone = [key for key in outcome.gone if key not in {row["id"] for row in finished}]
    if gone:
        session.execute(
            sa.update(Task)
            .where(Task.id.in_(gone))
            .values(state="cancelled", ended_at=now, draft=None, version=Task.version + 1)
            .execution_options(synchronize_session=False)
        )
    _write_waits(session, case_id, outcome)
    _write_incidents(session, case_id, outcome, now)
    deferred = [
        jobs.new_job(name, f"{case_id}:{version}:{number}:{name}", now, at, **payload)
        for number, (name, at, payload) in enumerate(outcome.jobs)
    ]
    if outcome.incidents:
        deferred.append(retry_job(case_id, version, outcome.attempt, now))
    if deferred:
        insert(session, jobs.Job, deferred)


def retry_job(case_id: str, version: int, attempt: int, now: datetime) -> dict[str, Any]:
    """The job that tries an incident again: after 1, 2, 4, … minutes, at most a day."""
    at = now + pause_after(attempt)
    return jobs.new_job(
        "engine.retry", f"retry:{case_id}:{version}:{attempt}", now, at, case_id=case_id, attempt=attempt
    )


def pause_after(attempt: int) -> timedelta:
    """How long after a failed try the next one comes by itself."""
    return timedelta(seconds=min(60 * 2 ** min(attempt - 1, 20), 86_400))


def _write_waits(session: Session, case_id: str, outcome: Outcome) -> None:
    states = [("open", outcome.waits_opened), ("closed", outcome.waits_gone)]
    rows = [
        {
            "id": wait.id,
            "case_id": case_id,
            "kind": wait.kind,
            "element": wait.element,
            "name": wait.name,
            "due_at": wait.due_at,
            "state": state,
        }
        for state, waits in states
        for wait in waits
    ]
    if rows:
        upsert(session, Wait, rows, ("state",))


def _write_incidents(session: Session, case_id: str, outcome: Outcome, now: datetime) -> None:
    if outcome.unstuck:
        session.execute(
            sa.update(Incident)
            .where(Incident.case_id == case_id, Incident.state == "open", Incident.element.in_(outcome.unstuck))
            .values(state="resolved", resolved_at=now)
            .execution_options(synchronize_session=False)
        )
    if outcome.incidents:
        over = {"state": "resolved", "resolved_at": now} if outcome.completed else {"state": "open"}
        common = {"case_id": case_id, "attempts": outcome.attempt, "created_at": now, **over}
        rows = [{"id": new_id(), "element": at, "message": why, **common} for at, why in outcome.incidents]
        insert(session, Incident, rows)


def _task_row(case_id: str, company_id: str, task: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": task.id,
        "case_id": case_id,
        "company_id": company_id,
        "element": task.element,
        "name": task.name,
        "phase": task.phase,
        "role": task.role,
        "second_role": task.second_role,
        "organisation_id": task.organisation,
        "subject_id": task.subject,
        "four_eyes": task.four_eyes,
        "state": "open",
        "version": 1,
        "priority": task.priority,
        "created_at": now,
        "due_at": task.due_at,
        "follow_up_at": task.follow_up_at,
        "assignee_id": None,
        "completed_by": None,
        "ended_at": None,
        "draft": None,
        "completed_seq": None,
        "undo_to": None,
        "newest_at": None,
    }
