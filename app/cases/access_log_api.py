"""The access log over HTTP: for auditors, and for employees about themselves."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.audit.access import KINDS, PROTECTED
from app.cases import access_log
from app.cases.access_log import AccessQuery
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint, Text
from app.platform.db import db

blueprint = ApiBlueprint("access_log_api", __name__, "Access log: who was shown whose personal data")


class AccessArguments(ma.Schema):
    """Filters of the access log; days are those in Thuringia, both included."""

    case = Text(validate=ma.validate.Length(1, 36), metadata={"description": "Id or number of a case."})
    actor = Text(validate=ma.validate.Length(1, 80), metadata={"description": "Login of who has looked."})
    kind = ma.fields.String(validate=ma.validate.OneOf(KINDS))
    data_class = ma.fields.String(data_key="class", validate=ma.validate.OneOf(PROTECTED))
    from_day = ma.fields.Date(data_key="from")
    until_day = ma.fields.Date(data_key="until")
    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class OwnAccessArguments(ma.Schema):
    """Which part of the list."""

    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class AccessedCase(ma.Schema):
    """A case by id and number."""

    id = ma.fields.String(required=True)
    number = ma.fields.String(required=True)


class AccessPerson(ma.Schema):
    """A person by id and name; the login only of users."""

    id = ma.fields.String(required=True)
    login = ma.fields.String()
    name = ma.fields.String(required=True)


class OwnAccess(ma.Schema):
    """One time that data was shown, as the person concerned reads it."""

    id = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    organisation = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    case = ma.fields.Nested(AccessedCase, required=True, allow_none=True)
    classes = ma.fields.List(ma.fields.String(), required=True)
    myself = ma.fields.Boolean(metadata={"description": "Whether it was the caller who looked."})


class Access(OwnAccess):
    """The same as auditors read it."""

    class Meta:
        """What is left out."""

        exclude = ("myself",)

    actor = ma.fields.Nested(AccessPerson, required=True)
    on_behalf_of = ma.fields.String(required=True, allow_none=True)
    subject = ma.fields.Nested(
        AccessPerson, required=True, allow_none=True, metadata={"description": "null: all persons of the case"}
    )
    route = ma.fields.String(required=True)
    request_id = ma.fields.String(required=True)


class Erasure(ma.Schema):
    """One end of retention."""

    at = ma.fields.AwareDateTime(format="iso", required=True)
    before = ma.fields.AwareDateTime(format="iso", required=True)
    entries = ma.fields.Integer(required=True)


class AccessPage(ma.Schema):
    """One page of the log; ``erasures`` says what retention has deleted."""

    items = ma.fields.List(ma.fields.Nested(Access), required=True)
    next = ma.fields.String(allow_none=True, required=True)
    erasures = ma.fields.List(ma.fields.Nested(Erasure), required=True)


class OwnAccessPage(ma.Schema):
    """One page of what concerns the caller."""

    items = ma.fields.List(ma.fields.Nested(OwnAccess), required=True)
    next = ma.fields.String(allow_none=True, required=True)


@blueprint.route("/audit/access")
@blueprint.arguments(AccessArguments, location="query")
@blueprint.response(200, AccessPage)
def list_access(arguments: dict[str, Any]) -> dict[str, Any]:
    """Who was shown personal or special data, the newest first."""
    return access_log.list_access(db.session(), AccessQuery(**arguments))


@blueprint.route("/me/access")
@blueprint.arguments(OwnAccessArguments, location="query")
@blueprint.response(200, OwnAccessPage)
def my_access(arguments: dict[str, Any]) -> dict[str, Any]:
    """When your data was shown to whom."""
    return access_log.my_access(db.session(), current_actor(), arguments.get("cursor"), arguments.get("limit"))
