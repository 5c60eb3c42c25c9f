"""The demo alliance as a test world: shipped process deployed, organisations and people, no case yet.

One template database per engine is made once through the real migrations; each test module gets a copy. Tests of a
module
share it: start your own case and look only at that.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.demo import alliance
from app.demo.direct import DirectDriver
from app.demo.prepare import migrate
from app.demo.walker import Walker
from app.engine.service import Engine
from app.factory import create_app
from app.identity import service as identity
from app.identity.tokens import TOKEN
from app.platform import postgres
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.ids import new_id
from app.platform.settings import Settings
from tests.databases import DATABASES

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Where the world's clock starts: form examples are dates around it."""


def fill(url: str) -> None:
    """Migrate an empty database, deploy the shipped process, create the alliance."""
    app = create_app(world_settings(url))
    migrate(app)
    with app.app_context():
        session = db.session()
        with unit_of_work(session):
            alliance.create(session, NOW)
        db.session.remove()
        db.engine.dispose()


def world_settings(url: str) -> Settings:
    """Settings of a world: durability is not what is tested here. Documents lie beside an embedded database."""
    folder = "documents" if url.startswith("sqlite") else _DOCUMENTS.name
    options = {"sqlite_synchronous": "OFF", "embedded_worker": False, "documents": folder}
    return Settings.from_environment({}, database_url=url, **options)


_DOCUMENTS = tempfile.TemporaryDirectory(prefix="vorlauf-documents-")
"""Files of worlds on PostgreSQL, gone when the process ends."""
_TOKENS: dict[str, dict[str, str]] = {}
"""Tokens by the address of the world: checking passwords is slow on purpose."""


class FreshClient(FlaskClient):
    """A client inside the fixture's app context: every request begins with an empty ``g`` and no open transaction, as
    it does when served.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As FlaskClient, nobody being signed in and no language chosen beforehand."""
        if not has_app_context():
            return super().open(*args, **kwargs)
        vars(g._get_current_object()).clear()
        db.session.rollback()
        response = super().open(*args, **kwargs)
        db.session.rollback()
        return response


@dataclass
class World:
    """One filled database with an app on it."""

    app: Flask
    url: str
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The engine of the app."""
        found: Engine = self.app.extensions["vorlauf_engine"]
        return found

    @property
    def session(self) -> Session:
        """The session of the current app context (see the fixture ``world``)."""
        return db.session()

    def driver(self, now: datetime = NOW) -> DirectDriver:
        """Drives the use cases directly, with a clock of its own."""
        return DirectDriver(self.session, self.engine, now)

    def walker(self, now: datetime = NOW) -> Walker:
        """A walker on a fresh driver."""
        return Walker(self.driver(now))

    def case_at(self, element: str, login: str = "hr", changes: Mapping[str, Mapping[str, Any]] | None = None) -> str:
        """A new case, walked until a task ``element`` is open; its id."""
        self.session.rollback()
        walker = self.walker()
        case_id = walker.driver.start(login, f"Fall für {element}", {})
        walker.to_end(case_id, element, changes)
        return case_id

    def open_task(self, case_id: str, element: str) -> dict[str, Any]:
        """The first open task of ``element`` in a case, as the coordinator sees it now."""
        self.session.rollback()
        tasks = self.driver().visible_tasks(case_id)
        return next(task for task in tasks if task["element"] == element)

    def organisation(self, login: str) -> str:
        """The id of the first organisation of a login."""
        return self.driver().actor(login).grants[0].organisation_id

    def token(self, login: str) -> str:
        """A bearer token, asked for once per login."""
        if login not in self._tokens:
            password = alliance.PASSWORD
            now = utcnow()
            secret, _ = identity.sign_in(self.session, login, password, TOKEN, timedelta(days=3650), now, "test")
            self._tokens[login] = secret
        return self._tokens[login]

    def client(self, login: str | None = None) -> FlaskClient:
        """A test client that sends the login's token, German by default."""
        client = self.app.test_client()
        if login is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(login)}"
        return client

    def call(self, login: str | None, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One API call below /api/v1; header names with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client(login).open(f"/api/v1{path}", method=method, json=body, headers=sent)


@pytest.fixture(scope="session")
def sqlite_world_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the alliance."""
    path = tmp_path_factory.mktemp("world") / "world.db"
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_world_template(postgres_server: postgres.PostgresServer) -> str:
    """A PostgreSQL template database with the alliance."""
    fill(postgres_server.create_database("template_world"))
    return "template_world"


@pytest.fixture(scope="module", params=DATABASES)
def world_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this module's own copy of the world, on each database in turn."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("world") / "world.db"
        shutil.copy(request.getfixturevalue("sqlite_world_template"), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
    name = f"world_{new_id().replace('-', '')}"
    yield server.create_database(name, template=request.getfixturevalue("postgres_world_template"))
    server.drop_database(name)


@pytest.fixture(scope="module")
def world_app(world_url: str) -> Iterator[Flask]:
    """The app on the module's world."""
    app = create_app(world_settings(world_url))
    app.test_client_class = FreshClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def world(world_app: Flask, world_url: str) -> Iterator[World]:
    """The module's world, inside an app context."""
    with world_app.app_context():
        yield World(world_app, world_url, _TOKENS.setdefault(world_url, {}))
        db.session.rollback()
        db.session.remove()
