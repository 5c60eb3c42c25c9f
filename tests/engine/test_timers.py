"""Timers: on time, once, never after they are outrun; one bad case stops no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from app import worker
from app.cases.jobs import fire_due_timers
from app.engine.delegates import DelegateCall
from app.engine.live import LiveCache
from app.engine.models import Task, Wait
from app.engine.service import Engine
from app.engine.store import ChangedMeanwhile
from app.platform.db import db, unit_of_work
from app.platform.jobs import Job
from tests.engine.deployed import Trial, deploy, registered
from tests.engine.diagrams import flows, node, process, service, task, timer
from tests.world import NOW, World

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _quiet(world: World) -> Iterator[None]:
    """Cases of other tests neither fire nor retry here."""
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Job))
        world.session.execute(sa.update(Wait).values(state="closed"))
    with registered("test.note", lambda call: {f"noted_{call.element}": call.now.isoformat()}):
        yield


def border(reminder: str = timer("P3D"), deadline: str = timer("P10D"), kind: str = "", key: str = "bordered") -> bytes:
    """A task with a reminder that leaves it alone and a deadline that ends it."""
    return process(
        key,
        node("startEvent", "begin"),
        task("work", extra=kind),
        node("boundaryEvent", "remind", 'attachedToRef="work" cancelActivity="false"', reminder),
        service("reminded", "test.note"),
        node("endEvent", "told"),
        node("boundaryEvent", "late", 'attachedToRef="work"', deadline),
        service("overdue", "test.note"),
        task("after"),
        node("exclusiveGateway", "merged"),
        node("endEvent", "done"),
        flows("begin work", "work merged", "remind reminded", "reminded told", "late overdue", "overdue after",
              "after merged", "merged done"),
    )  # fmt: skip


def bordered(world: World, data: Mapping[str, Any] | None = None, **timers: str) -> Trial:
    return Trial.start(world, deploy(world, border(**timers), main="bordered"), data)


@pytest.mark.parametrize("cached", [True, False])
def test_a_timer_fires_at_its_moment_and_not_a_microsecond_before(world: World, cached: bool) -> None:
    case = bordered(world)
    assert case.open_waits() == {"remind": NOW + 3 * DAY, "late": NOW + 10 * DAY}
    if not cached:
        world.engine.live.clear()
    assert case.pass_time(3 * DAY - TICK) == 0
    assert case.case.version == 1, "nothing is written when nothing is due"
    assert case.pass_time(TICK) == 1
    assert case.variables["noted_reminded"] == (NOW + 3 * DAY).isoformat()
    assert case.pass_time(TICK) == 0, "and once only"


def test_a_reminder_leaves_the_task_alone_and_a_deadline_ends_it(world: World) -> None:
    case = bordered(world)
    key = case.task_id("work")
    case.pass_time(3 * DAY)
    assert case.task_id("work") == key
    assert case.open_waits() == {"late": NOW + 10 * DAY}
    case.pass_time(7 * DAY)
    assert case.open() == ["after"]
    assert case.open_waits() == {}
    assert case.journal("timer.fired") == [{"elements": ["remind"]}, {"elements": ["late"]}]
    (row,) = [row for row in case.rows(Task) if row.id == key]
    assert (row.state, row.completed_by) == ("cancelled", None)
    case.do("after")
    assert case.case.status == "completed"
    assert case.verified().valid


def test_a_timer_that_is_outrun_never_fires(world: World) -> None:
    case = bordered(world)
    case.do("work")
    assert case.open_waits() == {}
    assert case.pass_time(30 * DAY) == 0
    assert "overdue" not in case.path()
    assert {row.state for row in case.rows(Wait)} == {"closed"}


@pytest.mark.parametrize("cached", [True, False])
def test_after_a_long_silence_the_timers_fire_in_the_order_of_their_due_times(world: World, cached: bool) -> None:
    case = bordered(world)
    if not cached:
        world.engine.live.clear()
    assert case.pass_time(30 * DAY) == 1, "one step for both"
    path = case.path()
    assert path.index("reminded") < path.index("overdue")
    assert case.open() == ["after"]
    assert case.open_waits() == {}
    assert case.journal("timer.fired") == [{"elements": ["late", "remind"]}]


def test_of_two_deadlines_at_once_the_earlier_one_decides(world: World) -> None:
    both = process(
        "both",
        node("startEvent", "begin"),
        task("work"),
        node("boundaryEvent", "second", 'attachedToRef="work"', timer("P20D")),
        node("boundaryEvent", "first", 'attachedToRef="work"', timer("P10D")),
        task("after_first"),
        task("after_second"),
        node("exclusiveGateway", "merged"),
        node("endEvent", "done"),
        flows("begin work", "work merged", "first after_first", "second after_second", "after_first merged",
              "after_second merged", "merged done"),
    )  # fmt: skip
    case = Trial.start(world, deploy(world, both, main="both"))
    case.pass_time(30 * DAY)
    assert case.open() == ["after_first"]


@pytest.mark.parametrize("moment", [None, "2026-12-24", "2026-12-24T12:00:00+01:00"])
def test_a_timer_takes_its_date_from_the_case_and_a_null_date_never_fires(world: World, moment: str | None) -> None:
    case = bordered(world, {"deadline": moment}, deadline=timer("deadline", "timeDate"))
    due = {
        None: None,
        "2026-12-24": datetime(2026, 12, 23, 23, 0, tzinfo=UTC),
        "2026-12-24T12:00:00+01:00": datetime(2026, 12, 24, 11, 0, tzinfo=UTC),
    }[moment]
    assert case.open_waits().get("late") == due
    world.engine.live.clear()
    case.pass_time(3650 * DAY)
    assert case.open() == (["work"] if due is None else ["after"])
    if due is None:
        case.do("work")
        assert case.case.status == "completed"


def test_a_date_that_has_passed_already_fires_at_once(world: World) -> None:
    case = bordered(world, {"deadline": "2026-11-01"}, deadline=timer("deadline", "timeDate"))
    assert case.open() == ["after"]
    assert case.open_waits() == {}


def test_thawing_does_not_move_a_due_time(world: World) -> None:
    """It is computed once, when the task is entered: not again with each thaw, nor with changed data."""
    case = bordered(world, {"days": 5}, deadline=timer('now + duration("P5D")', "timeDate"))
    before = case.open_waits()
    for _ in range(3):
        world.engine.live.clear()
        case.pass_time(DAY)
    assert before["late"] == NOW + 5 * DAY
    assert case.open_waits() == {"late": before["late"]}
    case.pass_time(2 * DAY)
    assert case.open() == ["after"]


def test_a_tick_fires_timers_and_runs_jobs(world: World) -> None:
    case = bordered(world)
    case.world.session.rollback()
    assert worker.tick(world.app, NOW + 3 * DAY - TICK) == 0
    assert worker.tick(world.app, NOW + 3 * DAY) == 1
    assert "reminded" in case.path()


class Broken(Exception):
    """This case cannot be stepped."""


def test_a_case_that_cannot_be_stepped_does_not_stop_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = bordered(world), bordered(world)
    original = Engine.fire_timers

    def sometimes(self: Engine, session: Any, case_id: str, now: datetime) -> bool:
        if case_id == bad.id:
            raise Broken
        return original(self, session, case_id, now)

    monkeypatch.setattr(Engine, "fire_timers", sometimes)
    assert worker.tick(world.app, NOW + 3 * DAY) == 1
    assert "reminded" in good.path()
    assert bad.case.version == 1
    monkeypatch.setattr(Engine, "fire_timers", original)
    assert worker.tick(world.app, NOW + 3 * DAY) == 1
    assert "reminded" in bad.path()


def test_a_case_that_somebody_is_working_on_waits_for_the_next_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = bordered(world)

    def busy(*_args: Any) -> bool:
        raise ChangedMeanwhile

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "fire_timers", busy)
        assert worker.tick(world.app, NOW + 3 * DAY) == 0
    assert worker.tick(world.app, NOW + 3 * DAY) == 1
    assert case.path().count("reminded") == 1


def test_two_workers_at_once_fire_a_timer_once(world: World) -> None:
    called: list[str] = []

    def noted(call: DelegateCall) -> Mapping[str, Any]:
        called.append(call.case.id)
        return {}

    with registered("test.note", noted):
        cases = [bordered(world) for _ in range(6)]
        world.session.rollback()
        start, fired = Barrier(2), []

        def work() -> None:
            engine = Engine(world.engine.settings, LiveCache(0))
            with world.app.app_context():
                start.wait()
                fired.append(fire_due_timers(db.session(), engine, NOW + 3 * DAY))
                db.session.remove()

        threads = [Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(fired) == len(cases)
    for case in cases:
        assert case.path().count("reminded") == 1
        assert case.case.version == 2
        assert case.verified().valid
