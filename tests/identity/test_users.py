"""Administering users: who is in sight, roles given and taken, accounts closed and reopened."""

from __future__ import annotations

import threading
from contextvars import Context
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.identity.administration import NewUser, deactivate, invite
from app.identity.authentication import authenticate
from app.identity.directory import actor_for_login
from app.identity.memberships import Role
from app.identity.models import Membership, Organisation, User
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.ids import new_id
from app.platform.problems import Unprocessable
from tests.contract.stage import is_problem
from tests.identity.office import (
    bearer,
    body,
    changes_of,
    invited,
    joined,
    redeem,
    secret_for,
    sign_in,
    stored,
)
from tests.world import World


def organisation(world: World, short: str) -> str:
    found = world.session.scalar(sa.select(Organisation.id).where(Organisation.short_name == short))
    assert found is not None
    return found


def user_id(world: World, login: str) -> str:
    found = world.session.scalar(sa.select(User.id).where(User.login == login))
    assert found is not None
    return found


def free_employee(world: World, login: str = "hr") -> str:
    """An employee of the login's company without an account."""
    taken = sa.select(Membership.employee_id).where(Membership.employee_id.is_not(None))
    statement = "SELECT id FROM employee WHERE company_id = :company ORDER BY staff_number DESC"
    rows = world.session.execute(sa.text(statement), {"company": world.organisation(login)})
    return next(row.id for row in rows if row.id not in set(world.session.scalars(taken)))


def employee_body(world: World, login: str = "hr", place: str = "ruhla", **changes: Any) -> dict[str, Any]:
    role = {"role": "employee", "organisation": organisation(world, place), "employee": free_employee(world, login)}
    return body(world, **{"memberships": [role], **changes})


# --- who is in sight -----------------------------------------------------------------------------


def test_the_administration_sees_everybody_hr_the_own_company(world: World) -> None:
    everybody = world.call("admin", "GET", "/users?limit=100").get_json()["items"]
    own = world.call("hr", "GET", "/users?limit=100").get_json()["items"]
    assert {"admin", "hr", "hr2", "provider"} <= {user["login"] for user in everybody}
    assert {"hr", "works-council", "employee"} <= {user["login"] for user in own}
    assert not {"hr2", "admin", "provider", "coordinator"} & {user["login"] for user in own}


def test_hr_sees_of_a_colleague_only_the_roles_in_the_own_company(world: World) -> None:
    user = joined(world, "works_council", "ruhla")
    extra = {"role": "works_council", "organisation": organisation(world, "suhl")}
    assert world.call("admin", "POST", f"/users/{user['id']}/memberships", extra).status_code == 200
    shown = world.call("hr", "GET", f"/users/{user['id']}").get_json()
    assert [one["organisation"]["name"] for one in shown["memberships"]] == ["Ruhlaer Presswerk GmbH"]


def test_a_user_of_another_company_does_not_exist_for_hr(world: World) -> None:
    other = user_id(world, "hr2")
    for method, path in (
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/invitation"),
        ("DELETE", "/invitation"),
        ("POST", "/memberships"),
        ("DELETE", f"/memberships/{new_id()}"),
        ("POST", "/deactivate"),
        ("POST", "/activate"),
    ):
        sent = {"role": "hr", "organisation": world.organisation("hr")} if path == "/memberships" else None
        sent = {"name": "Neu"} if method == "PATCH" else sent
        is_problem(world.call("hr", method, f"/users/{other}{path}", sent), 404)


def test_hr_may_look_at_colleagues_but_not_change_them(world: World) -> None:
    colleague = user_id(world, "works-council")
    assert world.call("hr", "GET", f"/users/{colleague}").status_code == 200
    is_problem(world.call("hr", "PATCH", f"/users/{colleague}", {"name": "Neu"}), 403)
    for action in ("deactivate", "activate"):
        is_problem(world.call("hr", "POST", f"/users/{colleague}/{action}"), 403)
    extra = {"role": "hr", "organisation": world.organisation("hr")}
    is_problem(world.call("hr", "POST", f"/users/{colleague}/memberships", extra), 403)


