"""Signing in, and what happens to people who guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from app.identity import passwords, service, throttle
from app.identity.models import AccessToken, SignInAttempt, User
from app.identity.problems import InvalidCredentials, TooManyAttempts
from app.platform.db import counting, unit_of_work
from tests.conftest import PASSWORD, People

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sign_in(
    session: Session, login: str, password: str = PASSWORD, now: datetime = NOW, address: str = "10.0.0.1"
) -> str:
    return service.sign_in(session, login, password, "token", HOUR, now, address)[0]


def fail(session: Session, login: str, times: int = 1, now: datetime = NOW, address: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises((InvalidCredentials, TooManyAttempts)):
            sign_in(session, login, "wrong", now, address)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare plainly: these tests fail hundreds of times and are about counting."""
    monkeypatch.setattr(passwords, "check_password", lambda stored, given: stored is not None and given == PASSWORD)
    monkeypatch.setattr(passwords, "is_outdated", lambda stored: False)


def test_the_right_password_gives_a_token_for_a_while(session: Session, people: People) -> None:
    user = people.user("hr")
    secret, expires_at = service.sign_in(session, "hr", PASSWORD, "session", HOUR, NOW)
    assert expires_at == NOW + HOUR
    actor = service.authenticate(session, secret, NOW)
    assert actor is not None
    assert actor.user_id == user.id
    assert session.scalar(sa.select(AccessToken.kind)) == "session"


