"""A link ends: used, expired, revoked, replaced, or because there is nothing left to do. It does not say which."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from app.links import rules
from app.links.models import LinkMiss, ParticipantLink
from app.links.store import MISS_WINDOW, forget_old
from app.links.throttle import LIMIT
from app.platform.clock import utcnow
from app.platform.db import counting, db, unit_of_work
from app.worker import sweep
from tests.links.conftest import EVIDENCE, Desk, Handed, Participant, two_people
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def _no_misses(world: World) -> None:
    """Each test begins with an address that has missed nothing."""
    with unit_of_work(world.session):
        world.session.execute(sa.delete(LinkMiss))


def without_what_differs(page: TestResponse, token: str) -> str:
    """The page without nonce and token, which differ in every answer."""
    return re.sub(r'nonce="[^"]*"', "", page.text).replace(token, "TOKEN")


def use(desk: Desk, handed: Handed) -> None:
    Participant(desk.world).agree(handed)


def revoke(desk: Desk, handed: Handed) -> None:
    assert desk.world.call("hr", "DELETE", f"/links/{handed.id}").status_code == 204


def expire(desk: Desk, handed: Handed) -> None:
    with unit_of_work(desk.world.session) as session:
        session.execute(sa.update(ParticipantLink).values(expires_at=utcnow()).where(ParticipantLink.id == handed.id))


ENDS: dict[str, Callable[[Desk, Handed], None]] = {"used": use, "revoked": revoke, "expired": expire}


def test_every_link_that_opens_nothing_gets_the_same_answer(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    gone = {"unknown": Handed("", "A" * 43, "", ""), "short": Handed("", "7KQ4-M2XD-9HTC-W3PA", "", "")}
    for state, end in ENDS.items():
        gone[state] = desk.hand_out(case_id, "consent", "mail")
        end(desk, gone[state])
        assert desk.state(case_id, gone[state]) == state
    seen = set()
    for handed in gone.values():
        with counting() as counter:
            page = somebody.open(handed)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (404, "no-referrer")
        seen.add((without_what_differs(page, handed.token), counter.statements, counter.commits))
    assert len(seen) == 1


def test_the_api_says_the_same(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    for end in (revoke, expire):
        handed = desk.hand_out(case_id, "consent", "mail")
        statement = somebody.statement(handed)
        end(desk, handed)
        answer = somebody.send(handed, statement=statement)
        assert (answer.status_code, answer.json["code"]) == (404, "link_gone")
    assert desk.journal(case_id, "participant.consented") == []


@pytest.mark.parametrize("channel", ["mail", "paper"])
def test_whoever_confirms_twice_learns_that_all_has_arrived(
    world: World, desk: Desk, somebody: Participant, channel: str
) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", channel)
    page = somebody.read(handed)
    somebody.agree(handed, page)
    again = somebody.agree(handed, page)
    assert again.status_code == 409
    assert "Das haben Sie schon bestätigt" in again.text
    assert len(desk.journal(case_id, "participant.consented")) == 1
    sent = somebody.send(handed, statement="")
    assert sent.json["code"] == "already_confirmed"


def test_looking_never_uses_a_link_up(world: World, desk: Desk, somebody: Participant) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    before = world.session.scalar(sa.select(sa.func.count()).select_from(LinkMiss))
    for _time in range(5):
        with counting() as counter:
            assert somebody.open(handed).status_code == 200
        assert counter.commits == 0
        assert somebody.client.head(handed.page).status_code == 200
    assert desk.link(handed).used_at is None
    assert world.session.scalar(sa.select(sa.func.count()).select_from(LinkMiss)) == before
    assert somebody.agree(handed).status_code == 303


def test_a_task_that_hr_has_done_leaves_nothing_to_do(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, channel="mail")
    statement = somebody.statement(handed)
    task = desk.link(handed).task_id
    assert world.call("hr", "POST", f"/tasks/{task}/complete", {"data": EVIDENCE}).status_code == 200
    page = somebody.open(handed)
    assert page.status_code == 409
    assert "inzwischen erledigt" in page.text
    assert somebody.send(handed, EVIDENCE, statement=statement).json["code"] == "link_closed"
    assert desk.state(case_id, handed) == "closed"


def test_a_paper_link_says_so_only_to_who_has_the_code(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id)
    world.call("hr", "POST", f"/tasks/{desk.link(handed).task_id}/complete", {"data": EVIDENCE})
    assert somebody.open(handed).status_code == 200
    assert "Ihr Code" in somebody.open(handed).text
    assert "inzwischen erledigt" in somebody.read(handed).text


def test_an_ended_case_ends_its_links(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    driver = world.driver()
    driver.withdraw("hr", case_id, "Kein Bedarf mehr")
    last = world.open_task(case_id, "confirm_withdrawal")
    driver.complete("coordinator", last["id"], {"withdrawal_cause": "company"})
    assert somebody.open(handed).status_code == 409
    assert desk.state(case_id, handed) == "closed"


def test_a_task_that_somebody_has_claimed_is_not_touched(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, channel="mail")
    statement = somebody.statement(handed)
    world.call("hr", "POST", f"/tasks/{desk.link(handed).task_id}/claim")
    page = somebody.open(handed)
    assert page.status_code == 409
    assert "Daran arbeitet gerade jemand" in page.text
    assert somebody.send(handed, EVIDENCE, statement=statement).json["code"] == "taken"
    assert desk.state(case_id, handed) == "open"


def test_a_new_link_replaces_the_one_before(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    first = desk.hand_out(case_id, "consent")
    other = desk.hand_out(case_id, "evidence")
    second = desk.hand_out(case_id, "consent")
    assert [desk.state(case_id, link) for link in (first, other, second)] == ["revoked", "open", "open"]
    ((_author, revoked),) = desk.journal(case_id, "link.revoked")
    assert revoked == {"links": [first.id], "reason": "replaced"}
    assert somebody.open(first).status_code == 404


def test_a_link_expires_after_two_weeks(world: World, desk: Desk, somebody: Participant) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    end = desk.link(handed).expires_at
    with time_machine.travel(end - timedelta(minutes=1), tick=False):
        assert somebody.open(handed).status_code == 200
    with time_machine.travel(end, tick=False):
        assert somebody.open(handed).status_code == 404


def test_a_link_never_outlives_its_task_by_more_than_a_week() -> None:
    days = timedelta(days=1)
    assert rules.expires_at(NOW, 14, None) == NOW + 14 * days
    assert rules.expires_at(NOW, 14, NOW + 30 * days) == NOW + 14 * days
    assert rules.expires_at(NOW, 14, NOW + 3 * days) == NOW + 10 * days
    assert rules.expires_at(NOW, 14, NOW - 3 * days) == NOW + 7 * days
    assert rules.expires_at(NOW, 2, NOW - 3 * days) == NOW + 2 * days


def test_guessing_is_slowed_down_and_locks_nobody_out(world: World, desk: Desk, somebody: Participant) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    guesses = [somebody.client.get(f"/l/{number:043d}") for number in range(LIMIT + 1)]
    assert {page.status_code for page in guesses[:LIMIT]} == {404}
    assert guesses[LIMIT].status_code == 429
    assert int(guesses[LIMIT].headers["Retry-After"]) > 0
    sent = somebody.client.post("/api/v1/l/unknown", json={}, headers={"Sec-Fetch-Site": "same-origin"})
    assert (sent.status_code, sent.json["code"]) == (429, "too_many_links")
    assert somebody.open(handed).status_code == 200, "the right link opens all the same"
    with unit_of_work(world.session):
        assert forget_old(world.session, utcnow() + MISS_WINDOW) >= LIMIT
    assert somebody.client.get("/l/unknown").status_code == 404


def test_what_fails_on_the_way_leaves_the_link_as_it_was(
    world: World, desk: Desk, somebody: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completion and use are one transaction: neither without the other."""
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, channel="mail")

    def fails(*_arguments: object) -> bool:
        raise ZeroDivisionError

    statement = somebody.statement(handed)
    with monkeypatch.context() as broken:
        broken.setattr("app.links.store.use_up", fails)
        assert somebody.send(handed, EVIDENCE, statement=statement).status_code == 500
    assert desk.link(handed).used_at is None
    assert desk.journal(case_id, "link.used") == []
    assert world.open_task(case_id, "give_evidence")["state"] == "open"
    assert somebody.send(handed, EVIDENCE, statement=statement).status_code == 200
    assert desk.is_proved(case_id)


