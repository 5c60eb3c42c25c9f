"""``python3 -m app walk``: a new case to its end over real HTTP as the roles take turns, then its history verified."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from app.demo import alliance
from app.demo.over_http import HttpDriver
from app.demo.prepare import migrate
from app.demo.seed import is_empty
from app.demo.serving import served
from app.demo.walker import Walker, WalkFailed
from app.factory import create_app
from app.platform import postgres
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.settings import Settings

POSTGRES = "postgres"


def walk(database: str | None) -> int:
    """Walk; returns the exit code. ``database``: an empty or demo database's URL, ``postgres``, or None (SQLite,
    temporary).
    """
    with ExitStack() as stack:
        settings = Settings.from_environment(database_url=_database(stack, database))
        app = create_app(settings)
        migrate(app)
        with app.app_context():
            session = db.session()
            if is_empty(session):
                with unit_of_work(session):
                    alliance.create(session, utcnow())
            db.session.remove()
        address = stack.enter_context(served(settings))
        return walk_at(address)


def _database(stack: ExitStack, database: str | None) -> str:
    if database == POSTGRES:
        server = postgres.start(fsync=True)
        stack.callback(server.stop)
        return server.create_database("vorlauf")
    if database is None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vorlauf-walk-"))
        return f"sqlite:///{Path(folder) / 'walk.db'}"
    return database


def walk_at(address: str) -> int:
    """Walk a case on a running server and print one line a step."""
    driver = HttpDriver(address)
    number = 0

    def tell(phase: str, task: str, login: str, what: str) -> None:
        nonlocal number
        number += 1
        print(f"{number:3}  {phase:32}  {task:44}  {login:17}  {what}", flush=True)

    try:
        case_id = driver.start("hr", "Schweißroboter einrichten und warten", {})
        Walker(driver, tell).to_end(case_id)
        case = driver.case("hr", case_id)
        proof = driver.client.ask("auditor", "GET", f"/cases/{case_id}/history/verification")
    except WalkFailed as error:
        print(f"failed: {error}")
        return 1
    print(f"{case['number']}: {case['status']}, result {case['result']}; {case['where']}")
    print(f"history: {proof['entries']} entries, {'unaltered' if proof['valid'] else 'BROKEN'}, head {proof['head']}")
    return 0 if case["status"] == "completed" and proof["valid"] else 1