def test_a_list_is_searched_filtered_and_paged(world: World) -> None:
    marked = [invited(world, name=f"Xaver {number:02} Ölzweig") for number in range(5)]
    assert [user["id"] for user in found(world, "q=xaver&limit=100")] == [user["id"] for user in marked]
    assert len(found(world, "q=ölzweig")) == 5, "upper and lower case are alike, also for umlauts"
    assert found(world, "q=100%25") == []
    seen, cursor = [], ""
    while True:
        page = world.call("admin", "GET", f"/users?q=xaver&limit=2{cursor}").get_json()
        seen += [user["id"] for user in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [user["id"] for user in marked]
    assert {user["state"] for user in found(world, "state=invited&limit=100")} == {"invited"}
    of_ruhla = found(world, f"organisation={world.organisation('hr')}&role=hr&limit=100")
    assert "hr" in {user["login"] for user in of_ruhla}
    assert "employee" not in {user["login"] for user in of_ruhla}


def found(world: World, query: str) -> list[dict[str, Any]]:
    answer = world.call("admin", "GET", f"/users?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


# --- HR invites employees ------------------------------------------------------------------------


def test_hr_invites_an_employee_of_the_own_company(world: World) -> None:
    answer = world.call("hr", "POST", "/users", employee_body(world))
    assert answer.status_code == 201, answer.text
    user = answer.get_json()
    assert user["memberships"][0]["role"] == "employee"
    assert user["memberships"][0]["employee"]["name"]
    assert world.call("hr", "POST", f"/users/{user['id']}/invitation").status_code == 200
    assert redeem(world, secret_for(world, user["email"])).status_code == 200
    me = world.call(None, "GET", "/me", **bearer(world, user["login"])).get_json()
    assert me["roles"] == ["employee"]


def test_hr_invites_nobody_into_another_company(world: World) -> None:
    problem = is_problem(world.call("hr", "POST", "/users", employee_body(world, "hr2", "ilm")), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["/memberships/0/organisation"]


@pytest.mark.parametrize("role", ["hr", "works_council"])
def test_hr_gives_no_other_role_than_employee(world: World, role: str) -> None:
    is_problem(world.call("hr", "POST", "/users", body(world, role, "ruhla")), 403)


def test_hr_does_not_handle_the_invitation_of_somebody_who_is_more_than_an_employee(world: World) -> None:
    user = invited(world, "works_council", "ruhla")
    is_problem(world.call("hr", "POST", f"/users/{user['id']}/invitation"), 403)
    is_problem(world.call("hr", "DELETE", f"/users/{user['id']}/invitation"), 403)
    assert redeem(world, secret_for(world, user["email"])).status_code == 200


def test_one_person_of_the_register_has_one_account(world: World) -> None:
    wanted = employee_body(world)
    assert world.call("hr", "POST", "/users", wanted).status_code == 201
    again = {**wanted, "login": f"{wanted['login']}-2"}
    problem = is_problem(world.call("hr", "POST", "/users", again), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["/memberships/0/employee"]


def test_two_at_once_do_not_link_one_person_twice(world: World) -> None:
    role = Role("employee", world.organisation("hr"), free_employee(world))
    start, outcomes = threading.Barrier(2), []

    def send(login: str) -> None:
        with world.app.app_context():
            session = db.session()
            actor = actor_for_login(session, "admin")
            assert actor is not None
            session.rollback()
            wanted = NewUser(login, "Zwei Mal", f"{login}@example.org", roles=[role])
            start.wait()
            try:
                with unit_of_work(session):
                    invite(session, actor, wanted, utcnow(), "http://127.0.0.1")
                outcomes.append("invited")
            except Unprocessable as problem:
                outcomes.append(problem.errors[0].pointer)
            finally:
                db.session.remove()

    names = (f"eins-{new_id()[-12:]}", f"zwei-{new_id()[-12:]}")
    threads = [threading.Thread(target=Context().run, args=(send, name)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["/memberships/0/employee", "invited"]


@pytest.mark.parametrize("employee", [None, "nobody", "other company"])
def test_an_employee_is_chosen_from_the_own_register(world: World, employee: str | None) -> None:
    chosen = free_employee(world, "hr2") if employee == "other company" else employee
    role = {"role": "employee", "organisation": world.organisation("hr"), "employee": chosen}
    problem = is_problem(world.call("hr", "POST", "/users", body(world, memberships=[role])), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["/memberships/0/employee"]


@pytest.mark.parametrize("login", ["coordinator", "works-council", "employee", "provider", "auditor"])
def test_nobody_else_administers_users(world: World, login: str) -> None:
    is_problem(world.call(login, "GET", "/users"), 403)
    is_problem(world.call(login, "POST", "/users", body(world)), 403)
    is_problem(world.call(login, "GET", f"/users/{user_id(world, login)}"), 404)


# --- roles ---------------------------------------------------------------------------------------


def test_a_role_counts_from_the_next_call_on_until_it_is_taken(world: World) -> None:
    user = joined(world)
    headers = bearer(world, user["login"])
    given = {"role": "coordinator", "organisation": organisation(world, "alliance")}
    changed = world.call("admin", "POST", f"/users/{user['id']}/memberships", given).get_json()
    assert "coordinator" in world.call(None, "GET", "/me", **headers).get_json()["roles"]
    membership = next(one["id"] for one in changed["memberships"] if one["role"] == "coordinator")
    assert world.call("admin", "DELETE", f"/users/{user['id']}/memberships/{membership}").status_code == 200
    assert world.call(None, "GET", "/me", **headers).get_json()["roles"] == ["auditor"]
    assert changes_of(world, user["id"])[-2:] == ["membership.added", "membership.removed"]


def test_a_role_is_held_once(world: World) -> None:
    user = joined(world)
    given = {"role": "auditor", "organisation": organisation(world, "alliance")}
    problem = is_problem(world.call("admin", "POST", f"/users/{user['id']}/memberships", given), 422)
    assert problem["errors"][0]["code"] == "taken"


def test_a_role_of_somebody_else_cannot_be_taken_by_a_wrong_address(world: World) -> None:
    user, other = joined(world), joined(world)
    membership = other["memberships"][0]["id"]
    is_problem(world.call("admin", "DELETE", f"/users/{user['id']}/memberships/{membership}"), 404)
    assert sign_in(world, other["login"]).status_code == 201


# --- accounts closed and reopened ----------------------------------------------------------------


def test_a_closed_account_opens_no_door(world: World) -> None:
    user = joined(world)
    headers = bearer(world, user["login"])
    assert world.call(None, "GET", "/me", **headers).status_code == 200
    shown = world.call("admin", "POST", f"/users/{user['id']}/deactivate").get_json()
    assert shown["state"] == "inactive"
    is_problem(world.call(None, "GET", "/me", **headers), 401)
    is_problem(sign_in(world, user["login"]), 401)
    reopened = world.call("admin", "POST", f"/users/{user['id']}/activate").get_json()
    assert reopened["state"] == "active"
    is_problem(world.call(None, "GET", "/me", **headers), 401)  # what was ended stays ended
    assert sign_in(world, user["login"]).status_code == 201
    assert changes_of(world, user["id"])[-2:] == ["user.deactivated", "user.activated"]


def test_closing_twice_is_closing_once(world: World) -> None:
    user = joined(world)
    for _ in range(2):
        assert world.call("admin", "POST", f"/users/{user['id']}/deactivate").status_code == 200
    assert changes_of(world, user["id"]).count("user.deactivated") == 1


def test_an_account_that_waits_for_its_invitation_is_neither_closed_nor_opened(world: World) -> None:
    user = invited(world)
    for action in ("deactivate", "activate"):
        is_problem(world.call("admin", "POST", f"/users/{user['id']}/{action}"), 409, "never_signed_in")


def test_nobody_closes_the_own_account(world: World) -> None:
    is_problem(world.call("admin", "POST", f"/users/{user_id(world, 'admin')}/deactivate"), 409, "own_account")


def test_the_last_administrator_stays(world: World) -> None:
    """Somebody who is invited, or whose account is closed, cannot administer and does not count."""
    invited(world, "admin")
    closed = joined(world, "admin")
    world.call("admin", "POST", f"/users/{closed['id']}/deactivate")
    me = world.call("admin", "GET", f"/users/{user_id(world, 'admin')}").get_json()
    path = f"/users/{me['id']}/memberships/{me['memberships'][0]['id']}"
    is_problem(world.call("admin", "DELETE", path), 409, "last_administrator")
    other = joined(world, "admin")
    headers = bearer(world, other["login"])
    assert world.call("admin", "DELETE", path).status_code == 200
    back = {"role": "admin", "organisation": organisation(world, "alliance")}
    assert world.call(None, "POST", f"/users/{me['id']}/memberships", back, **headers).status_code == 200
    assert world.call("admin", "POST", f"/users/{other['id']}/deactivate").status_code == 200


def test_two_administrators_who_close_each_other_at_once_leave_one(world: World) -> None:
    pair = [joined(world, "admin"), joined(world, "admin")]
    only = user_id(world, "admin")
    with unit_of_work(world.session):
        world.session.execute(sa.update(User).where(User.id == only).values(active=False))
    start, refused = threading.Barrier(2), []

    def close(actor_login: str, victim: str) -> None:
        with world.app.app_context():
            session = db.session()
            actor = actor_for_login(session, actor_login)
            assert actor is not None
            session.rollback()
            start.wait()
            try:
                with unit_of_work(session):
                    deactivate(session, actor, victim, utcnow())
            except Exception as error:
                refused.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=Context().run, args=(close, pair[0]["login"], pair[1]["id"])),
        threading.Thread(target=Context().run, args=(close, pair[1]["login"], pair[0]["id"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = [user for user in pair if stored(world, user["id"]).active]
    with unit_of_work(world.session):
        world.session.execute(sa.update(User).where(User.id == only).values(active=True))
        world.session.execute(sa.update(User).where(User.id.in_([user["id"] for user in pair])).values(active=False))
    assert len(left) == 1
    assert refused == ["LastAdministrator"]


# --- what is written down, and versions ----------------------------------------------------------


def test_a_change_of_the_address_is_recorded_and_ends_links_to_the_old_one(world: World) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    changed = world.call("admin", "PATCH", f"/users/{user['id']}", {"email": "Neu@Example.org", "name": "Nora Neu"})
    assert (changed.get_json()["email"], changed.get_json()["name"]) == ("neu@example.org", "Nora Neu")
    is_problem(redeem(world, secret), 404, "link_unusable")
    page = world.call("admin", "GET", f"/identity-changes?user={user['id']}&limit=1").get_json()
    assert page["next"] is not None
    entry = page["items"][0]
    assert entry["kind"] == "user.changed"
    assert entry["actor"]["name"] == "Lars Weidner"
    assert entry["payload"]["email"] == [user["email"], "neu@example.org"]


def test_auditors_read_the_changes_others_do_not(world: World) -> None:
    assert world.call("auditor", "GET", "/identity-changes").status_code == 200
    for login in ("hr", "coordinator", "employee"):
        is_problem(world.call(login, "GET", "/identity-changes"), 403)


def test_an_outdated_copy_changes_nothing(world: World) -> None:
    user = joined(world)
    tag = world.call("admin", "GET", f"/users/{user['id']}").headers["ETag"]
    assert world.call("admin", "PATCH", f"/users/{user['id']}", {"name": "Erste"}, If_Match=tag).status_code == 200
    for method, path, sent in (
        ("PATCH", "", {"name": "Zweite"}),
        ("POST", "/deactivate", None),
        ("POST", "/activate", None),
        ("POST", "/invitation", None),
        ("DELETE", "/invitation", None),
        ("POST", "/memberships", {"role": "admin", "organisation": organisation(world, "alliance")}),
        ("DELETE", f"/memberships/{user['memberships'][0]['id']}", None),
    ):
        is_problem(world.call("admin", method, f"/users/{user['id']}{path}", sent, If_Match=tag), 412)
    assert stored(world, user["id"]).name == "Erste"


def test_a_session_that_was_ended_stays_ended_for_pages_too(world: World) -> None:
    user = joined(world)
    secret = bearer(world, user["login"])["Authorization"].removeprefix("Bearer ")
    assert authenticate(world.session, secret, utcnow() + timedelta(minutes=1)) is not None
    world.call("admin", "POST", f"/users/{user['id']}/deactivate")
    world.session.rollback()
    assert authenticate(world.session, secret, utcnow()) is None
