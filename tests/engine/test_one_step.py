"""A step is one transaction with few statements; when two do the same, one wins and nothing is half-written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import AccessEntry, JournalEntry
from app.demo.walker import Walker
from app.engine.live import LiveCache
from app.engine.models import Case, Snapshot, Task
from app.engine.service import Engine, TaskClosed, load_task
from app.engine.store import Author, ChangedMeanwhile, decode_snapshot
from app.forms.definition import load_form
from app.inbox.rules import TaskNotOpen
from app.platform import codec
from app.platform.db import Counter, counting, db, unit_of_work
from tests.engine.deployed import Trial, deploy, picture
from tests.engine.diagrams import flow, flows, node, process, task
from tests.world import NOW, World

MOST = {"GET": 5, "POST": 8}


@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_every_task_of_the_happy_path_is_read_and_done_in_few_statements_and_one_commit(
    world: World, cache: str
) -> None:
    case_id = world.driver().start("hr", "Gezählt", {})
    walker = world.walker()
    seen: dict[str, tuple[int, int]] = {}
    while (found := walker.find(case_id)) is not None:
        login, open_task = found
        if cache == "cold":
            world.engine.live.clear()
        logged = views(world)
        detail, reading = counted(world, login, "GET", f"/tasks/{open_task['id']}")
        logged = views(world) - logged
        answers = walker_answers(detail)
        _done, writing = counted(world, login, "POST", f"/tasks/{open_task['id']}/complete", {"data": answers})
        assert reading.commits <= 1, open_task["element"]  # who looks at personal data is logged
        assert writing.commits == 1, open_task["element"]
        before = seen.get(open_task["element"], (0, 0))
        seen[open_task["element"]] = (max(before[0], reading.statements), max(before[1], writing.statements))
    assert len(seen) > 15
    too_many = {key: counts for key, counts in seen.items() if counts[0] > MOST["GET"] or counts[1] > MOST["POST"]}
    assert too_many == {}
    assert world.session.get_one(Case, case_id, populate_existing=True).status == "completed"


def views(world: World) -> int:
    """How many views of personal data are logged."""
    return world.session.scalar(sa.select(sa.func.count()).select_from(AccessEntry)) or 0


def counted(world: World, login: str, method: str, path: str, body: Any = None) -> tuple[Any, Counter]:
    """A call over HTTP in this process, signed in before counting starts."""
    world.session.rollback()
    client = world.client(login)
    with world.app.app_context(), counting() as counter:
        response = client.open(f"/api/v1{path}", method=method, json=body)
    assert response.status_code == 200, response.text
    return response.json, counter


def walker_answers(detail: dict[str, Any]) -> dict[str, Any]:
    """The examples of a form."""
    form = load_form(codec.dumps(detail["form"]), detail["element"])
    return form.example_answers(detail["context"]["options"])


SHORT = process(
    "short",
    node("startEvent", "begin"),
    node("exclusiveGateway", "again"),
    task("one"),
    task("two"),
    node("exclusiveGateway", "enough", 'default="flow_enough_again"'),
    node("endEvent", "done"),
    flows("begin again", "again one", "one two", "two enough"),
    flow("enough", "done", 'answer = "enough"'),
    flow("enough", "again"),
)


@pytest.fixture
def second(world: World) -> Iterator[Session]:
    """A session of its own on the same database."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


@pytest.mark.parametrize("size", [0, 1, 500])
def test_of_two_who_loaded_the_same_task_only_the_first_one_does_it(world: World, second: Session, size: int) -> None:
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    engine = Engine(world.engine.settings, LiveCache(size))
    key = case.task_id("one")
    mine, theirs = load_task(world.session, key), load_task(second, key)
    complete(engine, world.session, mine, answer="first")
    before = picture(world)
    with pytest.raises((ChangedMeanwhile, TaskClosed)):
        complete(engine, second, theirs, answer="second")
    assert picture(world) == before
    assert case.variables["answer"] == "first"
    key = case.task_id("two")
    complete(engine, world.session, load_task(world.session, key), answer="third")
    assert case.path() == ["begin", "again", "one", "two", "enough", "again"]
    assert case.verified().valid


def complete(engine: Engine, session: Session, loaded: Any, fail: bool = False, **answers: Any) -> None:
    """One completion in a transaction of its own, which is rolled back if it shall ``fail``."""
    with unit_of_work(session):
        engine.complete(session, loaded, answers, options={}, author=Author(), now=NOW)
        if fail:
            raise Interrupted


def test_a_task_that_is_done_cannot_be_done_again(world: World) -> None:
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    key = case.task_id("one")
    case.do("one")
    before = picture(world)
    with pytest.raises(TaskNotOpen):
        case.driver.complete("hr", key, {})
    assert picture(world) == before