def test_the_mail_address_is_forgotten_with_the_end_of_the_link(world: World, desk: Desk) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    end = desk.link(handed).expires_at
    sweep(world.app, end - timedelta(minutes=1))
    assert desk.link(handed).email == "erika@example.org"
    sweep(world.app, end)
    assert desk.link(handed).email is None


def test_who_withdraws_from_a_withdrawn_case_is_told_that_it_is_settled(
    world: World, desk: Desk, somebody: Participant
) -> None:
    one = two_people(world)["capture_demand"]["participants_selected"][:1]
    case_id = world.case_at("give_evidence", "hr", {"capture_demand": {"participants_selected": one}})
    handed = desk.hand_out(case_id, "withdraw", "mail")
    page = somebody.read(handed)
    world.driver().withdraw("hr", case_id, "Kein Bedarf mehr")
    answer = somebody.agree(handed, page)
    assert answer.status_code == 409
    assert "inzwischen erledigt" in answer.text
    assert desk.link(handed).used_at is None


def test_a_double_click_confirms_once(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    statement = somebody.statement(handed)
    answers: list[int] = []

    def click() -> None:
        with world.app.app_context():
            answers.append(Participant(world).send(handed, statement=statement).status_code)
            db.session.remove()

    threads = [threading.Thread(target=click) for _click in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409]
    assert len(desk.journal(case_id, "participant.consented")) == 1
    assert desk.is_proved(case_id)
