"""Lists of tasks, whatever roles and organisations the tasks are for: complete, in order, and read from an index."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.scope import grant_for
from app.demo.people import USERS
from app.engine.models import Case, Definition, Task
from app.factory import create_app
from app.identity.actor import Actor
from app.identity.directory import actor_for_login
from app.identity.models import Organisation
from app.inbox.queries import SORTS, TaskQuery, find_tasks
from app.platform.db import db, insert, unit_of_work
from app.platform.ids import new_id
from tests.world import NOW, World, world_settings

ORDERS = [sign + name for name in SORTS for sign in ("", "-")]
ROLES = ("coordinator", "hr", "works_council", "funding_adviser", "provider")
FEW = ("ix_task_second", "ix_task_subject", "organisation_id>?")
"""How tasks are found of which there are hardly any, so that sorting them costs nothing."""
WHO = ("coordinator", "hr", "hr2", "works-council", "funding-adviser", "provider", "employee")


@pytest.fixture(scope="module")
def made() -> set[str]:
    """Addresses of worlds that have their tasks."""
    return set()


@pytest.fixture
def filled(world: World, made: set[str]) -> World:
    """A world with 240 open tasks of all kinds."""
    if world.url not in made:
        made.add(world.url)
        fill(world, random.Random(22), 120)
    return world


def fill(world: World, chance: random.Random, cases: int) -> None:
    """Cases with two tasks each: any role, any second role, any organisation or none."""
    session = world.session
    definition = session.scalars(sa.select(Definition.id)).one()
    companies = list(session.scalars(sa.select(Organisation.id).where(Organisation.kind == "company")))
    owners = [None, *session.scalars(sa.select(Organisation.id))]
    with unit_of_work(session):
        for number in range(cases):
            case = {
                **{"id": new_id(), "number": f"L-{number}", "process": "training_case", "definition_id": definition},
                **{"version": 1, "status": "open", "phase": "demand_capture", "result": None, "title": "Liste"},
                **{"company_id": chance.choice(companies), "started_by": "", "created_at": NOW, "updated_at": NOW},
                **{"ended_at": None, "journal_seq": 0, "journal_head": "", "retention_until": None},
            }
            insert(session, Case, [case])
            insert(session, Task, [task(chance, case, owners) for _ in range(2)])


def task(chance: random.Random, case: dict[str, Any], owners: list[str | None]) -> dict[str, Any]:
    due = None if chance.random() < 0.3 else NOW + timedelta(days=chance.randrange(5))
    return {
        **{"id": new_id(), "case_id": case["id"], "company_id": case["company_id"], "element": "capture_demand"},
        **{"name": "Aufgabe", "phase": "demand_capture", "role": chance.choice(ROLES)},
        **{"second_role": chance.choice((None, None, *ROLES)), "organisation_id": chance.choice(owners)},
        **{"subject_id": None, "four_eyes": None, "state": "open", "version": 1, "priority": chance.choice((30, 50))},
        **{"created_at": NOW + timedelta(minutes=chance.randrange(9)), "due_at": due, "follow_up_at": None},
        **{"assignee_id": None, "completed_by": None, "ended_at": None, "draft": None},
    }


def listed(world: World, actor: Actor, query: TaskQuery) -> list[str]:
    """The ids of all pages."""
    found, cursor = list[str](), None
    while True:
        asked = TaskQuery(**{**vars(query), "cursor": cursor, "limit": 7})
        rows, cursor = find_tasks(world.session, actor, asked)
        found += [row.Task.id for row in rows]
        if cursor is None:
            return found


def expected(tasks: list[Any], order: str) -> list[str]:
    """The same without the database: tasks without a due date stand in the far future."""
    name = order.lstrip("-")
    placed = sorted(tasks, key=lambda task: (getattr(task, name) is None, getattr(task, name) or NOW, task.id))
    return [task.id for task in (reversed(placed) if order.startswith("-") else placed)]


def actor(world: World, login: str) -> Actor:
    found = actor_for_login(world.session, login)
    assert found is not None
    return found


@pytest.mark.parametrize("order", ORDERS)
def test_a_list_is_what_may_be_done_in_the_asked_order(filled: World, order: str) -> None:
    tasks = list(filled.session.scalars(sa.select(Task)))
    lengths = []
    for login in WHO:
        who = actor(filled, login)
        wanted = expected([task for task in tasks if grant_for(who, task) is not None], order)
        assert listed(filled, who, TaskQuery(sort=order)) == wanted, login
        lengths.append(len(wanted))
    assert max(lengths) > 30


@pytest.mark.parametrize("order", ORDERS)
def test_a_company_sees_the_tasks_of_its_cases_in_the_asked_order(filled: World, order: str) -> None:
    tasks = list(filled.session.scalars(sa.select(Task)))
    everything = listed(filled, actor(filled, "auditor"), TaskQuery(sort=order, scope="visible"))
    assert everything == expected(tasks, order)
    companies = actor(filled, "hr").organisations("hr")
    own = expected([task for task in tasks if task.company_id in companies], order)
    assert 0 < len(own) < len(tasks)
    assert listed(filled, actor(filled, "hr"), TaskQuery(sort=order, scope="visible")) == own


@pytest.fixture(scope="module")
def plans(sqlite_world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[str]]]:
    """How SQLite reads each list, by login, scope and order."""
    path = tmp_path_factory.mktemp("plans") / "world.db"
    shutil.copy(sqlite_world_template, path)
    app = create_app(world_settings(f"sqlite:///{path}"))
    with app.app_context():
        found: dict[str, list[str]] = {}
        for login, *_ in USERS:
            for scope in ("mine", "visible"):
                for order in ORDERS:
                    found[f"{login} {scope} {order}"] = plan_of(login, TaskQuery(sort=order, scope=scope))
        yield found
        db.session.remove()
        db.engine.dispose()


def plan_of(login: str, query: TaskQuery) -> list[str]:
    """The lines of EXPLAIN QUERY PLAN of one list."""
    session, seen = db.session(), list[tuple[str, Any]]()
    who = actor_for_login(session, login)
    assert who is not None

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    find_tasks(session, who, query)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    if not seen:  # nobody's list: nothing is asked
        return []
    cursor = session.connection().connection.cursor()
    cursor.execute(f"EXPLAIN QUERY PLAN {seen[0][0]}", seen[0][1])
    return [str(row[-1]) for row in cursor.fetchall()]


def test_every_order_is_read_from_an_index(plans: dict[str, list[str]]) -> None:
    assert any("USING INDEX ix_task_inbox" in line for lines in plans.values() for line in lines)
    for name, lines in plans.items():
        assert [line for line in lines if line.startswith("SCAN task")] == [], name
        own = [line for line in lines if "review" not in line and not line.startswith("CORRELATED")]
        for line, following in pairwise([*own, ""]):
            if line.startswith("SEARCH task") and "TEMP B-TREE FOR ORDER BY" in following:
                assert any(word in line for word in FEW), f"{name}: {line} is sorted"