class Interrupted(Exception):
    """Something goes wrong after the step, before the commit."""


@pytest.mark.parametrize("size", [0, 1, 500])
def test_a_step_that_is_rolled_back_has_not_happened(world: World, size: int) -> None:
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    engine = Engine(world.engine.settings, LiveCache(size))
    complete(engine, world.session, load_task(world.session, case.task_id("one")), answer="a")
    before = picture(world)
    loaded = load_task(world.session, case.task_id("two"))
    with pytest.raises(Interrupted):
        complete(engine, world.session, loaded, fail=True, answer="enough")
    assert picture(world) == before
    assert engine.live.take(case.id, 3) is None, "a step that did not commit must not stay in memory"
    complete(engine, world.session, load_task(world.session, case.task_id("two")), answer="b")
    assert case.path() == ["begin", "again", "one", "two", "enough", "again"]
    assert case.open() == ["one"]


def test_a_failed_commit_leaves_no_advanced_case_in_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    before = picture(world)

    def away(_self: Session) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", away)
        with pytest.raises(Interrupted):
            case.do("one", {"answer": "lost"})
    assert picture(world) == before
    case.do("one", {"answer": "kept"})
    assert case.variables["answer"] == "kept"
    assert case.path().count("one") == 1


@pytest.mark.parametrize("sizes", [(500, 500), (0, 500), (1, 1)])
def test_two_processes_may_take_turns_with_one_case(world: World, sizes: tuple[int, int]) -> None:
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    engines = [Engine(world.engine.settings, LiveCache(size)) for size in sizes]
    turns = [0, 1, 1, 0, 0, 0, 1, 0, 1, 1]
    for number, turn in enumerate(turns):
        element = "one" if number % 2 == 0 else "two"
        key = case.task_id(element)
        loaded = load_task(world.session, key)
        complete(engines[turn], world.session, loaded, answer=str(number))
        assert case.variables["answer"] == str(number)
    assert case.case.version == 1 + len(turns)
    assert case.path().count("two") == 5
    assert case.verified().valid


def test_a_case_that_was_loaded_afresh_in_its_step_is_not_kept_under_a_later_version(world: World) -> None:
    """What a withdrawal does: step, then show the case as it is now, then commit."""
    case = Trial.start(world, deploy(world, SHORT, main="short"))
    engine = world.engine
    loaded = load_task(world.session, case.task_id("one"))
    with unit_of_work(world.session):
        engine.complete(world.session, loaded, {"answer": "x"}, options={}, author=Author(), now=NOW)
        assert world.session.get_one(Case, case.id, populate_existing=True).version == 2
    kept = {version: engine.live.take(case.id, version) is not None for version in (3, 2)}
    assert kept[3] is False
    other = Engine(engine.settings, LiveCache(500))
    complete(other, world.session, load_task(world.session, case.task_id("two")), answer="y")
    complete(engine, world.session, load_task(world.session, case.task_id("one")), answer="z")
    assert case.open() == ["two"]


def test_memory_and_database_hold_the_same_case_after_every_step(world: World) -> None:
    """A case walked with everything in memory is the same, byte for byte, as one that is thawed for every step."""
    stories: list[list[Any]] = []
    for size in (0, 500):
        engine = Engine(world.engine.settings, LiveCache(size))
        driver = world.driver()
        driver.engine = engine
        walker = Walker(driver)
        case_id = driver.start("hr", "Gleich", {})
        while tasks := driver.visible_tasks(case_id):
            first = min(tasks, key=lambda item: (item["element"], item["name"]))
            login = walker._who(case_id, first)
            assert login is not None
            walker.do(login, first)
        stories.append(story(world, case_id))
    differing = [pair for pair in zip(*stories, strict=True) if pair[0] != pair[1]]
    assert differing == []


def story(world: World, case_id: str) -> list[Any]:
    """Everything that is stored of a case, ids of tasks and of the case itself replaced by their order."""
    session = world.session
    number = session.get_one(Case, case_id).number
    entries = [
        (entry.kind, entry.payload) for entry in session.query(JournalEntry).filter_by(case_id=case_id).order_by("seq")
    ]
    snapshots = [
        codec.dumps(decode_snapshot(row.blob)["variables"]).decode()
        for row in session.query(Snapshot).filter_by(case_id=case_id).order_by("version")
    ]
    tasks = [(row.element, row.name, row.due_at) for row in session.query(Task).filter_by(case_id=case_id)]
    known = {row.id for row in session.query(Task).filter_by(case_id=case_id)} | {case_id}
    text = repr((entries, snapshots, sorted(tasks, key=str))).replace(number, "NUMBER")
    order: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        key = match.group(0)
        return order.setdefault(key, f"id{len(order)}") if key in known else key

    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", replaced, text).split(", (")
