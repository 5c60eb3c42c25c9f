"""The only place where things are wired."""

from __future__ import annotations

import logging
import sys
from importlib import import_module

import structlog
from flask import Flask

from app.audit import refusals
from app.documents import receiving
from app.engine.service import Engine
from app.identity import guard
from app.platform import db as database
from app.platform import health, http, i18n
from app.platform.api import VorlaufApi
from app.platform.logs import describe_exception
from app.platform.settings import Settings

DELEGATES = (
    "app.demand.delegates",
    "app.funding.delegates",
    "app.funding.refusal",
    "app.providers.delegates",
    "app.shorttime.delegates",
    "app.completion.delegates",
    "app.inbox.delegates",
)
JOBS = (
    "app.platform.mail",
    "app.identity.jobs",
    "app.cases.jobs",
    "app.inbox.jobs",
    "app.registers.jobs",
)
API = (
    "app.identity.api",
    "app.identity.users_api",
    "app.identity.account_api",
    "app.identity.deputies_api",
    "app.cases.api",
    "app.inbox.api",
    "app.engine.api",
    "app.funding.api",
    "app.registers.import_api",
    "app.registers.company_api",
    "app.registers.employee_api",
    "app.registers.provider_api",
    "app.links.api",
    "app.cases.access_log_api",
    "app.comments.api",
    "app.documents.api",
    "app.cases.incidents_api",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application: rooms, guard, database, engine, pages and API, from ``settings`` (default: the environment)."""
    settings = settings or Settings.from_environment()
    configure_logging(settings)
    app = http.VorlaufFlask("app", static_folder="web/static", template_folder="web/templates")
    app.config["VORLAUF_SETTINGS"] = settings
    app.extensions["vorlauf_engine"] = Engine.create(settings)
    i18n.init_app(app)
    database.init_app(app, settings)
    for module in (*DELEGATES, *JOBS):
        import_module(module)
    pages = import_module("app.web.pages")
    http.init_app(app, settings, render_page=pages.render_error)
    guard.init_app(app, on_unauthenticated=pages.on_unauthenticated)
    receiving.init_app(app)
    refusals.init_app(app)
    api = VorlaufApi(app)
    for module in API:
        api.register_blueprint(import_module(module).blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(pages.blueprint)
    return app


def configure_logging(settings: Settings) -> None:
    """Structured lines on stderr; no request bodies, no tokens, no passwords ever reach the log."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
