"""Use cases around a whole case: list, look at, start, message, withdraw, prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import history as histories
from app.cases import results, summary
from app.cases.access import columns, load_visible, open_tasks, open_tasks_of
from app.cases.leavers import (
    OWN_ENDPOINTS,
    PARTICIPANT_WITHDRAWAL,
    PROVIDER_CANCELLED,
    WITHDRAWAL,
    may_cancel,
    may_leave,
)
from app.cases.present import case_view, phases_view, task_brief
from app.cases.proofs import decisions as decisions
from app.cases.proofs import diagram as diagram
from app.cases.proofs import history as history
from app.cases.proofs import verification as verification
from app.cases.redaction import redact
from app.cases.scope import grant_in_case, roles_in_case, visible_cases
from app.cases.shown import classes_of, classes_of_sections, record_view
from app.cases.sight import sight_of
from app.cases.start_data import checked_start_data
from app.engine import catalogue
from app.engine.models import Case, Incident, Wait
from app.engine.service import CaseEnded, Engine, NothingWaits, variables_of
from app.engine.store import Author
from app.forms.definition import FormDefinition
from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.policy_rule import HISTORY_READERS, MESSENGERS, WITHDRAWERS
from app.platform import paging
from app.platform.db import matches
from app.platform.i18n import _
from app.platform.problems import FieldError, Unprocessable

MAX_TITLE = 200


class ProcessMissing(Unprocessable):
    """There is no process with this key."""

    code = "process_unknown"


class CompanyUnknown(Unprocessable):
    """There is no such company, or you may not start cases for it."""

    code = "company_unknown"


@dataclass(frozen=True)
class CaseQuery:
    """What a case list is asked for; every field may stay empty."""

    status: str | None = None
    phase: str | None = None
    company: str | None = None
    q: str | None = None
    cursor: str | None = None
    limit: int | None = None


def list_cases(session: Session, actor: Actor, query: CaseQuery, language: str, now: datetime) -> dict[str, Any]:
    """``{"items": [case…], "next": cursor or None}``, newest first; each says in words where it stands."""
    statement = columns().where(visible_cases(actor))
    for column, wanted in ((Case.status, query.status), (Case.phase, query.phase), (Case.company_id, query.company)):
        if wanted:
            statement = statement.where(column == wanted)
    if query.q:
        statement = statement.where(matches(query.q, Case.title, Case.number, Organisation.name))
    rows, following = paging.fetch(
        session, statement, Case.id, Case.id, descending=True, cursor=query.cursor, limit=query.limit
    )
    tasks = open_tasks(session, [row.Case.id for row in rows])
    items = [
        case_view(row, catalogue.load(session, row.Case.definition_id), tasks.get(row.Case.id, []), language)
        for row in rows
    ]
    return {"items": items, "next": following}


def get_case(session: Session, actor: Actor, case_id: str, language: str, now: datetime) -> dict[str, Any]:
    """A case as in :func:`case_frame`, with its visible data; the view is logged. Raises NotFound out of scope."""
    row = load_visible(session, actor, case_id, "cases_api.get_case")
    case, definition = row.Case, catalogue.load(session, row.Case.definition_id)
    sight = sight_of(session, actor, case, definition)
    variables = variables_of(row.blob)
    visible = redact(variables, sight, definition)
    said = summary.sections(definition, variables, sight, language)
    record_view(session, now, actor, case, classes_of(visible, definition) | classes_of_sections(said, definition))
    return {
        **_frame(session, actor, row, definition, language, now, variables),
        "data": visible,
        "results": results.sections(visible, language),
        "summary": said,
    }


def case_frame(session: Session, actor: Actor, case_id: str, language: str, now: datetime) -> dict[str, Any]:
    """Where a case stands: open tasks, phases, steps, what comes next; nothing of its data. Raises NotFound."""
    row = load_visible(session, actor, case_id, "cases_api.get_case")
    definition = catalogue.load(session, row.Case.definition_id)
    return _frame(session, actor, row, definition, language, now, variables_of(row.blob))


def _frame(
    session: Session,
    actor: Actor,
    row: Any,
    definition: catalogue.LoadedDefinition,
    language: str,
    now: datetime,
    variables: dict[str, Any],
) -> dict[str, Any]:
    case = row.Case
    opened = open_tasks_of(session, actor, case.id)
    tasks = [task for task, _seen in opened]
    moved = histories.moves(session, case.id)
    elements, _flows = histories.path_counts(moved, definition)
    incidents = sa.select(Incident).where(Incident.case_id == case.id, Incident.state == "open")
    return {
        **case_view(row, definition, tasks, language),
        "tasks": [task_brief(task, definition, seen, language, now) for task, seen in opened],
        "phases": phases_view(case, definition, elements, language),
        "next_steps": next_steps(definition, [task.element for task in tasks]),
        "steps": histories.steps_in_order(moved, definition),
        "incidents": [
            {"element": definition.element_name(item.element), "since": item.created_at}
            for item in session.scalars(incidents)
        ],
        "may": _may(session, actor, case, variables),
    }


def _may(session: Session, actor: Actor, case: Case, variables: dict[str, Any]) -> dict[str, Any]:
    roles = roles_in_case(actor, case.company_id)
    waiting = set(session.scalars(_waiting(case))) if case.status == "open" else set()
    return {
        "withdraw": case.status == "open" and bool(roles & WITHDRAWERS),
        "cancel_provider": PROVIDER_CANCELLED in waiting and may_cancel(actor, case, variables),
        "leave": may_leave(actor, case, variables) if PARTICIPANT_WITHDRAWAL in waiting else [],
        "history": bool(roles & HISTORY_READERS),
        "message": sorted(waiting - OWN_ENDPOINTS) if roles & MESSENGERS else [],
    }


def _waiting(case: Case) -> sa.Select[str]:
    """Names of the messages a case waits for."""
    return sa.select(Wait.name).where(Wait.case_id == case.id, Wait.state == "open", Wait.kind == "message")


def next_steps(definition: catalogue.LoadedDefinition, active: Sequence[str]) -> list[str]:
    """Names of the user tasks that may come right after the active ones, in the order of the diagram."""
    model, found, seen = definition.model, dict[str, None](), set(active)
    frontier = [flow.target for flow in model.flows.values() if flow.source in seen]
    while frontier:
        element = model.elements.get(frontier.pop(0))
        if element is None or element.id in seen:
            continue
        seen.add(element.id)
        if element.type == "userTask":
            found[definition.element_name(element.id)] = None
        else:
            frontier.extend(flow.target for flow in model.flows.values() if flow.source == element.id)
    return list(found)


def startable(session: Session, actor: Actor) -> list[dict[str, str]]:
    """Companies for which the actor may start a case: all for coordinators, the own ones for HR."""
    statement = (
        sa.select(Organisation.id, Organisation.name).where(Organisation.kind == "company").order_by(Organisation.name)
    )
    if not actor.has_role("coordinator"):
        statement = statement.where(Organisation.id.in_(sorted(actor.organisations("hr"))))
    return [{"id": row.id, "name": row.name} for row in session.execute(statement)]


def start_case(
    session: Session,
    actor: Actor,
    engine: Engine,
    process: str,
    company_id: str,
    title: str,
    data: dict[str, Any],
    now: datetime,
    language: str = "de",
) -> dict[str, Any]:
    """Start a case. Raises ProcessMissing, CompanyUnknown, StartDataRefused, InvalidAnswers."""
    try:
        definition = catalogue.latest(session, process)
    except catalogue.ProcessUnknown:
        missing = FieldError("/process", "process_unknown", _(ProcessMissing.message_id()))
        raise ProcessMissing([missing]) from None
    if company_id not in {company["id"] for company in startable(session, actor)}:
        raise CompanyUnknown([FieldError("/company", "company_unknown", _(CompanyUnknown.message_id()))])
    data = checked_start_data(session, definition, company_id, data, now)
    role = "coordinator" if actor.has_role("coordinator") else "hr"
    grant = actor.acts_for(role, company_id)
    author = Author(actor.user_id, grant.on_behalf_of if grant else None)
    case_id = engine.start(session, definition, company_id=company_id, title=title, data=data, author=author, now=now)
    return get_case(session, actor, case_id, language, now)


def withdraw(
    session: Session,
    actor: Actor,
    engine: Engine,
    case_id: str,
    reason: str,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Withdraw a case in any phase: everything open ends, the coordinator confirms. Raises NothingWaits, CaseEnded."""
    row = load_visible(session, actor, case_id, "cases_api.withdraw", if_match)
    payload = {"withdrawal_reason": reason, "withdrawal_by": actor.name}
    engine.message(session, row, WITHDRAWAL, payload, author=_author(actor, row.Case, WITHDRAWERS), now=now)
    return get_case(session, actor, case_id, language, now)


