"""Tables of the engine: definitions, cases, tasks, waits, snapshots, incidents."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class Definition(Base):
    """One version of a process with all its files; never changed after deployment."""

    __tablename__ = "definition"
    __table_args__ = (sa.UniqueConstraint("key", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(200))
    files: Mapped[bytes] = mapped_column(sa.LargeBinary)
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deployed_by: Mapped[str | None] = mapped_column(Id)


class Case(Base):
    """A running or ended case. ``version`` guards every step; ``journal_head`` is the hash of its last journal
    entry.
    """

    __tablename__ = "case_record"
    __table_args__ = (
        sa.Index("ix_case_company", "company_id", "id"),
        sa.Index("ix_case_phase", "status", "phase", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    process: Mapped[str] = mapped_column(sa.String(80))
    definition_id: Mapped[str] = mapped_column(sa.ForeignKey("definition.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(sa.String(12))
    phase: Mapped[str] = mapped_column(sa.String(40))
    result: Mapped[str | None] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    started_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    journal_seq: Mapped[int]
    journal_head: Mapped[str] = mapped_column(sa.String(64))
    retention_until: Mapped[date | None]


class CaseCounter(Base):
    """The last case number given out in a year."""

    __tablename__ = "case_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Snapshot(Base):
    """The frontier of a case after each version (compressed JSON): the current one runs, older ones allow looking
    back.
    """

    __tablename__ = "snapshot"

    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    blob: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Task(Base):
    """A step that waits for a person. ``state``: open, completed, cancelled. Its id is the engine's task id, its
    company that of the case. Whatever a list is asked for has an index in whose order it is read.

    Tasks also say who takes part in a case: an organisation is a party of every case in which it has or had a task.

    For a correction, of a completed task: ``completed_seq`` is its journal entry, ``undo_to`` the case's version before
    it, ``newest_at`` the version in which it is the newest step.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.Index("ix_task_inbox", "state", "role", "organisation_id", "created_at", "id"),
        sa.Index("ix_task_inbox_due", "state", "role", "organisation_id", "due_at", "id"),
        sa.Index("ix_task_inbox_priority", "state", "role", "organisation_id", "priority", "id"),
        sa.Index(
            "ix_task_second",
            *("second_role", "state", "organisation_id", "id"),
            sqlite_where=sa.text("second_role IS NOT NULL"),
            postgresql_where=sa.text("second_role IS NOT NULL"),
        ),
        sa.Index("ix_task_created", "state", "created_at", "id"),
        sa.Index("ix_task_due", "state", "due_at", "id"),
        sa.Index("ix_task_priority", "state", "priority", "id"),
        sa.Index("ix_task_company_created", "company_id", "state", "created_at", "id"),
        sa.Index("ix_task_company_due", "company_id", "state", "due_at", "id"),
        sa.Index("ix_task_company_priority", "company_id", "state", "priority", "id"),
        sa.Index("ix_task_done", "completed_by", "state", "created_at", "id"),
        sa.Index("ix_task_case", "case_id", "state"),
        sa.Index("ix_task_assignee", "assignee_id", "state", "created_at", "id"),
        sa.Index("ix_task_subject", "subject_id", "state", "id"),
        sa.Index("ix_task_party", "organisation_id", "role", "case_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    element: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    phase: Mapped[str] = mapped_column(sa.String(40))
    role: Mapped[str] = mapped_column(sa.String(30))
    second_role: Mapped[str | None] = mapped_column(sa.String(30))
    organisation_id: Mapped[str | None] = mapped_column(sa.ForeignKey("organisation.id"))
    subject_id: Mapped[str | None] = mapped_column(Id)
    four_eyes: Mapped[str | None] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(10))
    version: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assignee_id: Mapped[str | None] = mapped_column(sa.ForeignKey("user_account.id"))
    completed_by: Mapped[str | None] = mapped_column(Id)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    draft: Mapped[str | None] = mapped_column(sa.Text)
    completed_seq: Mapped[int | None]
    undo_to: Mapped[int | None]
    newest_at: Mapped[int | None]


class Wait(Base):
    """An event a case waits for: a timer with its due time, or a message by name. ``state``: open, closed."""

    __tablename__ = "wait"
    __table_args__ = (
        sa.Index("ix_wait_due", "state", "due_at"),
        sa.Index("ix_wait_message", "case_id", "state", "name"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    element: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(80))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(sa.String(10))


class Incident(Base):
    """Something automatic failed; the case stays where it is until a retry succeeds. ``state``: open, resolved."""

    __tablename__ = "incident"
    __table_args__ = (
        sa.Index("ix_incident_case", "case_id", "state"),
        sa.Index("ix_incident_state", "state", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.ForeignKey("case_record.id"))
    element: Mapped[str] = mapped_column(sa.String(80))
    message: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(10))
    attempts: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
