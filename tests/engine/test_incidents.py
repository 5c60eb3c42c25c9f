"""Something automatic fails: the case stays, the submit is kept, and it goes on once the cause is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.engine import store
from app.engine.delegates import DelegateCall
from app.engine.models import Snapshot, Task
from app.engine.store import Author
from app.platform import jobs
from app.platform.db import unit_of_work
from app.platform.jobs import Job
from tests.engine.deployed import Trial, deploy, registered
from tests.engine.diagrams import flow, flows, node, process, service, task, timer
from tests.world import NOW, World

MINUTE = timedelta(minutes=1)


@dataclass
class Fragile:
    """A delegate that fails while ``broken``, after having asked for everything a delegate can ask for."""

    broken: bool = True
    calls: list[str] = field(default_factory=list)

    def __call__(self, call: DelegateCall) -> Mapping[str, Any]:
        self.calls.append(call.element)
        call.defer("test.never", call.now, case_id=call.case.id)
        call.retention_until = "2040-01-01"
        found: Any = call.variables.get("nested")
        if found:
            found["list"].append("from the failing delegate")
        if self.broken:
            raise RuntimeError("the register is away")
        return {"registered": True}


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(world: World) -> None:
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Job))


@pytest.fixture
def fragile() -> Iterator[Fragile]:
    delegate = Fragile()
    with registered("test.fragile", delegate):
        yield delegate


AUTOMATIC = process(
    "automatic",
    node("startEvent", "begin"),
    task("ask"),
    service("register", "test.fragile"),
    task("check"),
    node("endEvent", "done"),
    flows("begin ask", "ask register", "register check", "check done"),
)


def automatic(world: World, data: Mapping[str, Any] | None = None) -> Trial:
    """A case whose second step is automatic."""
    return Trial.start(world, deploy(world, AUTOMATIC, main="automatic"), data)


def test_the_submit_is_kept_when_the_automatic_step_after_it_fails(world: World, fragile: Fragile) -> None:
    case = automatic(world, {"nested": {"list": [1]}})
    case.do("ask", {"answer": "kept"})
    assert case.case.status == "open"
    assert case.open() == []
    assert case.variables["answer"] == "kept"
    assert [row.state for row in case.rows(Task)] == ["completed"]
    (incident,) = case.incidents()
    assert (incident.element, incident.message) == ("register", "RuntimeError: the register is away")
    assert (incident.attempts, incident.created_at) == (1, NOW)
    assert case.kinds()[-3:] == ["task.completed", "case.moved", "incident.opened"]
    assert case.journal("incident.opened") == [{"element": "register", "message": incident.message}]
    (retry,) = case.jobs()
    assert (retry.name, retry.run_at) == ("engine.retry", NOW + MINUTE)
    assert case.verified().valid


def test_nothing_of_a_failing_delegate_remains(world: World, fragile: Fragile) -> None:
    case = automatic(world, {"nested": {"list": [1]}})
    case.do("ask")
    assert fragile.calls == ["register"]
    assert case.variables["nested"] == {"list": [1]}
    assert "registered" not in case.variables
    assert case.case.retention_until is None
    assert [job.name for job in case.jobs()] == ["engine.retry"]
    assert "service.called" not in case.kinds()


def test_the_pauses_between_tries_double_up_to_a_day(world: World, fragile: Fragile) -> None:
    case = automatic(world)
    case.do("ask")
    pauses = []
    for attempt in range(1, 14):
        (retry,) = case.jobs("engine.retry")
        pause = retry.run_at - case.now
        pauses.append(pause.total_seconds())
        assert case.pass_time(pause - timedelta(microseconds=1)) == 0, "not a moment early"
        assert case.pass_time(timedelta(microseconds=1)) == 1
        assert len(fragile.calls) == attempt + 1
        (incident,) = case.incidents()
        assert incident.attempts == attempt + 1
    assert pauses == [min(60 * 2**n, 86_400) for n in range(13)]
    assert case.verified().valid


def test_after_the_cause_is_gone_the_case_goes_on_and_the_incident_is_resolved(world: World, fragile: Fragile) -> None:
    case = automatic(world)
    case.do("ask")
    case.pass_time(MINUTE)
    fragile.broken = False
    case.pass_time(2 * MINUTE)
    assert case.open() == ["check"]
    assert case.variables["registered"] is True
    assert case.incidents() == []
    assert [row.attempts for row in case.incidents("resolved")] == [1, 2]
    assert case.kinds()[-3:] == ["incident.retried", "service.called", "case.moved"]
    assert [job.name for job in case.jobs()] == ["test.never"], "what it asked for is taken over once it succeeds"
    case.do("check")
    assert case.case.status == "completed"
    assert case.verified().valid


def test_a_retry_by_hand_counts_as_one_and_leaves_nothing_to_retry(world: World, fragile: Fragile) -> None:
    case = automatic(world)
    case.do("ask")
    fragile.broken = False
    hr = case.driver.actor("hr")
    with unit_of_work(world.session):
        assert world.engine.retry(world.session, case.id, Author(hr.user_id), case.now)
    assert case.open() == ["check"]
    _drop_jobs(case)
    assert case.pass_time(5 * MINUTE) == 1, "the job runs"
    assert len(fragile.calls) == 2, "and finds nothing to do"
    with unit_of_work(world.session):
        assert not world.engine.retry(world.session, case.id, Author(), case.now)


PARALLEL = process(
    "beside",
    node("startEvent", "begin"),
    node("parallelGateway", "split"),
    service("register", "test.fragile"),
    task("left"),
    task("left_again"),
    node("parallelGateway", "join"),
    node("endEvent", "done"),
    flows(
        "begin split", "split register", "split left", "left left_again", "left_again join", "register join",
        "join done",
    ),
)  # fmt: skip


def test_steps_beside_an_incident_go_on_and_do_not_repeat_it(world: World, fragile: Fragile) -> None:
    case = Trial.start(world, deploy(world, PARALLEL, main="beside"))
    assert case.open() == ["left"]
    assert len(case.incidents()) == 1
    world.engine.live.clear()
    case.do("left")
    case.do("left_again")
    assert len(fragile.calls) == 1, "a step of the other branch does not try it again"
    assert len(case.incidents()) == 1
    assert len(case.jobs("engine.retry")) == 1
    assert case.case.status == "open", "the join waits for the failed branch"
    fragile.broken = False
    case.pass_time(MINUTE)
    assert case.case.status == "completed"
    assert case.incidents() == []


WITHDRAWN = process(
    "withdrawn",
    node("startEvent", "begin"),
    node(
        "subProcess",
        "work",
        inside=node("startEvent", "w_begin")
        + service("register", "test.fragile")
        + node("endEvent", "w_done")
        + flows("w_begin register", "register w_done"),
    ),
    node("boundaryEvent", "withdrawal", 'attachedToRef="work"', '<bpmn:messageEventDefinition messageRef="m" />'),
    task("confirm"),
    node("exclusiveGateway", "merged"),
    node("endEvent", "done"),
    flows("begin work", "work merged", "withdrawal confirm", "confirm merged", "merged done"),
    after='<bpmn:message id="m" name="withdrawal" />',
)


def test_an_incident_ends_with_the_branch_it_stands_in(world: World, fragile: Fragile) -> None:
    case = Trial.start(world, deploy(world, WITHDRAWN, main="withdrawn"))
    assert len(case.incidents()) == 1
    case.driver.withdraw("hr", case.id, "nicht mehr nötig")
    assert case.open() == ["confirm"]
    assert case.incidents() == []
    assert len(case.incidents("resolved")) == 1
    assert case.pass_time(MINUTE) == 1
    assert len(fragile.calls) == 1, "nothing is tried again any more"
    case.do("confirm")
    assert case.case.status == "completed"


GATEWAY = process(
    "gateway",
    node("startEvent", "begin"),
    task("ask"),
    node("exclusiveGateway", "which", 'default="flow_which_small"'),
    task("big"),
    task("small"),
    node("exclusiveGateway", "merged"),
    node("endEvent", "done"),
    flows("begin ask", "ask which", "big merged", "small merged", "merged done"),
    flow("which", "big", "amount > 100"),
    flow("which", "small"),
)


@pytest.mark.parametrize(
    ("wrong", "why"), [({}, "amount"), ({"amount": "many"}, "amount"), ({"amount": None}, "amount")]
)
def test_a_condition_that_cannot_be_evaluated_stops_the_case_at_the_gateway(
    world: World, wrong: dict[str, Any], why: str
) -> None:
    case = Trial.start(world, deploy(world, GATEWAY, main="gateway"))
    case.set("ask", **wrong)
    assert case.open() == []
    (incident,) = case.incidents()
    assert incident.element == "which"
    assert why in incident.message
    _mend(case, amount=150)
    case.pass_time(MINUTE)
    assert case.open() == ["big"]
    assert case.incidents() == []


def test_a_condition_must_be_true_or_false(world: World) -> None:
    text = GATEWAY.replace(b"amount &gt; 100", b"amount")
    case = Trial.start(world, deploy(world, text, main="gateway"))
    case.set("ask", amount=5)
    (incident,) = case.incidents()
    assert incident.message.startswith("ConditionNotBoolean")


def test_no_true_condition_and_no_default_flow_is_an_incident(world: World) -> None:
    text = GATEWAY.replace(b' default="flow_which_small"', b"").replace(
        b'targetRef="small"></bpmn:sequenceFlow>',
        b'targetRef="small"><bpmn:conditionExpression language="feel">amount = 1</bpmn:conditionExpression>'
        b"</bpmn:sequenceFlow>",
    )
    case = Trial.start(world, deploy(world, text, main="gateway"))
    case.set("ask", amount=50)
    assert [row.element for row in case.incidents()] == ["which"]
    _mend(case, amount=1)
    case.pass_time(MINUTE)
    assert case.open() == ["small"]


TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://example.org/t">
<decision id="size" name="size"><decisionTable id="t" hitPolicy="UNIQUE">
<input id="i" label="heads"><inputExpression id="e" typeRef="number"><text>heads</text></inputExpression></input>
<output id="o" name="size" typeRef="string" />
<rule id="r1"><inputEntry id="c1"><text>&lt; 10</text></inputEntry>
<outputEntry id="x1"><text>"small"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text>&gt;= 10</text></inputEntry>
<outputEntry id="x2"><text>"large"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""

DECISION = process(
    "deciding",
    node("startEvent", "begin"),
    task("ask"),
    '<bpmn:businessRuleTask id="decide" name="decide" camunda:decisionRef="size" camunda:resultVariable="size" '
    'camunda:mapDecisionResult="singleEntry" />\n',
    task("check"),
    node("endEvent", "done"),
    flows("begin ask", "ask decide", "decide check", "check done"),
)


@pytest.mark.parametrize("wrong", [{}, {"heads": None}, {"heads": "many"}])
def test_a_decision_that_no_rule_answers_stops_the_case(world: World, wrong: dict[str, Any]) -> None:
    definition = deploy(world, DECISION, main="deciding", **{"decisions/size.dmn": TABLE.encode()})
    case = Trial.start(world, definition)
    case.set("ask", **wrong)
    (incident,) = case.incidents()
    assert incident.element == "decide"
    assert "size" in incident.message
    assert "heads" in incident.message
    assert "decision.evaluated" not in case.kinds()
    _mend(case, heads=5)
    case.pass_time(MINUTE)
    assert case.open() == ["check"]
    assert case.variables["size"] == "small"
    assert case.journal("decision.evaluated")[0]["element"] == "decide"
    assert case.incidents() == []


LIST = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person" />'
EACH = process(
    "each",
    node("startEvent", "begin"),
    task("ask"),
    task("word", inside=LIST),
    task("check"),
    node("endEvent", "done"),
    flows("begin ask", "ask word", "word check", "check done"),
)


@pytest.mark.parametrize("people", [None, "Erika", 3, {"name": "Erika"}])
@pytest.mark.parametrize("cached", [True, False])
def test_a_list_that_is_none_stops_the_case_until_it_is_one(world: World, people: Any, cached: bool) -> None:
    case = Trial.start(world, deploy(world, EACH, main="each"))
    case.set("ask", people=people)
    assert case.open() == []
    assert [row.element for row in case.incidents()] == ["word"]
    if not cached:
        world.engine.live.clear()
    case.pass_time(MINUTE)
    assert [row.attempts for row in case.incidents()] == [2], "still no list"
    _mend(case, people=["Erika", "Jonas"])
    case.pass_time(2 * MINUTE)
    assert case.open() == ["word", "word"]
    assert case.incidents() == []
    case.do("word")
    case.do("word")
    case.do("check")
    assert case.case.status == "completed"


DEADLINE = process(
    "deadline",
    node("startEvent", "begin"),
    task("ask"),
    task("work", extra='camunda:dueDate="=date(deadline)"'),
    node("boundaryEvent", "late", 'attachedToRef="work"', timer("date(deadline)", "timeDate")),
    node("exclusiveGateway", "merged"),
    node("endEvent", "done"),
    flows("begin ask", "ask work", "work merged", "late merged", "merged done"),
)


def test_a_deadline_that_cannot_be_computed_does_not_lose_the_step(world: World) -> None:
    case = Trial.start(world, deploy(world, DEADLINE, main="deadline"))
    case.set("ask", deadline="someday")
    assert case.open() == ["work"]
    assert case.open_waits() == {}
    assert sorted(row.element for row in case.incidents()) == ["late", "work"]
    world.engine.live.clear()
    case.pass_time(MINUTE)
    assert [row.element for row in case.incidents()] == ["late"], "the due date of a task is not tried again"
    _mend(case, deadline="2026-12-01")
    case.pass_time(2 * MINUTE)
    assert case.incidents() == []
    assert list(case.open_waits()) == ["late"]
    case.pass_time(timedelta(days=10))
    assert case.case.status == "completed"


class NotStorable:
    """No JSON."""


def test_a_delegate_that_returns_what_cannot_be_stored_is_an_incident(world: World) -> None:
    with registered("test.fragile", lambda call: {"result": NotStorable()}):
        case = automatic(world)
        case.do("ask")
        (incident,) = case.incidents()
        assert "NotStorable" in incident.message
        assert "result" not in case.variables


def test_an_unknown_delegate_is_an_incident_not_a_lost_case(world: World) -> None:
    with registered("test.fragile", lambda call: {}):
        definition = deploy(world, AUTOMATIC, main="automatic")
    case = Trial.start(world, definition)
    case.do("ask")
    assert [row.message for row in case.incidents()] == ["DelegateFailed: no delegate for test.fragile"]


def test_two_delegates_of_one_step_may_ask_for_the_same_kind_of_job(world: World) -> None:
    def asks(call: DelegateCall) -> Mapping[str, Any]:
        call.defer("test.noted", call.now, case_id=call.case.id, element=call.element)
        return {}

    noted: list[str] = []
    twice = process(
        "twice",
        node("startEvent", "begin"),
        service("one", "test.asks"),
        service("two", "test.asks"),
        task("check"),
        node("endEvent", "done"),
        flows("begin one", "one two", "two check", "check done"),
    )
    jobs._handlers["test.noted"] = lambda session, now, case_id, element: noted.append(element)
    try:
        with registered("test.asks", asks):
            case = Trial.start(world, deploy(world, twice, main="twice"))
        case.pass_time(MINUTE)
    finally:
        del jobs._handlers["test.noted"]
    assert sorted(noted) == ["one", "two"]


def _mend(case: Trial, **values: Any) -> None:
    """Put right what was wrong in the case's data, as a correction in the database would."""
    session, version = case.world.session, case.case.version
    (row,) = [row for row in case.rows(Snapshot) if row.version == version]
    snapshot = store.decode_snapshot(row.blob)
    snapshot["variables"].update(values)
    with unit_of_work(session):
        session.execute(
            sa.update(Snapshot)
            .where(Snapshot.case_id == case.id, Snapshot.version == version)
            .values(blob=store.encode_snapshot(snapshot))
        )
    case.world.engine.live.clear()


def _drop_jobs(case: Trial) -> None:
    with unit_of_work(case.world.session):
        case.world.session.execute(sa.delete(Job).where(Job.name == "test.never"))
