"""Shapes of the task API."""

from __future__ import annotations

from datetime import UTC, datetime

import marshmallow as ma

from app.cases.schemas import CompanyRef, Words
from app.inbox.bulk import ACTIONS, MOST
from app.inbox.queries import SORTS
from app.platform.api import Text

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Beyond these no time can be turned into UTC."""
_SORTS = [*SORTS, *(f"-{name}" for name in SORTS)]


class CaseRef(ma.Schema):
    """The case of a task."""

    id = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    company = ma.fields.Nested(CompanyRef, required=True)


class TaskFields(ma.Schema):
    """A task in a list."""

    id = ma.fields.String(required=True)
    case = ma.fields.Nested(CaseRef, required=True)
    element = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    phase = ma.fields.String(required=True)
    role = ma.fields.String(required=True)
    organisation = ma.fields.Nested(CompanyRef, allow_none=True)
    assignee = ma.fields.Nested(CompanyRef, allow_none=True)
    state = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    due_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    follow_up_at = ma.fields.AwareDateTime(format="iso", allow_none=True)
    priority = ma.fields.Integer(required=True)
    may_complete = ma.fields.Boolean(required=True)
    overdue = ma.fields.Boolean(required=True)


class TaskDetail(TaskFields):
    """A task with its form (form-js schema), prefilled data and context; form and data only for who may do it."""

    form = ma.fields.Dict(allow_none=True, required=True)
    data = ma.fields.Dict(required=True)
    context = ma.fields.Dict(required=True)


class TaskPage(ma.Schema):
    """One page of tasks; ``next`` is the cursor of the following page."""

    items = ma.fields.List(ma.fields.Nested(TaskFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class TaskQueryArguments(ma.Schema):
    """Filters of the task list."""

    role = Text(validate=ma.validate.Length(max=30))
    assignee = ma.fields.String(validate=ma.validate.OneOf(["me", "none", "any"]))
    state = ma.fields.String(validate=ma.validate.OneOf(["open", "completed"]))
    company = Text(validate=ma.validate.Length(max=36))
    process = Text(validate=ma.validate.Length(max=80))
    element = Text(validate=ma.validate.Length(max=80))
    case = Text(validate=ma.validate.Length(max=36))
    due_before = ma.fields.AwareDateTime(format="iso", validate=ma.validate.Range(EARLIEST, LATEST))
    q = Text(validate=ma.validate.Length(max=100))
    scope = ma.fields.String(validate=ma.validate.OneOf(["mine", "visible"]))
    sort = ma.fields.String(validate=ma.validate.OneOf(_SORTS))
    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class Assignment(ma.Schema):
    """Who is to do the task."""

    user = Text(required=True, validate=ma.validate.Length(1, 80), metadata={"description": "Login."})


class Answers(ma.Schema):
    """What the form asks for, by field key."""

    data = ma.fields.Raw(required=True, metadata={"type": "object", "description": "Answers by field key of the form."})


class Completed(ma.Schema):
    """The task just done, and its case."""

    id = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    case = ma.fields.Dict(required=True)


class Reopening(ma.Schema):
    """Why an answer has to be corrected; the reason becomes part of the history."""

    reason = Words(required=True, validate=ma.validate.Length(1, 2000))


class Correction(ma.Schema):
    """Whether an answer can still be corrected; ``why`` says in words why not, null where the task is not yours."""

    allowed = ma.fields.Boolean(required=True)
    why = ma.fields.String(allow_none=True, required=True)


class Bulk(ma.Schema):
    """What is to be done with which tasks; ``user`` (login) is needed to assign them."""

    ids = ma.fields.List(Text(validate=ma.validate.Length(1, 36)), required=True, validate=ma.validate.Length(1, MOST))
    action = ma.fields.String(required=True, validate=ma.validate.OneOf(ACTIONS))
    user = Text(validate=ma.validate.Length(1, 80), metadata={"description": "Login."})


class BulkResult(ma.Schema):
    """What became of one task: the status that the single call would have answered."""

    id = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(allow_none=True, required=True)
    detail = ma.fields.String(allow_none=True, required=True)
    task = ma.fields.Nested(TaskFields, allow_none=True, required=True)


class BulkResults(ma.Schema):
    """One result a task, in the order they were asked for."""

    results = ma.fields.List(ma.fields.Nested(BulkResult), required=True)


class HandOver(ma.Schema):
    """Whose tasks go to whom (logins); without a successor they go back to their groups."""

    from_user = Text(required=True, validate=ma.validate.Length(1, 80), metadata={"description": "Login."})
    to_user = Text(load_default=None, allow_none=True, validate=ma.validate.Length(1, 80))
    reason = Words(required=True, validate=ma.validate.Length(1, 2000))


class HandedOverTask(ma.Schema):
    """One task: ``assigned`` to the successor, or back in the ``pool`` of its group."""

    id = ma.fields.String(required=True)
    case = ma.fields.String(required=True, metadata={"example": "FF-2026-000123"})
    element = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    outcome = ma.fields.String(required=True, validate=ma.validate.OneOf(["assigned", "pool"]))


class HandedOver(ma.Schema):
    """How many tasks and deputyships were handed over, and what became of each task."""

    assigned = ma.fields.Integer(required=True)
    pool = ma.fields.Integer(required=True)
    deputies = ma.fields.Integer(required=True)
    items = ma.fields.List(ma.fields.Nested(HandedOverTask), required=True)
