"""Several people at once, on a served Vorlauf with its own database: one wins, the others are told, all stays whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.models import JournalEntry
from app.audit.verification import verify
from app.demo.over_http import HttpClient, HttpDriver, HttpFailed
from app.demo.serving import served
from app.demo.walker import Walker
from app.engine.models import Case, Task
from app.forms.definition import InvalidForm, load_form
from app.platform import codec
from app.platform.db import db
from app.platform.ids import new_id
from tests.contract.stage import Stage
from tests.world import world_settings

Answer = tuple[int, Any, Any]


@pytest.fixture(scope="module")
def address(world_url: str) -> Iterator[str]:
    """The world of this module, served as in production: threads, with PostgreSQL also two processes."""
    with served(
        world_settings(world_url), {"VORLAUF_SQLITE_SYNCHRONOUS": "OFF", "VORLAUF_EMBEDDED_WORKER": "0"}
    ) as found:
        yield found


def at_once(count: int, address: str, call: Callable[[HttpClient, int], Answer]) -> list[Answer]:
    """``count`` connections that send at the same moment."""
    barrier = Barrier(count)

    def one(number: int) -> Answer:
        client = HttpClient(address)
        client.call("GET", "/healthz")
        barrier.wait(20)
        return call(client, number)

    db.session.rollback()
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(one, range(count)))
    db.session.rollback()  # what the server has written since is to be seen
    return answers


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(status for status, _, _ in answers)


def test_the_first_cases_of_a_year_may_begin_at_once(stage: Stage, address: str) -> None:
    """Comes first in this file: no case exists yet, and so no counter."""
    token, company = stage.world.token("hr"), stage.world.organisation("hr")

    def start(client: HttpClient, number: int) -> Answer:
        body = {"process": "training_case", "company": company, "title": f"Nummer {number}"}
        return client.call("POST", "/api/v1/cases", body, token)

    answers = at_once(6, address, start)
    assert statuses(answers) == {201: 6}
    numbers = sorted(int(body["number"].rsplit("-", 1)[1]) for _, body, _ in answers)
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_six_people_complete_the_same_task(stage: Stage, address: str) -> None:
    token, task_id = stage.world.token("coordinator"), stage.own_task("check_completeness")
    body = {"data": {"completeness": "complete"}}

    def complete(client: HttpClient, _number: int) -> Answer:
        return client.call("POST", f"/api/v1/tasks/{task_id}/complete", body, token)

    answers = at_once(6, address, complete)
    assert statuses(answers) == {200: 1, 409: 5}
    assert {body["code"] for status, body, _ in answers if status == 409} <= {
        "not_open",
        "changed_meanwhile",
        "task_closed",
    }
    session = stage.world.session
    case_id = session.scalar(sa.select(Task.case_id).where(Task.id == task_id))
    done = sa.select(JournalEntry.payload).where(JournalEntry.case_id == case_id, JournalEntry.kind == "task.completed")
    assert len([payload for payload in session.scalars(done) if task_id in payload]) == 1
    assert stage.world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


def test_six_people_claim_the_same_task(stage: Stage, address: str) -> None:
    """Two advisers, three connections each: one of them gets it, for the other it is taken."""
    tokens = [stage.world.token(login) for login in ("funding-adviser", "funding-adviser2")]
    task_id = stage.own_task("review_assessment")

    def claim(client: HttpClient, number: int) -> Answer:
        return client.call("POST", f"/api/v1/tasks/{task_id}/claim", None, tokens[number % 2])

    answers = at_once(6, address, claim)
    assert set(statuses(answers)) <= {200, 409}
    assert len({body["assignee"]["id"] for status, body, _ in answers if status == 200}) == 1


def test_the_same_call_at_once_has_one_effect_and_one_answer(stage: Stage, address: str) -> None:
    token, key = stage.world.token("hr"), new_id()
    title = f"Gleichzeitig {key}"
    body = {"process": "training_case", "company": stage.world.organisation("hr"), "title": title}

    def start(client: HttpClient, _number: int) -> Answer:
        return client.call("POST", "/api/v1/cases", body, token, {"Idempotency-Key": key})

    answers = at_once(4, address, start)
    assert statuses(answers) == {201: 4}
    assert len({body["id"] for _, body, _ in answers}) == 1
    assert len({headers["Location"] for _, _, headers in answers}) == 1
    assert sum("Idempotency-Replayed" in headers for _, _, headers in answers) == 3
    assert stage.world.session.scalar(sa.select(sa.func.count()).where(Case.title == title)) == 1


def test_the_same_completion_at_once_has_one_effect_and_one_answer(stage: Stage, address: str) -> None:
    token, key, task_id = stage.world.token("coordinator"), new_id(), stage.own_task("check_completeness")
    body = {"data": {"completeness": "complete"}}

    def complete(client: HttpClient, _number: int) -> Answer:
        path = f"/api/v1/tasks/{task_id}/complete"
        return client.call("POST", path, body, token, {"Idempotency-Key": key})

    answers = at_once(4, address, complete)
    assert statuses(answers) == {200: 4}
    assert all(body == answers[0][1] for _, body, _ in answers)


def test_two_people_working_on_one_case_both_get_through(stage: Stage, address: str) -> None:
    """Parallel tasks of one case: whoever is second is told to try again, and then it works."""
    world = stage.world
    case_id = world.case_at("confirm_alignment")
    tasks = {task["element"]: task["id"] for task in world.driver().visible_tasks(case_id)}
    work = []
    for login, element in (("hr", "confirm_alignment"), ("works-council", "confirm_alignment_council")):
        form = load_form(codec.dumps(world.driver().task(login, tasks[element])["form"]), element)
        work.append((world.token(login), tasks[element], form.example_answers({})))

    def complete(client: HttpClient, number: int) -> Answer:
        token, task_id, answers = work[number]
        for _attempt in range(5):
            answer = client.call("POST", f"/api/v1/tasks/{task_id}/complete", {"data": answers}, token)
            if answer[0] != 409:
                break
        return answer

    assert statuses(at_once(2, address, complete)) == {200: 2}
    assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


@pytest.mark.sweep
def test_four_people_grab_at_the_same_cases_until_these_end(stage: Stage, address: str) -> None:
    """Nobody waits for anybody: each task is done by exactly one, the others are told, and every history holds."""
    cases = [HttpDriver(address).start("hr", f"Gedränge {number}", {}) for number in range(3)]
    told: Counter[int] = Counter()
    done: list[str] = []

    def grab(client: HttpClient, number: int) -> Answer:
        driver = HttpDriver(address)
        walker, turns = Walker(driver), 0
        for case_id in cases[number % 3 :] + cases[: number % 3]:
            while (found := walker.find(case_id)) is not None:
                turns += 1
                assert turns < 400, "they keep each other from working"
                task_id = found[1]["id"]
                try:
                    walker.do(*found)
                    done.append(task_id)
                except HttpFailed as refused:
                    told[refused.status] += 1
                except InvalidForm:
                    told[0] += 1  # the task was done between list and form: there is no form any more
        return 200, None, None

    assert statuses(at_once(4, address, grab)) == {200: 4}
    assert set(told) <= {0, 409}
    session = stage.world.session
    stored = sa.select(Task.id).where(Task.case_id.in_(cases), Task.state == "completed")
    assert sorted(session.scalars(stored)) == sorted(done)
    for case_id in cases:
        case = session.get_one(Case, case_id, populate_existing=True)
        proof = verify(session, case_id, case.journal_seq, case.journal_head)
        assert (case.status, proof.valid, proof.entries) == ("completed", True, case.journal_seq)


def test_an_answer_is_corrected_once_however_often_it_is_sent_at_once(stage: Stage, address: str) -> None:
    world, case_id = stage.world, stage.world.case_at("check_completeness")
    task_id = world.session.scalar(sa.select(Task.id).where(Task.case_id == case_id, Task.state == "completed"))
    token = world.token("hr")

    def correct(client: HttpClient, _number: int) -> Answer:
        return client.call("POST", f"/api/v1/tasks/{task_id}/reopen", {"reason": "Versehen"}, token)

    assert statuses(at_once(6, address, correct)) == {200: 1, 409: 5}
    history = world.call("auditor", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
    assert [entry["kind"] for entry in history].count("task.reopened") == 1
    assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


def test_either_the_answer_is_corrected_or_somebody_builds_on_it(stage: Stage, address: str) -> None:
    world, won = stage.world, set()
    for _round in range(4):
        case_id = world.case_at("check_completeness")
        task_id = world.session.scalar(sa.select(Task.id).where(Task.case_id == case_id, Task.state == "completed"))
        check = world.open_task(case_id, "check_completeness")["id"]
        calls = [
            (f"/api/v1/tasks/{task_id}/reopen", {"reason": "Versehen"}, world.token("hr")),
            (f"/api/v1/tasks/{check}/complete", {"data": {"completeness": "complete"}}, world.token("coordinator")),
        ]

        def call(client: HttpClient, number: int, calls: Any = calls) -> Answer:
            path, body, token = calls[number]
            return client.call("POST", path, body, token)

        assert statuses(at_once(2, address, call)) == {200: 1, 409: 1}
        opened = {task["element"] for task in world.call("auditor", "GET", f"/cases/{case_id}").json["tasks"]}
        won |= opened
        assert opened in ({"capture_demand"}, {"works_council_word"})
        assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
    assert won


def test_tasks_handed_over_while_people_work_on_them(stage: Stage, address: str) -> None:
    """Whoever is second is told so; what was handed over is with one person, and every history holds."""
    world = stage.world
    cases = [world.case_at("capture_demand") for _ in range(3)]
    tasks = [world.open_task(case_id, "capture_demand")["id"] for case_id in cases]
    for task_id in tasks:
        world.call("hr", "POST", f"/tasks/{task_id}/claim")
    body = {"from_user": "hr", "to_user": None, "reason": "geht"}
    tokens = [world.token("hr"), world.token("admin")]

    def work(client: HttpClient, number: int) -> Answer:
        if number < 2:
            return client.call("POST", "/api/v1/tasks/hand-over", body, tokens[number])
        return client.call("POST", f"/api/v1/tasks/{tasks[number - 2]}/release", None, tokens[0])

    answers = at_once(5, address, work)
    assert set(statuses(answers)) <= {200, 409}
    assert [status for status, _body, _headers in answers[:2]] == [200, 200]
    for task_id, case_id in zip(tasks, cases, strict=True):
        assert world.call("hr", "GET", f"/tasks/{task_id}").json["assignee"] is None
        assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
