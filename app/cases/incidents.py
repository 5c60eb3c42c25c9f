"""Automatic steps that failed: what, since when, how often tried; and trying one again by hand.

For coordinators and administrators. What an error says may quote any value of the case, so neither sees it: the kind of
error and the step are enough to know where to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.scope import ALL_CASES
from app.engine import catalogue, store
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case, Incident
from app.engine.service import Engine
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.policy import permit
from app.platform import paging
from app.platform.i18n import _
from app.platform.jobs import Job
from app.platform.preconditions import require_match
from app.platform.problems import Conflict, NotFound

First = aliased(Incident, name="first_try")


class NothingToRetry(Conflict):
    """There is nothing left to be tried again: the step has been carried out, or its case rests or has ended."""

    code = "nothing_to_retry"


@dataclass(frozen=True)
class IncidentQuery:
    """What the list is asked for."""

    state: str = "open"
    cursor: str | None = None
    limit: int | None = None


def list_incidents(session: Session, actor: Actor, query: IncidentQuery) -> dict[str, Any]:
    """``{"items": [incident…], "next": cursor or None}``, the newest first."""
    permit(actor, "incidents_api.list_incidents")
    statement = _columns().where(Incident.state == query.state)
    rows, following = paging.fetch(
        session,
        statement,
        Incident.created_at,
        Incident.id,
        descending=True,
        cursor=query.cursor,
        limit=query.limit,
    )
    return {"items": [_view(session, row, actor) for row in rows], "next": following}


def retry_incident(
    session: Session, actor: Actor, engine: Engine, incident_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Try a failed step again at once, and with it all others of its case; the incident that is open afterwards, or the
    resolved one. Raises NotFound, StaleVersion, NothingToRetry, ChangedMeanwhile.
    """
    permit(actor, "incidents_api.retry_incident")
    row = _load(session, incident_id)
    require_match(if_match, etag_of(row.Incident))
    incident: Incident = row.Incident
    case_id, element, attempts = incident.case_id, incident.element, incident.attempts
    tried = incident.state == "open" and engine.retry(session, case_id, Author(actor.user_id), now, attempts)
    if not tried:
        raise NothingToRetry
    _forget_waiting_retries(session, case_id)
    again = sa.select(Incident.id).where(
        Incident.case_id == case_id, Incident.element == element, Incident.state == "open"
    )
    return _view(session, _load(session, session.scalar(again) or incident_id), actor)


def _forget_waiting_retries(session: Session, case_id: str) -> None:
    """What was to be tried later has just been tried; only what this try has asked for stays."""
    version = session.scalar(sa.select(Case.version).where(Case.id == case_id))
    retries = f"retry:{case_id}:"
    earlier = sa.delete(Job).where(
        Job.name == "engine.retry",
        Job.key.startswith(retries, autoescape=True),
        sa.not_(Job.key.startswith(f"{retries}{version}:", autoescape=True)),
    )
    session.execute(earlier, execution_options={"synchronize_session": False})


def etag_of(incident: Incident) -> str:
    """The version of an incident for ETag and If-Match, without quotes."""
    return f"{incident.id[-8:]}-{incident.state}"


def _columns() -> sa.Select[*tuple[Any, ...]]:
    """Incidents with their case and when the step failed for the first time."""
    since = (
        sa.select(sa.func.max(First.created_at))
        .where(
            First.case_id == Incident.case_id,
            First.element == Incident.element,
            First.attempts == 1,
            First.created_at <= Incident.created_at,
        )
        .scalar_subquery()
    )
    since.type = Incident.created_at.type
    columns = (Incident, Case.number, Case.definition_id, since.label("since"))
    return sa.select(*columns).join(Case, Case.id == Incident.case_id)


def _load(session: Session, incident_id: str) -> Any:
    statement = _columns().where(Incident.id == incident_id)
    row = session.execute(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return row


def _view(session: Session, row: Any, actor: Actor) -> dict[str, Any]:
    incident: Incident = row.Incident
    definition = catalogue.load(session, row.definition_id)
    open_now = incident.state == "open"
    sees_case = actor.has_role(*ALL_CASES)
    return {
        "id": incident.id,
        "case": {"id": incident.case_id if sees_case else None, "number": row.number},
        "element": incident.element,
        "name": definition.element_name(incident.element),
        "what": what_failed(definition, incident.element),
        "error": incident.message.partition(":")[0][:80],
        "state": incident.state,
        "since": row.since or incident.created_at,
        "last_try": incident.created_at,
        "next_try": incident.created_at + store.pause_after(incident.attempts) if open_now else None,
        "resolved_at": incident.resolved_at,
        "attempts": incident.attempts,
        "etag": etag_of(incident),
    }


def what_failed(definition: LoadedDefinition, element: str) -> str:
    """What could not be done, by the kind of element."""
    found = definition.model.elements.get(element)
    kind = found.type if found else ""
    if kind == "businessRuleTask":
        return _("A decision table could not be evaluated.")
    if kind.endswith("Gateway"):
        return _("It could not be decided which way the case goes on.")
    if kind == "userTask":
        return _("The task could not be laid out completely: its list, a date or a name is missing.")
    if kind == "boundaryEvent":
        return _("A deadline could not be calculated.")
    return _("An automatic step could not be carried out.")