def test_the_database_never_sees_the_secret(session: Session, people: People) -> None:
    people.user("hr")
    secret = sign_in(session, "hr")
    row = session.execute(sa.text("SELECT * FROM access_token")).mappings().one()
    assert secret not in {str(value) for value in row.values()}
    assert len(secret) == 43


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("hr", "wrong"),
        ("hr", ""),
        ("nobody", PASSWORD),
        ("left", PASSWORD),
        ("HR", PASSWORD),
        ("h\x00r", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(session: Session, people: People, login: str, password: str) -> None:
    people.user("hr")
    people.user("left", active=False)
    with pytest.raises(InvalidCredentials):
        sign_in(session, login, password)
    assert session.scalar(sa.select(sa.func.count()).select_from(AccessToken)) == 0


@pytest.mark.parametrize("login", ["hr", "left", "nobody", "\x00"])
def test_every_failure_costs_one_password_check(
    session: Session, people: People, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.user("hr")
    people.user("left", active=False)
    calls = []
    real = passwords._hasher.verify
    monkeypatch.setattr(passwords._hasher.__class__, "verify", lambda _self, *args: calls.append(1) or real(*args))
    fail(session, login)
    assert len(calls) == 1


def test_others_can_write_while_a_password_is_checked(
    session: Session, engine: sa.Engine, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = people.user("hr")
    real = passwords.check_password

    def check_and_write(stored: str | None, given: str) -> bool:
        with engine.connect() as other:
            if engine.dialect.name == "sqlite":
                other.exec_driver_sql("PRAGMA busy_timeout = 0")
            other.execute(sa.update(User).where(User.id == user.id).values(name="Renamed"))
            other.commit()
        return real(stored, given)

    monkeypatch.setattr(passwords, "check_password", check_and_write)
    sign_in(session, "hr")
    session.rollback()
    assert session.scalar(sa.select(User.name)) == "Renamed"


def test_a_sign_in_is_one_commit_and_few_statements(session: Session, people: People) -> None:
    people.user("hr")
    with counting() as counter:
        sign_in(session, "hr")
    assert (counter.statements, counter.commits) == (3, 1)


def test_an_outdated_hash_is_renewed_when_its_owner_signs_in(session: Session, people: People) -> None:
    user = people.user("hr")
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with unit_of_work(session):
        session.execute(sa.update(User).where(User.id == user.id).values(password_hash=old))
    sign_in(session, "hr")
    renewed = session.scalar(sa.select(User.password_hash))
    assert renewed is not None
    assert not passwords.is_outdated(renewed)
    assert passwords.check_password(renewed, PASSWORD)


# --- guessing ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("quick")
def test_guessing_one_login_is_answered_with_too_many_attempts(session: Session, people: People) -> None:
    people.user("hr")
    for number in range(throttle.SOFT_PER_LOGIN):
        with pytest.raises(InvalidCredentials):
            sign_in(session, "hr", "wrong", address=f"10.0.0.{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(session, "hr", "wrong", address="10.0.1.1")


@pytest.mark.usefixtures("quick")
def test_guessing_many_logins_from_one_address_is_answered_alike(session: Session, people: People) -> None:
    for number in range(throttle.SOFT_PER_ADDRESS):
        with pytest.raises(InvalidCredentials):
            sign_in(session, f"guess-{number}", "wrong")
    with pytest.raises(TooManyAttempts):
        sign_in(session, "another", "wrong")
    with pytest.raises(InvalidCredentials):
        sign_in(session, "another", "wrong", address="10.9.9.9")


@pytest.mark.usefixtures("quick")
def test_a_sign_in_that_succeeds_is_never_throttled(session: Session, people: People) -> None:
    people.user("hr")
    people.user("hr2")
    fail(session, "hr", throttle.SOFT_PER_LOGIN + 5, address="10.6.6.6")
    fail(session, "nobody", throttle.SOFT_PER_ADDRESS + 5)
    assert sign_in(session, "hr")
    assert sign_in(session, "hr2")
    assert sign_in(session, "hr", address="10.6.6.6")


@pytest.mark.usefixtures("quick")
def test_any_number_of_successes_is_fine(session: Session, people: People) -> None:
    people.user("hr")
    tokens = {sign_in(session, "hr") for _ in range(throttle.HARD_PER_LOGIN_AND_ADDRESS + 1)}
    assert len(tokens) == throttle.HARD_PER_LOGIN_AND_ADDRESS + 1


@pytest.mark.usefixtures("quick")
def test_hundreds_of_guesses_of_one_attacker_close_the_door_for_that_attacker_only(
    session: Session, people: People
) -> None:
    people.user("hr")
    fail(session, "hr", throttle.HARD_PER_LOGIN_AND_ADDRESS, address="10.6.6.6")
    with pytest.raises(TooManyAttempts):
        sign_in(session, "hr", address="10.6.6.6")
    assert sign_in(session, "hr", address="10.0.0.1")


@pytest.mark.usefixtures("quick")
def test_behind_the_closed_door_no_password_is_looked_at(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.user("hr")
    fail(session, "hr", throttle.HARD_PER_LOGIN_AND_ADDRESS)
    monkeypatch.setattr(passwords, "check_password", None)
    with pytest.raises(TooManyAttempts):
        sign_in(session, "hr")


@pytest.mark.usefixtures("quick")
def test_the_throttle_ends_when_it_says(session: Session, people: People) -> None:
    people.user("hr")
    fail(session, "hr", throttle.SOFT_PER_LOGIN, NOW)
    later = NOW + timedelta(minutes=5)
    with pytest.raises(TooManyAttempts) as caught:
        sign_in(session, "hr", "wrong", later)
    assert caught.value.retry_after == 10 * 60 + 1
    with pytest.raises(InvalidCredentials):
        sign_in(session, "hr", "wrong", later + timedelta(seconds=caught.value.retry_after))


@pytest.mark.usefixtures("quick")
def test_a_success_forgives_the_callers_own_failures(session: Session, people: People) -> None:
    people.user("hr")
    fail(session, "hr", 3)
    fail(session, "hr", 2, address="10.6.6.6")
    sign_in(session, "hr")
    left = session.scalars(sa.select(SignInAttempt.address)).all()
    assert left == ["10.6.6.6", "10.6.6.6"]


@pytest.mark.usefixtures("quick")
def test_failures_are_forgotten_with_the_window_and_logins_are_not_stored(session: Session, people: People) -> None:
    people.user("hr")
    fail(session, "hr", 3, NOW)
    fail(session, "my secret password", 1, NOW + throttle.WINDOW)
    rows = session.execute(sa.text("SELECT * FROM sign_in_attempt")).mappings().all()
    assert len(rows) == 1
    assert "my secret password" not in {str(value) for value in rows[0].values()}


@pytest.mark.usefixtures("quick")
def test_other_processes_see_the_failures_too(session: Session, engine: sa.Engine, people: People) -> None:
    people.user("hr")
    fail(session, "hr", throttle.SOFT_PER_LOGIN)
    with Session(engine) as other, pytest.raises(TooManyAttempts):
        sign_in(other, "hr", "wrong")
