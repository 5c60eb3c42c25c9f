"""Fixtures of all rooms: both databases, an app, a session, clients.

``VORLAUF_TEST_DATABASE`` chooses ``sqlite``, ``postgresql`` or ``both`` (the default). Each test module gets
a database of its own, copied from a template that is made once; each test begins without rows.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.factory import create_app
from app.identity import passwords, tokens
from app.identity.models import AccessToken, Membership, Organisation, User
from app.platform import postgres
from app.platform.clock import utcnow
from app.platform.db import Base, db, unit_of_work
from app.platform.ids import new_id
from app.platform.settings import ROOT, Settings
from tests.databases import DATABASES

pytest_plugins = ["tests.world"]
PASSWORD = "demo"


# --- databases -----------------------------------------------------------------------------------


def import_models() -> None:
    """Import every module that declares tables: a room that no test has imported yet has some, too."""
    for path in sorted((ROOT / "app").glob("*/*.py")):
        if "__tablename__" in path.read_text("utf-8"):
            importlib.import_module(f"app.{path.parent.name}.{path.stem}")


def create_schema(url: str) -> None:
    """Create all tables in an empty database."""
    import_models()
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """A private PostgreSQL for this session (with xdist: this worker), holding the database
    ``template_vorlauf``.
    """
    server = postgres.start()
    create_schema(server.create_database("template_vorlauf"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    path = tmp_path_factory.mktemp("template") / "vorlauf.db"
    create_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module", params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database of this module's own, with all tables."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("database") / "vorlauf.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.PostgresServer = request.getfixturevalue("postgres_server")
    name = f"test_{new_id().replace('-', '')}"
    yield server.create_database(name, template="template_vorlauf")
    server.drop_database(name)


# --- app -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """Settings of the app under test: durability is not what is tested here."""
    return Settings.from_environment({}, database_url=database_url, sqlite_synchronous="OFF", embedded_worker=False)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    """The app on the module's database."""
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def engine(app: Flask) -> sa.Engine:
    """The app's engine, for raw SQL."""
    with app.app_context():
        return db.engine


@pytest.fixture(scope="module")
def tables_of_tests(engine: sa.Engine) -> list[sa.Table]:
    """Tables that the app leaves empty when it starts, children first; the others keep their rows."""
    kept = _filled(engine)
    return [table for table in reversed(Base.metadata.sorted_tables) if table not in kept]


@pytest.fixture
def _clean(engine: sa.Engine, tables_of_tests: list[sa.Table]) -> Iterator[None]:
    yield
    filled = _filled(engine)
    with engine.begin() as connection:
        for table in tables_of_tests:
            if table in filled:
                connection.execute(sa.delete(table))


def _filled(engine: sa.Engine) -> list[sa.Table]:
    tables = Base.metadata.sorted_tables
    with engine.connect() as connection:
        row = connection.execute(sa.select(*(sa.exists(sa.select(1).select_from(table)) for table in tables))).one()
    return [table for table, has_rows in zip(tables, row, strict=True) if has_rows]


@pytest.fixture
def session(engine: sa.Engine, _clean: None) -> Iterator[Session]:
    """A database session outside any request; what it leaves uncommitted is rolled back."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def client(app: Flask, _clean: None) -> FlaskClient:
    """A caller without sign-in."""
    return app.test_client()


# --- people --------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash of :data:`PASSWORD` for all users: hashing is slow on purpose."""
    return passwords.hash_password(PASSWORD)


@dataclass
class People:
    """Makes organisations, users and bearer headers, each committed at once."""

    session: Session
    password_hash: str

    def organisation(self, short_name: str, kind: str = "company") -> Organisation:
        """Store an organisation."""
        row = Organisation(id=new_id(), kind=kind, name=f"{short_name} GmbH", short_name=short_name)
        self._store(row)
        return row

    def user(self, login: str, *memberships: tuple[str, Organisation], active: bool = True) -> User:
        """Store a user with (role, organisation) pairs; an employee gets a register row id."""
        row = User(
            id=new_id(),
            login=login,
            name=login.title(),
            email=f"{login}@example.org",
            password_hash=self.password_hash,
            active=active,
            created_at=utcnow(),
        )
        self._store(row)
        for role, organisation in memberships:
            self.member(row, role, organisation)
        return row

    def member(self, user: User, role: str, organisation: Organisation) -> Membership:
        """Store one more membership."""
        row = Membership(
            id=new_id(),
            user_id=user.id,
            organisation_id=organisation.id,
            role=role,
            employee_id=new_id() if role == "employee" else None,
        )
        self._store(row)
        return row

    def token(self, user: User, now: datetime | None = None, lifetime: timedelta = timedelta(hours=1)) -> str:
        """Store an access token and return its secret."""
        now, secret = now or utcnow(), tokens.new_secret()
        self._store(
            AccessToken(
                id=new_id(),
                token_hash=tokens.hash_of(secret),
                user_id=user.id,
                kind=tokens.TOKEN,
                created_at=now,
                expires_at=now + lifetime,
            )
        )
        return secret

    def bearer(self, user: User) -> dict[str, str]:
        """Request headers of a signed-in user."""
        return {"Authorization": f"Bearer {self.token(user)}"}

    def _store(self, row: Base) -> None:
        with unit_of_work(self.session):
            self.session.add(row)


@pytest.fixture
def people(session: Session, password_hash: str) -> People:
    """Makes organisations and users."""
    return People(session, password_hash)


SignedIn = Callable[..., FlaskClient]


@pytest.fixture
def signed_in(app: Flask, people: People) -> SignedIn:
    """``signed_in(user)``: a client that sends the user's bearer token with every call."""

    def make(user: User) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = people.bearer(user)["Authorization"]
        return client

    return make
