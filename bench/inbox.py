"""The first page of the inbox with many open tasks against few: its cost must not grow with the table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo.over_http import HttpClient, HttpFailed
from app.demo.serving import served
from app.engine.models import Case, Definition, Task
from app.factory import create_app
from app.identity.models import Organisation
from app.platform.clock import utcnow
from app.platform.db import db, insert, unit_of_work
from app.platform.ids import new_id
from app.platform.settings import Settings
from bench.report import Measurement, p50
from bench.world import MEASURING

LIMIT_MANY = 1.5
CALLS = {
    "inbox page": "/tasks",
    "inbox page, all visible": "/tasks?view=visible",
    "inbox list": "/api/v1/tasks",
    "inbox list, all visible": "/api/v1/tasks?scope=visible",
    "inbox list, due first": "/api/v1/tasks?sort=due_at",
    "inbox list, by priority": "/api/v1/tasks?sort=-priority",
}
READERS = ("coordinator", "hr")
WORK = (
    ("check_completeness", "coordinator", None),
    ("capture_demand", "hr", None),
    ("works_council_word", "works_council", None),
    ("second_review", "funding_adviser", "review_assessment"),
    ("settle_course", "hr", None),
)
"""Open tasks of the filled-in cases: element, role, whose first review bars from it."""
ROWS_AT_ONCE = 2_000


def measure(database: str, few: tuple[Settings, int], many: tuple[Settings, int], rounds: int) -> list[Measurement]:
    """Fill both databases, serve both, ask both in turns."""
    for settings, count in (few, many):
        fill(settings, count)
    with ExitStack() as stack:
        clients = [
            HttpClient(stack.enter_context(served(settings, MEASURING, workers=1))) for settings, _count in (few, many)
        ]
        found = [
            item
            for login in READERS
            for name, path in CALLS.items()
            for item in _compared(f"{name}, {login}", database, clients, login, path, rounds, (few[1], many[1]))
        ]
    return found


def _compared(
    name: str, database: str, clients: list[HttpClient], login: str, path: str, rounds: int, sizes: tuple[int, int]
) -> list[Measurement]:
    for client in clients:
        ask(client, login, path)  # statements compiled, templates loaded
    times = [[ask(client, login, path) for client in clients] for _ in range(rounds)]
    few, many = (p50(side) for side in zip(*times, strict=True))
    return [
        Measurement(f"{name}: {sizes[1]} open", many * 1e3, "ms", None, database, 1),
        Measurement(f"{name}: {sizes[1]} / {sizes[0]}", many / few, "x", LIMIT_MANY, database, 1),
    ]


def ask(client: HttpClient, login: str, path: str) -> float:
    """Seconds of one answer. Raises HttpFailed."""
    token = client.token(login)
    began = time.perf_counter()
    status, answer, _ = client.call("GET", path, token=token)
    seconds = time.perf_counter() - began
    if status != 200:
        raise HttpFailed(status, "GET", path, answer)
    return seconds


def fill(settings: Settings, count: int) -> None:
    """Insert ``count`` open tasks, two a case, straight into the tables, and let the database look at them."""
    app = create_app(settings)
    with app.app_context():
        session = db.session()
        with unit_of_work(session):
            cases = rows_of_cases(session, count // 2, utcnow())
            while chunk := list(islice(cases, ROWS_AT_ONCE)):
                insert(session, Case, [case for case, _tasks in chunk])
                insert(session, Task, [task for _case, tasks in chunk for task in tasks])
        with unit_of_work(session):
            session.execute(sa.text("ANALYZE"))
        db.session.remove()
        db.engine.dispose()


def rows_of_cases(session: Session, count: int, now: datetime) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of ``count`` cases, each with those of its two open tasks."""
    definition = session.scalars(sa.select(Definition.id)).first()
    companies = list(session.scalars(sa.select(Organisation.id).where(Organisation.kind == "company")))
    for number in range(count):
        at = now - timedelta(minutes=5 * (count - number))
        company = companies[number % len(companies)]
        case = {
            **{"id": new_id(), "number": f"FF-2000-{number:06d}", "process": "training_case"},
            **{"definition_id": definition, "version": 1, "status": "open", "phase": "demand_capture"},
            **{"result": None, "title": f"Weiterbildung {number}", "company_id": company, "started_by": ""},
            **{"created_at": at, "updated_at": at, "ended_at": None, "journal_seq": 0, "journal_head": ""},
            "retention_until": None,
        }
        yield case, [task_row(case, 2 * number + place) for place in (0, 1)]


def task_row(case: dict[str, Any], number: int) -> dict[str, Any]:
    """One open task; due dates, priorities and roles go round at different paces."""
    element, role, four_eyes = WORK[number % len(WORK)]
    company = case["company_id"] if role in ("hr", "works_council") else None
    due = None if number % 7 == 0 else case["created_at"] + timedelta(days=3 + number % 11)
    return {
        **{"id": new_id(), "case_id": case["id"], "company_id": case["company_id"], "element": element},
        **{"name": element, "phase": "demand_capture"},
        **{"role": role, "second_role": None, "organisation_id": company, "subject_id": None, "four_eyes": four_eyes},
        **{"state": "open", "version": 1, "priority": (30, 50, 50, 50, 70)[number // 3 % 5]},
        **{"created_at": case["created_at"], "due_at": due, "follow_up_at": None, "assignee_id": None},
        **{"completed_by": None, "ended_at": None, "draft": None},
    }
