"""One's own password: changed, forgotten, chosen anew; and nothing about it can be read anywhere."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
import time_machine

from app.factory import configure_logging
from app.identity import credentials, throttle
from app.identity.models import OneTimeLink, SignInAttempt
from app.platform import jobs, mail
from app.platform.clock import utcnow
from app.platform.db import Base, counting, unit_of_work
from app.platform.idempotency import IdempotencyRecord
from app.platform.ids import new_id
from app.platform.mail import Mail
from tests.contract.stage import is_problem
from tests.identity.office import (
    GOOD,
    OTHER,
    bearer,
    changes_of,
    invited,
    joined,
    newest_mail,
    redeem,
    secret_for,
    sign_in,
)
from tests.world import World


@pytest.fixture(autouse=True)
def _no_earlier_attempts(world: World) -> None:
    """Attempts of other tests of this module do not slow this one down."""
    with unit_of_work(world.session):
        world.session.execute(sa.delete(SignInAttempt))


def change(world: World, headers: dict[str, str], current: str = GOOD, new: str = OTHER) -> Any:
    return world.call(None, "POST", "/me/password", {"current": current, "new": new}, **headers)


def forget(world: World, login: str) -> Any:
    return world.call(None, "POST", "/password-resets", {"login": login})


def mails_to(world: World, recipient: str) -> int:
    jobs.drain(world.session, utcnow())
    world.session.rollback()
    found = world.session.scalar(sa.select(sa.func.count()).select_from(Mail).where(Mail.recipient == recipient))
    return found or 0


# --- changed -------------------------------------------------------------------------------------


def test_a_changed_password_ends_all_other_sign_ins(world: World) -> None:
    user = joined(world)
    here, elsewhere = bearer(world, user["login"]), bearer(world, user["login"])
    assert change(world, here).status_code == 204
    assert world.call(None, "GET", "/me", **here).status_code == 200
    is_problem(world.call(None, "GET", "/me", **elsewhere), 401)
    assert sign_in(world, user["login"], GOOD).status_code == 401
    assert sign_in(world, user["login"], OTHER).status_code == 201
    assert changes_of(world, user["id"])[-1] == "password.changed"
    assert newest_mail(world, user["email"]).subject.startswith("Ihr Passwort wurde geändert")


def test_the_current_password_is_needed_and_guessing_it_is_slowed_down(world: World) -> None:
    user = joined(world)
    headers = bearer(world, user["login"])
    problem = is_problem(change(world, headers, "falsch"), 422, "wrong_password")
    assert problem["errors"][0]["pointer"] == "/current"
    for _ in range(throttle.SOFT_PER_LOGIN - 1):
        change(world, headers, "falsch")
    slowed = change(world, headers, "falsch")
    is_problem(slowed, 429, "too_many_attempts")
    assert int(slowed.headers["Retry-After"]) > 0
    assert sign_in(world, user["login"], GOOD).status_code == 201, "the right one still gets in"


@pytest.mark.parametrize(
    ("new", "code"), [("kurz", "password_short"), (GOOD, "same"), ("Passwort1234", "password_common")]
)
def test_a_new_password_has_to_be_good(world: World, new: str, code: str) -> None:
    user = joined(world)
    problem = is_problem(change(world, bearer(world, user["login"]), GOOD, new), 422)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/new", code)]
    assert sign_in(world, user["login"], GOOD).status_code == 201


def test_no_trace_of_a_password_is_kept_for_a_repeat(world: World) -> None:
    """A fast hash of a body with a password in it would be a gift to whoever steals the database."""
    user = joined(world)
    headers = {**bearer(world, user["login"]), "Idempotency_Key": new_id()}
    assert change(world, headers).status_code == 204
    world.session.rollback()
    assert world.session.get(IdempotencyRecord, (user["id"], headers["Idempotency_Key"])) is None


def test_a_password_cannot_be_changed_from_another_website(world: World) -> None:
    user = joined(world)
    secret = bearer(world, user["login"])["Authorization"].removeprefix("Bearer ")
    client = world.client()
    client.set_cookie("vorlauf_session", secret)
    sent = {"current": GOOD, "new": OTHER}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}):
        answer = client.post("/api/v1/me/password", json=sent, headers=headers)
        is_problem(answer, 403, "cross_site")
    assert sign_in(world, user["login"], GOOD).status_code == 201


# --- forgotten -----------------------------------------------------------------------------------


def test_who_forgot_the_password_gets_a_link_for_an_hour_and_all_sign_ins_end(world: World) -> None:
    user = joined(world)
    before = bearer(world, user["login"])
    assert forget(world, user["login"]).status_code == 202
    secret = secret_for(world, user["email"])
    with time_machine.travel(utcnow() + timedelta(minutes=61), tick=False):
        is_problem(redeem(world, secret, OTHER), 404, "link_unusable")
    assert world.call(None, "GET", "/me", **before).status_code == 200, "asking for a link ends nothing"
    assert redeem(world, secret, OTHER).get_json() == {"login": user["login"]}
    is_problem(world.call(None, "GET", "/me", **before), 401)
    is_problem(redeem(world, secret, GOOD), 404, "link_unusable")
    assert sign_in(world, user["login"], GOOD).status_code == 401
    assert sign_in(world, user["login"], OTHER).status_code == 201
    assert changes_of(world, user["id"])[-2:] == ["password.reset_requested", "password.reset"]


def test_the_address_will_do_as_well_as_the_login(world: World) -> None:
    user = joined(world)
    assert forget(world, user["email"].upper()).status_code == 202
    assert redeem(world, secret_for(world, user["email"]), OTHER).status_code == 200


def test_known_and_unknown_logins_are_answered_alike(world: World) -> None:
    user = joined(world)
    closed = joined(world)
    world.call("admin", "POST", f"/users/{closed['id']}/deactivate")
    answers = []
    for login in (user["login"], "nobody-at-all", closed["login"], "nobody@example.org", "mit\u2028Umbruch", "\u202e"):
        client = world.client()
        world.session.rollback()
        with counting() as counter:
            answer = client.post("/api/v1/password-resets", json={"login": login})
        headers = {name: value for name, value in answer.headers if name != "X-Request-Id"}
        answers.append((answer.status_code, answer.data, headers, counter.statements, counter.commits))
    assert answers[0][0] == 202
    assert all(answer == answers[0] for answer in answers)
    assert mails_to(world, closed["email"]) == 1, "the invitation, and nothing since"


def test_asking_again_does_not_spoil_the_link_that_somebody_is_opening(world: World) -> None:
    user = joined(world)
    forget(world, user["login"])
    first = secret_for(world, user["email"])
    forget(world, user["login"])
    second = secret_for(world, user["email"])
    assert first != second
    assert redeem(world, first, OTHER).status_code == 200
    is_problem(redeem(world, second, GOOD), 404, "link_unusable")


def test_links_by_the_dozen_are_not_sent(world: World) -> None:
    user = joined(world)
    before = mails_to(world, user["email"])
    for _ in range(credentials.RESETS_PER_LOGIN + 3):
        assert forget(world, user["login"]).status_code == 202
    assert mails_to(world, user["email"]) == before + credentials.RESETS_PER_LOGIN


def test_one_address_does_not_try_all_logins(world: World) -> None:
    for number in range(credentials.RESETS_PER_ADDRESS):
        assert forget(world, f"person-{number}").status_code == 202
    is_problem(forget(world, "one-more"), 429, "too_many_attempts")
    user = joined(world)
    assert sign_in(world, user["login"]).status_code == 201, "signing in is counted apart"


def test_a_reset_opens_neither_a_closed_account_nor_one_that_waits(world: World) -> None:
    waiting, closed = invited(world), joined(world)
    forget(world, closed["login"])
    secret = secret_for(world, closed["email"])
    world.call("admin", "POST", f"/users/{closed['id']}/deactivate")
    is_problem(redeem(world, secret, OTHER), 404, "link_unusable")
    before = mails_to(world, waiting["email"])
    forget(world, waiting["login"])
    assert mails_to(world, waiting["email"]) == before
    is_problem(sign_in(world, closed["login"], OTHER), 401)


def test_a_changed_password_ends_links_that_are_under_way(world: World) -> None:
    user = joined(world)
    forget(world, user["login"])
    secret = secret_for(world, user["email"])
    assert change(world, bearer(world, user["login"])).status_code == 204
    is_problem(redeem(world, secret, "fünf rote Zebras singen"), 404, "link_unusable")


# --- sign-ins and language -----------------------------------------------------------------------


def test_somebody_sees_the_own_sign_ins_and_ends_the_others(world: World) -> None:
    user = joined(world)
    here, elsewhere = bearer(world, user["login"]), bearer(world, user["login"])
    shown = world.call(None, "GET", "/me/sign-ins", **here).get_json()["items"]
    assert [one["current"] for one in shown] == [False, True]
    assert {one["kind"] for one in shown} == {"token"}
    assert all(one["device"].startswith("Werkzeug") for one in shown)
    assert world.call(None, "DELETE", "/me/sign-ins", **here).get_json() == {"ended": 1}
    assert world.call(None, "DELETE", "/me/sign-ins", **here).get_json() == {"ended": 0}
    is_problem(world.call(None, "GET", "/me", **elsewhere), 401)
    assert changes_of(world, user["id"]).count("sign_ins.ended") == 1


def test_everybody_chooses_the_own_language(world: World) -> None:
    user = joined(world)
    headers = bearer(world, user["login"])
    changed = world.call(None, "PATCH", "/me/account", {"language": "en"}, **headers).get_json()
    assert changed == {"login": user["login"], "name": user["name"], "email": user["email"], "language": "en"}
    assert world.call(None, "GET", "/me/account", **headers).get_json() == changed
    forget(world, user["login"])
    secret_for(world, user["email"])
    assert newest_mail(world, user["email"]).subject.startswith("New password")


# --- nothing can be read -------------------------------------------------------------------------


@pytest.fixture
def delivering(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Mails are delivered; yields their texts."""
    sent: list[str] = []
    before = world.app.config["VORLAUF_SETTINGS"]
    world.app.config["VORLAUF_SETTINGS"] = dataclasses.replace(before, smtp_host="mail.example", log_level="DEBUG")
    monkeypatch.setattr(mail, "transmit", lambda settings, message: sent.append(message.get_content()))
    yield sent
    world.app.config["VORLAUF_SETTINGS"] = before


