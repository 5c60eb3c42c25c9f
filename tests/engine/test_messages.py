"""Messages from outside and withdrawal: the same effect as by hand, in every phase, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from app.cases import history
from app.engine import catalogue
from app.engine.models import Case, Snapshot, Task, Wait
from app.engine.service import CaseEnded, NothingWaits, variables_of
from app.forms.definition import load_form
from app.forms.problems import InvalidAnswers
from app.platform import codec
from app.platform.problems import Forbidden, NotFound
from tests.engine.deployed import Trial, picture
from tests.world import World

SENDER = "funding-adviser"


def examples(world: World, case_id: str, element: str, login: str) -> dict[str, Any]:
    """What the walker would answer."""
    detail = world.driver().task(login, world.open_task(case_id, element)["id"])
    form = load_form(codec.dumps(detail["form"]), element)
    return dict(form.example_answers(detail["context"]["options"]))


def test_a_decision_by_message_has_the_effect_of_the_task(world: World) -> None:
    by_hand, by_message = world.case_at("record_decision"), world.case_at("record_decision")
    answers = examples(world, by_hand, "record_decision", "funding-adviser")
    driver = world.driver()
    driver.complete("funding-adviser", world.open_task(by_hand, "record_decision")["id"], answers)
    driver.message(SENDER, by_message, "agency_decision", answers)
    one, two = Trial(world, by_hand), Trial(world, by_message)
    assert one.open() == two.open() == ["enrol_participants"]
    left = {key: value for key, value in one.variables.items() if key in answers}
    assert left == {key: value for key, value in two.variables.items() if key in answers}
    assert "message.received" in two.kinds()
    for case in (one, two):
        world.walker().to_end(case.id)
        assert (case.case.status, case.case.result) == ("completed", "completed")
        assert case.verified().valid
    closed = [row for row in two.rows(Task) if row.element == "record_decision"]
    assert [(row.state, row.completed_by) for row in closed] == [("cancelled", None)]


WRONG: tuple[Any, ...] = (
    {},
    {"decision": "perhaps"},
    {"surprise": 1},
    {"decision": 5},
    ["decision"],
    None,
)


def test_a_payload_that_the_form_would_refuse_leaves_nothing(world: World) -> None:
    case_id = world.case_at("record_decision")
    world.token(SENDER)
    before = picture(world)
    for wrong in WRONG:
        body = {"name": "agency_decision", "payload": wrong}
        with world.app.app_context():
            response = world.call(SENDER, "POST", f"/cases/{case_id}/messages", body)
        assert response.status_code == 422, (wrong, response.text)
        assert picture(world) == before
    assert Trial(world, case_id).open() == ["record_decision"]


def test_a_message_that_nothing_waits_for_is_refused(world: World) -> None:
    case_id = world.case_at("review_assessment")
    answers = {"decision": "granted"}
    before = picture(world)
    for name in ("agency_decision", "no_such_message", "withdrawal", ""):
        with pytest.raises((NothingWaits, InvalidAnswers)):
            world.driver().message(SENDER, case_id, name, answers)
    assert picture(world) == before


PHASES = {
    "demand_capture": "pool_or_alone",
    "funding_check": "give_evidence",
    "provider_selection": "give_quote",
    "short_time_alignment": "plan_short_time",
    "application": "record_decision",
    "completion": "record_attendance",
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_withdrawal_in_any_phase_ends_every_task_and_every_wait(world: World, phase: str) -> None:
    case_id = world.case_at(PHASES[phase])
    case = Trial(world, case_id)
    assert case.case.phase == phase
    open_before = {row.id for row in case.rows(Task) if row.state == "open"}
    waits_before = {row.id for row in case.rows(Wait) if row.state == "open"}
    assert waits_before
    driver = world.driver()
    driver.withdraw("hr", case_id, "Der Bedarf ist entfallen.")
    assert case.open() == ["confirm_withdrawal"]
    states = {row.id: row.state for row in case.rows(Task)}
    assert {states[key] for key in open_before} == {"cancelled"}
    assert {row.state for row in case.rows(Wait) if row.id in waits_before} == {"closed"}
    assert case.open_waits() == {}
    with pytest.raises(NothingWaits):
        driver.withdraw("hr", case_id, "noch einmal")
    world.walker().to_end(case_id)
    assert (case.case.status, case.case.result) == ("cancelled", "withdrawn")
    before = picture(world)
    with pytest.raises(CaseEnded):
        driver.withdraw("hr", case_id, "zu spät")
    assert picture(world) == before
    assert case.verified().valid


def test_only_who_sees_the_case_may_withdraw_it(world: World) -> None:
    case_id = world.case_at("check_completeness")
    before = picture(world)
    with pytest.raises(NotFound):
        world.driver().withdraw("hr2", case_id, "fremd")
    with pytest.raises(Forbidden):
        world.driver().withdraw("auditor", case_id, "nicht zuständig")
    assert picture(world) == before


def test_the_reason_and_who_gave_it_are_in_the_history(world: World) -> None:
    case_id = world.case_at("check_completeness")
    world.driver().withdraw("hr", case_id, "Der Bedarf ist entfallen.")
    (entry,) = Trial(world, case_id).journal("message.received")
    assert entry["name"] == "withdrawal"
    assert entry["payload"]["withdrawal_reason"] == "Der Bedarf ist entfallen."
    case = world.session.get_one(Case, case_id)
    blob = world.session.get_one(Snapshot, (case_id, case.version)).blob
    assert variables_of(blob)["withdrawal_by"] == "Petra Lindenlaub"


def test_after_a_parallel_join_every_flow_into_it_counts_as_taken(world: World) -> None:
    case_id = world.case_at("review_assessment")
    definition = catalogue.latest(world.session, "training_case")
    _elements, flows = history.path_counts(history.moves(world.session, case_id), definition)
    model = definition.model
    joins = [
        element.id
        for element in model.elements.values()
        if element.type == "parallelGateway" and element.process == "funding_check"
    ]
    into = [flow.id for flow in model.flows.values() if flow.target in joins or flow.source in joins]
    assert len(into) > 4
    assert {flow: flows[flow] for flow in into} == dict.fromkeys(into, 1)
