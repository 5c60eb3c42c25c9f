"""Correcting a submitted answer in the training case: who may, until when, and what the history shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import service as cases
from app.demo.direct import DirectDriver
from app.demo.walker import Walker
from app.engine.models import Case, Snapshot, Task, Wait
from app.engine.service import variables_of
from app.inbox import corrections
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from tests.contract.stage import Stage, is_problem
from tests.inbox.test_claims_and_drafts import EXPENSIVE, FIRST, SECOND, colleague
from tests.world import NOW, World

REASON = {"reason": "Stundenzahl vertauscht"}


def completed(world: World, case_id: str, element: str) -> str:
    """The id of the completed task ``element`` that was done last."""
    done = sa.select(Task.id).where(Task.case_id == case_id, Task.element == element, Task.state == "completed")
    world.session.rollback()
    return str(world.session.scalars(done.order_by(Task.completed_seq.desc())).first())


def captured(world: World) -> tuple[str, str]:
    """A new case whose demand has just been captured: its id and that task's."""
    case_id = world.case_at("check_completeness")
    return case_id, completed(world, case_id, "capture_demand")


# --- every step of the shipped process ------------------------------------------------------------


class Repentant(DirectDriver):
    """Corrects every single answer right after it was given, and gives it again."""

    corrected = 0

    def complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        before = self.standing(task_id)
        super().complete(login, task_id, answers)
        with unit_of_work(self.session):
            corrections.reopen_task(self.session, self.actor(login), self.engine, task_id, "Versehen", self.now)
        assert self.standing(task_id) == before
        self.corrected += 1
        super().complete(login, task_id, answers)

    def standing(self, task_id: str) -> Any:
        """Where the case of a task stands: what is open, what it waits for, its data, its path."""
        self.session.rollback()
        case = self.session.scalars(sa.select(Case).join(Task, Task.case_id == Case.id).where(Task.id == task_id)).one()
        blob = self.session.scalar(
            sa.select(Snapshot.blob).where(Snapshot.case_id == case.id, Snapshot.version == case.version)
        )
        tasks = sa.select(Task.id, Task.element, Task.due_at).where(Task.case_id == case.id, Task.state == "open")
        waits = sa.select(Wait.id, Wait.due_at).where(Wait.case_id == case.id, Wait.state == "open")
        seen = cases.get_case(self.session, self.actor("coordinator"), case.id, "de", self.now)
        path = cases.diagram(self.session, self.actor("coordinator"), case.id)
        return (
            (case.status, case.phase, case.result, case.ended_at, variables_of(blob or b"")),
            *(sorted(map(tuple, self.session.execute(rows))) for rows in (tasks, waits)),
            (seen["steps"], seen["phases"], path["active"], path["completed"], path["flows"]),
        )


def test_every_answer_of_a_whole_case_can_be_corrected_and_nothing_of_it_remains(world: World) -> None:
    driver = Repentant(world.session, world.engine, NOW)
    plain, case_id = world.walker(), driver.start("hr", "Alles berichtigt", {})
    Walker(driver).to_end(case_id)
    untouched = plain.driver.start("hr", "Nichts berichtigt", {})
    plain.to_end(untouched)
    corrected, never = (world.call("hr", "GET", f"/cases/{key}").json for key in (case_id, untouched))
    assert driver.corrected > 20
    assert (corrected["status"], corrected["result"]) == ("completed", "completed")
    assert sorted(corrected["steps"]) == sorted(never["steps"]), "side by side in any order"
    for part in ("summary", "phases"):
        assert corrected[part] == never[part]
    assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
    paths = [world.call("hr", "GET", f"/cases/{key}/diagram").json for key in (case_id, untouched)]
    assert paths[0]["completed"] == paths[1]["completed"]
    assert paths[0]["flows"] == paths[1]["flows"]


# --- who may --------------------------------------------------------------------------------------


