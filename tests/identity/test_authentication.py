"""From a token to an actor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import service
from app.identity.models import Deputy, User
from app.platform.db import counting, unit_of_work
from app.platform.ids import new_id
from tests.conftest import People

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def deputise(session: Session, member: User, deputy: User, start: datetime, end: datetime) -> None:
    with unit_of_work(session):
        session.add(
            Deputy(
                id=new_id(),
                member_user_id=member.id,
                deputy_user_id=deputy.id,
                valid_from=start,
                valid_until=end,
            )
        )


def test_a_token_is_its_user_with_all_roles_in_one_statement(session: Session, people: People) -> None:
    acme, bolt = people.organisation("Acme"), people.organisation("Bolt", "provider")
    user = people.user("multi", ("hr", acme), ("employee", acme), ("provider", bolt))
    token = people.token(user, NOW)
    with counting() as counter:
        actor = service.authenticate(session, token, NOW)
    assert counter.statements == 1
    assert actor is not None
    assert (actor.user_id, actor.login, actor.name) == (user.id, "multi", "Multi")
    assert [(grant.role, grant.organisation_name, grant.organisation_kind) for grant in actor.grants] == [
        ("employee", "Acme GmbH", "company"),
        ("hr", "Acme GmbH", "company"),
        ("provider", "Bolt GmbH", "provider"),
    ]
    assert len(actor.employee_ids) == 1


def test_deputies_cost_no_second_statement(session: Session, people: People) -> None:
    acme = people.organisation("Acme")
    member, deputy = people.user("member", ("hr", acme)), people.user("deputy")
    deputise(session, member, deputy, NOW, NOW + timedelta(days=1))
    token = people.token(deputy, NOW)
    with counting() as counter:
        assert service.authenticate(session, token, NOW) is not None
    assert counter.statements == 1


def test_a_user_without_roles_is_known_but_may_nothing(session: Session, people: People) -> None:
    actor = service.authenticate(session, people.token(people.user("new"), NOW), NOW)
    assert actor is not None
    assert actor.grants == ()


@pytest.mark.parametrize("token", ["", "x", "ü" * 50, "\x00", "a" * 10_000, "\ud800"])
def test_an_unknown_token_is_nobody(session: Session, people: People, token: str) -> None:
    people.token(people.user("hr"), NOW)
    assert service.authenticate(session, token, NOW) is None


def test_the_stored_hash_is_no_token(session: Session, people: People) -> None:
    people.token(people.user("hr"), NOW)
    stored = session.scalar(sa.text("SELECT token_hash FROM access_token"))
    assert service.authenticate(session, str(stored), NOW) is None


def test_a_token_ends_when_it_expires(session: Session, people: People) -> None:
    token = people.token(people.user("hr"), NOW, timedelta(hours=1))
    end = NOW + timedelta(hours=1)
    assert service.authenticate(session, token, end - TICK) is not None
    assert service.authenticate(session, token, end) is None


def test_signing_out_ends_this_token_and_no_other(session: Session, people: People) -> None:
    user = people.user("hr")
    one, other = people.token(user, NOW), people.token(user, NOW)
    with unit_of_work(session):
        service.sign_out(session, one, NOW)
    assert service.authenticate(session, one, NOW) is None
    assert service.authenticate(session, other, NOW) is not None


def test_a_deactivated_user_is_nobody_at_once(session: Session, people: People) -> None:
    user = people.user("left", active=False)
    assert service.authenticate(session, people.token(user, NOW), NOW) is None


def test_a_deputy_holds_the_members_roles_exactly_in_the_window(session: Session, people: People) -> None:
    acme = people.organisation("Acme")
    member, deputy = people.user("member", ("hr", acme)), people.user("deputy", ("works_council", acme))
    start, end = NOW + timedelta(days=1), NOW + timedelta(days=3)
    deputise(session, member, deputy, start, end)
    token = people.token(deputy, NOW, timedelta(days=30))

    def acts_as_hr(moment: datetime) -> bool:
        actor = service.authenticate(session, token, moment)
        assert actor is not None
        assert actor.has_role("works_council"), "the own role does not depend on it"
        found = actor.acts_for("hr", acme.id)
        assert found is None or found.on_behalf_of == member.id
        return found is not None

    moments = [start - TICK, start, end - TICK, end, end + TICK]
    assert [acts_as_hr(moment) for moment in moments] == [False, True, True, False, False]


def test_being_an_employee_cannot_be_deputised(session: Session, people: People) -> None:
    acme = people.organisation("Acme")
    member, deputy = people.user("member", ("hr", acme), ("employee", acme)), people.user("deputy")
    deputise(session, member, deputy, NOW, NOW + timedelta(days=1))
    actor = service.authenticate(session, people.token(deputy, NOW), NOW)
    assert actor is not None
    assert actor.roles == {"hr"}
    assert actor.employee_ids == frozenset()


def test_nobody_stands_in_for_somebody_who_left(session: Session, people: People) -> None:
    acme = people.organisation("Acme")
    member, deputy = people.user("member", ("hr", acme), active=False), people.user("deputy")
    deputise(session, member, deputy, NOW, NOW + timedelta(days=1))
    actor = service.authenticate(session, people.token(deputy, NOW), NOW)
    assert actor is not None
    assert actor.grants == ()


def test_deputising_is_neither_mutual_nor_inherited(session: Session, people: People) -> None:
    acme, bolt = people.organisation("Acme"), people.organisation("Bolt")
    first, second, third = people.user("a", ("hr", acme)), people.user("b", ("hr", bolt)), people.user("c")
    deputise(session, first, second, NOW, NOW + timedelta(days=1))
    deputise(session, second, third, NOW, NOW + timedelta(days=1))
    actor = service.authenticate(session, people.token(third, NOW), NOW)
    assert actor is not None
    assert actor.organisations("hr") == {bolt.id}
    member = service.authenticate(session, people.token(first, NOW), NOW)
    assert member is not None
    assert member.organisations("hr") == {acme.id}


def test_two_overlapping_windows_give_each_role_once(session: Session, people: People) -> None:
    acme = people.organisation("Acme")
    member, deputy = people.user("member", ("hr", acme)), people.user("deputy")
    deputise(session, member, deputy, NOW - timedelta(days=2), NOW + timedelta(days=1))
    deputise(session, member, deputy, NOW - timedelta(days=1), NOW + timedelta(days=2))
    actor = service.authenticate(session, people.token(deputy, NOW), NOW)
    assert actor is not None
    assert len(actor.grants) == 1


def test_me_lists_deputies_in_both_directions_until_they_end(session: Session, people: People) -> None:
    me, stand_in, boss = people.user("me"), people.user("stand-in"), people.user("boss")
    deputise(session, me, stand_in, NOW, NOW + timedelta(days=1))
    deputise(session, boss, me, NOW + timedelta(days=1), NOW + timedelta(days=2))
    deputise(session, boss, stand_in, NOW, NOW + timedelta(days=2))
    actor = service.authenticate(session, people.token(me, NOW), NOW)
    assert actor is not None
    found = service.deputyships(session, actor, NOW)
    assert [(row.direction, row.login) for row in found] == [("for_me", "stand-in"), ("by_me", "boss")]
    later = service.deputyships(session, actor, NOW + timedelta(days=1))
    assert [row.login for row in later] == ["boss"]


def test_old_tokens_are_forgotten_a_week_after_they_expired(session: Session, people: People) -> None:
    user = people.user("hr")
    people.token(user, NOW)
    fresh = people.token(user, NOW + timedelta(days=8))
    with unit_of_work(session):
        assert service.forget_expired(session, NOW + timedelta(days=8)) == 1
    assert service.authenticate(session, fresh, NOW + timedelta(days=8)) is not None
