"""What the withdrawal of one participant does to the case. The one place to change when cases learn to go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.cases.service import WITHDRAWAL
from app.engine.outcome import Entry
from app.engine.service import Engine
from app.engine.store import Author
from app.links import store

REASON = "Die teilnehmende Person ist über ihren Link zurückgetreten."
"""Nobody has to give a reason for leaving, and nobody is named in what all parties of the case may read."""


def ends_the_case(participants: int) -> bool:
    """Whether the withdrawal of one of ``participants`` leaves nobody."""
    return participants <= 1


def withdraw_participant(
    session: Session, engine: Engine, row: Any, *, alone: bool, author: Author, now: datetime, also: Entry
) -> None:
    """Withdraw the participant of the link in ``row`` (``ParticipantLink``, ``Case`` and snapshot).

    The last one takes the case along, as every withdrawal does. Otherwise the withdrawal is declared: it stands in the
    history and in HR's list of links, and HR carries it out. Raises NothingWaits, CaseEnded, ChangedMeanwhile.
    """
    declared = Entry("participant.withdrawal_declared", {"employee": row.ParticipantLink.employee_id})
    if not alone:
        store.note(session, row.Case, [declared, also], author, now)
        return
    payload = {"withdrawal_reason": REASON, "withdrawal_by": "employee"}
    engine.message(session, row, WITHDRAWAL, payload, author=author, now=now, also=[declared, also])
