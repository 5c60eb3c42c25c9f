"""What the withdrawal of one participant by link does to the case: the same as when HR records it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.cases.leaving import Leaving, leave
from app.engine.outcome import Entry
from app.engine.service import Engine
from app.engine.store import Author

REASON = "Die teilnehmende Person ist über ihren Link zurückgetreten."
"""Nobody has to give a reason for leaving, and nobody is named in what all parties of the case may read."""
BY_LINK = "Link"


def ends_the_case(participants: int) -> bool:
    """Whether the withdrawal of one of ``participants`` leaves nobody."""
    return participants <= 1


def withdraw_participant(
    session: Session, engine: Engine, row: Any, name: str, *, author: Author, now: datetime, also: Entry
) -> None:
    """Withdraw the participant of the link in ``row`` (``ParticipantLink``, ``Case`` and snapshot): the person's open
    tasks end and the others go on; the last one takes the case along. Raises NothingWaits, CaseEnded, ChangedMeanwhile.
    """
    employee = row.ParticipantLink.employee_id
    declared = Entry("participant.withdrawal_declared", {"employee": employee})
    person = {"employee": employee, "name": name}
    leaving = Leaving("own_wish", REASON)
    leave(session, engine, row, person, leaving, author=author, recorded_by=BY_LINK, now=now, also=[declared, also])
