"""Shapes of the comments API."""

from __future__ import annotations

import marshmallow as ma

from app.comments.rules import AUDIENCES, MAX_MENTIONS, MAX_TEXT, OWN
from app.platform.api import Text


class CommentPersonRef(ma.Schema):
    """A user by login and name."""

    id = ma.fields.String()
    login = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class CommentFields(ma.Schema):
    """One comment; a withdrawn one has no text."""

    id = ma.fields.String(required=True)
    case_id = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    author = ma.fields.Nested(CommentPersonRef, required=True)
    role = ma.fields.String(required=True)
    organisation = ma.fields.String(required=True)
    audience = ma.fields.String(required=True, validate=ma.validate.OneOf([*AUDIENCES]))
    text = ma.fields.String(required=True, metadata={"description": "Plain text; it is shown as it is."})
    withdrawn_at = ma.fields.AwareDateTime(format="iso", required=True, allow_none=True)
    may_withdraw = ma.fields.Boolean(required=True)
    mentions = ma.fields.List(ma.fields.Nested(CommentPersonRef), required=True)


class CommentPage(ma.Schema):
    """One page of comments, the newest first."""

    items = ma.fields.List(ma.fields.Nested(CommentFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class NewComment(ma.Schema):
    """A comment to be written. Mentioned are the logins in ``mentions`` and those after ``@`` in the text."""

    text = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, MAX_TEXT),
        metadata={
            "description": "Plain text, no control characters but line breaks and tabs.",
            "example": "Bitte prüfen",
        },
    )
    audience = ma.fields.String(
        load_default=OWN,
        validate=ma.validate.OneOf([*AUDIENCES]),
        metadata={"description": "; ".join(f"{key}: {text}" for key, text in AUDIENCES.items())},
    )
    mentions = ma.fields.List(
        Text(validate=ma.validate.Length(1, 80)), load_default=list, validate=ma.validate.Length(max=MAX_MENTIONS)
    )


class CommentListArguments(ma.Schema):
    """Which part of the list."""

    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class MentionedCase(ma.Schema):
    """The case of a mention."""

    id = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    title = ma.fields.String(required=True)


class MentionFields(ma.Schema):
    """One time that somebody asked you to look at a comment."""

    id = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    read_at = ma.fields.AwareDateTime(format="iso", required=True, allow_none=True)
    comment = ma.fields.String(required=True)
    case = ma.fields.Nested(MentionedCase, required=True)
    author = ma.fields.String(required=True)


class MentionPage(ma.Schema):
    """One page of mentions, the newest first, and how many are unread in all."""

    items = ma.fields.List(ma.fields.Nested(MentionFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)
    unread = ma.fields.Integer(required=True)
