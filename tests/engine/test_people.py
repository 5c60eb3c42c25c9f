"""What people see while a case moves: lists again, four eyes, drafts and claims, branches side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.demo.walker import Walker
from app.engine.models import Task
from app.inbox import service as inbox
from app.inbox.rules import FourEyes, TakenByOther
from app.platform.db import unit_of_work
from tests.engine.deployed import Trial, deploy
from tests.engine.diagrams import flow, flows, form, node, process, task
from tests.world import World

LIST = (
    "<bpmn:extensionElements><camunda:properties>"
    '<camunda:property name="outputCollection" value="words" />'
    '<camunda:property name="outputKey" value="person.id" />'
    '<camunda:property name="title" value="person.name" />'
    "</camunda:properties></bpmn:extensionElements>"
    '<bpmn:multiInstanceLoopCharacteristics isSequential="{}" camunda:collection="people" '
    'camunda:elementVariable="person" />'
)


def again(sequential: bool) -> bytes:
    """A list task in a loop: check sends it back."""
    return process(
        "again",
        node("startEvent", "begin"),
        node("exclusiveGateway", "merged"),
        task("word", inside=LIST.format(str(sequential).lower())),
        task("check"),
        node("exclusiveGateway", "good", 'default="flow_good_done"'),
        node("endEvent", "done"),
        flows("begin merged", "merged word", "word check", "check good"),
        flow("good", "merged", 'verdict = "again"'),
        flow("good", "done"),
    )


PEOPLE = [{"id": "e1", "name": "Erika"}, {"id": "e2", "name": "Jonas"}]


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("sequential", [True, False])
def test_a_second_pass_replaces_the_answers_of_the_first(world: World, sequential: bool, cached: bool) -> None:
    definition = deploy(world, again(sequential), main="again", forms={"check": form("check", "verdict")})
    case = Trial.start(world, definition, {"people": PEOPLE})

    def each(answer: str) -> None:
        for _ in PEOPLE:
            if not cached:
                world.engine.live.clear()
            case.do("word", {"answer": answer})

    each("first")
    assert case.variables["words"] == [{"id": "e1", "answer": "first"}, {"id": "e2", "answer": "first"}]
    case.do("check", {"verdict": "again"})
    assert case.variables["words"] == [], "nothing of the first pass is taken for an answer of the second"
    case.do("word", {"answer": "second"})
    assert [word["answer"] for word in case.variables["words"]] == ["second"]
    case.do("word", {"answer": "second"})
    assert [word["answer"] for word in case.variables["words"]] == ["second", "second"]
    case.do("check", {"verdict": "good"})
    assert case.case.status == "completed"
    assert "answer" not in case.variables, "answers of a list stay in the list"
    assert case.path().count("word") == 4


def test_every_instance_is_named_after_its_item(world: World) -> None:
    definition = deploy(world, again(False), main="again", forms={"check": form("check", "verdict")})
    case = Trial.start(world, definition, {"people": [*PEOPLE, {"id": "e3", "name": "x" * 300}]})
    names = sorted(row.name for row in case.rows(Task))
    assert names[:2] == ["word: Erika", "word: Jonas"]
    assert len(names[2]) == 200


def reviews(world: World, case_id: str, first: str, second: str, verdict: str = "accept") -> None:
    """Walk to the reviews and do both."""
    walker = world.walker()
    walker.to_end(case_id, "review_assessment", COSTLY)
    do(walker, case_id, "review_assessment", first)
    do(walker, case_id, "second_review", second, {"second_review": verdict, "second_review_reason": "Bitte belegen."})


COSTLY: Mapping[str, Mapping[str, Any]] = {"company_evidence": {"planned_price": 48000}}


def do(walker: Walker, case_id: str, element: str, login: str, changes: Mapping[str, Any] | None = None) -> None:
    """One task by one login."""
    found = walker.find(case_id, element, login)
    assert found is not None, f"{login} has no {element}"
    walker.do(login, found[1], changes)


def test_the_second_review_is_for_somebody_else(world: World) -> None:
    case_id = world.driver().start("hr", "Teuer", {})
    walker = world.walker()
    walker.to_end(case_id, "review_assessment", COSTLY)
    do(walker, case_id, "review_assessment", "funding-adviser")
    open_task = world.open_task(case_id, "second_review")
    assert walker.find(case_id, "second_review", "funding-adviser") is None, "not offered to the first reviewer"
    with pytest.raises(FourEyes):
        world.driver().complete("funding-adviser", open_task["id"], {"second_review": "accept"})
    do(walker, case_id, "second_review", "funding-adviser2")
    walker.to_end(case_id)
    assert Trial(world, case_id).case.status == "completed"


def test_two_reviewers_may_swap_in_a_second_pass(world: World) -> None:
    case_id = world.driver().start("hr", "Teuer und zurück", {})
    reviews(world, case_id, "funding-adviser", "funding-adviser2", "ask_back")
    reviews(world, case_id, "funding-adviser2", "funding-adviser")
    world.walker().to_end(case_id)
    assert Trial(world, case_id).case.status == "completed"


def test_in_the_second_pass_the_first_reviewer_of_that_pass_is_shut_out(world: World) -> None:
    case_id = world.driver().start("hr", "Teuer und noch einmal", {})
    reviews(world, case_id, "funding-adviser", "funding-adviser2", "ask_back")
    walker = world.walker()
    walker.to_end(case_id, "review_assessment", COSTLY)
    do(walker, case_id, "review_assessment", "funding-adviser2")
    assert walker.find(case_id, "second_review", "funding-adviser2") is None
    key = world.open_task(case_id, "second_review")["id"]
    with pytest.raises(FourEyes):
        world.driver().complete("funding-adviser2", key, {"second_review": "accept"})


def test_drafts_and_claims_outlive_the_steps_of_other_tasks(world: World) -> None:
    case_id = world.case_at("company_evidence", changes={"capture_demand": {"participants_selected": "$employees"}})
    case, driver = Trial(world, case_id), world.driver()
    company = world.open_task(case_id, "company_evidence")["id"]
    hr = driver.actor("hr")
    with unit_of_work(world.session):
        inbox.claim_task(world.session, hr, company, case.now)
    with unit_of_work(world.session):
        inbox.save_draft(world.session, hr, company, {"planned_price": 4321}, case.now)
    row = next(row for row in case.rows(Task) if row.id == company)
    walker = world.walker()
    others = [task["id"] for task in driver.visible_tasks(case_id) if task["element"] == "give_evidence"]
    assert len(others) > 1
    for _ in others:
        world.engine.live.clear()
        found = walker.find(case_id, "give_evidence")
        assert found is not None
        walker.do(*found)
        now = next(row for row in case.rows(Task) if row.id == company)
        assert now == row, "nothing about the other branch's task has changed"
    assert case.open() == ["company_evidence"]
    assert driver.task("hr", company)["data"]["planned_price"] == 4321
    walker.to_end(case_id, "review_assessment")
    done = next(row for row in case.rows(Task) if row.id == company)
    assert (done.state, done.draft, done.completed_by) == ("completed", None, hr.user_id)


def test_a_claimed_task_is_done_by_who_claimed_it(world: World) -> None:
    case_id = world.case_at("review_assessment")
    key = world.open_task(case_id, "review_assessment")["id"]
    driver = world.driver()
    with unit_of_work(world.session):
        inbox.claim_task(world.session, driver.actor("funding-adviser2"), key, driver.now)
    with pytest.raises(TakenByOther):
        driver.complete("funding-adviser", key, {"review": "accept"})
    with unit_of_work(world.session):
        inbox.release_task(world.session, driver.actor("funding-adviser2"), key, driver.now)
    driver.complete("funding-adviser", key, {"review": "accept"})
    row = next(row for row in Trial(world, case_id).rows(Task) if row.id == key)
    assert row.assignee_id == row.completed_by == driver.actor("funding-adviser").user_id


def test_what_follows_a_list_directly_keeps_its_own_answers(world: World) -> None:
    """The step after a list hangs below it in the engine's tree, yet is none of its instances."""
    straight = process(
        "after_list",
        node("startEvent", "begin"),
        task("word", inside=LIST.format("false")),
        task("check"),
        node("endEvent", "done"),
        flows("begin word", "word check", "check done"),
    )
    case = Trial.start(world, deploy(world, straight, main="after_list"), {"people": PEOPLE})
    for answer in ("a", "b"):
        case.do("word", {"answer": answer})
    world.engine.live.clear()
    case.do("check", {"answer": "mine"})
    assert case.variables["answer"] == "mine"
    assert [word["answer"] for word in case.variables["words"]] in (["a", "b"], ["b", "a"])


def test_asked_back_people_find_in_the_form_what_they_answered_before(world: World) -> None:
    case_id = world.driver().start("hr", "Zurück zu den Nachweisen", {})
    walker = world.walker()
    everybody = {"capture_demand": {"participants_selected": "$employees"}}
    walker.to_end(case_id, "give_evidence", everybody)
    walker.to_end(case_id, "review_assessment", everybody)
    given = {answers["id"]: answers for answers in Trial(world, case_id).variables["evidence"]}
    change = {"review": "ask_back", "review_reason": "Bitte prüfen."}
    do(walker, case_id, "review_assessment", "funding-adviser", change)
    case = Trial(world, case_id)
    assert case.variables["evidence"] == []
    asked = [row.id for row in case.rows(Task) if row.element == "give_evidence" and row.state == "open"]
    assert len(asked) == len(given) > 1
    shown = [world.driver().task("hr", key)["data"] for key in asked]
    for answers in given.values():
        entries = {key: value for key, value in answers.items() if key != "id" and value is not None}
        assert [data for data in shown if data.items() >= entries.items()], entries
