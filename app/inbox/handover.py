"""Handing over everything that somebody has taken on: to a successor, or back to the groups.

Coordinators hand over tasks of the alliance's roles and of providers, HR those of its own company, administrators all.
Nobody learns more by it than numbers of cases and names of steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import grant_for, second_review_barred
from app.engine import catalogue
from app.engine.models import Case, Task
from app.engine.notes import note_in_cases
from app.engine.outcome import Entry
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.directory import actor_for_login
from app.identity.leaving import hand_over_deputies
from app.identity.models import Membership, User
from app.identity.policy import permit
from app.identity.roles import ADMIN, ALLIANCE_ROLES, COORDINATOR, HR, PROVIDER
from app.platform.i18n import _
from app.platform.problems import FieldError, Unprocessable

CHUNK = 500
"""Tasks moved with one set of statements."""
ASSIGNED, POOL = "assigned", "pool"
OFFERED = 500
"""People a page offers to choose from."""


class UnknownPerson(Unprocessable):
    """Nobody with this login is there, or not within your reach."""

    code = "unknown_user"


class SamePerson(Unprocessable):
    """Tasks are handed over to somebody else."""

    code = "same_user"


def hand_over(
    session: Session, actor: Actor, from_login: str, to_login: str | None, reason: str, now: datetime
) -> dict[str, Any]:
    """Move all open tasks that ``from_login`` has taken on, drafts included; ``to_login`` None means to the groups.

    ``{"assigned", "pool", "deputies", "items": [{"id", "case", "element", "name", "outcome"}]}``; a task that the
    successor may not do goes back to its group (``pool``). Raises Forbidden, UnknownPerson, SamePerson.
    """
    permit(actor, "inbox_api.hand_over")
    leaving = _leaving(session, actor, from_login)
    successor = None if to_login is None else _successor(session, to_login, leaving)
    items: list[dict[str, Any]] = []
    for rows in _chunks(session, actor, leaving, successor):
        items += _move(session, actor, rows, leaving, successor, reason, now)
    deputies = hand_over_deputies(session, leaving, successor, _organisations(actor), now)
    counts = {outcome: sum(item["outcome"] == outcome for item in items) for outcome in (ASSIGNED, POOL)}
    return {**counts, "deputies": deputies, "items": items}


def people_with_tasks(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Who has taken on tasks that ``actor`` may hand over: ``{"login", "name", "tasks"}``, by name."""
    permit(actor, "inbox_api.hand_over")
    statement = (
        sa.select(User.login, User.name, sa.func.count().label("tasks"))
        .join(Task, Task.assignee_id == User.id)
        .where(Task.state == "open", within_reach(actor))
        .group_by(User.id, User.login, User.name)
        .order_by(User.name, User.login)
        .limit(OFFERED)
    )
    return [{"login": row.login, "name": row.name, "tasks": row.tasks} for row in session.execute(statement)]


