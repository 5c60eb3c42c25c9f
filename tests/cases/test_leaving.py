"""Somebody leaves a case that goes on: one participant withdraws, the chosen provider cancels."""

from __future__ import annotations

from typing import Any

from app.engine.models import Case
from app.engine.service import load_case, variables_of
from tests.world import World

THREE = {"capture_demand": {"participants_selected": "$like:Sommerfeld,Winterstein,Aydemir"}}
CHOSEN = {"give_quote@provider2": {"quote_price": 9800}, "give_quote@provider3": {"offer": "no"}}
"""The provider of the login ``provider`` is cheapest."""

WHY = {"cause": "own_wish", "reason": "möchte doch nicht"}


def people(world: World, case_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = variables(world, case_id)["participants"]
    return found


def variables(world: World, case_id: str) -> dict[str, Any]:
    world.session.rollback()
    loaded = load_case(world.session, case_id)
    assert loaded is not None
    return variables_of(loaded.blob)


def leave(world: World, case_id: str, employee: str, login: str = "hr", **body: Any) -> Any:
    return world.call(login, "POST", f"/cases/{case_id}/participants/{employee}/withdrawal", {**WHY, **body})


def evidence_for(world: World, case_id: str) -> set[str]:
    world.session.rollback()
    tasks = world.driver().visible_tasks(case_id)
    return {task["name"].partition(": ")[2] for task in tasks if task["element"] == "give_evidence"}


def test_the_persons_task_ends_and_the_others_go_on(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    gone, *others = people(world, case_id)
    assert evidence_for(world, case_id) == {gone["name"], *(person["name"] for person in others)}
    answer = leave(world, case_id, gone["employee"], agency_notified_on="2026-11-20")
    assert answer.status_code == 200
    assert evidence_for(world, case_id) == {person["name"] for person in others}
    data = variables(world, case_id)
    assert [row["employee"] for row in data["participants"]] == [row["employee"] for row in others]
    (entry,) = data["withdrawn_participants"]
    assert (entry["employee"], entry["leaving_cause"], entry["phase"]) == (
        gone["employee"],
        "own_wish",
        "funding_check",
    )
    assert entry["agency_notified_on"] == "2026-11-20"
    assert leave(world, case_id, gone["employee"]).status_code == 404


def test_answers_given_for_others_are_kept_when_the_last_open_one_leaves(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    walker = world.walker()
    for _ in range(2):
        found = walker.find(case_id, "give_evidence", "hr")
        assert found is not None
        walker.do(*found)
    (still_open,) = evidence_for(world, case_id)
    gone = next(person for person in people(world, case_id) if person["name"] == still_open)
    assert leave(world, case_id, gone["employee"]).status_code == 200
    assert evidence_for(world, case_id) == set()
    assert [row["id"] for row in variables(world, case_id)["evidence"]] == [
        row["employee"] for row in people(world, case_id)
    ]
    walker.to_end(case_id, "review_assessment")


def test_with_the_last_person_the_whole_case_is_withdrawn(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    for person in people(world, case_id):
        assert leave(world, case_id, person["employee"]).status_code == 200
    assert world.open_task(case_id, "confirm_withdrawal")["role"] == "coordinator"
    assert len(variables(world, case_id)["withdrawn_participants"]) == 3
    world.walker().to_end(case_id)
    case = world.session.get_one(Case, case_id, populate_existing=True)
    assert (case.status, case.result) == ("cancelled", "withdrawn")
    assert leave(world, case_id, "anybody").json["code"] == "case_ended"


def test_employees_withdraw_themselves_only_and_others_nobody(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    (self,) = world.driver().actor("employee").employee_ids
    other = next(person["employee"] for person in people(world, case_id) if person["employee"] != self)
    assert leave(world, case_id, other, "employee").status_code == 404
    assert leave(world, case_id, other, "funding-adviser").status_code == 403
    assert leave(world, case_id, other, "hr3").status_code == 404
    assert world.call("employee", "GET", f"/cases/{case_id}").json["may"]["leave"][0]["employee"] == self
    assert leave(world, case_id, self, "employee").status_code == 200


def test_why_somebody_left_is_not_for_everybody(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    gone = people(world, case_id)[1]
    assert leave(world, case_id, gone["employee"], reason="lange krank").status_code == 200
    for login, seen in (("hr", True), ("works-council", False), ("coordinator", False)):
        history = world.call(login, "GET", f"/cases/{case_id}/history?limit=100")
        assert history.status_code == 200
        assert ("lange krank" in history.text) is seen, login


def test_what_is_wrong_with_a_withdrawal_is_said(world: World) -> None:
    case_id = world.case_at("give_evidence", changes=THREE)
    employee = people(world, case_id)[0]["employee"]
    for wrong, pointer in (
        ({"cause": "flu"}, "/cause"),
        ({"reason": "  "}, "/reason"),
        ({"agency_notified_on": "soon"}, "/agency_notified_on"),
    ):
        answer = leave(world, case_id, employee, **wrong)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert len(people(world, case_id)) == 3


def cancel(world: World, case_id: str, login: str) -> Any:
    return world.call(login, "POST", f"/cases/{case_id}/provider-cancellation", {"reason": "Mindestgruppe fehlt"})


def test_after_a_cancellation_the_remaining_quote_can_be_chosen_and_is_applied_for_anew(world: World) -> None:
    case_id = world.case_at("record_decision", changes=CHOSEN)
    before = variables(world, case_id)
    assert cancel(world, case_id, "provider").status_code == 200
    walker = world.walker()
    walker.to_end(case_id, "compare_quotes")
    data = variables(world, case_id)
    (dismissed,) = data["dismissed_providers"]
    assert dismissed["organisation"] == before["chosen_provider"]
    assert dismissed["organisation"] not in {row["organisation"] for row in data["ranking"]}
    assert data["earlier_applications"][0]["application_date"] == before["application_date"]
    walker.to_end(case_id, "apply_for_funding")
    assert variables(world, case_id)["amends_application"] is True
    assert variables(world, case_id)["chosen_provider"] != before["chosen_provider"]


def test_only_the_chosen_provider_cancels(world: World) -> None:
    case_id = world.case_at("confirm_seat_contract", changes=CHOSEN)
    chosen = variables(world, case_id)["chosen_provider"]
    assert chosen == world.organisation("provider")
    assert cancel(world, case_id, "provider2").status_code == 403
    assert cancel(world, case_id, "works-council").status_code == 403
    assert cancel(world, case_id, "hr3").status_code == 404
    assert cancel(world, case_id, "coordinator").status_code == 200
    assert cancel(world, case_id, "coordinator").json["code"] == "nothing_waits"


def test_before_a_choice_there_is_nothing_to_cancel(world: World) -> None:
    case_id = world.case_at("give_quote")
    assert cancel(world, case_id, "hr").json["code"] == "nothing_waits"


def test_these_messages_cannot_be_sent_past_their_rules(world: World) -> None:
    case_id = world.case_at("confirm_seat_contract", changes=THREE)
    for name in ("provider_cancelled", "participant_withdrawal"):
        answer = world.call("hr", "POST", f"/cases/{case_id}/messages", {"name": name, "payload": {}})
        assert answer.json["code"] == "nothing_waits"
    assert world.call("hr", "GET", f"/cases/{case_id}").json["may"]["message"] == []
