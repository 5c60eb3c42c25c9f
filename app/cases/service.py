"""Use cases around a whole case: list, look at, start, message, withdraw, prove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.audit.verification import Verification, verify
from app.cases import history as histories
from app.cases import summary
from app.cases.present import case_view, phases_view, task_brief
from app.cases.redaction import redact
from app.cases.scope import roles_in_case, visible_cases
from app.engine import catalogue
from app.engine.models import Case, Incident, Snapshot, Task, Wait
from app.engine.service import Engine, NothingWaits, snapshot_of, variables_of
from app.engine.store import Author
from app.forms.definition import FormDefinition
from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.policy import HISTORY_READERS, MESSENGERS, WITHDRAWERS, permit
from app.platform import codec, paging
from app.platform.db import matches
from app.platform.problems import FieldError, NotFound, Unprocessable

WITHDRAWAL = "withdrawal"
MAX_TITLE = 200


class CompanyUnknown(Unprocessable):
    """There is no such company, or you may not start cases for it."""

    code = "company_unknown"


class StartDataRefused(Unprocessable):
    """A new case takes only the entries that the first form asks for."""

    code = "start_data"


@dataclass(frozen=True)
class CaseQuery:
    """What a case list is asked for; every field may stay empty."""

    status: str | None = None
    phase: str | None = None
    company: str | None = None
    q: str | None = None
    cursor: str | None = None
    limit: int | None = None


def columns() -> sa.Select[*tuple[Any, ...]]:
    """Cases with the name of their company."""
    return sa.select(Case, Organisation.name.label("company_name")).join(
        Organisation, Organisation.id == Case.company_id
    )


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


def open_tasks(session: Session, case_ids: Sequence[str]) -> dict[str, list[Task]]:
    """Open tasks by case, oldest first."""
    found: dict[str, list[Task]] = {}
    if case_ids:
        statement = (
            sa.select(Task).where(Task.case_id.in_(case_ids), Task.state == "open").order_by(Task.created_at, Task.id)
        )
        for task in session.scalars(statement.execution_options(populate_existing=True)):
            found.setdefault(task.case_id, []).append(task)
    return found


def get_case(session: Session, actor: Actor, case_id: str, language: str, now: datetime) -> dict[str, Any]:
    """A case with open tasks, phases, what comes next and its visible data. Raises NotFound out of scope."""
    row = load_visible(session, actor, case_id, "cases_api.get_case")
    case, definition = row.Case, catalogue.load(session, row.Case.definition_id)
    tasks = open_tasks(session, [case.id]).get(case.id, [])
    visible = actor.visible_classes(*roles_in_case(actor, case.company_id))
    variables = variables_of(row.blob)
    moved = histories.moves(session, case.id)
    elements, _flows = histories.path_counts(moved, definition)
    incidents = sa.select(Incident).where(Incident.case_id == case.id, Incident.state == "open")
    return {
        **case_view(row, definition, tasks, language),
        "tasks": [task_brief(task, language, now) for task in tasks],
        "phases": phases_view(case, definition, elements, language),
        "next_steps": next_steps(definition, [task.element for task in tasks]),
        "steps": histories.steps_in_order(moved, definition),
        "data": redact(variables, visible, definition.sensitivity),
        "summary": summary.sections(definition, variables, visible, language, actor=actor),
        "incidents": [
            {"element": definition.element_name(item.element), "since": item.created_at}
            for item in session.scalars(incidents)
        ],
        "may": _may(session, actor, case),
    }


def _may(session: Session, actor: Actor, case: Case) -> dict[str, Any]:
    names: list[str] = []
    if case.status == "open" and actor.has_role(*MESSENGERS):
        waiting = sa.select(Wait.name).where(Wait.case_id == case.id, Wait.state == "open", Wait.kind == "message")
        names = sorted(name for name in session.scalars(waiting) if name != WITHDRAWAL)
    return {
        "withdraw": case.status == "open" and actor.has_role(*WITHDRAWERS),
        "history": actor.has_role(*HISTORY_READERS),
        "message": names,
    }


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
            found[element.name] = None
        else:
            frontier.extend(flow.target for flow in model.flows.values() if flow.source == element.id)
    return list(found)


def load_visible(session: Session, actor: Actor, case_id: str, endpoint: str) -> Any:
    """Case, company and snapshot in the actor's sight (else NotFound), then the role of ``endpoint`` (else
    Forbidden).
    """
    statement = (
        columns()
        .add_columns(Snapshot.blob.label("blob"))
        .join(Snapshot, snapshot_of())
        .where(Case.id == case_id, visible_cases(actor))
    )
    row = session.execute(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    permit(actor, endpoint)
    return row


def history(session: Session, actor: Actor, case_id: str, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Journal entries, redacted by the actor's sight."""
    row = load_visible(session, actor, case_id, "cases_api.history")
    visible = actor.visible_classes(*roles_in_case(actor, row.Case.company_id))
    definition = catalogue.load(session, row.Case.definition_id)
    size = min(limit or paging.DEFAULT_LIMIT, paging.MAX_LIMIT)
    return histories.history_page(session, case_id, definition, visible, cursor, size)


