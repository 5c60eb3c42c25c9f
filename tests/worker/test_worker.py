"""The worker: one tick after the other, embedded where the settings say so, patient when the database is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app import worker
from app.engine.models import Task, Wait
from app.engine.service import load_task
from app.engine.store import Author, ChangedMeanwhile
from app.factory import create_app
from app.platform import jobs
from app.platform.db import counting, db, unit_of_work
from app.platform.settings import Settings
from tests.engine.deployed import Trial
from tests.world import NOW, World


def test_a_tick_fires_timers_and_runs_the_jobs_they_ask_for(world: World) -> None:
    """A reminder of the shipped process raises the priority of the case's open tasks: timer, delegate, job."""
    case = Trial(world, world.case_at("give_quote"))
    (due,) = [row.due_at for row in case.rows(Wait) if row.state == "open" and row.element == "quote_half_time"]
    before = {row.id: row.priority for row in case.rows(Task) if row.state == "open"}
    assert worker.tick(world.app, due - timedelta(microseconds=1)) == 0
    assert worker.tick(world.app, due) == 2
    assert "quote_half_time" in case.path()
    after = {row.id: row.priority for row in case.rows(Task) if row.state == "open"}
    assert after.keys() == before.keys()
    assert all(after[key] > before[key] for key in before)
    assert worker.tick(world.app, due) == 0, "once"
    assert case.verified().valid


def test_an_idle_tick_writes_nothing(world: World) -> None:
    with counting() as counter:
        assert worker.tick(world.app, NOW) == 0
    assert counter.commits == 0
    assert counter.statements <= 2


def test_a_tick_without_a_database_is_no_crash(tmp_path: object) -> None:
    app = create_app(Settings.from_environment({}, database_url=f"sqlite:///{tmp_path}/none.db", embedded_worker=False))
    assert worker.tick(app, NOW) == 0


def test_without_the_setting_no_worker_is_embedded(world: World) -> None:
    assert world.app.config["VORLAUF_SETTINGS"].embedded_worker is False
    assert worker.start_embedded(world.app) is None


def test_the_embedded_worker_ticks_until_it_is_shut_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ticked = Event()
    monkeypatch.setattr(worker, "tick", lambda app: ticked.set())
    settings = Settings.from_environment({}, database_url=world.url, tick_seconds=0.01)
    scheduler = worker.start_embedded(create_app(settings))
    assert scheduler is not None
    try:
        assert ticked.wait(10)
    finally:
        scheduler.shutdown()


def test_six_months_after_the_course_the_follow_up_stands_in_the_history(world: World) -> None:
    case = Trial(world, world.case_at("close_case"))
    world.walker().to_end(case.id)
    (job,) = case.jobs("completion.follow_up")
    assert job.run_at > datetime(2027, 10, 1, tzinfo=UTC)
    assert worker.tick(world.app, job.run_at) >= 1
    assert case.kinds()[-1] == "case.follow_up_due"
    assert case.verified().valid
    assert worker.tick(world.app, job.run_at + timedelta(days=400)) == 0


def test_a_step_that_meets_a_follow_up_is_refused_and_the_chain_stays_whole(world: World) -> None:
    """Both add to one journal: who comes second has to begin again."""
    case = Trial(world, world.case_at("close_case"))
    with unit_of_work(world.session):
        jobs.defer(world.session, "completion.follow_up", f"early:{case.id}", NOW, case_id=case.id)
    with Session(db.engine, expire_on_commit=False) as other:
        loaded = load_task(other, world.open_task(case.id, "close_case")["id"])
        other.expunge_all()
        other.rollback()
        assert jobs.drain(world.session, NOW) >= 1
        with pytest.raises(ChangedMeanwhile):
            late(world, other, loaded)
    assert case.kinds()[-1] == "case.follow_up_due"
    world.walker().to_end(case.id)
    assert case.case.status == "completed"
    assert case.verified().valid


def late(world: World, session: Session, loaded: Any) -> None:
    """A step that was begun before."""
    with unit_of_work(session):
        world.engine.complete(session, loaded, {}, options={}, author=Author(), now=NOW)
