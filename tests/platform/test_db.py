"""Transactions: one commit, everything or nothing, actions only after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.db import UtcDateTime, after_commit, counting, matches, unit_of_work, upsert
from app.platform.jobs import JobDone

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


def add(session: Session, key: str, at: datetime = NOW) -> None:
    session.execute(sa.insert(JobDone).values(key=key, done_at=at))


def keys(session: Session) -> list[str]:
    session.rollback()
    return sorted(session.scalars(sa.select(JobDone.key)))


def test_a_unit_of_work_commits_once_at_its_end(session: Session) -> None:
    with counting() as counter, unit_of_work(session):
        add(session, "a")
        add(session, "b")
        assert counter.commits == 0
    assert (counter.statements, counter.commits) == (2, 1)
    assert keys(session) == ["a", "b"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_exception_rolls_everything_back(session: Session, error: type[BaseException]) -> None:
    def work() -> None:
        with unit_of_work(session):
            add(session, "a")
            raise error

    with counting() as counter, pytest.raises(error):
        work()
    assert counter.commits == 0
    assert keys(session) == []


def test_actions_happen_after_the_commit_and_once(session: Session) -> None:
    done: list[list[str]] = []
    with unit_of_work(session):
        add(session, "a")
        after_commit(session, lambda: done.append(["committed"]))
        assert done == []
    assert done == [["committed"]]
    with unit_of_work(session):
        add(session, "b")
    assert done == [["committed"]]


def test_actions_of_a_transaction_that_was_rolled_back_never_happen(session: Session) -> None:
    done: list[int] = []

    def work() -> None:
        with unit_of_work(session):
            after_commit(session, lambda: done.append(1))
            add(session, "a")
            raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        work()
    with unit_of_work(session):
        add(session, "b")
    assert done == []


def test_a_point_in_time_comes_back_to_the_microsecond_in_utc(session: Session) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    with unit_of_work(session):
        add(session, "a", elsewhere)
    session.rollback()
    found = session.scalar(sa.select(JobDone.done_at))
    assert found == NOW
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sa.create_engine("sqlite://").dialect)  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError, match="naive"):
        add(session, "a", datetime(2026, 1, 1))  # noqa: DTZ001
    session.rollback()


def test_an_upsert_inserts_and_overwrites_only_the_named_columns(session: Session) -> None:
    with unit_of_work(session):
        add(session, "old", NOW)
    later = NOW + timedelta(days=1)
    with counting() as counter, unit_of_work(session):
        upsert(session, JobDone, [{"key": "old", "done_at": later}, {"key": "new", "done_at": later}], ("done_at",))
    assert counter.statements == 1
    session.rollback()
    assert dict(session.execute(sa.select(JobDone.key, JobDone.done_at)).all()) == {"old": later, "new": later}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", ["100% sicher"]),
        ("a_b", ["a_b"]),
        ("A_B", ["a_b"]),
        ("\\", ["c\\d"]),
        ("", ["100% sicher", "a_b", "axb", "c\\d"]),
    ],
)
def test_a_search_takes_wildcards_as_they_are(session: Session, text: str, found: list[str]) -> None:
    with unit_of_work(session):
        for key in ("100% sicher", "a_b", "axb", "c\\d"):
            add(session, key)
    assert sorted(session.scalars(sa.select(JobDone.key).where(matches(text, JobDone.key)))) == found


def test_writers_in_other_threads_wait_their_turn_and_none_is_lost(session: Session, engine: sa.Engine) -> None:
    """On SQLite a second writer would otherwise be refused ("database is locked")."""
    inside, go_on = Event(), Event()

    def slow() -> None:
        with Session(engine) as own, unit_of_work(own):
            add(own, "slow")
            inside.set()
            go_on.wait(10)

    def quick(number: int) -> None:
        with Session(engine) as own, unit_of_work(own):
            add(own, f"quick{number}")

    threads = [Thread(target=slow)]
    threads[0].start()
    assert inside.wait(10)
    threads += [Thread(target=quick, args=(number,)) for number in range(8)]
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert keys(session) == sorted(["slow", *(f"quick{number}" for number in range(8))])
