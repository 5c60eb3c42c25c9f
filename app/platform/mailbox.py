"""Looking at mails: all of them in the demo's mailbox, those that did not get through in production."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.ids import is_id
from app.platform.mail import FAILED, OPEN, Mail
from app.platform.paging import fetch
from app.platform.problems import NotFound

_HEAD = (Mail.id, Mail.recipient, Mail.subject, Mail.state, Mail.error, Mail.attempts, Mail.created_at, Mail.sent_at)
MAX_RECIPIENTS = 100


def in_box(session: Session, recipient: str | None, cursor: str | None) -> tuple[list[Any], str | None]:
    """One page of mails without their texts, the newest first, and the cursor of the next page."""
    statement = sa.select(*_HEAD)
    if recipient:
        statement = statement.where(Mail.recipient == recipient)
    return fetch(session, statement, Mail.id, Mail.id, descending=True, cursor=cursor)


def recipients(session: Session) -> list[str]:
    """Who has got mail, by address."""
    return list(session.scalars(sa.select(Mail.recipient).distinct().order_by(Mail.recipient).limit(MAX_RECIPIENTS)))


def read(session: Session, mail_id: str) -> Any:
    """One mail with its text. Raises :class:`NotFound`."""
    found = session.execute(sa.select(*_HEAD, Mail.body).where(Mail.id == mail_id)).first() if is_id(mail_id) else None
    if found is None:
        raise NotFound
    return found


def undelivered(session: Session, cursor: str | None) -> tuple[list[Any], str | None]:
    """Mails that wait or were given up, without their texts, the newest first."""
    statement = sa.select(*_HEAD, (Mail.body != "").label("has_text")).where(Mail.state.in_((OPEN, FAILED)))
    return fetch(session, statement, Mail.id, Mail.id, descending=True, cursor=cursor)
