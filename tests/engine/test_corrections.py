"""A submitted answer is corrected: the case goes back, what followed ends, and nothing of the history is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.engine import delegates
from app.engine.correction import EffectHappened, LaterStep, NotDone, NoWayBack, WorkBegun, plan
from app.engine.delegates import DelegateCall, delegate
from app.engine.models import Incident, Snapshot, Task
from app.engine.reopening import reopen
from app.engine.service import load_task
from app.engine.store import Author, ChangedMeanwhile
from app.platform import jobs
from app.platform.db import unit_of_work
from app.platform.jobs import Job, JobDone
from app.platform.problems import Problem
from tests.engine.deployed import Trial, deploy, picture, registered
from tests.engine.diagrams import flow, flows, form, node, process, service, task, timer
from tests.engine.test_multi_instance import PROPERTIES
from tests.world import NOW, World

LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person" '
    'isSequential="{}" />'
)


def correct(case: Trial, element: str, index: int = -1, reason: str = "Zahlendreher") -> str:
    """Open a completed task of the case again, as its HR; the task's id. ``index`` counts as they were done."""
    session, author = case.world.session, case.driver.actor("hr").user_id
    done = [row for row in case.rows(Task) if row.element == element and row.state == "completed"]
    task_id = sorted(done, key=lambda row: row.completed_seq)[index].id
    with unit_of_work(session):
        loaded = load_task(session, task_id)
        undone = plan(session, loaded)
        settings = case.world.engine.settings
        options = {"reason": reason, "author": Author(author), "assignee_id": author, "now": case.now}
        reopen(session, settings, loaded, undone, **options)
    return str(task_id)


def refused(case: Trial, element: str, problem: type[Problem], index: int = -1) -> str:
    """Nothing changes, and the words say why."""
    before = picture(case.world)
    with pytest.raises(problem) as raised:
        correct(case, element, index)
    assert picture(case.world) == before
    return str(raised.value)


def standing(case: Trial) -> tuple[Any, ...]:
    """Where a case stands, apart from its history."""
    row, version = case.case, case.case.version
    blob = next(snapshot.blob for snapshot in case.rows(Snapshot) if snapshot.version == version)
    open_tasks = sorted((task.id, task.element, task.due_at) for task in case.rows(Task) if task.state == "open")
    waits = sorted(case.open_waits().items())
    return row.status, row.phase, row.result, row.ended_at, row.retention_until, blob, open_tasks, waits


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(world: World) -> None:
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Job))


@pytest.fixture
def asks_for_a_job() -> Iterator[None]:
    def later(call: DelegateCall) -> Mapping[str, Any]:
        call.defer("test.later", call.now + timedelta(days=1), case_id=call.case.id)
        return {"registered": call.variables["answer"]}

    with registered("test.later", later):
        yield


def straight(world: World) -> Trial:
    """ask → (automatic) register → check, which has a deadline → approve."""
    diagram = process(
        "straight",
        node("startEvent", "begin"),
        task("ask"),
        service("register", "test.later"),
        task("check"),
        node("boundaryEvent", "overdue", 'attachedToRef="check" cancelActivity="false"', timer("P7D")),
        node("endEvent", "reminded"),
        task("approve"),
        node("endEvent", "done"),
        flows("begin ask", "ask register", "register check", "check approve", "approve done", "overdue reminded"),
    )
    return Trial.start(world, deploy(world, diagram, main="straight"))


# --- one after the other -------------------------------------------------------------------------


@pytest.mark.usefixtures("asks_for_a_job")
def test_the_case_stands_exactly_where_it_stood_before_the_answer(world: World) -> None:
    case = straight(world)
    before = standing(case)
    case.do("ask", {"answer": "falsch"})
    assert (case.open(), [job.name for job in case.jobs()]) == (["check"], ["test.later"])
    task_id = correct(case, "ask")
    assert standing(case) == before
    (row,) = (row for row in case.rows(Task) if row.id == task_id)
    assert (row.state, row.draft, row.completed_by, row.ended_at) == ("open", '{"answer":"falsch"}', None, None)
    assert row.assignee_id == case.driver.actor("hr").user_id
    assert [row.state for row in case.rows(Task) if row.element == "check"] == ["cancelled"]
    assert case.jobs() == [], "what followed is not carried out"
    case.do("ask", {"answer": "richtig"})
    assert case.variables["registered"] == "richtig"
    assert case.open() == ["check"]
    assert case.verified().valid