def test_who_has_done_it_opens_it_again_with_the_answers_as_draft(stage: Stage) -> None:
    world, (case_id, task_id) = stage.world, captured(stage.world)
    before = world.call("hr", "GET", f"/tasks/{task_id}").json
    assert world.call("hr", "GET", f"/tasks/{task_id}/correction").json == {"allowed": True, "why": None}
    answer = world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON)
    assert (answer.status_code, answer.json["state"], answer.json["may_complete"]) == (200, "open", True)
    assert answer.json["assignee"]["name"] == before["assignee"]["name"]
    data = world.call("hr", "GET", f"/tasks/{task_id}").json["data"]
    assert data["course_hours"] == 160
    open_now = world.call("hr", "GET", f"/cases/{case_id}").json["tasks"]
    assert [task["element"] for task in open_now] == ["capture_demand"]
    done = world.call("hr", "POST", f"/tasks/{task_id}/complete", {"data": {**data, "course_hours": 170}})
    assert done.status_code == 200, done.text
    assert world.call("hr", "GET", f"/cases/{case_id}").json["data"]["course_hours"] == 170


def test_a_colleague_with_the_same_role_may_too(stage: Stage) -> None:
    world, (_case_id, task_id) = stage.world, captured(stage.world)
    other = colleague(world, "hr-colleague", "hr", of="hr")
    answer = world.call(other, "POST", f"/tasks/{task_id}/reopen", REASON)
    assert answer.json["assignee"]["name"] == "Hr-Colleague"


@pytest.mark.parametrize(
    ("login", "status"),
    [("works-council", 403), ("coordinator", 403), ("auditor", 403), ("hr2", 404), ("provider", 404), ("admin", 404)],
)
def test_nobody_else_may(stage: Stage, login: str, status: int) -> None:
    _case_id, task_id = captured(stage.world)
    with stage.nothing_changes():
        is_problem(stage.world.call(login, "POST", f"/tasks/{task_id}/reopen", REASON), status)
    seen = stage.world.call(login, "GET", f"/tasks/{task_id}/correction")
    assert seen.status_code == (404 if status == 404 else 200)
    assert status == 404 or seen.json == {"allowed": False, "why": None}


def test_the_second_pair_of_eyes_is_not_the_first_one(stage: Stage) -> None:
    world, case_id = stage.world, stage.world.case_at("second_review", changes=EXPENSIVE)
    second = world.open_task(case_id, "second_review")["id"]
    done = {FIRST: SECOND, SECOND: FIRST}
    first = next(login for login in done if world.call(login, "GET", f"/tasks/{second}").json["may_complete"] is False)
    answers = {"data": {"second_review": "accept"}}
    assert world.call(done[first], "POST", f"/tasks/{second}/complete", answers).status_code == 200
    with stage.nothing_changes():
        is_problem(world.call(first, "POST", f"/tasks/{second}/reopen", REASON), 403, "four_eyes")
    assert world.call(done[first], "POST", f"/tasks/{second}/reopen", REASON).status_code == 200


# --- until when -----------------------------------------------------------------------------------


def test_once_somebody_has_built_on_it_the_answer_stays(stage: Stage) -> None:
    world = stage.world
    case_id = world.case_at("works_council_word")
    task_id = completed(world, case_id, "capture_demand")
    with stage.nothing_changes():
        problem = is_problem(world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON), 409, "later_step")
    assert "(Vollständigkeit prüfen)" in problem["detail"]
    assert world.call("hr", "GET", f"/tasks/{task_id}/correction").json == {"allowed": False, "why": problem["detail"]}


def test_after_the_next_one_is_taken_back_the_one_before_may_be_corrected(stage: Stage) -> None:
    world = stage.world
    case_id = world.case_at("works_council_word")
    task_id, check = completed(world, case_id, "capture_demand"), completed(world, case_id, "check_completeness")
    assert world.call("coordinator", "POST", f"/tasks/{check}/reopen", REASON).status_code == 200
    assert world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON).status_code == 200
    assert world.call("hr", "GET", f"/cases/{case_id}").json["steps"] == []


def test_what_a_colleague_has_begun_is_not_thrown_away(stage: Stage) -> None:
    world, (case_id, task_id) = stage.world, captured(stage.world)
    check = world.open_task(case_id, "check_completeness")["id"]
    world.call("coordinator", "POST", f"/tasks/{check}/claim")
    assert world.call("hr", "GET", f"/tasks/{task_id}/correction").json["allowed"] is True
    world.call("coordinator", "POST", f"/tasks/{check}/draft", {"data": {"completeness": "ask_back"}})
    is_problem(world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON), 409, "work_begun")


