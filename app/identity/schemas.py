"""What the identity API reads and writes."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.platform.api import Text


class Credentials(ma.Schema):
    """Login and password of a sign-in."""

    login = Text(required=True, validate=validate.Length(min=1, max=80), metadata={"example": "hr"})
    password = ma.fields.String(required=True, validate=validate.Length(min=1, max=200), metadata={"example": "demo"})


class IssuedToken(ma.Schema):
    """A new bearer token; it is shown this once."""

    token = ma.fields.String(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)


class OrganisationRoles(ma.Schema):
    """One organisation and my roles in it, deputised ones included."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=validate.OneOf(["alliance", "company", "provider", "network"]))
    roles = ma.fields.List(ma.fields.String(), required=True)


class DeputyshipSchema(ma.Schema):
    """Who stands in for me (``for_me``), or for whom I stand in (``by_me``)."""

    direction = ma.fields.String(required=True, validate=validate.OneOf(["for_me", "by_me"]))
    login = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    valid_from = ma.fields.AwareDateTime(required=True)
    valid_until = ma.fields.AwareDateTime(required=True)


class Me(ma.Schema):
    """The signed-in user."""

    login = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    roles = ma.fields.List(ma.fields.String(), required=True)
    organisations = ma.fields.List(ma.fields.Nested(OrganisationRoles), required=True)
    deputies = ma.fields.List(ma.fields.Nested(DeputyshipSchema), required=True)
