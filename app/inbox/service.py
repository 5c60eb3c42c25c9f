"""Use cases of the inbox, called alike by pages, API and jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases import results, summary
from app.cases.redaction import redact
from app.cases.scope import grant_for, second_review_barred, visible_tasks
from app.cases.shown import classes_of, classes_of_sections, record_view
from app.cases.sight import sight_of
from app.documents.choices import kinds_offered
from app.documents.required import check_required, required_documents
from app.engine import catalogue
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case, Snapshot, Task
from app.engine.outcome import Entry
from app.engine.service import CaseData, Engine, Options, snapshot_columns, snapshot_of, variables_of
from app.engine.store import Author
from app.forms.definition import FormDefinition, clean_draft
from app.identity.actor import Actor, Grant
from app.identity.directory import actor_for_login
from app.identity.models import User
from app.identity.policy import permit
from app.inbox import queries, rules
from app.inbox.present import etag_of, task_view
from app.inbox.queries import TaskQuery as TaskQuery
from app.platform import codec
from app.platform.clock import local_date
from app.platform.db import rows_changed
from app.platform.i18n import _
from app.platform.preconditions import require_match
from app.platform.problems import Conflict, FieldError, NotFound, Unprocessable
from app.registers import reading as registers

_LOADED = (
    queries.columns(sa.bindparam("reader"))
    .add_columns(*snapshot_columns())
    .join(Snapshot, snapshot_of())
    .where(Task.id == sa.bindparam("task_id"))
    .execution_options(populate_existing=True)
)
"""A task with everything a step needs, for ``task_id`` and ``reader``: built once, as that costs as much as asking."""


class UnknownUser(Unprocessable):
    """Nobody with this login may take this task over."""

    code = "unknown_user"


def list_tasks(session: Session, actor: Actor, query: TaskQuery, now: datetime) -> dict[str, Any]:
    """``{"items": [task…], "next": cursor or None}``; see ``queries.TaskQuery``."""
    rows, following = queries.find_tasks(session, actor, query)
    return {"items": [_view(session, row, actor, now) for row in rows], "next": following}


def find_task(session: Session, actor: Actor, task_id: str, now: datetime) -> dict[str, Any]:
    """A task as in the list, without form and data. Raises NotFound out of scope."""
    return _view(session, _load(session, actor, task_id), actor, now)


def get_task(session: Session, actor: Actor, task_id: str, language: str, now: datetime) -> dict[str, Any]:
    """A task with form, data and context; the view is logged. Raises NotFound out of scope; form and data only for who
    may do it.
    """
    row = _load(session, actor, task_id)
    definition = catalogue.load(session, row.Case.definition_id)
    view = _view(session, row, actor, now)
    sight = sight_of(session, actor, row.Case, definition)
    case_data = CaseData.read(row.blob)
    variables = case_data.names()
    visible = redact(variables, sight, definition)
    context: dict[str, Any] = {
        "options": {},
        "summary": summary.sections(definition, variables, sight, language, skip=row.Task.element),
        "results": results.sections(visible, language, row.Task.element),
        "notes": summary.notes(definition, variables, row.Task.element, sight, language),
        "values": {},
        "documents": [],
        "kinds": [],
        "phase_title": definition.manifest.phase_title(row.Task.phase, language),
    }
    classes = classes_of_sections(context["summary"], definition)
    classes |= classes_of({key: visible.get(key) for key in results.DECIDES}, definition)
    form = definition.forms[row.Task.element]
    if not view["may_complete"]:
        record_view(session, now, actor, row.Case, classes)
        return {**view, "form": None, "data": {}, "context": context}
    options = options_for(session, form, row.Case, variables, now)
    context["values"] = form.context(variables)
    context["options"] = {key: [_public(option) for option in items] for key, items in options.items()}
    data = _data(definition, form, row, case_data)
    people = any("facts" in item or "employee" in item for items in options.values() for item in items)
    named = {"name": people or None}
    record_view(session, now, actor, row.Case, classes | classes_of([data, context["values"], named], definition))
    names = {**case_data.names(task_id), **data}
    context["documents"] = required_documents(session, definition, row.Task, names, language)
    context["kinds"] = kinds_offered(actor, row.Case, definition, language)
    return {**view, "form": form.localised(language), "data": data, "context": context}


def claim_task(
    session: Session, actor: Actor, task_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Take a free task. Raises NotYourTask, TaskNotOpen, TakenByOther."""
    row = _load(session, actor, task_id)
    _check(actor, row, if_match)
    return _assign(session, actor, row, actor.user_id, actor.name, now)


