"""Background work: a row in ``job``, written in the caller's transaction; its effect happens once.

``defer`` writes the row; ``drain`` runs due rows, each handler in one transaction together with its key in
``job_done``. A handler that leaves the house (mail) is marked :func:`outside`: it is called before that transaction,
which then only writes what came of it, so that nobody waits for a foreign server with the database locked.
A handler that fails is retried with growing pauses, then stays visible as failed. On PostgreSQL any number of workers
may drain at once (``SKIP LOCKED``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.platform import codec
from app.platform.db import Base, Id, UtcDateTime, unit_of_work
from app.platform.ids import new_id

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
log = structlog.get_logger("vorlauf.jobs")

Effect = Callable[[], None]
"""What an :func:`outside` handler writes once it is back."""

Handler = Callable[..., Effect | None]
"""Called as ``handler(session, now, **payload)``; only one that is :func:`outside` returns an effect."""


class JobHandlerMissing(Exception):
    """No handler is registered for a job's name."""


class Job(Base):
    """One piece of work waiting to be done. ``state``: open, failed (kept for people to look at)."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_due", "state", "run_at"), sa.Index("ix_job_key", "key"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    key: Mapped[str] = mapped_column(sa.String(200))
    payload: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(10), default="open")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobDone(Base):
    """Keys of jobs whose effect has happened."""

    __tablename__ = "job_done"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_handlers: dict[str, Handler] = {}
_outside: set[Handler] = set()


def handler(name: str) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of jobs called ``name``."""

    def register(function: Handler) -> Handler:
        _handlers[name] = function
        return function

    return register


def outside(function: Handler) -> Handler:
    """Call the decorated handler outside any transaction. It may have happened twice when a process dies on the way;
    what it returns happens once.
    """
    _outside.add(function)
    return function


def new_job(name: str, key: str, now: datetime, run_at: datetime | None = None, **payload: Any) -> dict[str, Any]:
    """The row of a job, for callers that write many rows at once."""
    return {
        "id": new_id(),
        "name": name,
        "key": key,
        "payload": codec.canonical(payload),
        "state": "open",
        "run_at": run_at or now,
        "attempts": 0,
        "created_at": now,
    }


def defer(session: Session, name: str, key: str, now: datetime, run_at: datetime | None = None, **payload: Any) -> None:
    """Do ``name`` later, at ``run_at`` or as soon as possible; nothing happens if the transaction rolls back."""
    session.execute(sa.insert(Job), [new_job(name, key, now, run_at, **payload)])


def drain(session: Session, now: datetime, limit: int = 100) -> int:
    """Run up to ``limit`` due jobs; returns how many were tried. Never raises for a failing handler."""
    tried = 0
    while tried < limit and _any_due(session, now):
        with unit_of_work(session):
            job = _claim(session, now)
        if job is None:
            break
        tried += 1
        try:
            _run(session, job, now)
        except Exception as error:
            _failed(session, job, now, error)
    return tried


def _any_due(session: Session, now: datetime) -> bool:
    """A plain read: an idle tick must not take the write lock."""
    due = sa.select(Job.id).where(Job.state == "open", Job.run_at <= now).limit(1)
    return session.scalar(due) is not None


def _claim(session: Session, now: datetime) -> Any | None:
    """Lease the next due job: while it runs, ``run_at`` lies in the future for everybody else."""
    due = (
        sa.select(Job.id)
        .where(Job.state == "open", Job.run_at <= now)
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claim = (
        sa.update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(run_at=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.name, Job.key, Job.payload, Job.attempts)
        .execution_options(synchronize_session=False)
    )
    return session.execute(claim).first()


def _run(session: Session, job: Any, now: datetime) -> None:
    function = _handlers.get(job.name)
    if function is None:
        raise JobHandlerMissing(job.name)
    effect: Callable[[], object] | None = partial(function, session, now, **codec.loads(job.payload))
    if function in _outside:
        effect = None if _is_done(session, job) else function(session, now, **codec.loads(job.payload))
        session.rollback()
    with unit_of_work(session):
        if not _is_done(session, job):
            session.execute(sa.insert(JobDone).values(key=job.key, done_at=now))
            if effect is not None:
                effect()
        session.execute(sa.delete(Job).where(Job.id == job.id))


def _is_done(session: Session, job: Any) -> bool:
    return session.get(JobDone, job.key) is not None


def _failed(session: Session, job: Any, now: datetime, error: Exception) -> None:
    log.warning("job failed", job=job.name, key=job.key, attempt=job.attempts, error=type(error).__name__)
    pause = timedelta(seconds=min(2**job.attempts * 5, 3600))
    state = "failed" if job.attempts >= MAX_ATTEMPTS else "open"
    with unit_of_work(session):
        session.execute(
            sa.update(Job)
            .where(Job.id == job.id)
            .values(state=state, run_at=now + pause, last_error=f"{type(error).__name__}: {error}"[:2000])
        )