def verification(session: Session, actor: Actor, case_id: str) -> Verification:
    """Whether the case's journal is unaltered."""
    case = load_visible(session, actor, case_id, "cases_api.verification").Case
    return verify(session, case.id, case.journal_seq, case.journal_head)


def diagram(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """The diagrams as files, and per element how often it was completed and is active now."""
    case = load_visible(session, actor, case_id, "cases_api.diagram").Case
    definition = catalogue.load(session, case.definition_id)
    completed, flows = histories.path_counts(histories.moves(session, case.id), definition)
    active: dict[str, int] = {}
    for task in open_tasks(session, [case.id]).get(case.id, []):
        active[task.element] = active.get(task.element, 0) + 1
    if case.status == "open" and case.phase in definition.model.elements:
        active[case.phase] = active.get(case.phase, 0) or 1
    files = [
        {
            "name": file,
            "process": process,
            "title": definition.manifest.phase_title(process, "de"),
            "xml": definition.files[file].decode(),
        }
        for process, file in definition.model.processes.items()
    ]
    main = definition.model.processes[definition.model.main]
    return {"files": files, "main": main, "active": active, "completed": dict(completed), "flows": dict(flows)}


def decisions(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """Every decision of the case with inputs, matched rules, annotations, outputs and the model's hash."""
    row = load_visible(session, actor, case_id, "cases_api.decisions")
    visible = actor.visible_classes(*roles_in_case(actor, row.Case.company_id))
    definition = catalogue.load(session, row.Case.definition_id)
    statement = (
        sa.select(JournalEntry)
        .where(JournalEntry.case_id == case_id, JournalEntry.kind == "decision.evaluated")
        .order_by(JournalEntry.seq)
    )
    found = [(entry.seq, entry.at, codec.loads(entry.payload)) for entry in session.scalars(statement) if entry.payload]
    items = [{"seq": seq, "at": at, **redact(payload, visible, definition.sensitivity)} for seq, at, payload in found]
    return {"items": items, "next": None}


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
    """Start a case. Raises ProcessUnknown, CompanyUnknown, StartDataRefused."""
    definition = catalogue.latest(session, process)
    if company_id not in {company["id"] for company in startable(session, actor)}:
        raise CompanyUnknown([FieldError("/company", "company_unknown", company_id)])
    refused = sorted(set(data) - set(definition.manifest.start))
    if refused:
        raise StartDataRefused([FieldError(f"/data/{key}", "unknown_field", key) for key in refused])
    role = "coordinator" if actor.has_role("coordinator") else "hr"
    grant = actor.acts_for(role, company_id)
    author = Author(actor.user_id, grant.on_behalf_of if grant else None)
    case_id = engine.start(session, definition, company_id=company_id, title=title, data=data, author=author, now=now)
    return get_case(session, actor, case_id, language, now)


def withdraw(
    session: Session, actor: Actor, engine: Engine, case_id: str, reason: str, now: datetime, language: str
) -> dict[str, Any]:
    """Withdraw a case in any phase: everything open ends, the coordinator confirms. Raises NothingWaits, CaseEnded."""
    row = load_visible(session, actor, case_id, "cases_api.withdraw")
    payload = {"withdrawal_reason": reason, "withdrawal_by": actor.name}
    engine.message(session, row, WITHDRAWAL, payload, author=Author(actor.user_id), now=now)
    return get_case(session, actor, case_id, language, now)


def send_message(
    session: Session, actor: Actor, engine: Engine, case_id: str, name: str, payload: Any, now: datetime, language: str
) -> dict[str, Any]:
    """A message from outside; its payload is checked by the form of the task it stands in for. Raises NothingWaits."""
    row = load_visible(session, actor, case_id, "cases_api.send_message")
    definition = catalogue.load(session, row.Case.definition_id)
    form = message_form(definition, name)
    if form is None:
        raise NothingWaits
    answers = form.validate(payload, variables_of(row.blob), {})
    engine.message(session, row, name, answers, author=Author(actor.user_id), now=now)
    return get_case(session, actor, case_id, language, now)


def message_form(definition: catalogue.LoadedDefinition, name: str) -> FormDefinition | None:
    """Every message from outside has a user task as its twin: the task whose border catches it."""
    for element in definition.model.elements.values():
        if element.type == "boundaryEvent" and element.message == name and name != WITHDRAWAL:
            return definition.forms.get(element.attached_to or "")
    return None
