"""Somebody leaves: everything taken on goes to a successor or back to the groups, and the histories say so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.engine.models import Case, Task
from app.identity.models import Deputy, User
from app.inbox import handover
from app.inbox.handover import CHUNK
from app.platform.clock import utcnow
from app.platform.db import counting, unit_of_work
from app.platform.ids import new_id
from tests.contract.stage import Stage, is_problem
from tests.inbox.test_claims_and_drafts import EXPENSIVE, FIRST, SECOND, colleague
from tests.world import NOW, World

WHY = "Verlässt uns zum Jahresende"


def leaver(world: World, role: str = "hr", of: str = "hr") -> str:
    """Somebody new, so that each test sees its own tasks only."""
    return colleague(world, f"geht-{new_id()}", role, of)


def taken_by(stage: Stage, login: str, element: str, draft: dict[str, Any] | None = None, at: str = "hr") -> str:
    """An open task that ``login`` has taken on, perhaps with a draft; its id."""
    task_id = stage.own_task(element, at)
    assert stage.world.call(login, "POST", f"/tasks/{task_id}/claim").status_code == 200
    if draft is not None:
        stage.world.call(login, "POST", f"/tasks/{task_id}/draft", {"data": draft})
    return task_id


def send(world: World, login: str, leaving: str, to: str | None) -> Any:
    response = world.call(login, "POST", "/tasks/hand-over", {"from_user": leaving, "to_user": to, "reason": WHY})
    assert response.status_code == 200, response.text
    return response.json


def of_task(world: World, task_id: str) -> Any:
    world.session.rollback()
    statement = sa.select(Task.assignee_id, Task.draft, Task.state, Task.case_id).where(Task.id == task_id)
    return world.session.execute(statement).one()


def user_id(world: World, login: str) -> str:
    return str(world.session.scalar(sa.select(User.id).where(User.login == login)))


# --- tasks ----------------------------------------------------------------------------------------


def test_all_tasks_go_to_the_successor_with_their_drafts(stage: Stage) -> None:
    world = stage.world
    gone, next_one = leaver(world), colleague(world, "hr-nachfolge", "hr", of="hr")
    first = taken_by(stage, gone, "capture_demand", {"course_title": "Halb fertig"})
    second = taken_by(stage, gone, "capture_demand")
    other = stage.own_task("capture_demand")
    world.call("hr", "POST", f"/tasks/{other}/claim")
    answer = send(world, "hr", gone, next_one)
    assert (answer["assigned"], answer["pool"]) == (2, 0)
    assert {item["id"] for item in answer["items"]} == {first, second}
    assert {of_task(world, key).assignee_id for key in (first, second)} == {user_id(world, next_one)}
    assert "Halb fertig" in world.call(next_one, "GET", f"/tasks/{first}").text
    assert of_task(world, other).assignee_id == user_id(world, "hr"), "tasks of others stay"
    assert send(world, "hr", gone, next_one)["items"] == [], "once more does no harm"


def test_without_a_successor_everything_goes_back_to_the_groups(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    task_id = taken_by(stage, gone, "capture_demand", {"course_title": "Halb fertig"})
    answer = send(world, "hr", gone, None)
    assert (answer["assigned"], answer["pool"]) == (0, 1)
    assert of_task(world, task_id).assignee_id is None
    assert "Halb fertig" in world.call("hr", "GET", f"/tasks/{task_id}").text
    assert world.call("hr", "POST", f"/tasks/{task_id}/claim").status_code == 200


def test_what_the_successor_may_not_do_is_left_to_the_group_and_named(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    task_id = taken_by(stage, gone, "capture_demand")
    (item,) = send(world, "hr", gone, "works-council")["items"]
    assert (item["id"], item["outcome"], item["name"]) == (task_id, "pool", "Bedarf erfassen")
    assert of_task(world, task_id).assignee_id is None


def test_nobody_gets_the_second_review_after_the_first(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("second_review", changes=EXPENSIVE)
    task_id = world.open_task(case_id, "second_review")["id"]
    gone = leaver(world, "funding_adviser", FIRST)
    world.call(gone, "POST", f"/tasks/{task_id}/claim")
    statement = sa.select(User.login).join(Task, Task.completed_by == User.id)
    first = world.session.scalar(statement.where(Task.case_id == case_id, Task.element == "review_assessment"))
    assert send(world, "coordinator", gone, first)["pool"] == 1
    world.call(gone, "POST", f"/tasks/{task_id}/claim")
    assert send(world, "coordinator", gone, {FIRST: SECOND, SECOND: FIRST}[str(first)])["assigned"] == 1


def test_somebody_who_is_locked_out_already_can_be_handed_over(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    task_id = taken_by(stage, gone, "capture_demand")
    with unit_of_work(world.session):
        world.session.execute(sa.update(User).where(User.login == gone).values(active=False))
    assert send(world, "admin", gone, "hr")["assigned"] == 1
    assert of_task(world, task_id).assignee_id == user_id(world, "hr")


# --- who may, and how far it reaches --------------------------------------------------------------


def test_hr_reaches_its_own_company_only(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world, of="hr2")
    task_id = taken_by(stage, gone, "capture_demand", at="hr2")
    body = {"from_user": gone, "to_user": None, "reason": WHY}
    with stage.nothing_changes():
        problem = is_problem(world.call("hr", "POST", "/tasks/hand-over", body), 422, "unknown_user")
    assert [error["pointer"] for error in problem["errors"]] == ["/from_user"]
    assert of_task(world, task_id).assignee_id == user_id(world, gone)
    assert send(world, "hr2", gone, None)["pool"] == 1


def test_the_coordinator_reaches_the_alliance_and_providers_but_no_company(stage: Stage) -> None:
    world = stage.world
    gone = leaver(world, "coordinator", "coordinator")
    colleague(world, gone, "coordinator", "coordinator")
    task_id = taken_by(stage, gone, "check_completeness")
    assert send(world, "coordinator", gone, "coordinator")["assigned"] == 1
    assert of_task(world, task_id).assignee_id == user_id(world, "coordinator")
    of_company = leaver(world)
    taken_by(stage, of_company, "capture_demand")
    body = {"from_user": of_company, "to_user": None, "reason": WHY}
    is_problem(world.call("coordinator", "POST", "/tasks/hand-over", body), 422, "unknown_user")


def test_an_administrator_moves_everything_and_sees_no_content(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    case_id = world.case_at("capture_demand")
    with unit_of_work(world.session):
        world.session.execute(sa.update(Case).where(Case.id == case_id).values(title="Geheim-Markierung"))
        world.session.execute(sa.update(Task).where(Task.case_id == case_id).values(name="Bedarf: Geheim-Markierung"))
    task_id = world.open_task(case_id, "capture_demand")["id"]
    world.call(gone, "POST", f"/tasks/{task_id}/claim")
    world.call(gone, "POST", f"/tasks/{task_id}/draft", {"data": {"course_title": "Geheim-Markierung"}})
    answer = world.call("admin", "POST", "/tasks/hand-over", {"from_user": gone, "to_user": "hr", "reason": WHY})
    assert answer.status_code == 200
    assert "Geheim" not in answer.text
    (item,) = answer.json["items"]
    assert set(item) == {"id", "case", "element", "name", "outcome"}
    assert item["case"].startswith("FF-20")
    is_problem(world.call("admin", "GET", f"/tasks/{task_id}"), 404)


@pytest.mark.parametrize("login", ["works-council", "employee", "provider", "funding-adviser", "auditor"])
def test_nobody_else_hands_over(stage: Stage, login: str) -> None:
    body = {"from_user": "hr", "to_user": None, "reason": WHY}
    with stage.nothing_changes():
        is_problem(stage.world.call(login, "POST", "/tasks/hand-over", body), 403, "forbidden")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"from_user": "nobody"}, "/from_user"),
        ({"to_user": "nobody"}, "/to_user"),
        ({"to_user": "hr"}, "/to_user"),
        ({"reason": " "}, "/reason"),
        ({"from_user": ""}, "/from_user"),
    ],
)
def test_what_is_wrong_is_named(stage: Stage, change: dict[str, Any], pointer: str) -> None:
    body = {"from_user": "hr", "to_user": None, "reason": WHY, **change}
    with stage.nothing_changes():
        problem = is_problem(stage.world.call("hr", "POST", "/tasks/hand-over", body), 422)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


# --- histories ------------------------------------------------------------------------------------


def test_each_case_says_what_was_handed_over_once(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    case_id = str(of_task(world, taken_by(stage, gone, "capture_demand")).case_id)
    version = world.call("hr", "GET", f"/cases/{case_id}").headers["ETag"]
    send(world, "hr", gone, None)
    entry = world.call("hr", "GET", f"/cases/{case_id}/history?limit=100").json["items"][-1]
    assert (entry["kind"], entry["summary"]) == ("tasks.handed_over", "Aufgaben übergeben: Bedarf erfassen.")
    assert entry["payload"]["handover_reason"] == WHY
    assert entry["actor"]["name"] == world.driver().actor("hr").name
    assert world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
    assert world.call("hr", "GET", f"/cases/{case_id}").headers["ETag"] == version, "no step of the case"
    world.walker().to_end(case_id, "check_completeness")
    assert world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


def test_a_hand_over_does_not_bind_an_answer(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world, "coordinator", "coordinator")
    case_id = world.case_at("check_completeness")
    check = world.open_task(case_id, "check_completeness")["id"]
    world.call(gone, "POST", f"/tasks/{check}/claim")
    send(world, "coordinator", gone, "coordinator")
    done = world.session.scalar(sa.select(Task.id).where(Task.case_id == case_id, Task.state == "completed"))
    assert world.call("hr", "POST", f"/tasks/{done}/reopen", {"reason": "Versehen"}).status_code == 200


# --- deputies -------------------------------------------------------------------------------------


def stands_in(world: World, member: str, deputy: str, days: int = 30) -> str:
    """A deputyship that runs now; its id."""
    now, key = utcnow(), new_id()
    ids = {"member_user_id": user_id(world, member), "deputy_user_id": user_id(world, deputy)}
    with unit_of_work(world.session):
        until = now + timedelta(days=days)
        world.session.add(Deputy(id=key, valid_from=now - timedelta(days=60), valid_until=until, **ids))
    return key


def deputy(world: World, key: str) -> Deputy:
    world.session.rollback()
    return world.session.get_one(Deputy, key, populate_existing=True)


def test_whom_the_leaver_stood_in_for_the_successor_stands_in_for(stage: Stage) -> None:
    world, gone, member = stage.world, leaver(stage.world), leaver(stage.world)
    running, over = stands_in(world, member, gone), stands_in(world, member, gone, days=-1)
    of_gone, foreign = stands_in(world, gone, member), stands_in(world, "hr2", gone)
    assert send(world, "hr", gone, "hr")["deputies"] == 2
    assert deputy(world, running).deputy_user_id == user_id(world, "hr")
    assert deputy(world, over).deputy_user_id == user_id(world, gone), "what is over stays as it was"
    assert deputy(world, of_gone).valid_until <= utcnow(), "nobody acts for somebody who has left"
    assert deputy(world, foreign).deputy_user_id == user_id(world, gone), "another company's affair"
    assert send(world, "admin", gone, "hr")["deputies"] == 1
    assert deputy(world, foreign).valid_until <= utcnow(), "the successor is no colleague of that member"


def test_the_employer_does_not_come_to_stand_in_for_the_works_council(stage: Stage) -> None:
    world = stage.world
    gone, member = leaver(world, "works_council"), leaver(world, "works_council")
    to_hr, to_council = stands_in(world, member, gone), stands_in(world, leaver(world), gone)
    assert send(world, "hr", gone, "hr")["deputies"] == 2
    assert deputy(world, to_hr).valid_until <= utcnow(), "ended, not passed on"
    assert deputy(world, to_council).deputy_user_id == user_id(world, "hr")


# --- many -----------------------------------------------------------------------------------------


def test_thousands_of_tasks_take_a_bounded_number_of_statements(stage: Stage) -> None:
    world, gone = stage.world, leaver(stage.world)
    source = taken_by(stage, gone, "capture_demand")
    cases = [of_task(world, source).case_id, *(world.case_at("capture_demand") for _ in range(2))]
    row = dict(world.session.execute(sa.select(Task.__table__).where(Task.id == source)).mappings().one())
    copies = [{**row, "id": new_id(), "case_id": cases[number % 3]} for number in range(3 * CHUNK)]
    with unit_of_work(world.session):
        world.session.execute(sa.insert(Task), copies)
    actor = world.driver().actor("hr")
    with unit_of_work(world.session), counting() as counter:
        answer = handover.hand_over(world.session, actor, gone, "hr", WHY, NOW)
    assert answer["assigned"] == 3 * CHUNK + 1
    assert counter.statements <= 6 * 4 + 6
    for case_id in cases:
        assert world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Task).where(Task.id.in_([copy["id"] for copy in copies])))
