"""The database goes away and comes back; a schema of another version; and what the log may say about all of it."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask

from app.demo import alliance
from app.demo.prepare import migrate
from app.factory import configure_logging, create_app
from app.platform import postgres
from app.platform.db import db, unit_of_work
from tests.contract.stage import Stage, is_problem
from tests.world import NOW, world_settings

# --- the schema ----------------------------------------------------------------------------------


def test_a_schema_of_another_version_is_not_ready(stage: Stage) -> None:
    client = stage.world.client()
    with db.engine.begin() as connection:
        current = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        problem = is_problem(client.get("/readyz"), 503, "schema_outdated")
        assert "app migrate" in problem["detail"]
        assert client.get("/healthz").status_code == 200, "alive all the same"
    finally:
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :current"), {"current": current})
    assert client.get("/readyz").json == {"status": "ready", "schema": current, "warnings": ["mail_not_configured"]}


def test_an_empty_database_is_not_ready(tmp_path: Path) -> None:
    app = create_app(world_settings(f"sqlite:///{tmp_path / 'empty.db'}"))
    client = app.test_client()
    is_problem(client.get("/readyz"), 503, "schema_outdated")
    with app.app_context():
        db.engine.dispose()


def test_a_database_that_cannot_be_opened_is_503_everywhere(tmp_path: Path) -> None:
    app = create_app(world_settings(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.db'}"))
    client = app.test_client()
    for path in ("/readyz", "/api/v1/me"):
        response = client.get(path, headers={"Authorization": "Bearer x"})
        is_problem(response, 503, "unavailable")
        assert response.headers["Retry-After"]
    assert client.get("/healthz").status_code == 200


# --- the database goes away ----------------------------------------------------------------------


@pytest.fixture
def interrupted() -> Iterator[tuple[Flask, dict[str, postgres.PostgresServer], Path]]:
    """An app on a PostgreSQL of its own, whose data outlives the server."""
    data = Path(tempfile.mkdtemp(prefix="vorlauf-interrupted-"))
    data.chmod(0o777)  # the server runs as nobody where the tests run as root
    server = postgres.start(data=data / "data")
    servers = {"now": server}
    app = create_app(world_settings(server.create_database("vorlauf")))
    migrate(app)
    with app.app_context():
        with unit_of_work(db.session()):
            alliance.create(db.session(), NOW)
        db.session.remove()
    yield app, servers, data
    with app.app_context():
        db.engine.dispose()
    servers["now"].stop()
    shutil.rmtree(data, ignore_errors=True)


def test_while_the_database_is_away_every_call_says_so_and_all_goes_on_afterwards(
    interrupted: tuple[Flask, dict[str, postgres.PostgresServer], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, servers, data = interrupted
    client = app.test_client()
    token = client.post("/api/v1/tokens", json={"login": "hr", "password": "demo"}).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    company = client.get("/api/v1/me", headers=headers).json["organisations"][0]["id"]
    body = {"process": "training_case", "company": company, "title": "Vor dem Ausfall"}
    started = client.post("/api/v1/cases", json=body, headers=headers)
    task = f"/api/v1/tasks/{started.json['tasks'][0]['id']}"
    port = servers["now"].port
    servers["now"].stop()
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/readyz", None),
        ("GET", "/api/v1/tasks", None),
        ("GET", task, None),
        ("POST", f"{task}/claim", None),
        ("POST", "/api/v1/cases", body),
        ("POST", "/api/v1/tokens", {"login": "hr", "password": "demo"}),
    ]
    for method, path, sent in calls * 2:
        response = client.open(path, method=method, json=sent, headers=headers)
        is_problem(response, 503, "unavailable")
        assert "Traceback" not in response.text
    page = client.get("/tasks", headers=headers)
    assert (page.status_code, page.mimetype) == (503, "text/html")
    monkeypatch.setattr(postgres, "_free_port", lambda: port)
    servers["now"] = postgres.start(data=data / "data")
    assert client.get("/readyz").status_code == 200
    found = client.get("/api/v1/cases", headers=headers).json["items"]
    assert [case["title"] for case in found] == ["Vor dem Ausfall"], "nothing of what failed was done"
    assert client.post(f"{task}/claim", headers=headers).status_code == 200


# --- the log -------------------------------------------------------------------------------------


def test_the_log_never_repeats_what_somebody_has_entered(
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    world = stage.world
    task = f"/tasks/{stage.own_task('give_evidence')}"
    caplog.set_level(logging.DEBUG)
    configure_logging(world.app.config["VORLAUF_SETTINGS"])
    monkeypatch.setattr("app.platform.http.log", structlog.get_logger("vorlauf.http"))
    secret = {"weekly_hours": "Geheim-4711", "birth_date": "1999-09-09", "monthly_gross": 98765.43}
    world.call("hr", "POST", f"{task}/draft", {"data": secret})
    world.call("hr", "POST", f"{task}/complete", {"data": secret})

    def broken(*_arguments: object, **_named: object) -> None:
        raise ValueError("Geheim-4711 98765.43 1999-09-09")

    with monkeypatch.context() as patched:
        patched.setattr("app.inbox.service.clean_draft", broken)
        is_problem(world.call("hr", "POST", f"{task}/draft", {"data": secret}), 500)

    def unique(*_arguments: object, **_named: object) -> None:
        statement = "INSERT INTO definition (id, key) VALUES (:id, :key)"
        db.session.execute(sa.text(statement), {"id": "Geheim-4711", "key": "98765.43"})

    with monkeypatch.context() as patched:
        patched.setattr("app.inbox.service.clean_draft", unique)
        is_problem(world.call("hr", "POST", f"{task}/draft", {"data": secret}), 500)
    out, err = capfd.readouterr()
    written = out + err + caplog.text
    assert "unhandled error" in written
    assert "ValueError" in written
    assert "IntegrityError" in written
    assert "service.py" in written, "where it happened is there"
    for word in ("Geheim", "98765", "1999-09-09", world.token("hr")):
        assert word not in written, word
