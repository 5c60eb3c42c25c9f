"""The pages on which a participant withdraws or the chosen provider cancels."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.world import World

Visitor = Callable[[str], FlaskClient]
TWO = {"capture_demand": {"participants_selected": "$like:Sommerfeld,Winterstein"}}


CHOSEN = {"give_quote@provider2": {"quote_price": 9800}, "give_quote@provider3": {"offer": "no"}}


def test_hr_withdraws_one_person_and_the_case_goes_on(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("give_evidence", changes=TWO)
    client, address = visitor("hr"), f"/cases/{case_id}/participant-withdrawal"
    assert address in client.get(f"/cases/{case_id}").text
    shown = client.get(address).text
    assert "Erika Sommerfeld" in shown
    assert "Jonas Winterstein" in shown
    empty = client.post(address, data={})
    assert empty.status_code == 422
    assert empty.text.count('aria-invalid="true"') == 3
    gone = world.open_task(case_id, "give_evidence")["name"].partition(": ")[2]
    people = world.call("hr", "GET", f"/cases/{case_id}").json["may"]["leave"]
    employee = next(row["employee"] for row in people if row["name"] == gone)
    sent = {"employee": employee, "cause": "own_wish", "reason": "möchte doch nicht", "agency_notified_on": ""}
    answer = client.post(address, data=sent)
    assert answer.status_code == 303
    assert "nimmt an dem Fall nicht mehr teil" in client.get(answer.location).text
    assert gone not in world.open_task(case_id, "give_evidence")["name"]


def test_a_wrong_day_is_explained_at_the_field(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("give_evidence", changes=TWO)
    person = world.call("hr", "GET", f"/cases/{case_id}").json["may"]["leave"][0]["employee"]
    sent = {"employee": person, "cause": "other", "reason": "so", "agency_notified_on": "31.2.2027"}
    answer = visitor("hr").post(f"/cases/{case_id}/participant-withdrawal", data=sent)
    assert answer.status_code == 422
    assert 'id="agency_notified_on-error"' in answer.text


def test_the_chosen_provider_cancels_on_its_page(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("confirm_seat_contract", changes=CHOSEN)
    client, address = visitor("provider"), f"/cases/{case_id}/provider-cancellation"
    assert address in client.get(f"/cases/{case_id}").text
    assert client.post(address, data={"reason": "  "}).status_code == 422
    assert client.post(address, data={"reason": "x" * 2001}).status_code == 422
    answer = client.post(address, data={"reason": "Die Mindestgruppe ist nicht erreicht."})
    assert answer.status_code == 303
    assert "Die Absage ist gemeldet" in client.get(answer.location).text
    assert world.open_task(case_id, "record_cancellation")["role"] == "coordinator"
    assert "kein Anbieter absagen" in client.get(address).text


def test_where_nobody_takes_part_or_is_chosen_the_pages_say_so(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("capture_demand")
    client = visitor("hr")
    assert "niemand zurücktreten" in client.get(f"/cases/{case_id}/participant-withdrawal").text
    assert "kein Anbieter absagen" in client.get(f"/cases/{case_id}/provider-cancellation").text
    page = client.get(f"/cases/{case_id}").text
    assert "participant-withdrawal" not in page
    assert "provider-cancellation" not in page


def test_who_may_neither_is_refused(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("confirm_seat_contract")
    for login in ("auditor", "works-council", "funding-adviser"):
        for part in ("participant-withdrawal", "provider-cancellation"):
            assert visitor(login).get(f"/cases/{case_id}/{part}").status_code == 403
