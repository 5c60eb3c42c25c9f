"""Background work: a tick looks for due timers and jobs; embedded in the web process or as a process of its own."""

from __future__ import annotations

from datetime import datetime

import structlog
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.audit import access
from app.cases.jobs import fire_due_timers
from app.engine import catalogue
from app.identity import service as identity
from app.links import store as links
from app.platform import calendar, idempotency, jobs, mail
from app.platform.clock import local_date, utcnow
from app.platform.db import db, unit_of_work
from app.platform.settings import Settings
from app.registers import importing

log = structlog.get_logger("vorlauf.worker")
IN_THE_SCHEDULERS_THREAD = DebugExecutor()
"""One tick after the other in one thread: no pool that could outlive the interpreter."""


def prepare(app: Flask) -> None:
    """Load what the first request would have to wait for; a database that is not ready yet is only logged."""
    calendar.warm(local_date(utcnow()))
    with app.app_context():
        try:
            catalogue.warm(db.session())
        except DBAPIError as error:
            log.warning("database is not ready", error=type(error.orig).__name__)
        finally:
            db.session.remove()


def tick(app: Flask, now: datetime | None = None) -> int:
    """Fire due timers and run due jobs once; returns how many. A database that is away is logged, not raised."""
    moment = now or utcnow()
    with app.app_context():
        session = db.session()
        try:
            return fire_due_timers(session, app.extensions["vorlauf_engine"], moment) + jobs.drain(session, moment)
        except DBAPIError as error:
            log.warning("tick failed", error=type(error.orig).__name__)
            return 0
        finally:
            db.session.remove()


def sweep(app: Flask, now: datetime | None = None) -> int:
    """Forget what is only kept for a while: answers of repeated calls, expired tokens, texts of undelivered mails,
    what links no longer need, imports, old entries of the access log. Returns how many rows.
    """
    moment = now or utcnow()
    months = app.config["VORLAUF_SETTINGS"].access_log_months
    with app.app_context():
        session = db.session()
        try:
            with unit_of_work(session):
                forgotten = idempotency.forget_old(session, moment) + identity.forget_expired(session, moment)
                forgotten += mail.forget_old(session, moment) + links.forget_old(session, moment)
                forgotten += importing.forget_old(session, moment)
                return forgotten + access.erase_old(session, moment, months)
        except DBAPIError as error:
            log.warning("sweep failed", error=type(error.orig).__name__)
            return 0
        finally:
            db.session.remove()


def start_embedded(app: Flask) -> BackgroundScheduler | None:
    """Tick inside the web process, if the settings say so (SQLite: the one process that writes)."""
    settings: Settings = app.config["VORLAUF_SETTINGS"]
    if not settings.embedded_worker:
        return None
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": IN_THE_SCHEDULERS_THREAD})
    _schedule(scheduler, app, settings)
    scheduler.start()
    return scheduler


def run_forever(app: Flask) -> None:
    """Tick until the process is told to stop."""
    scheduler = BlockingScheduler(timezone="UTC", executors={"default": IN_THE_SCHEDULERS_THREAD})
    _schedule(scheduler, app, app.config["VORLAUF_SETTINGS"])
    scheduler.start()


def _schedule(scheduler: BaseScheduler, app: Flask, settings: Settings) -> None:
    """One tick at a time; missed ones are not made up for."""
    scheduler.add_job(
        tick,
        "interval",
        seconds=settings.tick_seconds,
        args=[app],
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.add_job(sweep, "interval", hours=1, args=[app], max_instances=1, coalesce=True)