def successors(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Active people of the organisations whose tasks ``actor`` may hand over: ``{"login", "name"}``, by name."""
    permit(actor, "inbox_api.hand_over")
    reach = _organisations(actor)
    statement = sa.select(User.login, User.name).where(User.active.is_(True)).order_by(User.name, User.login)
    if reach is not None:
        statement = statement.where(User.id.in_(_members(actor)))
    return [{"login": row.login, "name": row.name} for row in session.execute(statement.limit(OFFERED))]


def within_reach(actor: Actor) -> sa.ColumnElement[bool]:
    """Tasks that ``actor`` may hand over."""
    if actor.has_role(ADMIN):
        return sa.true()
    ways: list[sa.ColumnElement[bool]] = []
    if actor.has_role(COORDINATOR):
        ways.append(Task.role.in_(sorted(ALLIANCE_ROLES | {PROVIDER})))
    if companies := actor.organisations(HR):
        ways.append(Task.organisation_id.in_(sorted(companies)))
    return sa.or_(*ways) if ways else sa.false()


def _organisations(actor: Actor) -> frozenset[str] | None:
    """Organisations whose deputies ``actor`` may hand over; None means all."""
    return None if actor.has_role(ADMIN) else actor.organisations(COORDINATOR, HR)


def _members(actor: Actor) -> sa.Select[str]:
    """Users in reach of ``actor``, who is no administrator."""
    ways: list[sa.ColumnElement[bool]] = [Membership.organisation_id.in_(sorted(actor.organisations(HR)))]
    if actor.has_role(COORDINATOR):
        ways.append(Membership.role.in_(sorted(ALLIANCE_ROLES | {PROVIDER})))
    return sa.select(Membership.user_id).where(sa.or_(*ways))


def _leaving(session: Session, actor: Actor, login: str) -> User:
    """The user ``login``, active or not, if a member in reach or the holder of a task in reach."""
    statement = sa.select(User).where(User.login == login)
    if not actor.has_role(ADMIN):
        holds = sa.exists().where(Task.assignee_id == User.id, Task.state == "open", within_reach(actor))
        statement = statement.where(sa.or_(holds, User.id.in_(_members(actor))))
    found = session.scalar(statement)
    if found is None:
        raise UnknownPerson([FieldError("/from_user", "unknown_user", _(UnknownPerson.message_id()))])
    return found


def _successor(session: Session, login: str, leaving: User) -> Actor:
    found = actor_for_login(session, login)
    if found is None:
        raise UnknownPerson([FieldError("/to_user", "unknown_user", _(UnknownPerson.message_id()))])
    if found.user_id == leaving.id:
        raise SamePerson([FieldError("/to_user", "same_user", _(SamePerson.message_id()))])
    return found


def _chunks(session: Session, actor: Actor, leaving: User, successor: Actor | None) -> Iterator[Sequence[Any]]:
    """The tasks in portions, locked, each with whether the second pair of eyes may not be the successor's."""
    barred = sa.false() if successor is None else second_review_barred(successor.user_id)
    statement = (
        sa.select(Task, Case.number, Case.definition_id, barred.label("barred"))
        .join(Case, Case.id == Task.case_id)
        .where(Task.assignee_id == leaving.id, Task.state == "open", within_reach(actor))
        .order_by(Task.id)
        .limit(CHUNK)
        .with_for_update(of=Task)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(statement).all()
    while rows:
        yield rows
        rows = session.execute(statement.where(Task.id > rows[-1].Task.id)).all() if len(rows) == CHUNK else []


def _move(
    session: Session,
    actor: Actor,
    rows: Sequence[Any],
    leaving: User,
    successor: Actor | None,
    reason: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Write one portion: tasks, and an entry in the history of each case."""
    by_outcome: dict[str, list[str]] = {ASSIGNED: [], POOL: []}
    items, cases = [], dict[str, list[dict[str, Any]]]()
    for row in rows:
        task = row.Task
        fits = successor is not None and not row.barred and grant_for(successor, task) is not None
        outcome = ASSIGNED if fits else POOL
        by_outcome[outcome].append(task.id)
        definition = catalogue.load(session, row.definition_id)
        about = {"id": task.id, "case": row.number, "element": task.element}
        items.append({**about, "name": definition.element_name(task.element), "outcome": outcome})
        to = successor.user_id if fits and successor is not None else None
        cases.setdefault(task.case_id, []).append({"task": task.id, "element": task.element, "to": to})
    for outcome, ids in by_outcome.items():
        assignee = successor.user_id if outcome == ASSIGNED and successor is not None else None
        if ids:
            change = sa.update(Task).where(Task.id.in_(ids)).values(assignee_id=assignee, version=Task.version + 1)
            session.execute(change, execution_options={"synchronize_session": False})
    said = {"from": leaving.id, "handover_reason": reason}
    entries = {case_id: Entry("tasks.handed_over", {**said, "tasks": moved}) for case_id, moved in cases.items()}
    note_in_cases(session, entries, Author(actor.user_id), now)
    return items
