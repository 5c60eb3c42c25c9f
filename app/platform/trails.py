"""What a request leaves behind by reading: rows that are written before its answer goes out.

A reading request opens no writing transaction. Rows that tell of what it shows are kept until its view is done, then
written in one small transaction of their own; if that fails, the answer is an error and nothing has been shown. In a
writing transaction they are written with it, right before its commit. An answer that shows nothing forgets them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.db import Base, insert, unit_of_work, writing

_KEY = "trail"


@dataclass
class Trail:
    """The rows of one request by table, and where they come from: route template and request id."""

    route: str = ""
    request_id: str = ""
    rows: dict[type[Base], dict[Hashable, dict[str, Any]]] = field(default_factory=dict)


@contextmanager
def following(session: Session, route: str, request_id: str) -> Iterator[None]:
    """Keep the trail of one request."""
    session.info[_KEY] = Trail(route, request_id)
    try:
        yield
    finally:
        session.info.pop(_KEY, None)


def trail_of(session: Session) -> Trail:
    """The trail of the request, or else of the writing transaction, that ``session`` works for.

    Whoever reads outside of both (a script in this process) leaves none: what is noted there leads nowhere.
    """
    found: Trail | None = session.info.get(_KEY)
    if found is not None and (found.request_id or writing()):
        return found
    found = Trail()
    if writing():
        session.connection()  # without a transaction, a rollback would not be noticed
        session.info[_KEY] = found
    return found


def kept(session: Session, model: type[Base]) -> dict[Hashable, dict[str, Any]]:
    """The rows of ``model`` that will be written, by a key of the caller's choice; all with the same columns."""
    return trail_of(session).rows.setdefault(model, {})


def finish(session: Session) -> None:
    """Write what a reading request has kept, in a transaction of its own. Raises what the database raises."""
    trail = trail_of(session)
    rows, trail.rows = trail.rows, {}
    if any(rows.values()):
        with unit_of_work(session):
            trail.rows = rows


def roll_back(session: Session) -> None:
    """Take back what a refused form has written; what its answer shows is noted all the same."""
    trail = trail_of(session)
    rows, trail.rows = trail.rows, {}
    session.rollback()
    trail.rows = rows
    finish(session)


@sa.event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    trail = session.info.get(_KEY)
    if trail is None:
        return
    rows, trail.rows = trail.rows, {}
    for model, by_key in rows.items():
        if by_key:
            insert(session, model, list(by_key.values()))


@sa.event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    trail = session.info.get(_KEY)
    if trail is not None:
        trail.rows = {}