@pytest.mark.usefixtures("asks_for_a_job")
def test_the_history_keeps_the_answer_and_names_its_correction(world: World) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    before = case.kinds()
    task_id = correct(case, "ask", reason="Stundenzahl vertauscht")
    assert case.kinds() == [*before, "task.reopened"]
    (entry,) = case.journal("task.reopened")
    assert (entry["task"], entry["element"]) == (task_id, "ask")
    assert entry["correction_reason"] == "Stundenzahl vertauscht"
    first, last = entry["undone"]
    assert case.kinds()[first - 1 : last] == ["task.completed", "service.called", "case.moved"]
    case.do("ask", {"answer": "richtig"})
    assert [entry["answers"]["answer"] for entry in case.journal("task.completed")] == ["falsch", "richtig"]


@pytest.mark.usefixtures("asks_for_a_job")
def test_step_by_step_back_and_on_again(world: World) -> None:
    case = straight(world)
    stood = [standing(case)]
    for element in ("ask", "check", "approve"):
        case.do(element, {"answer": element})
        stood.append(standing(case))
    assert case.case.status == "completed"
    correct(case, "approve")
    assert case.case.status == "open"
    assert (case.case.ended_at, case.case.retention_until) == (None, None)
    assert standing(case)[5:] == stood[2][5:]
    correct(case, "check")
    assert standing(case)[5:] == stood[1][5:]
    correct(case, "ask")
    assert standing(case)[5:] == stood[0][5:]
    for element in ("ask", "check", "approve"):
        case.do(element, {"answer": element})
    assert (case.case.status, case.case.result) == ("completed", "completed")
    assert case.verified().valid


@pytest.mark.usefixtures("asks_for_a_job")
def test_a_later_answer_forbids_it_and_is_named(world: World) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    case.do("check")
    assert "(check)" in refused(case, "ask", LaterStep)


@pytest.mark.usefixtures("asks_for_a_job")
def test_a_deadline_that_was_reached_forbids_it(world: World) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Job))
    case.pass_time(timedelta(days=7))
    assert case.kinds()[-2:] == ["timer.fired", "case.moved"]
    refused(case, "ask", LaterStep)


@pytest.mark.usefixtures("asks_for_a_job")
def test_an_open_task_and_one_from_before_the_upgrade_cannot_be_corrected(world: World) -> None:
    case = straight(world)
    loaded = load_task(world.session, case.task_id("ask"))
    with pytest.raises(NotDone):
        plan(world.session, loaded)
    case.do("ask", {"answer": "falsch"})
    with unit_of_work(world.session):
        world.session.execute(sa.update(Task).where(Task.case_id == case.id).values(undo_to=None))
    refused(case, "ask", NoWayBack)


@pytest.mark.usefixtures("asks_for_a_job")
def test_of_two_corrections_at_once_only_one_happens(world: World) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    task_id = next(row.id for row in case.rows(Task) if row.element == "ask")
    session = world.session
    loaded = load_task(session, task_id)
    undone = plan(session, loaded)
    session.expunge_all()
    correct(case, "ask")
    options = {"reason": "noch einmal", "author": Author(), "assignee_id": None, "now": case.now}
    before = picture(world)
    with pytest.raises(ChangedMeanwhile), unit_of_work(session):
        reopen(session, world.engine.settings, loaded, undone, **options)
    assert picture(world) == before


# --- what others have begun ----------------------------------------------------------------------


@pytest.mark.usefixtures("asks_for_a_job")
@pytest.mark.parametrize(
    ("draft", "mine", "allowed"),
    [("{}", False, True), ('{"answer":"x"}', True, True), ('{"answer":"x"}', False, False)],
)
def test_a_claim_does_no_harm_but_what_somebody_has_entered_is_not_thrown_away(
    world: World, draft: str, mine: bool, allowed: bool
) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    somebody = case.driver.actor("hr" if mine else "coordinator").user_id
    change = sa.update(Task).where(Task.id == case.task_id("check")).values(assignee_id=somebody, draft=draft)
    with unit_of_work(world.session):
        world.session.execute(change)
    if allowed:
        correct(case, "ask")
        assert case.open() == ["ask"]
    else:
        assert "(check)" in refused(case, "ask", WorkBegun)


# --- what has already had its effect -------------------------------------------------------------


