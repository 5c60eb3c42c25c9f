"""Inviting people: a link by mail that counts once and for a while, and opens the account it is for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app.identity import links
from app.identity.models import OneTimeLink
from app.platform.clock import utcnow
from app.platform.mail import Mail
from tests.contract.stage import is_problem
from tests.identity.office import (
    GOOD,
    OTHER,
    body,
    changes_of,
    invited,
    joined,
    newest_mail,
    redeem,
    secret_for,
    sign_in,
    stored,
)
from tests.world import World

UNUSABLE = (404, "link_unusable")


def test_somebody_invited_chooses_a_password_and_signs_in(world: World) -> None:
    user = invited(world)
    assert user["state"] == "invited"
    assert user["invitation"]["valid"] is True
    letter = newest_mail(world, user["email"])
    assert letter.subject == "Ihr Zugang zu Vorlauf / Your access to Vorlauf"
    assert letter.body.index("Guten Tag") < letter.body.index("Good day")
    assert user["login"] in letter.body
    assert sign_in(world, user["login"]).status_code == 401
    answer = redeem(world, secret_for(world, user["email"]))
    assert (answer.status_code, answer.get_json()) == (200, {"login": user["login"]})
    assert sign_in(world, user["login"]).status_code == 201
    shown = world.call("admin", "GET", f"/users/{user['id']}").get_json()
    assert (shown["state"], shown["invitation"]) == ("active", None)
    assert changes_of(world, user["id"]) == ["user.invited", "membership.added", "user.invitation_accepted"]


def test_who_prefers_english_reads_english_first(world: World) -> None:
    letter = newest_mail(world, invited(world, language="en")["email"])
    assert letter.subject.startswith("Your access")
    assert letter.body.index("Good day") < letter.body.index("Guten Tag")


def test_a_link_counts_once_also_when_sent_twice_at_once(world: World) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    assert redeem(world, secret).status_code == 200
    is_problem(redeem(world, secret, OTHER), *UNUSABLE)
    assert sign_in(world, user["login"], GOOD).status_code == 201
    assert sign_in(world, user["login"], OTHER).status_code == 401


def test_a_link_expires_after_a_week(world: World) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    with time_machine.travel(utcnow() + timedelta(days=7, minutes=1), tick=False):
        is_problem(redeem(world, secret), *UNUSABLE)
        assert world.call("admin", "GET", f"/users/{user['id']}").get_json()["invitation"]["valid"] is False
    with time_machine.travel(utcnow() + timedelta(days=6, hours=23), tick=False):
        assert redeem(world, secret).status_code == 200


def test_a_revoked_link_is_worthless(world: World) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    revoked = world.call("admin", "DELETE", f"/users/{user['id']}/invitation")
    assert (revoked.status_code, revoked.get_json()["invitation"]["valid"]) == (200, False)
    is_problem(redeem(world, secret), *UNUSABLE)
    assert changes_of(world, user["id"])[-1] == "user.invitation_revoked"


def test_a_new_link_replaces_the_one_before(world: World) -> None:
    user = invited(world)
    first = secret_for(world, user["email"])
    assert world.call("admin", "POST", f"/users/{user['id']}/invitation").status_code == 200
    second = secret_for(world, user["email"])
    assert first != second
    is_problem(redeem(world, first), *UNUSABLE)
    assert redeem(world, second).status_code == 200


def test_an_expired_or_revoked_invitation_can_be_sent_again(world: World) -> None:
    user = invited(world)
    world.call("admin", "DELETE", f"/users/{user['id']}/invitation")
    again = world.call("admin", "POST", f"/users/{user['id']}/invitation").get_json()
    assert again["invitation"]["valid"] is True
    assert redeem(world, secret_for(world, user["email"])).status_code == 200


@pytest.mark.parametrize("guess", ["x", "A" * 43, "../../etc", "%00", "ä" * 43, "' OR 1=1 --"])
def test_a_guessed_link_opens_nothing(world: World, guess: str) -> None:
    invited(world)
    is_problem(redeem(world, guess), *UNUSABLE)


def test_a_bad_password_leaves_the_link_as_it_is(world: World) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    problem = is_problem(redeem(world, secret, "kurz"), 422)
    assert problem["errors"][0]["pointer"] == "/password"
    assert problem["errors"][0]["code"] == "password_short"
    assert "12 Zeichen" in problem["errors"][0]["message"]
    assert redeem(world, secret).status_code == 200


def test_who_has_an_account_cannot_be_invited_again(world: World) -> None:
    user = joined(world)
    for method in ("POST", "DELETE"):
        is_problem(world.call("admin", method, f"/users/{user['id']}/invitation"), 409, "not_invited")


def test_an_invitation_sent_twice_with_one_key_makes_one_account_and_one_mail(world: World) -> None:
    wanted = body(world)
    first = world.call("admin", "POST", "/users", wanted, Idempotency_Key=wanted["login"])
    second = world.call("admin", "POST", "/users", wanted, Idempotency_Key=wanted["login"])
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert first.headers["Location"] == second.headers["Location"]
    world.session.rollback()
    count = sa.select(sa.func.count()).select_from(Mail).where(Mail.recipient == wanted["email"])
    assert world.session.scalar(count) == 1


def test_a_login_is_given_once(world: World) -> None:
    user = invited(world)
    problem = is_problem(world.call("admin", "POST", "/users", body(world, login=user["login"])), 422)
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/login", "taken")]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"login": "Groß"}, "/login"),
        ({"login": "mit leer"}, "/login"),
        ({"login": "-vorn"}, "/login"),
        ({"name": "   "}, "/name"),
        ({"name": "Zwei\nZeilen"}, "/name"),
        ({"email": "keine"}, "/email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "/email"),
        ({"language": "fr"}, "/language"),
        ({"memberships": []}, "/memberships"),
        ({"surplus": 1}, "/surplus"),
    ],
)
def test_an_invitation_that_is_not_in_order_is_refused(world: World, changes: dict[str, object], pointer: str) -> None:
    problem = is_problem(world.call("admin", "POST", "/users", body(world, **changes)), 422)
    assert pointer in {one["pointer"] for one in problem["errors"]}


@pytest.mark.parametrize(("role", "place"), [("hr", "alliance"), ("admin", "ruhla"), ("provider", "itnet")])
def test_an_organisation_has_its_own_roles_only(world: World, role: str, place: str) -> None:
    problem = is_problem(world.call("admin", "POST", "/users", body(world, role, place)), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["/memberships/0/role"]


def test_old_links_are_forgotten(world: World) -> None:
    user = invited(world)
    later = utcnow() + links.LIFETIME[links.INVITATION] + links.KEEP
    assert links.forget_old(world.session, later - timedelta(hours=1)) == 0
    links.forget_old(world.session, later + timedelta(hours=1))
    assert world.session.scalar(sa.select(OneTimeLink.id).where(OneTimeLink.user_id == user["id"])) is None
    world.session.rollback()
    assert stored(world, user["id"]).password_hash == ""
