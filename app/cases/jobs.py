"""What happens to cases without anybody asking: due timers, retries of incidents, the follow-up after six months."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.orm import Session

from app.engine import service as engine_service
from app.engine.models import Case
from app.engine.noting import note
from app.engine.outcome import Entry
from app.engine.service import Engine
from app.engine.store import Author, ChangedMeanwhile
from app.platform import jobs
from app.platform.db import unit_of_work

log = structlog.get_logger("vorlauf.cases")


def fire_due_timers(session: Session, engine: Engine, now: datetime) -> int:
    """Fire all due timers, one transaction a case; a case that is being worked on is left for the next tick.

    What goes wrong in one case is logged and stops no other. Raises OperationalError if the database is away.
    """
    fired = 0
    for case_id in engine_service.due_cases(session, now):
        try:
            with unit_of_work(session):
                fired += engine.fire_timers(session, case_id, now)
        except ChangedMeanwhile:
            log.info("timer waits for the next tick", case=case_id)
        except sa.exc.OperationalError:
            raise
        except Exception:
            log.exception("timer failed", case=case_id)
    return fired


@jobs.handler("engine.retry")
def retry_incident(session: Session, now: datetime, case_id: str, attempt: int) -> None:
    """Try an automatic step again that has failed."""
    engine: Engine = current_app.extensions["vorlauf_engine"]
    engine.retry(session, case_id, Author(), now, attempt)


@jobs.handler("completion.follow_up")
def follow_up(session: Session, now: datetime, case_id: str) -> None:
    """Six months after the course: note in the history that the follow-up is due (domain, step 19). Raises
    ChangedMeanwhile if a step of the case was faster; the job is then tried again.
    """
    case = session.get(Case, case_id, populate_existing=True)
    if case is not None:
        note(session, case_id, Entry("case.follow_up_due", {"number": case.number}), Author(), now)
