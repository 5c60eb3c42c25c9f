"""Being mentioned: a notice and a mail that names the case; never what was written."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.identity.models import Membership, User
from app.platform.db import unit_of_work
from app.platform.mail import Mail
from tests.comments.test_comments import case_id as case_id
from tests.comments.test_comments import write
from tests.contract.stage import Stage, is_problem
from tests.world import World


def mentions(world: World, login: str) -> dict[str, Any]:
    found: dict[str, Any] = world.call(login, "GET", "/mentions?limit=100").json
    return found


def mails_to(world: World, login: str) -> list[Mail]:
    world.session.rollback()
    return list(world.session.scalars(sa.select(Mail).where(Mail.recipient == f"{login}@example.org")))


def test_whoever_is_mentioned_in_the_text_or_chosen_gets_a_notice(world: World, case_id: str) -> None:
    before = {login: mentions(world, login)["unread"] for login in ("coordinator", "works-council")}
    comment = write(
        world, "hr", case_id, "@coordinator bitte prüfen", audience="company", mentions=["works-council", "coordinator"]
    )
    assert {person["login"] for person in comment["mentions"]} == {"coordinator", "works-council"}
    for login, count in before.items():
        found = mentions(world, login)
        assert found["unread"] == count + 1
        assert found["items"][0]["comment"] == comment["id"]
        assert found["items"][0]["case"]["id"] == case_id
    assert comment["id"] not in world.call("hr", "GET", "/mentions").text


def test_the_mail_names_the_case_and_nothing_of_the_comment(world: World, case_id: str) -> None:
    before = len(mails_to(world, "coordinator"))
    write(world, "hr", case_id, "Geheim-Marke @coordinator")
    mails = mails_to(world, "coordinator")
    assert len(mails) == before + 1
    number = world.call("hr", "GET", f"/cases/{case_id}").json["number"]
    sent = mails[-1]
    assert number in sent.subject
    assert number in sent.body
    assert "http://127.0.0.1:8000/mentions" in sent.body
    assert "Sie wurden" in sent.body
    assert "You were" in sent.body
    text = f"{sent.subject} {sent.body}"
    assert not any(word in text for word in ("Geheim", "Fall für", "Ruhlaer", "Sommerfeld"))


@pytest.mark.parametrize(
    ("login", "audience", "mentioned"),
    [
        ("hr", "own", "works-council"),
        ("hr", "alliance", "works-council"),
        ("hr", "company", "provider"),
        ("hr", "parties", "hr2"),
        ("hr", "parties", "admin"),
        ("hr", "parties", "auditor"),
        ("hr", "parties", "nobody-known"),
        ("provider", "company", "provider2"),
        ("funding-adviser", "company", "employee"),
    ],
)
def test_nobody_is_mentioned_who_may_not_read_it(
    world: World, case_id: str, login: str, audience: str, mentioned: str
) -> None:
    for pointer, body in (
        ("/text", {"text": f"@{mentioned} bitte"}),
        ("/mentions", {"text": "Bitte", "mentions": [mentioned]}),
    ):
        with Stage(world).nothing_changes():
            answer = world.call(login, "POST", f"/cases/{case_id}/comments", {**body, "audience": audience})
        errors = is_problem(answer, 422, "comment_refused")["errors"]
        assert [(error["pointer"], error["code"]) for error in errors] == [(pointer, "mention")]
        assert mentioned in errors[0]["message"]


def test_mentioning_oneself_changes_nothing(world: World, case_id: str) -> None:
    assert write(world, "hr", case_id, "@hr merkt sich das", mentions=["hr"])["mentions"] == []


def test_everybody_who_is_offered_can_be_mentioned(world: World, case_id: str) -> None:
    page = world.client("hr").get(f"/cases/{case_id}/comments").text
    for login in ("coordinator", "works-council", "funding-adviser", "provider", "employee"):
        assert f'value="{login}"' in page
        assert write(world, "hr", case_id, f"@{login}", audience="parties")["mentions"][0]["login"] == login
    for login in ("hr2", "admin", "auditor", "cluster-partner"):
        assert f'value="{login}"' not in page


def test_a_provider_is_offered_nobody_of_its_competitors_or_participants(world: World, case_id: str) -> None:
    page = world.client("provider").get(f"/cases/{case_id}/comments").text
    assert 'value="coordinator"' in page
    assert 'value="provider2"' not in page
    assert 'value="employee"' not in page


def test_reading_marks_the_mention_and_leads_to_the_comment(world: World, case_id: str) -> None:
    comment = write(world, "hr", case_id, "@coordinator")
    mention, unread = mentions(world, "coordinator")["items"][0], mentions(world, "coordinator")["unread"]
    assert "ungelesen" in world.client("coordinator").get("/tasks").text
    is_problem(world.call("hr", "POST", f"/mentions/{mention['id']}/read"), 404)
    is_problem(world.call("coordinator", "POST", f"/mentions/{mention['id']}/read", If_Match='"9"'), 412)
    answer = world.client("coordinator").post(f"/mentions/{mention['id']}/read")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/cases/{case_id}/comments#comment-{comment['id']}")
    assert mentions(world, "coordinator")["unread"] == unread - 1
    again = world.call("coordinator", "POST", f"/mentions/{mention['id']}/read").json
    assert again["read_at"] == mentions(world, "coordinator")["items"][0]["read_at"]


def test_whoever_leaves_loses_the_mention_with_the_sight(world: World) -> None:
    case_id = world.case_at("check_completeness")
    comment = write(world, "hr", case_id, "@works-council", audience="company")
    assert comment["id"] in world.call("works-council", "GET", "/mentions").text
    membership = sa.select(Membership.id).join(User, User.id == Membership.user_id).where(User.login == "works-council")
    key = world.session.scalar(membership)
    change = sa.update(Membership).where(Membership.id == key)
    with unit_of_work(world.session):
        world.session.execute(change.values(role="employee"))
    assert comment["id"] not in world.call("works-council", "GET", "/mentions").text
    with unit_of_work(world.session):
        world.session.execute(change.values(role="works_council"))


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(world: World, case_id: str) -> None:
    data = {"text": "Entwurf-Marke @hr2", "audience": "company", "mentions": ["provider"]}
    page = world.client("hr").post(f"/cases/{case_id}/comments", data=data)
    assert page.status_code == 422
    assert "Entwurf-Marke @hr2</textarea>" in page.text
    assert '<option value="company" selected>' in page.text
    assert "hr2 kann nicht erwähnt werden" in page.text
    assert "provider kann nicht erwähnt werden" in page.text


def test_a_comment_on_the_page_leads_back_to_it(world: World, case_id: str) -> None:
    data = {"text": "Seite-Marke", "audience": "company", "mentions": ["works-council"]}
    answer = world.client("hr").post(f"/cases/{case_id}/comments", data=data)
    assert answer.status_code == 303
    assert "#comment-" in answer.headers["Location"]
    assert "Seite-Marke" in world.client("works-council").get(f"/cases/{case_id}/comments").text
    assert world.client("works-council").get("/mentions").status_code == 200