def test_a_withdrawn_case_is_not_corrected_but_its_confirmation_is(stage: Stage) -> None:
    world, (case_id, task_id) = stage.world, captured(stage.world)
    world.call("hr", "POST", f"/cases/{case_id}/withdrawal", {"reason": "Auftrag verloren"})
    is_problem(world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON), 409, "later_step")
    world.walker().to_end(case_id)
    confirmation = completed(world, case_id, "confirm_withdrawal")
    assert world.call("coordinator", "POST", f"/tasks/{confirmation}/reopen", REASON).status_code == 200
    assert world.call("hr", "GET", f"/cases/{case_id}").json["status"] == "open"
    world.walker().to_end(case_id)
    assert world.call("hr", "GET", f"/cases/{case_id}").json["status"] == "cancelled"


# --- once only ------------------------------------------------------------------------------------


def test_sent_twice_it_happens_once(stage: Stage) -> None:
    world, (case_id, task_id) = stage.world, captured(stage.world)
    path, key = f"/tasks/{task_id}/reopen", new_id()
    first = world.call("hr", "POST", path, REASON, Idempotency_Key=key)
    again = world.call("hr", "POST", path, REASON, Idempotency_Key=key)
    assert (first.status_code, first.json) == (200, again.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    with stage.nothing_changes():
        is_problem(world.call("hr", "POST", path, REASON), 409, "not_done")
    history = world.call("hr", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
    assert [entry["kind"] for entry in history].count("task.reopened") == 1


def test_a_stale_copy_is_refused(stage: Stage) -> None:
    world, (_case_id, task_id) = stage.world, captured(stage.world)
    etag = world.call("hr", "GET", f"/tasks/{task_id}").headers["ETag"]
    is_problem(world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON, If_Match='"alt"'), 412, "stale_version")
    answer = world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON, If_Match=etag)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != etag


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 2001}, {"reason": None}])
def test_a_correction_needs_a_reason(stage: Stage, body: dict[str, Any]) -> None:
    _case_id, task_id = captured(stage.world)
    with stage.nothing_changes():
        is_problem(stage.world.call("hr", "POST", f"/tasks/{task_id}/reopen", body), 422)


# --- what is shown --------------------------------------------------------------------------------


def test_the_history_shows_what_was_corrected_by_whom_and_why(stage: Stage) -> None:
    world, (case_id, task_id) = stage.world, captured(stage.world)
    world.call("hr", "POST", f"/tasks/{task_id}/reopen", REASON)
    entries = world.call("hr", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
    last = entries[-1]
    assert (last["kind"], last["summary"]) == ("task.reopened", "Zur Berichtigung wieder geöffnet: Bedarf erfassen.")
    assert last["payload"]["correction_reason"] == REASON["reason"]
    taken_back = [entry["kind"] for entry in entries if entry["corrected_by"] == last["seq"]]
    assert taken_back == ["task.completed", "service.called", "case.moved"]
    assert next(entry["kind"] for entry in entries if entry["corrected_by"] is None) == "case.started"
    assert world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


def test_decisions_that_rested_on_it_stay_and_are_marked(stage: Stage) -> None:
    world = stage.world
    case_id = world.case_at("review_assessment")
    path = f"/cases/{case_id}/decisions"
    before = world.call("funding-adviser", "GET", path).json["items"]
    assert before
    assert {item["corrected_by"] for item in before} == {None}
    newest = corrections.corrections_of_case(world.session, world.driver().actor("hr"), case_id)[0]
    assert newest["allowed"]
    assert world.call("hr", "POST", f"/tasks/{newest['id']}/reopen", REASON).status_code == 200
    after = world.call("funding-adviser", "GET", path).json["items"]
    assert [item["seq"] for item in after] == [item["seq"] for item in before]
    assert None not in {item["corrected_by"] for item in after}
    world.walker().to_end(case_id, "review_assessment")
    made_anew = world.call("funding-adviser", "GET", path).json["items"]
    assert len(made_anew) == 2 * len(before)
    assert {item["corrected_by"] for item in made_anew[len(before) :]} == {None}