def release_task(
    session: Session, actor: Actor, task_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Give a task back to its group; the draft stays for whoever takes it next."""
    row = _load(session, actor, task_id)
    _check(actor, row, if_match)
    return _assign(session, actor, row, None, None, now)


def assign_task(
    session: Session, actor: Actor, task_id: str, login: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Give a task to a user who may do it (coordinator; HR for its own company's tasks)."""
    row = _load(session, actor, task_id)
    permit(actor, "inbox_api.assign_task")
    if not actor.has_role("coordinator") and grant_for(actor, row.Task) is None:
        raise rules.NotYourTask
    rules.check_open(row.Task.state)
    require_match(if_match, etag_of(row.Task))
    assignee = _colleague(session, row.Task, login)
    return _assign(session, actor, row, assignee.id, assignee.name, now)


def save_draft(
    session: Session, actor: Actor, task_id: str, data: object, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Keep what has been typed so far; nothing is validated but size and keys."""
    row = _load(session, actor, task_id)
    _check(actor, row, if_match)
    form = catalogue.load(session, row.Case.definition_id).forms[row.Task.element]
    draft = codec.canonical(clean_draft(form, data))
    session.execute(
        sa.update(Task)
        .where(Task.id == task_id, Task.state == "open")
        .values(draft=draft)
        .execution_options(synchronize_session=False)
    )
    return _view(session, row, actor, now)


def complete_task(
    session: Session,
    actor: Actor,
    engine: Engine,
    task_id: str,
    data: object,
    now: datetime,
    if_match: str | None = None,
    also: Sequence[Entry] = (),
) -> dict[str, Any]:
    """Do a task: check, validate, step, write. An unclaimed task counts as claimed by who completes it.

    ``also`` are journal entries that belong to this completion.

    Raises NotFound (out of scope), NotYourTask, FourEyes (403), TaskNotOpen, TakenByOther, ChangedMeanwhile (409),
    StaleVersion (412), InvalidAnswers and DocumentsMissing (422).
    """
    row = _load(session, actor, task_id)
    grant = _check(actor, row, if_match)
    definition = catalogue.load(session, row.Case.definition_id)
    form = definition.forms[row.Task.element]
    variables = variables_of(row.blob, task_id)
    options = options_for(session, form, row.Case, variables, now)
    answers = form.validate(data, variables, {key: [_public(item) for item in items] for key, items in options.items()})
    check_required(session, definition, row.Task, {**variables, **answers})
    author = Author(actor.user_id, grant.on_behalf_of, actor.account)
    engine.complete(session, row, answers, options=options, author=author, now=now, also=also)
    return {"id": task_id, "state": "completed", "case": {"id": row.Case.id, "number": row.Case.number}}


# -- parts -----------------------------------------------------------------------------------------------------------


def _view(session: Session, row: Any, actor: Actor, now: datetime) -> dict[str, Any]:
    return task_view(row, catalogue.load(session, row.Case.definition_id), actor, now)


def _load(session: Session, actor: Actor, task_id: str) -> Any:
    """Task, case, names and current snapshot in one statement; NotFound outside the actor's sight."""
    row = session.execute(_loaded_for(actor), {"reader": actor.user_id, "task_id": task_id}).first()
    if row is None:
        raise NotFound
    return row


@lru_cache(maxsize=1_000)
def _loaded_for(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    """The statement in the sight of ``actor``, kept with its place in SQLAlchemy's cache; other roles are another
    actor.
    """
    return _LOADED.where(visible_tasks(actor))


def _check(actor: Actor, row: Any, if_match: str | None) -> Grant:
    """The grant by which ``actor`` may act on an open, free task."""
    grant = grant_for(actor, row.Task)
    if grant is None:
        raise rules.NotYourTask
    if row.barred:
        raise rules.FourEyes
    rules.check_open(row.Task.state)
    rules.check_free(row.Task.assignee_id, actor.user_id, row.assignee_name or "")
    require_match(if_match, etag_of(row.Task))
    return grant


def _is_barred(session: Session, actor: Actor, task: Task) -> bool:
    if task.four_eyes is None:
        return False
    barred = sa.select(Task.id).where(Task.id == task.id, second_review_barred(actor.user_id))
    return session.scalar(barred) is not None


def _assign(
    session: Session, actor: Actor, row: Any, user_id: str | None, name: str | None, now: datetime
) -> dict[str, Any]:
    change = (
        sa.update(Task)
        .where(Task.id == row.Task.id, Task.version == row.Task.version, Task.state == "open")
        .values(assignee_id=user_id, version=Task.version + 1)
    )
    if rows_changed(session, change) != 1:
        raise Conflict
    fresh = session.execute(
        queries.columns(actor.user_id).where(Task.id == row.Task.id).execution_options(populate_existing=True)
    ).one()
    return _view(session, fresh, actor, now)


def _colleague(session: Session, task: Task, login: str) -> User:
    """The active user ``login`` who may do ``task``."""
    found = actor_for_login(session, login)
    if found is None or grant_for(found, task) is None or _is_barred(session, found, task):
        raise UnknownUser([FieldError("/user", "unknown_user", _(UnknownUser.message_id()))])
    return session.get_one(User, found.user_id)


def options_for(
    session: Session, form: FormDefinition, case: Case, variables: Mapping[str, Any], now: datetime
) -> Options:
    """The rows a form offers, by ``valuesKey``: employees of the company, providers, the ranking of quotes."""
    found: dict[str, Any] = {}
    for key in form.values_keys:
        if key == "employees":
            found[key] = registers.employee_options(session, case.company_id, local_date(now))
        elif key == "providers":
            found[key] = registers.provider_options(session, local_date(now))
        else:
            found[key] = list(variables.get(key) or [])
    return found


def _public(option: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": option["value"], "label": option["label"]}


def _data(definition: LoadedDefinition, form: FormDefinition, row: Any, case_data: CaseData) -> dict[str, Any]:
    """What the form starts with: case variables, facts of the list item, earlier answers of the same item, the
    draft.
    """
    names = case_data.names(row.Task.id)
    element = definition.model.elements[row.Task.element]
    item = names.get(element.element_variable or "")
    if isinstance(item, Mapping):
        names.update(item)
        identity = item.get("employee") or item.get("organisation")
        for answers in case_data.earlier_answers(row.Task.id):
            if isinstance(answers, Mapping) and answers.get("id") == identity:
                names.update(answers)
    data = form.prefill(names)
    if row.Task.draft:
        data.update(codec.loads(row.Task.draft))
    return data
