"""Participants without an account consent, answer and withdraw by their link, on both channels."""

from __future__ import annotations

import pytest

from app.platform.db import counting
from tests.links.conftest import EVIDENCE, SAME_SITE, Desk, Participant, island, two_people
from tests.world import World

CHANNELS = pytest.mark.parametrize("channel", ["mail", "paper"])


@CHANNELS
def test_a_participant_gives_evidence_by_the_page_and_the_case_moves_on(
    world: World, desk: Desk, somebody: Participant, channel: str
) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "evidence", channel)
    page = somebody.read(handed)
    assert page.status_code == 200
    assert "Nachweise erbringen" in page.text
    assert desk.participants(case_id)[0]["name"] in page.text
    assert somebody.send(handed, EVIDENCE).json == {"purpose": "evidence", "confirmed": True}
    assert somebody.client.get("/participation/done?purpose=evidence").status_code == 200
    assert desk.state(case_id, handed) == "used"
    tasks = world.driver().visible_tasks(case_id)
    assert "give_evidence" not in {task["element"] for task in tasks}
    case = world.call("hr", "GET", f"/cases/{case_id}").json
    assert case["phase"] == "funding_check"


def test_the_history_says_that_a_participant_acted_by_a_link(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id)
    statement = somebody.statement(handed)
    somebody.send(handed, EVIDENCE)
    (author, done), *_ = desk.journal(case_id, "task.completed")[::-1]
    ((user, used),) = desk.journal(case_id, "link.used")
    assert author == user == handed.id
    assert done["element"] == "give_evidence"
    assert used["link"] == handed.id
    assert used["statement_hash"] == statement
    assert (used["purpose"], used["language"], used["text_version"]) == ("evidence", "de", "2026-11-27")
    items = world.call("hr", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
    by_link = [item for item in items if item["actor"] and item["actor"]["id"] == handed.id]
    assert {item["actor"]["name"] for item in by_link} == {"Teilnehmende Person über Link"}
    assert {"task.completed", "link.used", "case.moved"} <= {item["kind"] for item in by_link}
    assert desk.is_proved(case_id)


@CHANNELS
def test_a_participant_consents_and_what_was_read_is_proved(
    world: World, desk: Desk, somebody: Participant, channel: str
) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", channel)
    page = somebody.read(handed)
    assert "Die Einwilligung ist freiwillig" in page.text
    answer = somebody.agree(handed, page)
    assert (answer.status_code, answer.location) == (303, "/participation/done?purpose=consent")
    ((author, consented),) = desk.journal(case_id, "participant.consented")
    assert author == handed.id
    assert consented == {"employee": desk.participants(case_id)[0]["employee"]}
    assert desk.journal(case_id, "link.used")[0][1]["text"] == "consent"
    assert desk.state(case_id, handed) == "used"
    assert desk.is_proved(case_id)


def test_consent_over_the_api(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    assert somebody.send(handed).json == {"purpose": "consent", "confirmed": True}
    assert desk.state(case_id, handed) == "used"


def test_who_reads_english_confirms_the_english_text(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    reader = Participant(world, "en")
    page = reader.read(handed)
    assert "This consent is voluntary" in page.text
    reader.agree(handed, page)
    Participant(world).agree(desk.hand_out(case_id, "consent", "mail"))
    english, german = (payload for _author, payload in desk.journal(case_id, "link.used"))
    assert (english["language"], german["language"]) == ("en", "de")
    assert english["text_hash"] != german["text_hash"]


@pytest.mark.parametrize("by", ["page", "api"])
def test_the_only_participant_withdraws_and_the_case_ends(
    world: World, desk: Desk, somebody: Participant, by: str
) -> None:
    one = two_people(world)["capture_demand"]["participants_selected"][:1]
    case_id = world.case_at("give_evidence", "hr", {"capture_demand": {"participants_selected": one}})
    handed = desk.hand_out(case_id, "withdraw", "mail")
    page = somebody.read(handed)
    assert "Damit endet der ganze Fall" in page.text
    answer = somebody.agree(handed, page) if by == "page" else somebody.send(handed)
    assert answer.status_code == (303 if by == "page" else 200)
    assert [task["element"] for task in world.driver().visible_tasks(case_id)] == ["confirm_withdrawal"]
    ((author, message),) = desk.journal(case_id, "message.received")
    assert (author, message["name"]) == (handed.id, "withdrawal")
    name = desk.participants(case_id)[0]["name"]
    assert name not in message["payload"]["withdrawal_reason"], "all parties may read it"
    told = world.call("provider", "GET", f"/cases/{case_id}")
    assert name not in told.text
    assert desk.is_proved(case_id)
    told = desk.mail(f"withdrawn:{handed.id}")
    assert told.recipient == "hr@example.org"
    assert f"/cases/{case_id}/links" in told.body


def test_one_of_several_withdraws_and_the_others_go_on(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence", "hr", two_people(world))
    first, second = desk.participants(case_id)
    handed = desk.hand_out(case_id, "withdraw", "mail", employee=second["employee"])
    page = somebody.read(handed)
    assert "Für die anderen Teilnehmenden geht es weiter" in page.text
    assert first["name"] not in page.text
    assert somebody.agree(handed, page).status_code == 303
    ((author, declared),) = desk.journal(case_id, "participant.withdrawal_declared")
    assert (author, declared) == (handed.id, {"employee": second["employee"]})
    elements = [task["element"] for task in world.driver().visible_tasks(case_id)]
    assert "give_evidence" in elements
    assert "confirm_withdrawal" not in elements
    assert [person["name"] for person in desk.participants(case_id)] == [first["name"]]
    assert "die offenen Aufgaben dieser Person sind beendet" in desk.mail(f"withdrawn:{handed.id}").body
    assert desk.is_proved(case_id)


def test_wrong_answers_are_named_and_the_link_stays_good(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id)
    answer = somebody.send(handed, {**EVIDENCE, "weekly_hours": 0})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/data/weekly_hours"]
    assert desk.state(case_id, handed) == "open"
    assert somebody.send(handed, EVIDENCE).status_code == 200


def test_nothing_is_confirmed_without_the_tick(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent")
    answer = somebody.agree(handed, confirmed="no")
    assert answer.status_code == 422
    assert "Bitte setzen Sie das Häkchen" in answer.text
    assert desk.state(case_id, handed) == "open"


def test_what_has_changed_since_it_was_read_is_shown_again(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent")
    answer = somebody.agree(handed, statement="0" * 64)
    assert answer.status_code == 409
    assert "Die Angaben haben sich geändert" in answer.text
    assert somebody.send(handed, statement="0" * 64).json["code"] == "statement_changed"
    assert desk.journal(case_id, "participant.consented") == []
    assert somebody.agree(handed, answer).status_code == 303, "the page shown again has the new statement"


def test_a_completion_by_link_costs_at_most_eight_statements(world: World, desk: Desk, somebody: Participant) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), channel="mail")
    body = {"data": EVIDENCE, "statement": somebody.statement(handed)}
    with counting() as counter:
        answer = somebody.client.post(f"/api/v1/l/{handed.token}", json=body, headers=SAME_SITE)
    assert answer.status_code == 200
    assert counter.statements <= 8
    assert counter.commits == 1


def test_the_page_shows_the_own_data_alone(world: World, desk: Desk, somebody: Participant) -> None:
    case_id = world.case_at("give_evidence", "hr", two_people(world))
    mine, other = desk.participants(case_id)
    page = somebody.read(desk.hand_out(case_id, employee=mine["employee"]))
    assert island(page)["data"]["birth_date"] == mine["birth_date"]
    assert other["name"] not in page.text
    assert other["employee"] not in page.text
    assert other["birth_date"] not in str(island(page)["data"])


def test_a_mailed_link_shows_nothing_specially_protected(world: World, desk: Desk, somebody: Participant) -> None:
    """Whoever can read the mail could read it, too; on paper the code comes first."""
    case_id = world.case_at("give_evidence")
    person = desk.participants(case_id)[0]
    page = somebody.read(desk.hand_out(case_id, channel="mail"))
    data = island(page)["data"]
    assert data["qualification_date"] == person["qualification_date"]
    protected = {"birth_date", "monthly_gross", "disability_degree", "equal_status", "sgb2_benefits"}
    assert protected & data.keys() == set()
    assert "Bitte tragen Sie sie selbst ein" in page.text
    assert protected & island(somebody.read(desk.hand_out(case_id)))["data"].keys()
