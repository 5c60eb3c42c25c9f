"""A server that is killed in the middle of work: what was acknowledged is there, the rest can be done again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.audit.verification import verify
from app.demo.over_http import HttpDriver
from app.demo.serving import free_port, gunicorn_command, wait_until_ready
from app.demo.walker import Walker
from app.engine.models import Case, Snapshot, Task
from app.platform import codec, postgres
from app.platform.settings import ROOT, Settings
from tests.databases import DATABASES
from tests.world import fill

STEPS_BEFORE_A_KILL = 9


@pytest.fixture(params=DATABASES)
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A world on a database that is durable as in production."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'world.db'}"
        fill(url)
        yield url
        return
    server = postgres.start(fsync=True)
    try:
        url = server.create_database("world")
        fill(url)
        yield url
    finally:
        server.stop()


@contextmanager
def server(url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A served Vorlauf in a process group of its own."""
    port, settings = free_port(), Settings(database_url=url)
    assert settings.sqlite_synchronous == "FULL"
    environment = {**os.environ, "VORLAUF_DATABASE_URL": url, "VORLAUF_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        gunicorn_command(settings, "127.0.0.1", port, workers=1), cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        wait_until_ready(port, process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


class Working(Thread):
    """A client that does one task after the other and notes what was acknowledged."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.driver = HttpDriver(address)
        self.case_id: str | None = None
        self.acknowledged: list[str] = []
        self.enough = Event()

    def run(self) -> None:
        """Until the server is gone."""
        with suppress(OSError, HTTPException):
            self.case_id = self.driver.start("hr", "Mitten in der Arbeit", {})
            walker = Walker(self.driver)
            while (found := walker.find(self.case_id)) is not None:
                walker.do(*found)
                self.acknowledged.append(found[1]["id"])
                if len(self.acknowledged) == STEPS_BEFORE_A_KILL:
                    self.enough.set()
        self.enough.set()


@pytest.mark.sweep
def test_after_a_kill_every_acknowledged_step_is_there_and_the_case_goes_on(durable_url: str) -> None:
    with server(durable_url) as (address, process):
        client = Working(address)
        client.start()
        assert client.enough.wait(20)
        os.killpg(process.pid, signal.SIGKILL)
        client.join(10)
    case_id, acknowledged = str(client.case_id), client.acknowledged
    assert len(acknowledged) >= STEPS_BEFORE_A_KILL
    look_at(durable_url, case_id, acknowledged)
    with server(durable_url) as (address, _process):
        driver = HttpDriver(address)
        Walker(driver).to_end(case_id)
        assert driver.case("coordinator", case_id)["status"] == "completed"
    look_at(durable_url, case_id, acknowledged)


def look_at(url: str, case_id: str, acknowledged: list[str]) -> None:
    """Everything that was acknowledged is stored, nothing is half-written, and the journal proves it."""
    engine = sa.create_engine(url)
    with Session(engine) as session:
        case = session.get_one(Case, case_id)
        proof = verify(session, case_id, case.journal_seq, case.journal_head)
        assert (proof.valid, proof.entries) == (True, case.journal_seq)
        tasks = {row.id: row for row in session.scalars(sa.select(Task).where(Task.case_id == case_id))}
        assert [key for key in acknowledged if tasks[key].state != "completed"] == []
        done = [payload["task"] for payload in payloads(session, case_id)]
        assert len(done) == len(set(done)), "no step twice"
        assert set(acknowledged) <= set(done)
        assert {key for key, row in tasks.items() if row.state == "completed"} == set(done)
        versions = session.scalars(sa.select(Snapshot.version).where(Snapshot.case_id == case_id))
        assert sorted(versions) == list(range(1, case.version + 1))
    engine.dispose()


def payloads(session: Session, case_id: str) -> list[dict[str, Any]]:
    """What the journal says about completed tasks."""
    statement = sa.select(JournalEntry.payload).where(
        JournalEntry.case_id == case_id, JournalEntry.kind == "task.completed"
    )
    return [codec.loads(payload) for payload in session.scalars(statement)]