@pytest.mark.usefixtures("asks_for_a_job")
@pytest.mark.parametrize("happened", ["done", "begun", "failed"])
def test_a_job_that_has_begun_forbids_it(world: World, happened: str) -> None:
    case = straight(world)
    case.do("ask", {"answer": "falsch"})
    (job,) = case.jobs()
    with unit_of_work(world.session):
        if happened == "done":
            world.session.execute(sa.delete(Job).where(Job.id == job.id))
            world.session.execute(sa.insert(JobDone).values(key=job.key, done_at=NOW))
        else:
            state = "failed" if happened == "failed" else "open"
            world.session.execute(sa.update(Job).where(Job.id == job.id).values(attempts=1, state=state))
    assert "(register)" in refused(case, "ask", EffectHappened)


def test_a_delegate_that_does_more_than_set_variables_forbids_it(world: World) -> None:
    before = dict(delegates._delegates)
    delegate("test.later", repeatable=False)(lambda _call: {"sent": True})
    try:
        case = straight(world)
        case.do("ask", {"answer": "falsch"})
        assert "(register)" in refused(case, "ask", EffectHappened)
    finally:
        delegates._unrepeatable.discard("test.later")
        delegates._delegates.clear()
        delegates._delegates.update(before)


@pytest.mark.usefixtures("asks_for_a_job")
def test_a_job_taken_back_is_never_run(world: World) -> None:
    ran: list[str] = []
    jobs._handlers["test.later"] = lambda _session, _now, case_id: ran.append(case_id)
    try:
        case = straight(world)
        case.do("ask", {"answer": "falsch"})
        correct(case, "ask")
        case.pass_time(timedelta(days=2))
        assert ran == []
        case.do("ask", {"answer": "richtig"})
        case.pass_time(timedelta(days=2))
        assert ran == [case.id]
    finally:
        del jobs._handlers["test.later"]


# --- incidents -----------------------------------------------------------------------------------


def test_an_answer_that_makes_an_automatic_step_fail_is_corrected_though_it_was_tried_again(world: World) -> None:
    def picky(call: DelegateCall) -> Mapping[str, Any]:
        if call.variables["answer"] == "falsch":
            raise ValueError("no such number")
        return {"registered": True}

    with registered("test.later", picky):
        case = straight(world)
        before = standing(case)
        case.do("ask", {"answer": "falsch"})
        case.pass_time(timedelta(minutes=1))
        case.pass_time(timedelta(minutes=2))
        assert case.kinds().count("incident.retried") == 2
        correct(case, "ask")
        assert standing(case) == before
        assert case.incidents() == []
        assert case.jobs() == []
        assert case.pass_time(timedelta(days=1)) == 0
        case.do("ask", {"answer": "richtig"})
        assert case.open() == ["check"]
        assert case.verified().valid


def test_an_incident_that_the_completion_had_closed_comes_back(world: World) -> None:
    diagram = process(
        "due",
        node("startEvent", "begin"),
        task("ask", extra='camunda:dueDate="=deadline"'),
        task("check"),
        node("endEvent", "done"),
        flows("begin ask", "ask check", "check done"),
    )
    case = Trial.start(world, deploy(world, diagram, main="due"))
    (incident,) = case.incidents()
    case.do("ask")
    assert case.incidents() == []
    correct(case, "ask")
    (again,) = case.incidents()
    assert (again.element, again.message) == (incident.element, incident.message)
    assert world.session.scalar(sa.select(sa.func.count()).where(Incident.case_id == case.id)) == 2


# --- side by side --------------------------------------------------------------------------------


def side_by_side(world: World, sequential: bool = False, reads: str = "other") -> Trial:
    """A list of three people beside one task, joined; then a check. ``reads`` is the field of the task beside."""
    diagram = process(
        "beside",
        node("startEvent", "begin"),
        node("parallelGateway", "split"),
        task("give", inside=PROPERTIES + LOOP.format(str(sequential).lower())),
        task("beside"),
        node("parallelGateway", "join"),
        task("check"),
        node("endEvent", "done"),
        flows("begin split", "split give", "split beside", "give join", "beside join", "join check", "check done"),
    )
    forms = {"beside": form("beside", reads)}
    return Trial.start(world, deploy(world, diagram, main="beside", forms=forms), {"people": ["a", "b", "c"]})


