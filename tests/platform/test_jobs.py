"""Background work: deferred with its cause, done at least once with one effect, given up visibly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Lock, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform import jobs
from app.platform.db import unit_of_work
from app.platform.idempotency import IdempotencyRecord
from app.platform.ids import new_id
from app.platform.jobs import LEASE, MAX_ATTEMPTS, Job, JobDone

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Handlers = Callable[[str, Callable[..., None]], None]


@pytest.fixture
def handlers() -> Iterator[Handlers]:
    """Register handlers for the length of a test."""
    before = dict(jobs._handlers)

    def register(name: str, function: Callable[..., None]) -> None:
        jobs._handlers[name] = function

    yield register
    jobs._handlers.clear()
    jobs._handlers.update(before)


def rows(session: Session) -> list[Any]:
    """All jobs, read afresh."""
    session.rollback()
    return list(session.execute(sa.select(Job.__table__).order_by(Job.__table__.c.id)))


def defer(session: Session, name: str, key: str = "k", **payload: Any) -> None:
    """Defer in a transaction of its own."""
    with unit_of_work(session):
        jobs.defer(session, name, key, NOW, **payload)


def effect(session: Session, mark: str) -> None:
    """Something that can be seen in the database."""
    columns = {"user_id": new_id(), "key": mark, "fingerprint": "", "status": 200, "headers": "", "body": b""}
    session.execute(sa.insert(IdempotencyRecord).values(**columns, created_at=NOW))


def marking(session: Session, now: datetime, mark: str) -> None:
    """A handler with one effect."""
    effect(session, mark)


def effects(session: Session) -> list[str]:
    """Marks of all effects."""
    session.rollback()
    return sorted(session.scalars(sa.select(IdempotencyRecord.key)))


def test_a_payload_comes_back_as_it_was_given(session: Session, handlers: Handlers) -> None:
    got: list[dict[str, Any]] = []
    handlers("t", lambda session, now, **payload: got.append(payload))
    payload = {
        "text": "Grüße „x“ \u2028",
        "number": Decimal("12.50"),
        "many": [1, None, {"a": True}],
        "day": "2026-01-31",
    }
    defer(session, "t", **payload)
    assert jobs.drain(session, NOW) == 1
    assert got == [payload]
    assert isinstance(got[0]["number"], Decimal)
    assert str(got[0]["number"]) == "12.50"
    assert rows(session) == []


def test_a_handler_gets_the_drain_s_own_time(session: Session, handlers: Handlers) -> None:
    seen: list[datetime] = []
    handlers("t", lambda session, now: seen.append(now))
    defer(session, "t")
    jobs.drain(session, NOW + timedelta(hours=1))
    assert seen == [NOW + timedelta(hours=1)]


def test_nothing_is_deferred_when_the_transaction_rolls_back(session: Session, handlers: Handlers) -> None:
    handlers("t", marking)

    def fail() -> None:
        with unit_of_work(session):
            jobs.defer(session, "t", "k", NOW, mark="never")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows(session) == []
    assert jobs.drain(session, NOW) == 0


def test_a_job_waits_for_its_moment(session: Session, handlers: Handlers) -> None:
    handlers("t", lambda session, now: effect(session, "done"))
    with unit_of_work(session):
        jobs.defer(session, "t", "k", NOW, run_at=NOW + timedelta(days=1))
    assert jobs.drain(session, NOW + timedelta(days=1) - timedelta(microseconds=1)) == 0
    assert jobs.drain(session, NOW + timedelta(days=1)) == 1
    assert effects(session) == ["done"]


def test_jobs_run_in_the_order_of_their_moments(session: Session, handlers: Handlers) -> None:
    order: list[int] = []
    handlers("t", lambda session, now, number: order.append(number))
    with unit_of_work(session):
        for number in (3, 1, 2):
            jobs.defer(session, "t", f"k{number}", NOW, NOW + timedelta(minutes=number), number=number)
    assert jobs.drain(session, NOW + timedelta(hours=1)) == 3
    assert order == [1, 2, 3]


def test_the_effect_happens_once_even_if_the_same_work_is_deferred_twice(session: Session, handlers: Handlers) -> None:
    handlers("t", marking)
    defer(session, "t", "same", mark="once")
    defer(session, "t", "same", mark="once")
    assert jobs.drain(session, NOW) == 2
    assert effects(session) == ["once"]
    assert rows(session) == []


class Crash(BaseException):
    """The process is gone: nothing catches this."""


def test_a_crash_after_the_effect_undoes_it_and_the_next_worker_does_it_once(
    session: Session, handlers: Handlers
) -> None:
    def crashing(session: Session, now: datetime) -> None:
        effect(session, "effect")
        raise Crash

    handlers("t", crashing)
    defer(session, "t")
    with pytest.raises(Crash):
        jobs.drain(session, NOW)
    assert effects(session) == []
    assert [(row.state, row.run_at, row.attempts) for row in rows(session)] == [("open", NOW + LEASE, 1)]
    handlers("t", lambda session, now: effect(session, "effect"))
    assert jobs.drain(session, NOW + LEASE - timedelta(microseconds=1)) == 0, "leased"
    assert jobs.drain(session, NOW + LEASE) == 1
    assert effects(session) == ["effect"]
    assert rows(session) == []


def test_a_job_that_was_done_but_not_deleted_is_only_deleted(session: Session, handlers: Handlers) -> None:
    handlers("t", marking)
    defer(session, "t", "k", mark="again")
    with unit_of_work(session):
        session.execute(sa.insert(JobDone).values(key="k", done_at=NOW))
    assert jobs.drain(session, NOW) == 1
    assert (effects(session), rows(session)) == ([], [])


def test_a_failing_job_is_tried_again_with_growing_pauses_then_kept_as_failed(
    session: Session, handlers: Handlers
) -> None:
    def failing(session: Session, now: datetime) -> None:
        effect(session, "never")
        raise ValueError("the mail server is away")

    handlers("t", failing)
    defer(session, "t")
    now, pauses = NOW, []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert jobs.drain(session, now) == 1
        (row,) = rows(session)
        assert row.attempts == attempt
        assert row.last_error == "ValueError: the mail server is away"
        pauses.append((row.run_at - now).total_seconds())
        assert row.state == ("open" if attempt < MAX_ATTEMPTS else "failed")
        now = row.run_at
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280]
    assert jobs.drain(session, now + timedelta(days=365)) == 0
    assert effects(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(JobDone)) == 0


def test_one_failing_job_does_not_stop_the_others(session: Session, handlers: Handlers) -> None:
    handlers("t", marking)
    handlers("bad", lambda session, now: 1 / 0)
    defer(session, "bad", "a")
    defer(session, "unknown", "b")
    defer(session, "t", "c", mark="fine")
    assert jobs.drain(session, NOW) == 3
    assert effects(session) == ["fine"]
    assert sorted(row.last_error.split(":")[0] for row in rows(session)) == ["JobHandlerMissing", "ZeroDivisionError"]


def test_a_handler_whose_sql_fails_is_recorded_too(session: Session, handlers: Handlers) -> None:
    handlers("t", lambda session, now: session.execute(sa.text("SELECT nothing FROM nowhere")))
    defer(session, "t")
    assert jobs.drain(session, NOW) == 1
    (row,) = rows(session)
    assert "nowhere" in row.last_error


def test_a_drain_stops_at_its_limit(session: Session, handlers: Handlers) -> None:
    handlers("t", marking)
    with unit_of_work(session):
        for number in range(5):
            jobs.defer(session, "t", f"k{number}", NOW, mark=str(number))
    assert jobs.drain(session, NOW, limit=3) == 3
    assert jobs.drain(session, NOW, limit=3) == 2
    assert effects(session) == list("01234")


def test_two_workers_at_once_do_every_job_once(session: Session, engine: sa.Engine, handlers: Handlers) -> None:
    ran: list[int] = []
    lock, start = Lock(), Barrier(2)

    def work(session: Session, now: datetime, number: int) -> None:
        effect(session, f"{number:02}")
        with lock:
            ran.append(number)

    handlers("t", work)
    with unit_of_work(session):
        for number in range(30):
            jobs.defer(session, "t", f"k{number}", NOW, number=number)
    done: list[int] = []

    def worker() -> None:
        with Session(engine, expire_on_commit=False) as own:
            start.wait()
            done.append(jobs.drain(own, NOW))

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 30
    assert sorted(ran) == list(range(30))
    assert effects(session) == [f"{number:02}" for number in range(30)]
    assert rows(session) == []


def test_a_worker_does_not_wait_for_a_job_that_another_one_holds(
    session: Session, engine: sa.Engine, handlers: Handlers
) -> None:
    """On PostgreSQL a locked row is skipped; on SQLite there is one writer, so nobody can hold it meanwhile."""
    if engine.dialect.name != "postgresql":
        return
    handlers("t", marking)
    defer(session, "t", "a", mark="a")
    defer(session, "t", "b", mark="b")
    with Session(engine) as other:
        other.execute(sa.select(Job).where(Job.key == "a").with_for_update()).all()
        assert jobs.drain(session, NOW) == 1
        assert effects(session) == ["b"]
        other.rollback()
    assert jobs.drain(session, NOW) == 1
    assert effects(session) == ["a", "b"]


def test_dates_in_a_payload_are_iso_text(session: Session) -> None:
    defer(session, "t", day=date(2026, 1, 31))
    (row,) = rows(session)
    assert row.payload == '{"day":"2026-01-31"}'
