"""Shapes of users, their roles, passwords and deputies."""

from __future__ import annotations

from datetime import UTC, datetime

import marshmallow as ma
from marshmallow import validate

from app.identity.roles import ROLES
from app.platform.api import Text
from app.platform.i18n import LANGUAGES
from app.platform.paging import MAX_LIMIT

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
STATES = ("invited", "active", "inactive")
ID = {"example": "01a21bf2-4eb3-7d06-abdb-3cb9f21a7484"}


class _Moment(ma.fields.AwareDateTime):
    """A point in time that can be turned into UTC."""

    def __init__(self) -> None:
        super().__init__(required=True, validate=validate.Range(min=EARLIEST, max=LATEST))


class Page(ma.Schema):
    """Which page of a list."""

    cursor = Text(validate=validate.Length(max=2000))
    limit = ma.fields.Integer(validate=validate.Range(min=1, max=MAX_LIMIT))


class UserQueryArguments(Page):
    """What the list of users is narrowed to."""

    q = Text(validate=validate.Length(max=200))
    state = ma.fields.String(validate=validate.OneOf(STATES))
    organisation = Text(validate=validate.Length(max=36))
    role = ma.fields.String(validate=validate.OneOf(sorted(ROLES)))


class Named(ma.Schema):
    """Somebody or something by id and name."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class Place(Named):
    """An organisation."""

    kind = ma.fields.String(required=True)


class MembershipFields(ma.Schema):
    """One role in one organisation; for an employee with the row of the register."""

    id = ma.fields.String(required=True)
    role = ma.fields.String(required=True)
    organisation = ma.fields.Nested(Place, required=True)
    employee = ma.fields.Nested(Named, required=True, allow_none=True)


class InvitationFields(ma.Schema):
    """The newest invitation of somebody who has not accepted it yet."""

    sent_at = ma.fields.AwareDateTime(format="iso", required=True)
    expires_at = ma.fields.AwareDateTime(format="iso", required=True)
    valid = ma.fields.Boolean(required=True)


class UserFields(ma.Schema):
    """A user as the administration sees it."""

    id = ma.fields.String(required=True)
    login = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    language = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=validate.OneOf(STATES))
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    memberships = ma.fields.List(ma.fields.Nested(MembershipFields), required=True)
    invitation = ma.fields.Nested(InvitationFields, required=True, allow_none=True)


class UserPage(ma.Schema):
    """One page of users."""

    items = ma.fields.List(ma.fields.Nested(UserFields), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class NewMembership(ma.Schema):
    """A role to be given; ``employee`` (a row of the company's register) for the role employee, and only for it."""

    role = ma.fields.String(required=True, validate=validate.OneOf(sorted(ROLES)))
    organisation = Text(required=True, validate=validate.Length(min=1, max=36), metadata=ID)
    employee = Text(load_default=None, allow_none=True, validate=validate.Length(max=36), metadata=ID)


def _name() -> Text:
    return Text(required=True, validate=validate.Length(min=1, max=200), metadata={"example": "Erika Sommerfeld"})


def _email() -> ma.fields.Email:
    return ma.fields.Email(required=True, validate=validate.Length(max=254), metadata={"example": "erika@example.org"})


def _language() -> ma.fields.String:
    return ma.fields.String(load_default="de", validate=validate.OneOf(LANGUAGES))


class Invitation(ma.Schema):
    """Who is to be invited, with which roles."""

    login = Text(required=True, validate=validate.Length(min=2, max=80), metadata={"example": "erika.sommerfeld"})
    name = _name()
    email = _email()
    language = _language()
    memberships = ma.fields.List(
        ma.fields.Nested(NewMembership), required=True, validate=validate.Length(min=1, max=20)
    )


class UserChange(ma.Schema):
    """What is to be different; fields that are left out stay."""

    name = Text(validate=validate.Length(min=1, max=200))
    email = ma.fields.Email(validate=validate.Length(max=254))
    language = ma.fields.String(validate=validate.OneOf(LANGUAGES))


class ChangeQuery(Page):
    """Whose changes are asked for; without ``user`` everybody's."""

    user = Text(validate=validate.Length(max=36))


class ChangeFields(ma.Schema):
    """One change: who did what to whom, and when. ``actor`` is null for resets and the command line."""

    id = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    kind = ma.fields.String(required=True)
    actor = ma.fields.Nested(Named, required=True, allow_none=True)
    user = ma.fields.Nested(Named, required=True, allow_none=True)
    payload = ma.fields.Dict(required=True)


class ChangePage(ma.Schema):
    """One page of changes."""

    items = ma.fields.List(ma.fields.Nested(ChangeFields), required=True)
    next = ma.fields.String(required=True, allow_none=True)


class PasswordChange(ma.Schema):
    """The current and the new password."""

    current = ma.fields.String(required=True, validate=validate.Length(min=1, max=200))
    new = ma.fields.String(required=True, validate=validate.Length(min=1, max=1000))


class Forgotten(ma.Schema):
    """Login or e-mail address of who has forgotten the password."""

    login = Text(required=True, validate=validate.Length(min=1, max=254), metadata={"example": "hr"})


class Redemption(ma.Schema):
    """The secret of a one-time link, and the password to be set."""

    token = Text(required=True, validate=validate.Length(min=1, max=200))
    password = ma.fields.String(required=True, validate=validate.Length(min=1, max=1000))


class Redeemed(ma.Schema):
    """With which login to sign in now."""

    login = ma.fields.String(required=True)


class SignInFields(ma.Schema):
    """A live sign-in of mine: on pages (``session``) or over the API (``token``)."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    device = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(format="iso", required=True)
    expires_at = ma.fields.AwareDateTime(format="iso", required=True)
    current = ma.fields.Boolean(required=True)


class SignIns(ma.Schema):
    """My live sign-ins, the newest first."""

    items = ma.fields.List(ma.fields.Nested(SignInFields), required=True)


class Ended(ma.Schema):
    """How many sign-ins were ended."""

    ended = ma.fields.Integer(required=True)


class Account(ma.Schema):
    """What is known of me."""

    login = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    language = ma.fields.String(required=True)


class OwnChange(ma.Schema):
    """What everybody may change about oneself."""

    language = ma.fields.String(required=True, validate=validate.OneOf(LANGUAGES))


class Person(Named):
    """A user by id, login and name."""

    login = ma.fields.String(required=True)


class People(ma.Schema):
    """Users to choose from."""

    items = ma.fields.List(ma.fields.Nested(Person), required=True)


class NewDeputy(ma.Schema):
    """Who stands in from when until when; ``member`` only by the administration, else it is oneself."""

    deputy = Text(required=True, validate=validate.Length(min=1, max=36), metadata=ID)
    member = Text(load_default=None, allow_none=True, validate=validate.Length(max=36), metadata=ID)
    valid_from = _Moment()
    valid_until = _Moment()


class DeputyFields(ma.Schema):
    """``deputy`` acts for ``member`` from ``valid_from`` until just before ``valid_until``."""

    id = ma.fields.String(required=True)
    member = ma.fields.Nested(Person, required=True)
    deputy = ma.fields.Nested(Person, required=True)
    valid_from = ma.fields.AwareDateTime(format="iso", required=True)
    valid_until = ma.fields.AwareDateTime(format="iso", required=True)
    active = ma.fields.Boolean(required=True)
    may_end = ma.fields.Boolean(required=True)


class DeputyPage(ma.Schema):
    """One page of deputies."""

    items = ma.fields.List(ma.fields.Nested(DeputyFields), required=True)
    next = ma.fields.String(required=True, allow_none=True)
