"""Comments as the API answers and the pages show them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.models import Comment, Mention
from app.identity.actor import Actor
from app.identity.models import User


def comment_view(row: Any, actor: Actor) -> dict[str, Any]:
    """A row of the service (``Comment``, names of author and organisation) as plain data."""
    comment: Comment = row.Comment
    withdrawn = comment.withdrawn_at is not None
    return {
        "id": comment.id,
        "case_id": comment.case_id,
        "at": comment.at,
        "author": {"id": comment.author_id, "login": row.login, "name": row.name},
        "role": comment.role,
        "organisation": row.organisation_name,
        "audience": comment.audience,
        "text": comment.text,
        "withdrawn_at": comment.withdrawn_at,
        "may_withdraw": comment.author_id == actor.user_id and not withdrawn,
        "etag": "2" if withdrawn else "1",
    }


def with_mentions(session: Session, comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each comment with ``mentions``, the names of who was asked to look; one statement for all."""
    named: dict[str, list[dict[str, str]]] = {comment["id"]: [] for comment in comments}
    if named:
        statement = sa.select(Mention.comment_id, User.login, User.name).join(User, User.id == Mention.user_id)
        for row in session.execute(statement.where(Mention.comment_id.in_(named)).order_by(User.name, User.id)):
            named[row.comment_id].append({"login": row.login, "name": row.name})
    return [{**comment, "mentions": named[comment["id"]]} for comment in comments]
