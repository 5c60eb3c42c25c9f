"""HR of the company and the coordination hand links out, list and revoke them; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.platform.ids import new_id
from tests.links.conftest import Desk, Participant, two_people
from tests.world import World


def test_a_link_on_paper_is_answered_with_address_and_code_once(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    answer = desk.ask(case_id)
    assert answer.status_code == 201
    body = answer.json
    assert body["address"].startswith("http://127.0.0.1:8000/l/")
    assert len(body["code"]) == 11
    assert body["task"]["name"].startswith("Nachweise erbringen")
    (listed,) = world.call("hr", "GET", f"/cases/{case_id}/links").json["items"]
    assert {key: body[key] for key in listed} == listed
    assert {"address", "code"} & set(listed) == set()


def test_a_mailed_link_is_seen_by_nobody_but_who_gets_the_mail(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    answer = desk.ask(case_id, channel="mail", email="erika@example.org")
    assert (answer.json["address"], answer.json["code"]) == (None, None)
    mail = desk.mail(f"link:{answer.json['id']}")
    assert mail.recipient == "erika@example.org"
    assert "http://127.0.0.1:8000/l/" in mail.body
    assert desk.participants(case_id)[0]["name"] in mail.body
    assert "You need no account" in mail.body


def test_the_history_says_who_handed_a_link_out(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    ((author, issued),) = desk.journal(case_id, "link.issued")
    assert author == world.driver().actor("hr").user_id
    assert (issued["link"], issued["purpose"], issued["channel"]) == (handed.id, "consent", "mail")
    assert "erika@example.org" not in str(issued)
    assert desk.is_proved(case_id)


def test_the_same_call_twice_hands_out_one_link_and_keeps_no_secret(world: World, desk: Desk) -> None:
    case_id, key = world.case_at("give_evidence"), new_id()
    body = {"purpose": "consent", "channel": "paper", "employee": desk.participants(case_id)[0]["employee"]}
    first = world.call("hr", "POST", f"/cases/{case_id}/links", body, Idempotency_Key=key)
    second = world.call("hr", "POST", f"/cases/{case_id}/links", body, Idempotency_Key=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == {**first.json, "address": None, "code": None}
    assert len(desk.journal(case_id, "link.issued")) == 1


def test_the_coordination_may_do_it_too(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    link = desk.ask(case_id, "coordinator").json
    assert world.call("coordinator", "DELETE", f"/links/{link['id']}").status_code == 204
    assert world.call("coordinator", "DELETE", f"/links/{link['id']}").status_code == 204
    assert len(desk.journal(case_id, "link.revoked")) == 1


@pytest.mark.parametrize(
    ("login", "status"), [("hr2", 404), ("provider", 404), ("works-council", 403), ("funding-adviser", 403)]
)
def test_others_neither_hand_out_nor_see_nor_revoke(world: World, desk: Desk, login: str, status: int) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id)
    assert desk.ask(case_id, login).status_code == status
    assert world.call(login, "GET", f"/cases/{case_id}/links").status_code == status
    assert world.call(login, "DELETE", f"/links/{handed.id}").status_code == status
    client = world.client(login)
    assert client.get(f"/cases/{case_id}/links").status_code == status
    assert client.post(f"/cases/{case_id}/links/{handed.id}/revocation").status_code == status
    assert desk.state(case_id, handed) == "open"


def test_a_provider_of_the_case_may_not(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_quote")
    login = next(name for name in ("provider", "provider2") if world.driver().open_tasks(name, case_id))
    assert desk.ask(case_id, login, purpose="consent").status_code == 403
    assert world.call(login, "GET", f"/cases/{case_id}/links").status_code == 403


def test_a_used_link_cannot_be_revoked(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent")
    somebody.agree(handed)
    refused = world.call("hr", "DELETE", f"/links/{handed.id}")
    assert (refused.status_code, refused.json["code"]) == (409, "link_over")
    page = world.client("hr").post(f"/cases/{case_id}/links/{handed.id}/revocation")
    assert page.location == f"/cases/{case_id}/links?notice=link_over"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"employee": "nobody"}, 422, "no_participant"),
        ({"channel": "mail"}, 422, "email_missing"),
        ({"channel": "mail", "email": "no address"}, 422, "unmailable"),
        ({"channel": "mail", "email": "a@example.org\nBcc: b@example.org"}, 422, "unmailable"),
        ({"purpose": "marry"}, 422, "unprocessable"),
        ({"channel": "pigeon"}, 422, "unprocessable"),
        ({"task": "unknown"}, 409, "nothing_to_answer"),
    ],
)
def test_unusable_wishes_are_refused(world: World, desk: Desk, change: dict[str, Any], status: int, code: str) -> None:
    case_id = world.case_at("give_evidence")
    answer = desk.ask(case_id, **change)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert world.call("hr", "GET", f"/cases/{case_id}/links").json["items"] == []
    assert desk.journal(case_id, "link.issued") == []


def test_without_an_open_task_there_is_nothing_to_answer(world: World, desk: Desk) -> None:
    case_id = world.case_at("review_assessment")
    assert desk.ask(case_id).json["code"] == "nothing_to_answer"
    assert desk.ask(case_id, purpose="consent").status_code == 201


def test_before_the_demand_is_captured_nobody_takes_part(world: World) -> None:
    case_id = world.case_at("capture_demand")
    body = {"purpose": "consent", "channel": "paper", "employee": "anybody"}
    assert world.call("hr", "POST", f"/cases/{case_id}/links", body).json["code"] == "no_participant"
    assert "sobald im Bedarf die Teilnehmenden stehen" in world.client("hr").get(f"/cases/{case_id}/links").text


def test_an_ended_case_gives_no_links(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    first = desk.participants(case_id)[0]["employee"]
    driver = world.driver()
    driver.withdraw("hr", case_id, "Kein Bedarf mehr")
    driver.complete(
        "coordinator", world.open_task(case_id, "confirm_withdrawal")["id"], {"withdrawal_cause": "company"}
    )
    assert desk.ask(case_id, employee=first, purpose="consent").json["code"] == "case_ended"


def test_who_holds_the_task_lets_go_of_it_by_handing_out_the_link(
    world: World, desk: Desk, somebody: Participant
) -> None:
    case_id = world.case_at("give_evidence")
    task = world.open_task(case_id, "give_evidence")["id"]
    assert world.call("hr", "POST", f"/tasks/{task}/claim").status_code == 200
    assert desk.ask(case_id, "coordinator").json["code"] == "taken"
    handed = desk.hand_out(case_id)
    assert world.call("hr", "GET", f"/tasks/{task}").json["assignee"] is None
    assert somebody.read(handed).status_code == 200


def test_the_list_is_read_page_by_page_newest_first(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence", "hr", two_people(world))
    handed = [desk.hand_out(case_id, "consent").id for _link in range(3)]
    found, cursor = [], ""
    while cursor is not None:
        page = world.call("hr", "GET", f"/cases/{case_id}/links?limit=2{f'&cursor={cursor}' if cursor else ''}").json
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert found == handed[::-1]
    assert world.call("hr", "GET", f"/cases/{case_id}/links?cursor=nonsense").json["code"] == "bad_cursor"


def test_hr_hands_out_a_sheet_on_the_page(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    person = desk.participants(case_id)[0]
    form = {"employee": person["employee"], "purpose": "consent", "channel": "paper", "email": ""}
    client = world.client("hr")
    assert person["name"] in client.get(f"/cases/{case_id}/links").text
    sheet = client.post(f"/cases/{case_id}/links", data=form)
    assert sheet.status_code == 200
    token = sheet.text.split("http://127.0.0.1:8000/l/")[1].split("<")[0]
    assert somebody.client.get(f"/l/{token}").status_code == 200
    listed = client.get(f"/cases/{case_id}/links").text
    assert "gültig" in listed
    assert token not in listed
    link = world.call("hr", "GET", f"/cases/{case_id}/links").json["items"][0]["id"]
    done = client.post(f"/cases/{case_id}/links/{link}/revocation")
    assert done.location == f"/cases/{case_id}/links?notice=link_revoked"
    assert somebody.client.get(f"/l/{token}").status_code == 404


def test_hr_mails_a_link_on_the_page_and_is_told_what_is_missing(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    client, path = world.client("hr"), f"/cases/{case_id}/links"
    empty = client.post(path, data={})
    assert empty.status_code == 422
    for text in ("Bitte wählen Sie die Person", "wofür der Link ist", "wie der Link ankommt"):
        assert text in empty.text
    form = {"employee": desk.participants(case_id)[0]["employee"], "purpose": "evidence", "channel": "mail"}
    assert "E-Mail-Adresse ein" in client.post(path, data=form).text
    assert client.post(path, data={**form, "email": "nicht@@gültig"}).status_code == 422
    assert client.post(path, data={**form, "email": "erika@example.org"}).location == f"{path}?notice=link_mailed"
    assert desk.journal(case_id, "link.issued")[0][1]["channel"] == "mail"


def test_the_end_of_a_link_follows_the_setting_and_the_deadline(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    link = desk.link(desk.hand_out(case_id, "consent"))
    assert link.expires_at == link.created_at + timedelta(days=14)
    answer = desk.link(desk.hand_out(case_id))
    due = world.open_task(case_id, "give_evidence")["due_at"]
    assert answer.expires_at == min(answer.created_at + timedelta(days=14), max(due, answer.created_at) + timedelta(7))


def test_the_page_of_a_task_leads_to_the_link_for_its_person(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    person = desk.participants(case_id)[0]["employee"]
    task = world.open_task(case_id, "give_evidence")["id"]
    way = f"/cases/{case_id}/links?employee={person}&amp;purpose=evidence"
    for login in ("hr", "coordinator"):
        assert way in world.client(login).get(f"/tasks/{task}").text
    assert "/links" not in world.client("funding-adviser").get(f"/tasks/{task}").text
    form = world.client("hr").get(way.replace("&amp;", "&")).text
    assert f'value="{person}" selected' in form
    assert 'value="evidence" selected' in form
    other = world.open_task(world.case_at("check_completeness"), "check_completeness")["id"]
    assert "/links" not in world.client("coordinator").get(f"/tasks/{other}").text
