"""The mail to somebody who was mentioned: case number and link only, never what was written or by whom."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app.platform import mail
from app.platform.i18n import LANGUAGES, in_language

SUBJECT = "Case %(number)s: you were mentioned"
BODY = "You were mentioned in a comment on case %(number)s. After signing in you can read it here: %(link)s"
log = structlog.get_logger("vorlauf.comments")


def tell(session: Session, now: datetime, to: str, mention_id: str, number: str, link: str) -> None:
    """Send the mail; to an address that cannot be written to, none goes: the mention waits on the page all the same."""
    subject = in_language(LANGUAGES[0], SUBJECT) % {"number": number}
    body = "\n\n".join(in_language(language, BODY) % {"number": number, "link": link} for language in LANGUAGES)
    try:
        mail.send(session, now, key=f"mention:{mention_id}", to=to, subject=subject, body=f"{body}\n")
    except mail.Unmailable:
        log.warning("mention not mailed", mention=mention_id)
