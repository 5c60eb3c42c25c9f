"""Comments and mentions over HTTP; the pages call the same use cases."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app.comments import mentions, schemas, service
from app.comments.service import Draft
from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db

blueprint = ApiBlueprint("comments_api", __name__, "Comments on a case, each for a chosen audience, and mentions")
Tagged = tuple[dict[str, Any], int, dict[str, str]]


def _tagged(found: dict[str, Any], status: int = 200) -> Tagged:
    return found, status, {"ETag": f'"{found["etag"]}"'}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


@blueprint.route("/cases/<string:case_id>/comments")
@blueprint.arguments(schemas.CommentListArguments, location="query")
@blueprint.response(200, schemas.CommentPage)
def list_comments(arguments: dict[str, Any], case_id: str) -> dict[str, Any]:
    """Comments you may read, the newest first."""
    cursor, limit = arguments.get("cursor"), arguments.get("limit")
    return service.list_comments(db.session(), current_actor(), case_id, cursor, limit, utcnow())


@blueprint.route("/cases/<string:case_id>/comments", methods=["POST"])
@blueprint.arguments(schemas.NewComment)
@blueprint.response(201, schemas.CommentFields)
def add_comment(body: dict[str, Any], case_id: str) -> Tagged:
    """Write a comment; who is mentioned gets a notice and a mail without the text."""
    draft = Draft(body["text"], body["audience"], tuple(body["mentions"]))
    address = current_app.config["VORLAUF_SETTINGS"].public_url
    comment = service.add_comment(db.session(), current_actor(), case_id, draft, utcnow(), address, _if_match())
    return _tagged(comment, 201)


@blueprint.route("/comments/<string:comment_id>/withdrawal", methods=["POST"])
@blueprint.response(200, schemas.CommentFields)
def withdraw_comment(comment_id: str) -> Tagged:
    """Withdraw your own comment: its text is deleted, that there was one stays."""
    return _tagged(service.withdraw_comment(db.session(), current_actor(), comment_id, utcnow(), _if_match()))


@blueprint.route("/mentions")
@blueprint.arguments(schemas.CommentListArguments, location="query")
@blueprint.response(200, schemas.MentionPage)
def list_mentions(arguments: dict[str, Any]) -> dict[str, Any]:
    """Where you were mentioned, the newest first."""
    return mentions.list_mentions(db.session(), current_actor(), arguments.get("cursor"), arguments.get("limit"))


@blueprint.route("/mentions/<string:mention_id>/read", methods=["POST"])
@blueprint.response(200, schemas.MentionFields)
def read_mention(mention_id: str) -> Tagged:
    """Mark a mention as read."""
    return _tagged(mentions.read_mention(db.session(), current_actor(), mention_id, utcnow(), _if_match()))
