"""Shapes of the register API: providers with certificates, and the change log."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import validate

from app.platform.api import Text
from app.registers.schemas import Day, Line


class ProviderChange(ma.Schema):
    """What changes of a provider."""

    name = Line(validate=validate.Length(1, 200))
    short_name = Line(validate=validate.Length(1, 40))
    description = Text(validate=validate.Length(max=2000))
    email = Line(
        r"^([!-?A-~]+@[!-?A-~]+)?$", validate=validate.Length(max=254), metadata={"example": "kurse@example.org"}
    )
    phone = Line(r"^[0-9+()/ -]{0,40}$", metadata={"example": "+49 361 5550100"})
    town = Line(validate=validate.Length(max=80))


class NewCertificate(ma.Schema):
    """An AZAV certificate of a provider (5 years at most) or of one of its measures (3 years at most)."""

    kind = ma.fields.String(required=True, validate=validate.OneOf(["provider", "measure"]))
    title = Line(required=True, validate=validate.Length(1, 200))
    number = Line(required=True, validate=validate.Length(1, 60))
    issuer = Line(required=True, validate=validate.Length(1, 120))
    valid_from = Day(required=True, metadata={"example": "2026-01-01"})
    valid_until = Day(required=True, metadata={"example": "2028-12-31"})


class CertificateSchema(NewCertificate):
    """A certificate and how it stands today."""

    id = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=validate.OneOf(["valid", "expires_soon", "expired", "future"]))


class CertificatePage(ma.Schema):
    """The certificates of a provider."""

    items = ma.fields.List(ma.fields.Nested(CertificateSchema), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class ProviderSchema(ma.Schema):
    """A training provider."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    short_name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    phone = ma.fields.String(required=True)
    town = ma.fields.String(required=True)
    certificates = ma.fields.List(ma.fields.Nested(CertificateSchema), required=True)


class ProviderPage(ma.Schema):
    """One page of providers."""

    items = ma.fields.List(ma.fields.Nested(ProviderSchema), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class ChangeArguments(ma.Schema):
    """Which changes: of one object, or all in sight."""

    object = Text(validate=validate.Length(max=36))
    cursor = Text(validate=validate.Length(max=400))
    limit = ma.fields.Integer(validate=validate.Range(1, 100))


class ChangeSchema(ma.Schema):
    """One change: who, when, what before and after, as far as the caller may see it."""

    id = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    actor = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    object = ma.fields.String(required=True)
    organisation = ma.fields.String(required=True)
    imported = ma.fields.Boolean(required=True)
    before = ma.fields.Dict(required=True)
    after = ma.fields.Dict(required=True)


class RegisterChangePage(ma.Schema):
    """One page of changes, the newest first."""

    items = ma.fields.List(ma.fields.Nested(ChangeSchema), required=True)
    next = ma.fields.String(allow_none=True, required=True)
