"""Shapes of the case API (marshmallow 4): unknown fields are refused, times are ISO 8601 UTC."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.platform.api import Text

STATUSES = ("open", "completed", "cancelled", "suspended")


class Words(Text):
    """Text that says something: white space around it is cut off before its length counts."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, *args, **kwargs)).strip()


class CompanyRef(ma.Schema):
    """An organisation by id and name."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class CaseFields(ma.Schema):
    """A case in a list."""

    id = ma.fields.String(required=True)
    number = ma.fields.String(required=True, metadata={"example": "FF-2026-000123"})
    process = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    status = ma.fields.String(required=True, validate=ma.validate.OneOf(STATUSES))
    phase = ma.fields.String(required=True)
    phase_title = ma.fields.String(required=True)
    company = ma.fields.Nested(CompanyRef, required=True)
    title = ma.fields.String(required=True)
    result = ma.fields.String(allow_none=True)
    where = ma.fields.String(required=True, metadata={"description": "Where it is, who has it, since when, in words."})
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    updated_at = ma.fields.AwareDateTime(format="iso", required=True)
    ended_at = ma.fields.AwareDateTime(format="iso", allow_none=True)


class CaseDetail(CaseFields):
    """A case with everything its page shows; ``data`` holds only fields the caller may see."""

    tasks = ma.fields.List(ma.fields.Dict(), required=True)
    phases = ma.fields.List(ma.fields.Dict(), required=True)
    next_steps = ma.fields.List(ma.fields.String(), required=True)
    steps = ma.fields.List(ma.fields.String(), required=True)
    data = ma.fields.Dict(required=True)
    results = ma.fields.List(ma.fields.Dict(), required=True)
    summary = ma.fields.List(ma.fields.Dict(), required=True)
    incidents = ma.fields.List(ma.fields.Dict(), required=True)
    may = ma.fields.Dict(required=True)


class CasePage(ma.Schema):
    """One page of cases; ``next`` is the cursor of the following page."""

    items = ma.fields.List(ma.fields.Nested(CaseFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class CaseQueryArguments(ma.Schema):
    """Filters of the case list."""

    status = ma.fields.String(validate=ma.validate.OneOf(STATUSES))
    phase = Text(validate=ma.validate.Length(max=40))
    company = Text(validate=ma.validate.Length(max=36))
    q = Text(validate=ma.validate.Length(max=100))
    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class NewCase(ma.Schema):
    """What a new case needs; ``data`` fills the first form in advance."""

    process = Text(required=True, validate=ma.validate.Length(1, 80), metadata={"example": "training_case"})
    company = Text(required=True, validate=ma.validate.Length(1, 36))
    title = Words(required=True, validate=ma.validate.Length(1, 200))
    data = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class Message(ma.Schema):
    """A message from outside, for example the agency's decision."""

    name = Text(required=True, validate=ma.validate.Length(1, 80), metadata={"example": "agency_decision"})
    payload = ma.fields.Dict(keys=ma.fields.String(), load_default=dict)


class Withdrawal(ma.Schema):
    """Why the case is withdrawn."""

    reason = Words(required=True, validate=ma.validate.Length(1, 2000))


class PageArguments(ma.Schema):
    """Paging of a history."""

    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class AnyPage(ma.Schema):
    """Items as they are, and the cursor of the following page."""

    items = ma.fields.List(ma.fields.Dict(), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class VerificationResult(ma.Schema):
    """Whether a history is unaltered; ``first_broken`` is the number of the first wrong entry."""

    valid = ma.fields.Boolean(required=True)
    entries = ma.fields.Integer(required=True)
    head = ma.fields.String(required=True)
    first_broken = ma.fields.Integer(allow_none=True, required=True)


class Diagram(ma.Schema):
    """The diagrams and the path through them: element or flow id → count."""

    files = ma.fields.List(ma.fields.Dict(), required=True)
    main = ma.fields.String(required=True)
    active = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    completed = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    flows = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class IncidentQueryArguments(PageArguments):
    """Filters of the list of incidents."""

    state = ma.fields.String(validate=ma.validate.OneOf(["open", "resolved"]))


class IncidentCase(ma.Schema):
    """The case of an incident; ``id`` only for those who may see the case."""

    id = ma.fields.String(allow_none=True, required=True)
    number = ma.fields.String(required=True)


class IncidentFields(ma.Schema):
    """A failed automatic step: what failed in words, the kind of error, since when, how often it was tried."""

    id = ma.fields.String(required=True)
    case = ma.fields.Nested(IncidentCase, required=True)
    element = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    what = ma.fields.String(required=True)
    error = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    since = ma.fields.AwareDateTime(format="iso", required=True)
    last_try = ma.fields.AwareDateTime(format="iso", required=True)
    next_try = ma.fields.AwareDateTime(format="iso", allow_none=True, required=True)
    resolved_at = ma.fields.AwareDateTime(format="iso", allow_none=True, required=True)
    attempts = ma.fields.Integer(required=True)
    etag = ma.fields.String(required=True)


class IncidentPage(ma.Schema):
    """One page of incidents; ``next`` is the cursor of the following page."""

    items = ma.fields.List(ma.fields.Nested(IncidentFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)
