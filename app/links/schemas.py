"""Shapes of the links API."""

from __future__ import annotations

import marshmallow as ma

from app.cases.schemas import CompanyRef
from app.links.rules import CHANNELS, PURPOSES
from app.platform.api import Text

STATES = ("open", "used", "revoked", "expired", "closed")


class NewLinkArguments(ma.Schema):
    """For whom a link is, for what, and how it gets there."""

    purpose = ma.fields.String(required=True, validate=ma.validate.OneOf(PURPOSES))
    employee = Text(required=True, validate=ma.validate.Length(1, 36), metadata={"description": "Id of a participant."})
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    task = Text(
        allow_none=True,
        load_default=None,
        validate=ma.validate.Length(max=36),
        metadata={"description": "Only for evidence; by default the participant's open task."},
    )
    email = Text(
        allow_none=True,
        load_default=None,
        validate=ma.validate.Length(max=254),
        metadata={"description": "Where a mailed link is sent."},
    )


class LinkFields(ma.Schema):
    """A link; its secrets are not kept."""

    id = ma.fields.String(required=True)
    case = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True, validate=ma.validate.OneOf(PURPOSES))
    channel = ma.fields.String(required=True, validate=ma.validate.OneOf(CHANNELS))
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    employee = ma.fields.Nested(CompanyRef, required=True)
    task = ma.fields.Nested(CompanyRef, allow_none=True, required=True)
    email = ma.fields.String(allow_none=True, required=True)
    issued_by = ma.fields.Nested(CompanyRef, required=True)
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    expires_at = ma.fields.AwareDateTime(format="iso", required=True)
    used_at = ma.fields.AwareDateTime(format="iso", allow_none=True, required=True)
    revoked_at = ma.fields.AwareDateTime(format="iso", allow_none=True, required=True)


class IssuedLink(LinkFields):
    """A new link; of a paper link address and code, in this answer only (null in a repeated one and by mail)."""

    address = ma.fields.String(allow_none=True, required=True)
    code = ma.fields.String(allow_none=True, required=True)


class LinkPage(ma.Schema):
    """One page of links; ``next`` is the cursor of the following page."""

    items = ma.fields.List(ma.fields.Nested(LinkFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class Confirmation(ma.Schema):
    """What a participant confirms: the hash of the statement shown, the answers, and for paper code and case number."""

    statement = Text(load_default="", validate=ma.validate.Length(max=64))
    data = ma.fields.Raw(
        allow_none=True,
        load_default=None,
        metadata={"type": "object", "description": "Answers by field key of the task's form."},
    )
    code = Text(load_default="", validate=ma.validate.Length(max=40))
    case_number = Text(load_default="", validate=ma.validate.Length(max=40))


class Confirmed(ma.Schema):
    """What has been confirmed."""

    purpose = ma.fields.String(required=True, validate=ma.validate.OneOf(PURPOSES))
    confirmed = ma.fields.Boolean(required=True)
