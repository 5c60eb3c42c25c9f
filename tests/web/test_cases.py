"""The pages of cases: list, new case, where it stands, history, diagram, decisions, withdrawal."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.audit.models import JournalEntry
from app.platform.db import unit_of_work
from tests.web.conftest import Visitor, main_text, tree
from tests.world import World

HOSTILE = """<script>alert(1)</script><img src=x onerror="alert('2')">{{ 7*7 }}"""


def start(client, title: str, **more: str):
    return client.post("/cases/new", data={"title": title, **more})


def case_id_of(client, title: str) -> str:
    return client.get("/api/v1/cases", query_string={"q": title}).json["items"][0]["id"]


def test_hr_starts_a_case_and_lands_in_its_first_task(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    assert "Ruhlaer Presswerk GmbH" in main_text(client.get("/cases/new"))
    answer = start(client, "Löten für die Serie")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert tree(page).xpath("//h1")[0].text_content() == "Bedarf erfassen"
    assert "Der Fall ist angelegt." in main_text(page)
    assert "Löten für die Serie" in main_text(client.get("/cases?q=Löten"))


def test_the_coordinator_chooses_the_company(world: World, visitor: Visitor) -> None:
    client = visitor("coordinator")
    form = tree(client.get("/cases/new"))
    choices = dict(zip(form.xpath("//select/option/text()"), form.xpath("//select/option/@value"), strict=True))
    missing = start(client, "Ohne Betrieb")
    assert missing.status_code == 422
    assert "Bitte wählen Sie den Betrieb aus." in main_text(missing)
    assert tree(missing).get_element_by_id("title").value == "Ohne Betrieb"
    assert start(client, "Mit Betrieb", company=choices["Ilmpixel Software GmbH"]).status_code == 303


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "zwei\nZeilen", "null\x00byte"])
def test_a_title_that_does_not_do_is_explained_at_the_field(visitor: Visitor, title: str) -> None:
    answer = start(visitor("hr"), title)
    page = tree(answer)
    assert answer.status_code == 422
    assert page.get_element_by_id("title").get("aria-invalid") == "true"
    assert page.xpath("//*[@role='alert']//a/@href") == ["#title"]


def test_hr_cannot_start_a_case_for_somebody_else(world: World, visitor: Visitor) -> None:
    foreign = world.organisation("hr2")
    assert start(visitor("hr"), "Fremder Fall", company=foreign).status_code == 303
    assert "Zu diesen Filtern passt kein Fall." in main_text(visitor("hr2").get("/cases?q=Fremder"))


@pytest.mark.parametrize("login", ["provider", "employee", "auditor", "funding-adviser", "admin", "works-council"])
def test_others_may_not_start_cases_and_see_no_button(visitor: Visitor, login: str) -> None:
    client = visitor(login)
    assert client.get("/cases/new").status_code == 403
    assert "/cases/new" not in client.get("/tasks").text


def test_a_hostile_title_stays_text_everywhere(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    first = start(client, HOSTILE).location
    case_id = case_id_of(client, "alert(1)")
    pages = ["/tasks?q=alert", "/cases?q=alert", first, f"/cases/{case_id}", f"/cases/{case_id}/history"]
    pages += [f"/cases/{case_id}/diagram", f"/cases/{case_id}/decisions", f"/cases/{case_id}/withdrawal"]
    for path in pages:
        answer = client.get(path)
        page = tree(answer)
        assert HOSTILE in page.text_content(), path
        assert page.xpath("//script[not(@src)]") == [], path
        assert page.xpath("//*[@onerror]") == [], path


def test_the_case_page_says_in_words_where_it_stands(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    client = visitor("hr")
    page = client.get(f"/cases/{case_id}")
    text = main_text(page)
    assert "Betriebsrat (Stellungnahme Betriebsrat)" in text
    assert "Als Nächstes möglich: Bedarf erfassen; Bündeln oder allein" in text
    assert tree(page).xpath("//ol[@class='phases']/li[@aria-current='step']//span/text()") == [
        "Bedarfserfassung",
        "läuft",
    ]
    assert [item.text_content() for item in tree(page).xpath("//ol[@class='steps']/li")][:2] == [
        "Bedarf erfassen",
        "Bedarf eintragen",
    ]


def test_the_list_filters_by_status_phase_and_text(world: World, visitor: Visitor) -> None:
    world.case_at("works_council_word")
    client = visitor("hr")
    assert "Fall für works_council_word" in main_text(
        client.get("/cases?status=open&phase=demand_capture&q=works_council")
    )
    assert "Zu diesen Filtern passt kein Fall." in main_text(client.get("/cases?status=completed&q=works_council"))
    assert "Zu diesen Filtern passt kein Fall." in main_text(client.get("/cases?phase=completion&q=works_council"))
    assert client.get("/cases?status=nope&phase=nope&company=%27--").status_code == 200


def test_history_lists_who_did_what_and_proves_it(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    client = visitor("works-council")
    text = main_text(client.get(f"/cases/{case_id}/history"))
    count = client.get(f"/api/v1/cases/{case_id}/history/verification").json["entries"]
    assert f"Kette geprüft: {count} Einträge, unverändert" in text
    assert "Petra Lindenlaub" in text
    assert "Katrin Vogelsang" in text


def test_a_changed_history_is_shown_as_broken(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    with unit_of_work(world.session):
        world.session.execute(
            sa.update(JournalEntry).where(JournalEntry.case_id == case_id, JournalEntry.seq == 3).values(payload="{}")
        )
    text = main_text(visitor("auditor").get(f"/cases/{case_id}/history"))
    assert "Die Kette ist bei Eintrag 3 unterbrochen" in text
    assert "unverändert" not in text


def test_decisions_show_result_facts_and_rules(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("review_assessment")
    text = main_text(visitor("funding-adviser").get(f"/cases/{case_id}/decisions"))
    assert "§ 82: Anteile" in text
    assert "Nach diesen Regeln" in text
    assert "Prüfsumme der Tabelle" in text


def test_the_diagram_page_tells_the_path_in_words_too(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    page = visitor("auditor").get(f"/cases/{case_id}/diagram")
    assert "Vollständigkeit prüfen" in main_text(page)
    assert "style-src-attr 'unsafe-inline'" in page.headers["Content-Security-Policy"]


def test_a_case_is_withdrawn_with_reason_and_confirmation_only(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    client = visitor("hr")
    address = f"/cases/{case_id}/withdrawal"
    assert address in client.get(f"/cases/{case_id}").text
    for entries in ({}, {"reason": "Auftrag verloren"}, {"confirmed": "yes"}, {"reason": "  ", "confirmed": "yes"}):
        assert client.post(address, data=entries).status_code == 422
    answer = client.post(address, data={"reason": "Auftrag <verloren>", "confirmed": "yes"})
    assert answer.status_code == 303
    assert "Der Fall ist zurückgezogen." in main_text(client.get(answer.location))
    assert world.open_task(case_id, "confirm_withdrawal")["role"] == "coordinator"


def test_who_may_not_withdraw_sees_no_link_and_is_refused(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    for login in ("auditor", "funding-adviser", "works-council"):
        client = visitor(login)
        assert "/withdrawal" not in client.get(f"/cases/{case_id}").text
        assert client.get(f"/cases/{case_id}/withdrawal").status_code == 403
        sent = client.post(f"/cases/{case_id}/withdrawal", data={"reason": "x", "confirmed": "yes"})
        assert sent.status_code == 403


def test_a_foreign_case_does_not_exist_on_any_page(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("works_council_word")
    for login in ("hr2", "provider", "admin", "cluster-partner"):
        for part in ("", "/history", "/diagram", "/decisions", "/withdrawal"):
            assert visitor(login).get(f"/cases/{case_id}{part}").status_code in (403, 404), (login, part)
            assert case_id not in visitor(login).get("/tasks").text


def test_a_provider_sees_the_case_but_not_its_history(world: World, visitor: Visitor) -> None:
    case_id = world.case_at("give_quote")
    client = visitor("provider")
    page = client.get(f"/cases/{case_id}")
    assert page.status_code == 200
    assert "Verlauf" not in main_text(page)
    assert client.get(f"/cases/{case_id}/history").status_code == 403
    assert client.get(f"/cases/{case_id}/decisions").status_code == 403
