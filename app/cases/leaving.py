"""Use cases for somebody who leaves a case that goes on: the chosen provider, or one of the participants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.cases.access import load_visible
from app.cases.leavers import PARTICIPANT_WITHDRAWAL, PROVIDER_CANCELLED, WITHDRAWAL, may_leave
from app.cases.scope import grant_in_case
from app.cases.service import get_case
from app.engine.outcome import Entry
from app.engine.service import CaseEnded, Engine, NothingWaits, variables_of
from app.engine.store import Author
from app.identity.actor import Actor, Grant
from app.identity.policy_rule import CANCELLERS, WITHDRAWERS
from app.identity.roles import PROVIDER
from app.platform.clock import local_date
from app.platform.problems import Forbidden, NotFound


@dataclass(frozen=True)
class Leaving:
    """What is recorded of a participant who withdraws; ``agency_notified_on`` once an application had been made."""

    leaving_cause: str
    leaving_reason: str
    agency_notified_on: date | None = None


def cancel_provider(
    session: Session,
    actor: Actor,
    engine: Engine,
    case_id: str,
    reason: str,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """The chosen provider cancels the course: the coordinator records it, then another one is chosen.

    Raises CaseEnded, NothingWaits where nobody is chosen or the case is past the training, Forbidden for another
    provider.
    """
    row = load_visible(session, actor, case_id, "leaving_api.cancel_provider", if_match)
    if row.Case.status != "open":
        raise CaseEnded
    chosen = variables_of(row.blob).get("chosen_provider")
    if not chosen:
        raise NothingWaits
    grant = grant_in_case(actor, row.Case.company_id, CANCELLERS) or actor.acts_for(PROVIDER, chosen)
    if grant is None:
        raise Forbidden
    payload = {"cancellation_reason": reason, "cancelled_by": actor.name}
    engine.message(session, row, PROVIDER_CANCELLED, payload, author=_author(actor, grant), now=now)
    return get_case(session, actor, case_id, language, now)


def withdraw_participant(
    session: Session,
    actor: Actor,
    engine: Engine,
    case_id: str,
    employee: str,
    leaving: Leaving,
    now: datetime,
    language: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """One participant withdraws in any phase: the person's open tasks end, the others go on. With the last one the
    whole case is withdrawn.

    Raises CaseEnded, NotFound for somebody who takes no part or is out of sight, NothingWaits.
    """
    row = load_visible(session, actor, case_id, "leaving_api.withdraw_participant", if_match)
    if row.Case.status != "open":
        raise CaseEnded
    variables = variables_of(row.blob)
    person = next((item for item in may_leave(actor, row.Case, variables) if item["employee"] == employee), None)
    if person is None:
        raise NotFound
    author = _author(actor, grant_in_case(actor, row.Case.company_id, WITHDRAWERS))
    leave(session, engine, row, person, leaving, author=author, recorded_by=actor.name, now=now)
    return get_case(session, actor, case_id, language, now)


def leave(
    session: Session,
    engine: Engine,
    row: Any,
    person: Mapping[str, str],
    leaving: Leaving,
    *,
    author: Author,
    recorded_by: str,
    now: datetime,
    also: Sequence[Entry] = (),
) -> None:
    """Send the message that takes ``person`` (``employee`` and ``name``) out of the case, the last one with the case.

    ``also`` are journal entries that belong to it. Raises CaseEnded, NothingWaits, ChangedMeanwhile.
    """
    variables = variables_of(row.blob)
    entry = {
        **person,
        **asdict(leaving),
        "left_on": local_date(now),
        "phase": row.Case.phase,
        "recorded_by": recorded_by,
    }
    entry |= {key: value.isoformat() for key, value in entry.items() if isinstance(value, date)}
    if len(variables["participants"]) > 1:
        message, payload = PARTICIPANT_WITHDRAWAL, {"leaving_participant": entry}
    else:
        message, payload = WITHDRAWAL, _last_one(entry, variables)
    engine.message(session, row, message, payload, author=author, now=now, also=also)


def _last_one(entry: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the withdrawal of a whole case says if its last participant withdraws."""
    return {
        "withdrawal_reason": entry["leaving_reason"],
        "withdrawal_by": entry["recorded_by"],
        "withdrawn_participants": [*(variables.get("withdrawn_participants") or []), entry],
    }


def _author(actor: Actor, grant: Grant | None) -> Author:
    return Author(actor.user_id, grant.on_behalf_of if grant else None)