def test_no_secret_stands_in_database_log_or_answer(
    world: World,
    delivering: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    configure_logging(world.app.config["VORLAUF_SETTINGS"])
    monkeypatch.setattr(mail, "log", structlog.get_logger("vorlauf.mail"))
    user = invited(world)
    answers = [str(user)]
    jobs.drain(world.session, utcnow())
    secrets = [delivering[-1].partition("token=")[2][:43]]
    answers.append(redeem(world, secrets[0]).text)
    headers = bearer(world, user["login"])
    answers.append(redeem(world, secrets[0], **headers).text)
    client = world.client()
    client.environ_base["HTTP_AUTHORIZATION"] = headers["Authorization"]
    answers.append(client.get(f"/api/v1/nowhere?token={secrets[0]}").text)
    forget(world, user["login"])
    jobs.drain(world.session, utcnow())
    jobs.drain(world.session, utcnow())
    secrets.append(delivering[-1].partition("token=")[2][:43])
    assert len(secrets[1]) == 43
    assert secrets[0] != secrets[1]
    answers.append(redeem(world, secrets[1], OTHER).text)
    change(world, bearer(world, user["login"], OTHER), OTHER, "sechs grüne Esel tanzen")
    jobs.drain(world.session, utcnow())
    world.session.rollback()
    dump = ""
    for table in Base.metadata.sorted_tables:
        dump += "\n".join(str(tuple(row)) for row in world.session.execute(sa.select(table)))
    out, err = capfd.readouterr()
    assert user["login"] in dump
    for secret in (*secrets, GOOD, OTHER, "sechs grüne Esel tanzen"):
        assert secret not in dump
        assert secret not in out + err + caplog.text
        assert secret not in "".join(answers)
    stored = set(world.session.scalars(sa.select(OneTimeLink.token_hash)))
    assert all(len(one) == 64 for one in stored)