def same_but_for_ids(one: Trial, other: Trial) -> None:
    """Two cases stand alike: open tasks, variables, and what comes of doing the rest."""
    assert one.open() == other.open()
    assert one.variables == other.variables


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [2, 1], [0, 2]])
def test_one_of_several_people_corrects_though_others_have_answered_meanwhile(world: World, order: list[int]) -> None:
    case, never = side_by_side(world), side_by_side(world)
    ids = sorted(row.id for row in case.rows(Task) if row.element == "give")
    for number in order:
        case.driver.complete("hr", ids[number], {"answer": f"von {number}"})
    other = sorted(row.id for row in never.rows(Task) if row.element == "give")[order[1]]
    never.driver.complete("hr", other, {"answer": f"von {order[1]}"})
    assert correct(case, "give", 0) == ids[order[0]]
    same_but_for_ids(case, never)
    case.driver.complete("hr", ids[order[0]], {"answer": "berichtigt"})
    for row in [row for row in case.rows(Task) if row.element == "give" and row.state == "open"]:
        case.driver.complete("hr", row.id, {"answer": "zuletzt"})
    assert [item["answer"] for item in case.variables["quotes"]].count("berichtigt") == 1
    assert len(case.variables["quotes"]) == 3
    case.do("beside", {"other": "x"})
    case.do("check")
    assert case.case.status == "completed"
    assert case.verified().valid


def test_people_and_the_task_beside_them_do_not_bind_each_other(world: World) -> None:
    case = side_by_side(world)
    case.do("give", {"answer": "erste"})
    case.do("beside", {"other": "falsch"})
    case.do("give", {"answer": "zweite"})
    correct(case, "beside")
    assert case.open() == ["beside", "give"]
    assert "other" not in case.variables
    assert sorted(item["answer"] for item in case.variables["quotes"]) == ["erste", "zweite"]
    correct(case, "give", 0)
    assert [item["answer"] for item in case.variables["quotes"]] == ["zweite"]
    assert case.open() == ["beside", "give", "give"]
    for element in ("give", "give", "beside"):
        case.do(element, {"other": "richtig"} if element == "beside" else {"answer": "neu"})
    assert case.open() == ["check"]
    assert case.variables["other"] == "richtig"
    assert sorted(item["answer"] for item in case.variables["quotes"]) == ["neu", "neu", "zweite"]
    case.do("check")
    assert case.case.status == "completed"
    assert case.verified().valid


def test_a_task_beside_that_has_read_the_answer_binds_it(world: World) -> None:
    case = side_by_side(world, reads="quotes")
    case.do("give", {"answer": "erste"})
    case.do("beside", {"quotes": "hat die Angaben gesehen"})
    assert "(beside)" in refused(case, "give", LaterStep)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_list_that_is_complete_but_leads_nowhere_yet_is_still_corrected(world: World, index: int) -> None:
    case = side_by_side(world)
    for answer in ("eins", "zwei", "drei"):
        case.do("give", {"answer": answer})
    assert case.open() == ["beside"]
    correct(case, "give", index)
    assert case.open() == ["beside", "give"]
    left = {"eins", "zwei", "drei"} - {("eins", "zwei", "drei")[index]}
    assert {item["answer"] for item in case.variables["quotes"]} == left
    case.do("give", {"answer": "neu"})
    assert {item["answer"] for item in case.variables["quotes"]} == {*left, "neu"}
    case.do("beside", {"other": "x"})
    assert case.open() == ["check"]
    assert case.verified().valid


def test_once_the_branches_have_met_neither_is_corrected(world: World) -> None:
    case = side_by_side(world)
    for element in ("give", "give", "beside", "give"):
        case.do(element, {})
    assert case.open() == ["check"]
    refused(case, "beside", LaterStep)
    refused(case, "give", LaterStep, 0)
    correct(case, "give")
    assert case.open() == ["give"]
    correct(case, "beside")
    assert case.open() == ["beside", "give"]


def test_who_comes_next_in_a_row_binds_the_one_before(world: World) -> None:
    case = side_by_side(world, sequential=True)
    case.do("give", {"answer": "erste"})
    case.do("give", {"answer": "zweite"})
    refused(case, "give", LaterStep, 0)
    correct(case, "give")
    assert case.open() == ["beside", "give"]
    assert [item["answer"] for item in case.variables["quotes"]] == ["erste"]
    correct(case, "give")
    assert case.variables["quotes"] == []


def test_conditions_see_the_corrected_answer(world: World) -> None:
    diagram = process(
        "choice",
        node("startEvent", "begin"),
        task("ask"),
        node("exclusiveGateway", "which", 'default="flow_which_short"'),
        task("short"),
        task("long"),
        node("endEvent", "done"),
        flow("begin", "ask"),
        flow("ask", "which"),
        flow("which", "short"),
        flow("which", "long", 'answer = "lang"'),
        flows("short done", "long done"),
    )
    case = Trial.start(world, deploy(world, diagram, main="choice"))
    case.do("ask", {"answer": "lang"})
    assert case.open() == ["long"]
    correct(case, "ask")
    case.do("ask", {"answer": "kurz"})
    assert case.open() == ["short"]