def send_message(
    session: Session,
    actor: Actor,
    engine: Engine,
    case_id: str,
    name: str,
    payload: Any,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """A message from outside; its payload is checked by the form of the task it stands in for.

    Raises CaseEnded, NothingWaits, InvalidAnswers, in this order.
    """
    row = load_visible(session, actor, case_id, "cases_api.send_message", if_match)
    if row.Case.status != "open":
        raise CaseEnded
    form = message_form(catalogue.load(session, row.Case.definition_id), name)
    if form is None or name not in set(session.scalars(_waiting(row.Case))):
        raise NothingWaits
    answers = form.validate(payload, variables_of(row.blob), {})
    engine.message(session, row, name, answers, author=_author(actor, row.Case, MESSENGERS), now=now)
    return get_case(session, actor, case_id, language, now)


def _author(actor: Actor, case: Case, roles: frozenset[str]) -> Author:
    grant = grant_in_case(actor, case.company_id, roles)
    return Author(actor.user_id, grant.on_behalf_of if grant else None)


def message_form(definition: catalogue.LoadedDefinition, name: str) -> FormDefinition | None:
    """Every message from outside has a user task as its twin: the task whose border catches it."""
    for element in definition.model.elements.values():
        if element.type == "boundaryEvent" and element.message == name and name not in OWN_ENDPOINTS:
            return definition.forms.get(element.attached_to or "")
    return None
