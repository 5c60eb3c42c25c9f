"""Claiming, handing over, drafts, four eyes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.engine.models import Task
from app.identity.models import Membership, User
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from tests.contract.stage import Stage, is_problem
from tests.world import NOW, World

FIRST, SECOND = "funding-adviser", "funding-adviser2"
EXPENSIVE = {"company_evidence": {"planned_price": 48000}}


def colleague(world: World, login: str, role: str, of: str) -> str:
    """One more user with ``role`` in the organisation of the login ``of``."""
    session = world.session
    if session.scalar(sa.select(User.id).where(User.login == login)) is None:
        hashed = session.scalar(sa.select(User.password_hash).where(User.login == of)) or ""
        values: dict[str, Any] = {"email": "x@example.org", "active": True, "created_at": NOW, "password_hash": hashed}
        user = User(id=new_id(), login=login, name=login.title(), **values)
        organisation = world.organisation(of)
        with unit_of_work(session):
            session.add(user)
            session.flush()
            session.add(Membership(id=new_id(), user_id=user.id, organisation_id=organisation, role=role))
    return login


# --- claims --------------------------------------------------------------------------------------


def test_what_somebody_has_claimed_is_taken_for_the_others(stage: Stage) -> None:
    world, path = stage.world, f"/tasks/{stage.own_task('review_assessment')}"
    assert world.call(FIRST, "POST", f"{path}/claim").json["assignee"]["name"] == "Miriam Albrecht"
    assert world.call(FIRST, "POST", f"{path}/claim").status_code == 200, "once more does no harm"
    with stage.nothing_changes():
        for action, body in (("claim", None), ("release", None), ("draft", {"data": {}}), ("complete", {"data": {}})):
            problem = is_problem(world.call(SECOND, "POST", f"{path}/{action}", body), 409, "taken")
            assert "Miriam Albrecht" in problem["detail"]
    assert world.call(FIRST, "POST", f"{path}/release").json["assignee"] is None
    assert world.call(SECOND, "POST", f"{path}/claim").json["assignee"]["name"] == "Tobias Reichelt"


def test_completing_claims_an_unclaimed_task(stage: Stage) -> None:
    task_id = stage.own_task("check_completeness")
    stage.world.call("coordinator", "POST", f"/tasks/{task_id}/complete", {"data": {"completeness": "complete"}})
    done = stage.world.call("coordinator", "GET", f"/tasks/{task_id}").json
    assert (done["state"], done["assignee"]["name"]) == ("completed", "Katrin Vogelsang")


def test_a_task_is_handed_to_a_colleague_who_may_do_it(stage: Stage) -> None:
    world, path = stage.world, f"/tasks/{stage.own_task('capture_demand')}"
    other = colleague(world, "hr-colleague", "hr", of="hr")
    assigned = world.call("hr", "POST", f"{path}/assign", {"user": other})
    assert assigned.json["assignee"]["name"] == "Hr-Colleague"
    is_problem(world.call("hr", "POST", f"{path}/claim"), 409, "taken")
    assert world.call("coordinator", "POST", f"{path}/assign", {"user": "hr"}).status_code == 200, "steers everybody"
    assert world.call("hr", "GET", "/tasks?assignee=me").json["items"]


@pytest.mark.parametrize("login", ["hr2", "works-council", "coordinator", "nobody", "admin", "' OR 1=1", "x" * 80])
def test_a_task_is_not_handed_to_anybody_else(stage: Stage, login: str) -> None:
    path = f"/tasks/{stage.task('capture_demand')}/assign"
    with stage.nothing_changes():
        problem = is_problem(stage.world.call("hr", "POST", path, {"user": login}), 422, "unknown_user")
    assert [error["pointer"] for error in problem["errors"]] == ["/user"]


def test_a_user_who_has_left_gets_no_task(stage: Stage) -> None:
    world = stage.world
    gone = colleague(world, "hr-gone", "hr", of="hr")
    with unit_of_work(world.session):
        world.session.execute(sa.update(User).where(User.login == gone).values(active=False))
    path = f"/tasks/{stage.task('capture_demand')}/assign"
    is_problem(world.call("hr", "POST", path, {"user": gone}), 422, "unknown_user")


def test_only_coordination_and_hr_hand_tasks_over(stage: Stage) -> None:
    path = f"/tasks/{stage.task('works_council_word')}/assign"
    is_problem(stage.world.call("works-council", "POST", path, {"user": "works-council"}), 403, "forbidden")
    is_problem(stage.world.call("hr", "POST", path, {"user": "works-council"}), 403, "not_your_task")


# --- drafts --------------------------------------------------------------------------------------


def test_a_draft_is_kept_as_it_was_typed(stage: Stage) -> None:
    world, path = stage.world, f"/tasks/{stage.own_task('capture_demand')}"
    typed = {"course_title": "S", "dqr_level": 99, "window_from": "irgendwann", "mode": "online", "surplus": "weg"}
    assert world.call("hr", "POST", f"{path}/draft", {"data": typed}).status_code == 200
    kept = world.call("hr", "GET", path).json["data"]
    assert {key: kept[key] for key in typed if key != "surplus"} == {
        key: typed[key] for key in typed if key != "surplus"
    }
    assert "surplus" not in kept
    assert world.call("hr", "POST", f"{path}/draft", {"data": {"course_title": "Neu"}}).status_code == 200
    assert world.call("hr", "GET", path).json["data"]["course_title"] == "Neu"


def test_a_draft_is_for_those_who_may_do_the_task(stage: Stage) -> None:
    world, task_id = stage.world, stage.own_task("works_council_word")
    path = f"/tasks/{task_id}"
    body = {"data": {"works_council_statement": "objection", "works_council_note": "Entwurf-Markierung"}}
    assert world.call("works-council", "POST", f"{path}/draft", body).status_code == 200
    world.call("works-council", "POST", f"{path}/claim")
    case_id = world.call("hr", "GET", path).json["case"]["id"]
    for login in ("hr", "coordinator", "auditor", "funding-adviser"):
        for address in (path, f"/cases/{case_id}", f"/cases/{case_id}/history?limit=100"):
            assert "Entwurf-Markierung" not in world.call(login, "GET", address).text
    world.call("works-council", "POST", f"{path}/release")
    assert "Entwurf-Markierung" in world.call("works-council", "GET", path).text, "released, not lost"


def test_a_draft_ends_with_its_task(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("check_completeness")
    task_id = world.open_task(case_id, "check_completeness")["id"]
    body = {"data": {"completeness": "ask_back", "completeness_note": "Entwurf-Markierung"}}
    world.call("coordinator", "POST", f"/tasks/{task_id}/draft", body)
    world.call("coordinator", "POST", f"/tasks/{task_id}/complete", {"data": {"completeness": "complete"}})
    assert world.session.scalar(sa.select(Task.draft).where(Task.id == task_id)) is None
    assert "Entwurf" not in world.call("coordinator", "GET", f"/tasks/{task_id}").text
    other = stage.own_task("works_council_word")
    world.call("works-council", "POST", f"/tasks/{other}/draft", {"data": {"works_council_remark": "Entwurf"}})
    of_case = world.session.scalar(sa.select(Task.case_id).where(Task.id == other))
    world.call("hr", "POST", f"/cases/{of_case}/withdrawal", {"reason": "weil"})
    world.session.rollback()
    assert world.session.execute(sa.select(Task.state, Task.draft).where(Task.id == other)).one() == ("cancelled", None)


# --- four eyes -----------------------------------------------------------------------------------


def test_nobody_does_both_reviews(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("second_review", changes=EXPENSIVE)
    task_id = world.open_task(case_id, "second_review")["id"]
    first = world.session.scalar(
        sa.select(User.login)
        .join(Task, Task.completed_by == User.id)
        .where(Task.case_id == case_id, Task.element == "review_assessment")
    )
    other = {FIRST: SECOND, SECOND: FIRST}[str(first)]
    path, answers = f"/tasks/{task_id}", {"data": {"second_review": "accept"}}
    with stage.nothing_changes():
        for action, body in (("claim", None), ("draft", answers), ("complete", answers)):
            is_problem(world.call(first, "POST", f"{path}/{action}", body), 403, "four_eyes")
        is_problem(world.call("coordinator", "POST", f"{path}/assign", {"user": first}), 422, "unknown_user")
    shown = world.call(first, "GET", path).json
    assert (shown["may_complete"], shown["form"]) == (False, None)
    mine = world.call(first, "GET", f"/tasks?case={case_id}").json["items"]
    visible = world.call(first, "GET", f"/tasks?case={case_id}&scope=visible").json["items"]
    assert (mine, [task["may_complete"] for task in visible]) == ([], [False])
    assert world.call("coordinator", "POST", f"{path}/assign", {"user": other}).status_code == 200
    assert world.call(other, "POST", f"{path}/complete", answers).status_code == 200
