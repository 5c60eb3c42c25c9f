"""Use cases of who was mentioned: the list, how many are unread, and reading one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.models import Comment, Mention
from app.comments.sight import readable_comments
from app.engine.models import Case
from app.identity.actor import Actor
from app.identity.models import User
from app.platform import paging
from app.platform.preconditions import require_match
from app.platform.problems import NotFound


def list_mentions(session: Session, actor: Actor, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """``{"items": [mention…], "next": cursor or None, "unread": n}``, the newest first; without what was written.

    A mention vanishes with the sight of its comment, and with the comment.
    """
    rows, following = paging.fetch(
        session, _mine(actor), Mention.at, Mention.id, descending=True, cursor=cursor, limit=limit
    )
    return {"items": [_view(row) for row in rows], "next": following, "unread": unread(session, actor)}


def unread(session: Session, actor: Actor) -> int:
    """How many mentions the actor has not read yet."""
    waiting = _mine(actor).where(Mention.read_at.is_(None))
    return session.scalar(waiting.with_only_columns(sa.func.count())) or 0


def read_mention(
    session: Session, actor: Actor, mention_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Mark a mention as read; once more changes nothing. Raises NotFound for those of others."""
    found = _one(session, actor, mention_id)
    require_match(if_match, found["etag"])
    unseen = sa.update(Mention).where(Mention.id == mention_id, Mention.read_at.is_(None))
    session.execute(unseen.values(read_at=now).execution_options(synchronize_session=False))
    return _one(session, actor, mention_id)


def _one(session: Session, actor: Actor, mention_id: str) -> dict[str, Any]:
    row = session.execute(_mine(actor).where(Mention.id == mention_id)).first()
    if row is None:
        raise NotFound
    return _view(row)


def _mine(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Mention, Comment.case_id, Case.number, Case.title, User.name.label("author_name"))
        .join(Comment, Comment.id == Mention.comment_id)
        .join(Case, Case.id == Comment.case_id)
        .join(User, User.id == Comment.author_id)
        .where(Mention.user_id == actor.user_id, Comment.withdrawn_at.is_(None), readable_comments(actor))
        .execution_options(populate_existing=True)
    )


def _view(row: Any) -> dict[str, Any]:
    mention: Mention = row.Mention
    return {
        "id": mention.id,
        "at": mention.at,
        "read_at": mention.read_at,
        "comment": mention.comment_id,
        "case": {"id": row.case_id, "number": row.number, "title": row.title},
        "author": row.author_name,
        "etag": "1" if mention.read_at is None else "2",
    }
