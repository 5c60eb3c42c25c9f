"""Mail leaves the house as a job, after the transaction that caused it; it is delivered once and never lost.

``send`` writes a row in ``mail`` and a job ``mail.deliver`` in the caller's transaction. The text is blanked as soon
as a server has taken it, because it may hold a one-time link. Without a mail server the demo keeps its mails for the
page ``/mailbox``; anywhere else they wait until a server is named. The id in ``Message-ID`` is that of the row, so that
a repeat after a crash is recognisable (RFC 5322 § 3.6.4).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.platform import jobs
from app.platform.db import Base, Id, UtcDateTime
from app.platform.ids import new_id
from app.platform.problems import Unprocessable
from app.platform.settings import Settings

OPEN, SENT, FAILED = "open", "sent", "failed"
MAX_ATTEMPTS = 60
"""About two days: the first pauses are short, later ones an hour."""
LONGEST_PAUSE = 3600
UNCONFIGURED_PAUSE = timedelta(minutes=10)
TIMEOUT = 10
KEEP_UNDELIVERED = timedelta(days=30)
log = structlog.get_logger("vorlauf.mail")


class Unmailable(Unprocessable):
    """A mail cannot be sent to this address or with this subject."""

    code = "unmailable"


class Mail(Base):
    """One mail. ``state``: open, sent, failed (given up; ``error`` says why). ``body`` is blank once delivered."""

    __tablename__ = "mail"
    __table_args__ = (sa.Index("ix_mail_state", "state", "id"), sa.Index("ix_mail_recipient", "recipient", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(10))
    attempts: Mapped[int]
    error: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def send(session: Session, now: datetime, *, key: str, to: str, subject: str, body: str) -> None:
    """Send one plain-text mail once the caller's transaction has been committed; nothing happens if it rolls back.

    ``key`` (at most 200 characters) names the cause: a second mail with the same key is not sent. Raises
    :class:`Unmailable` for an address that is not exactly one, and for line breaks in address or subject.
    """
    mail = Mail(id=new_id(), key=key, recipient=to, subject=subject, body=body, created_at=now)
    compose(mail, "vorlauf@localhost")
    if session.scalar(sa.select(Mail.id).where(Mail.key == key)) is not None:
        return
    values = {"state": OPEN, "attempts": 0, "error": None, "sent_at": None}
    columns = ("id", "key", "recipient", "subject", "body", "created_at")
    session.execute(sa.insert(Mail).values(**{name: getattr(mail, name) for name in columns}, **values))
    _defer(session, mail.id, 0, now, now)


def compose(mail: Any, sender: str) -> EmailMessage:
    """The message of a row of ``mail``. Raises :class:`Unmailable`."""
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
    except (ValueError, MessageError, IndexError) as error:  # IndexError: how the library reads some broken addresses
        raise Unmailable from error
    if len(mail.recipient) > 254 or len(mail.subject) > 200 or not mail.recipient.isprintable():
        raise Unmailable
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def check_address(address: str) -> None:
    """Raise :class:`Unmailable` unless ``address`` is exactly one that mail can be sent to."""
    compose(
        Mail(id="0", recipient=address, subject="", body="", created_at=datetime.min.replace(tzinfo=UTC)),
        "vorlauf@localhost",
    )


def into_mailbox(settings: Settings) -> bool:
    """Whether mails are shown on a page instead of being sent: in the demo, where no mail server is named."""
    return settings.demo and not settings.smtp_host


def warnings(session: Session, settings: Settings) -> list[str]:
    """What somebody should look at: ``mail_not_configured``, ``mail_failed``."""
    found = [] if settings.smtp_host or settings.demo else ["mail_not_configured"]
    failed = session.scalar(sa.select(Mail.id).where(Mail.state == FAILED).limit(1))
    return found if failed is None else [*found, "mail_failed"]


@jobs.handler("mail.deliver")
@jobs.outside
def deliver(session: Session, now: datetime, mail_id: str) -> jobs.Effect | None:
    """Hand the mail to the server; returns what is to be written about it."""
    mail = session.execute(sa.select(*Mail.__table__.columns).where(Mail.id == mail_id)).first()
    session.rollback()  # nothing stays locked while the mail server answers
    if mail is None or mail.state != OPEN:
        return None
    settings: Settings = current_app.config["VORLAUF_SETTINGS"]
    if into_mailbox(settings):
        return partial(_update, session, mail, state=SENT, sent_at=now)
    if not settings.smtp_host:
        return partial(_wait, session, mail, now)
    try:
        transmit(settings, compose(mail, settings.mail_from))
    except (OSError, smtplib.SMTPException, Unmailable) as error:
        return partial(_not_delivered, session, mail, now, error)
    return partial(_update, session, mail, state=SENT, sent_at=now, body="", error=None)


def transmit(settings: Settings, message: EmailMessage) -> None:
    """Speak SMTP with the server of the settings. Raises OSError and SMTPException."""
    secured = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=secured
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=secured)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def send_again(session: Session, now: datetime, mail_id: str) -> bool:
    """Give a mail that was given up another chance; False if there is none such, or its text has been blanked."""
    again = (
        sa.update(Mail)
        .where(Mail.id == mail_id, Mail.state == FAILED, Mail.body != "")
        .values(state=OPEN, attempts=Mail.attempts + 1, error=None)
        .returning(Mail.attempts)
    )
    attempts = session.scalar(again)
    if attempts is not None:
        _defer(session, mail_id, attempts, now, now)
    return attempts is not None


def forget_old(session: Session, now: datetime) -> int:
    """Blank the texts of mails that could not be delivered for :data:`KEEP_UNDELIVERED`; returns how many."""
    old = sa.and_(Mail.state == FAILED, Mail.body != "", Mail.created_at < now - KEEP_UNDELIVERED)
    return len(session.scalars(sa.update(Mail).where(old).values(body="").returning(Mail.id)).all())


def _update(session: Session, mail: Any, **values: Any) -> None:
    session.execute(sa.update(Mail).where(Mail.id == mail.id, Mail.state == OPEN).values(**values))


def _defer(session: Session, mail_id: str, attempt: int, now: datetime, run_at: datetime) -> None:
    jobs.defer(session, "mail.deliver", f"mail:{mail_id}:{attempt}", now, run_at, mail_id=mail_id)


def _wait(session: Session, mail: Any, now: datetime) -> None:
    """No server is named: look again later; this is no attempt that failed."""
    run_at = now + UNCONFIGURED_PAUSE
    jobs.defer(session, "mail.deliver", f"mail:{mail.id}:{run_at.isoformat()}", now, run_at, mail_id=mail.id)


def _not_delivered(session: Session, mail: Any, now: datetime, error: Exception) -> None:
    """Try again, or give up where trying again cannot help."""
    attempts, reason = mail.attempts + 1, _reason(error)
    log.warning("mail not delivered", mail=mail.id, attempt=attempts, error=reason)
    if _is_final(error) or attempts % MAX_ATTEMPTS == 0:
        _update(session, mail, state=FAILED, attempts=attempts, error=reason)
        return
    _update(session, mail, attempts=attempts, error=reason)
    run_at = now + timedelta(seconds=min(2 ** min(attempts, 20) * 5, LONGEST_PAUSE))
    _defer(session, mail.id, attempts, now, run_at)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        _postpone_others(session, now, run_at)


def _postpone_others(session: Session, now: datetime, run_at: datetime) -> None:
    """The server is away: do not wait for it once for every other mail."""
    due = sa.and_(jobs.Job.name == "mail.deliver", jobs.Job.state == "open", jobs.Job.run_at <= now)
    session.execute(sa.update(jobs.Job).where(due).values(run_at=run_at))


def _is_final(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes: Sequence[int] = [code for code, _text in error.recipients.values()]
        return all(code >= 500 for code in codes)
    return isinstance(error, Unmailable) or (isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)


def _reason(error: Exception) -> str:
    """What went wrong, without anything the server or the mail said: class and SMTP code."""
    codes = [code for code, _text in error.recipients.values()] if hasattr(error, "recipients") else []
    code = getattr(error, "smtp_code", codes[0] if codes else "")
    return f"{type(error).__name__} {code}".strip()
