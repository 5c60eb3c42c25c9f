"""Many tasks in one call: each has its own result, as the single calls would have answered."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.engine.models import Task
from app.inbox import bulk
from app.platform.db import counting
from tests.contract.stage import Stage, is_problem
from tests.inbox.test_claims_and_drafts import EXPENSIVE, FIRST, SECOND, colleague
from tests.world import NOW, World


def send(world: World, login: str, ids: list[str], action: str, **more: Any) -> list[dict[str, Any]]:
    response = world.call(login, "POST", "/tasks/bulk", {"ids": ids, "action": action, **more})
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.json["results"]
    assert [result["id"] for result in results] == ids
    return results


def assignees(world: World, ids: list[str]) -> list[str | None]:
    world.session.rollback()
    rows = world.session.execute(sa.select(Task.id, Task.assignee_id).where(Task.id.in_(ids)))
    found = {row.id: row.assignee_id for row in rows}
    return [found[key] for key in ids]


def test_tasks_are_claimed_and_released_together(stage: Stage) -> None:
    world = stage.world
    ids = [stage.own_task("check_completeness") for _ in range(3)]
    me = world.driver().actor("coordinator").user_id
    claimed = send(world, "coordinator", ids, "claim")
    assert {result["status"] for result in claimed} == {200}
    assert {result["task"]["assignee"]["name"] for result in claimed} == {"Katrin Vogelsang"}
    assert assignees(world, ids) == [me] * 3
    assert {result["task"]["assignee"] for result in send(world, "coordinator", ids, "release")} == {None}
    assert assignees(world, ids) == [None] * 3


def test_what_is_refused_stops_no_other(stage: Stage) -> None:
    world, own, council = stage.world, stage.own_task("capture_demand"), stage.own_task("works_council_word")
    foreign, taken = stage.own_task("capture_demand", "hr2"), stage.own_task("capture_demand")
    done = stage.own_task("capture_demand")
    world.walker().to_end(str(world.session.scalar(sa.select(Task.case_id).where(Task.id == done))), "pool_or_alone")
    world.call(colleague(world, "hr-colleague", "hr", of="hr"), "POST", f"/tasks/{taken}/claim")
    before = assignees(world, [council, foreign, taken, done])
    results = send(world, "hr", [council, foreign, own, taken, done, "nothing"], "claim")
    assert [(result["status"], result["code"]) for result in results] == [
        (403, "not_your_task"),
        (404, "not_found"),
        (200, None),
        (409, "taken"),
        (409, "not_open"),
        (404, "not_found"),
    ]
    assert "Hr-Colleague" in results[3]["detail"]
    assert [result["task"] is None for result in results] == [True, True, False, True, True, True]
    assert assignees(world, [council, foreign, taken, done]) == before


def test_tasks_are_assigned_to_who_may_do_them(stage: Stage) -> None:
    world = stage.world
    mine, other = stage.own_task("capture_demand"), stage.own_task("works_council_word")
    target = colleague(world, "hr-colleague", "hr", of="hr")
    results = send(world, "coordinator", [mine, other], "assign", user=target)
    assert [(result["status"], result["code"]) for result in results] == [(200, None), (422, "unknown_user")]
    results = send(world, "hr", [mine, other], "assign", user=target)
    assert [(result["status"], result["code"]) for result in results] == [(200, None), (403, "not_your_task")]


def test_four_eyes_hold_in_bulk_too(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("second_review", changes=EXPENSIVE)
    task_id = world.open_task(case_id, "second_review")["id"]
    tried = {login: send(world, login, [task_id], "claim")[0] for login in (FIRST, SECOND)}
    assert sorted(result["status"] for result in tried.values()) == [200, 403]
    barred = next(login for login, result in tried.items() if result["status"] == 403)
    assert tried[barred]["code"] == "four_eyes"
    assert send(world, "coordinator", [task_id], "assign", user=barred)[0]["code"] == "unknown_user"


def test_it_takes_three_statements_however_many_tasks(stage: Stage) -> None:
    world = stage.world
    ids = [stage.own_task("check_completeness") for _ in range(4)]
    actor = world.driver().actor("coordinator")
    taken = []
    for some in (ids[:1], ids):
        world.session.rollback()
        with counting() as counter:
            bulk.bulk(world.session, actor, some, "claim", None, NOW)
        taken.append(counter.statements)
        world.session.rollback()
    assert taken == [3, 3]


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [], "action": "claim"},
        {"ids": ["x"] * 101, "action": "claim"},
        {"ids": ["x" * 37], "action": "claim"},
        {"ids": ["x"], "action": "complete"},
        {"ids": ["x"], "action": "assign"},
        {"ids": ["x"], "action": "assign", "user": "nobody"},
        {"ids": "x", "action": "claim"},
        {"action": "claim"},
    ],
)
def test_a_call_that_makes_no_sense_is_explained(stage: Stage, body: dict[str, Any]) -> None:
    with stage.nothing_changes():
        assert is_problem(stage.world.call("coordinator", "POST", "/tasks/bulk", body), 422)["errors"]


def test_only_who_steers_assigns(stage: Stage) -> None:
    body = {"ids": [stage.task("works_council_word")], "action": "assign", "user": "works-council"}
    is_problem(stage.world.call("works-council", "POST", "/tasks/bulk", body), 403, "forbidden")
