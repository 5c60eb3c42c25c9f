"""Who may see which case and task, as conditions for the query (never as a filter afterwards).

Coordinators, funding advisers and auditors see the alliance's cases; HR and the works council their company's;
employees
the cases in which a task is about them; providers the cases in which their organisation has or had a task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.engine.models import Case, Task
from app.identity.actor import Actor, Grant
from app.identity.roles import (
    ALLIANCE_ROLES,
    AUDITOR,
    COORDINATOR,
    EMPLOYEE,
    FUNDING_ADVISER,
    HR,
    PROVIDER,
    WORKS_COUNCIL,
)

ALL_CASES = (COORDINATOR, FUNDING_ADVISER, AUDITOR)
Condition = sa.ColumnElement[bool]
FirstReview = aliased(Task, name="first_review")
LaterReview = aliased(Task, name="later_review")


@dataclass(frozen=True)
class Way:
    """One way to come to tasks, narrow enough for an index: lists take the first tasks of each.

    ``fixed`` are columns that are null in all of them: an order may begin with these, as the index does. ``few`` says
    that there are hardly any: these are looked up and sorted, as walking through all tasks in order finds none.
    """

    condition: Condition
    fixed: tuple[Any, ...] = ()
    few: bool = False


def visible_cases(actor: Actor) -> Condition:
    """Cases ``actor`` may see."""
    if actor.has_role(*ALL_CASES):
        return sa.true()
    ways: list[Condition] = []
    if companies := actor.organisations(HR, WORKS_COUNCIL):
        ways.append(Case.company_id.in_(sorted(companies)))
    if employees := actor.employee_ids:
        ways.append(Case.id.in_(sa.select(Task.case_id).where(Task.subject_id.in_(sorted(employees)))))
    if providers := actor.organisations(PROVIDER):
        party = sa.select(Task.case_id).where(Task.organisation_id.in_(sorted(providers)), Task.role == PROVIDER)
        ways.append(Case.id.in_(party))
    return sa.or_(*ways) if ways else sa.false()


def visible_tasks(actor: Actor) -> Condition:
    """Tasks ``actor`` may see: those of visible cases, for employees and providers only their own."""
    ways = ways_to_see(actor)
    return sa.or_(*(way.condition for way in ways)) if ways else sa.false()


def ways_to_see(actor: Actor) -> list[Way]:
    """The parts of :func:`visible_tasks`; a task may be in several."""
    if actor.has_role(*ALL_CASES):
        return [Way(sa.true())]
    ways = [Way(Task.company_id == company) for company in sorted(actor.organisations(HR, WORKS_COUNCIL))]
    ways += [Way(Task.subject_id == employee) for employee in sorted(actor.employee_ids)]
    for provider in sorted(actor.organisations(PROVIDER)):
        ways.append(Way(sa.and_(Task.role == PROVIDER, Task.organisation_id == provider)))
    return ways


def second_review_barred(user_id: Any) -> Condition:
    """Tasks that need another pair of eyes than those of ``user_id`` (a value or a bound parameter)."""
    return sa.and_(Task.four_eyes.is_not(None), first_review(user_id, Task.case_id, Task.four_eyes).exists())


def ways_to_complete(actor: Actor) -> list[Way]:
    """Open tasks ``actor`` may do, by role, organisation and subject; a task may be in several ways. Who did the first
    of two reviews is barred from the second beside that: :func:`second_review_barred`.
    """
    return [way for grant in actor.grants for way in _ways(grant)]


def first_review(user_id: Any, case_id: Any, element: Any) -> sa.Select[str]:
    """The last review ``element`` of a case, if ``user_id`` did it: the second one is then for somebody else.

    Reviews of an earlier pass do not count; otherwise two reviewers who swap would both be shut out.
    """
    same_moment = sa.and_(LaterReview.ended_at == FirstReview.ended_at, LaterReview.id > FirstReview.id)
    later = sa.exists().where(
        LaterReview.case_id == FirstReview.case_id,
        LaterReview.element == FirstReview.element,
        sa.or_(LaterReview.ended_at > FirstReview.ended_at, same_moment),
        LaterReview.state == "completed",
    )
    return sa.select(FirstReview.id).where(
        FirstReview.case_id == case_id,
        FirstReview.element == element,
        FirstReview.completed_by == user_id,
        sa.not_(later),
    )


def _ways(grant: Grant) -> list[Way]:
    if grant.role == EMPLOYEE:
        if grant.employee_id is None:
            return []
        mine = sa.or_(Task.role == EMPLOYEE, Task.second_role == EMPLOYEE)
        return [Way(sa.and_(Task.subject_id == grant.employee_id, mine))]
    first, second = Task.role == grant.role, Task.second_role == grant.role
    if grant.role in ALLIANCE_ROLES:
        return [
            Way(sa.and_(first, Task.organisation_id.is_(None)), (Task.organisation_id,)),
            Way(sa.and_(first, Task.organisation_id > ""), few=True),  # not null, so that an index finds it
            Way(second, few=True),
        ]
    own = Task.organisation_id == grant.organisation_id
    return [Way(sa.and_(first, own)), Way(sa.and_(second, own), few=True)]


def grant_for(actor: Actor, task: Any) -> Grant | None:
    """The grant by which ``actor`` may do ``task``, None if there is none; mirrors :func:`ways_to_complete`."""
    for role in (task.role, task.second_role):
        if role is None:
            continue
        if role == EMPLOYEE:
            if task.subject_id is not None:
                for grant in actor.grants:
                    if grant.role == EMPLOYEE and grant.employee_id == task.subject_id:
                        return grant
            continue
        found = actor.acts_for(role, task.organisation_id)
        if found is not None:
            return found
    return None


def roles_in_case(actor: Actor, company_id: str) -> frozenset[str]:
    """The roles by which ``actor`` sees a case of ``company_id``; they decide which fields are shown."""
    return frozenset(grant.role for grant in actor.grants if _counts_in(grant, company_id))


def seeing_grant(actor: Actor, company_id: str) -> Grant | None:
    """The grant by which ``actor`` sees a case of ``company_id``; an own one before a deputised one."""
    return min(
        (grant for grant in actor.grants if _counts_in(grant, company_id)),
        key=lambda grant: grant.on_behalf_of is not None,
        default=None,
    )


def _counts_in(grant: Grant, company_id: str) -> bool:
    return grant.role in ALLIANCE_ROLES or grant.role == PROVIDER or grant.organisation_id == company_id


def grant_in_case(actor: Actor, company_id: str, roles: frozenset[str]) -> Grant | None:
    """The grant by which ``actor`` acts in a case of ``company_id`` in one of ``roles``; an own one before a deputised
    one.
    """
    held = [
        grant
        for grant in actor.grants
        if grant.role in roles and (grant.role in ALLIANCE_ROLES or grant.organisation_id == company_id)
    ]
    return min(held, key=lambda grant: grant.on_behalf_of is not None, default=None)
