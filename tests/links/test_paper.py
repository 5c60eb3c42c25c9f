"""A link on paper: a sheet to print, an address that can be typed, a code with a check character and few attempts."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.links import codes
from app.links.models import LinkMiss
from app.links.rules import MAX_ATTEMPTS
from app.platform.db import db, unit_of_work
from tests.links.conftest import SAME_SITE, Desk, Handed, Participant
from tests.world import World


@pytest.fixture
def handed(world: World, desk: Desk) -> Handed:
    """A consent on paper; nobody has missed anything yet."""
    with unit_of_work(world.session):
        world.session.execute(sa.delete(LinkMiss))
    return desk.hand_out(world.case_at("give_evidence"), "consent")


def wrong(handed: Handed) -> str:
    """Another well-formed code."""
    return next(code for code in iter(codes.new_code, "") if code != handed.code)


def test_the_page_asks_for_the_code_and_shows_nothing_before(desk: Desk, somebody: Participant, handed: Handed) -> None:
    page = somebody.open(handed)
    assert page.status_code == 200
    assert "Ihr Code" in page.text
    for secret in (handed.number, "Presswerk", desk.link(handed).employee_id):
        assert secret not in page.text


@pytest.mark.parametrize("change", ["lower case", "no dashes", "blanks", "mistaken letters"])
def test_what_is_typed_is_read_as_it_was_meant(somebody: Participant, handed: Handed, change: str) -> None:
    read = {
        "lower case": str.lower,
        "no dashes": lambda text: text.replace("-", ""),
        "blanks": lambda text: f" {text.replace('-', ' ')} ",
        "mistaken letters": lambda text: text.replace("0", "O").replace("1", "l"),
    }[change]
    typed = Handed(handed.id, read(handed.token), read(handed.code), f" {handed.number.lower()} ")
    page = somebody.client.post(
        "/l/" + typed.token.strip(), data={"code": typed.code, "case_number": typed.number}, headers=SAME_SITE
    )
    assert "Die Einwilligung ist freiwillig" in page.text


def test_five_wrong_codes_revoke_the_link(world: World, desk: Desk, somebody: Participant, handed: Handed) -> None:
    answers = [
        somebody.client.post(handed.page, data={**handed.typed, "code": wrong(handed)}, headers=SAME_SITE)
        for _attempt in range(MAX_ATTEMPTS)
    ]
    assert [answer.status_code for answer in answers] == [422] * (MAX_ATTEMPTS - 1) + [404]
    assert "passt nicht" in answers[0].text
    assert somebody.read(handed).status_code == 404, "now the right code is too late"
    case_id = desk.link(handed).case_id
    assert desk.journal(case_id, "link.revoked") == [(None, {"links": [handed.id], "reason": "wrong_codes"})]
    assert desk.is_proved(case_id)


def test_wrong_codes_over_the_api_count_as_well(desk: Desk, somebody: Participant, handed: Handed) -> None:
    for _attempt in range(2):
        answer = somebody.send(handed, code=wrong(handed), statement="")
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/code")
    assert desk.link(handed).attempts == 2
    assert somebody.agree(handed).status_code == 303, "two slips are forgiven"


def test_a_wrong_case_number_counts(desk: Desk, somebody: Participant, handed: Handed) -> None:
    data = {"code": handed.code, "case_number": "FF-1999-000001"}
    assert somebody.client.post(handed.page, data=data, headers=SAME_SITE).status_code == 422
    assert desk.link(handed).attempts == 1


@pytest.mark.parametrize("code", ["", "4XK7M", "4XK7M-2QTDU", "ÄÖÜ", "0" * 20, "\x00"])
def test_a_slip_is_not_counted(desk: Desk, somebody: Participant, handed: Handed, code: str) -> None:
    for _attempt in range(MAX_ATTEMPTS + 1):
        answer = somebody.client.post(handed.page, data={**handed.typed, "code": code}, headers=SAME_SITE)
        assert answer.status_code == 422
    assert desk.link(handed).attempts == 0


def test_nobody_confirms_without_the_code(desk: Desk, somebody: Participant, handed: Handed) -> None:
    statement = somebody.statement(handed)
    answer = somebody.send(handed, statement=statement, code="")
    assert (answer.status_code, answer.json["code"]) == (422, "wrong_code")
    page = somebody.client.post(
        handed.page, data={"step": "confirm", "confirmed": "yes", "statement": statement}, headers=SAME_SITE
    )
    assert page.status_code == 422
    assert desk.link(handed).used_at is None


def test_parallel_guesses_count_like_others(world: World, desk: Desk, handed: Handed) -> None:
    """Were they compared first and counted later, all would have been looked at."""
    answers: list[int] = []

    def guess() -> None:
        with world.app.app_context():
            client = world.app.test_client()
            data = {**handed.typed, "code": wrong(handed)}
            answers.append(client.post(handed.page, data=data, headers=SAME_SITE).status_code)
            db.session.remove()

    threads = [threading.Thread(target=guess) for _guess in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert set(answers) <= {404, 422}
    assert desk.link(handed).attempts == MAX_ATTEMPTS, "the others found the link revoked"
    assert len(desk.journal(desk.link(handed).case_id, "link.revoked")) == 1


def neighbours(code: str) -> Iterator[str]:
    """Every code with one wrong character, and every one with two neighbours swapped."""
    for place, right in enumerate(code):
        for character in codes.ALPHABET:
            if character != right:
                yield code[:place] + character + code[place + 1 :]
    for place in range(len(code) - 2):
        if code[place] != code[place + 1]:
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def test_the_check_character_finds_slips() -> None:
    for body in ("4XK7M2QTD", "000000000", "ABCDEFGHJ", "Y1Y2Y3Y4Y"):
        code = body + codes.check_character(body)
        assert codes.is_well_formed(code)
        missed = [other for other in neighbours(code) if codes.is_well_formed(other)]
        assert all("Z" in other for other in missed), "only Z for 0 slips through"
